"""Checks form, numbers, links and the signed root of the bundle in the current folder, in few enough lines to be read.

verify.py checks more: parts, the log's signature, what you hold from elsewhere. Exit status: 0 no fault found, 30 a fault.
"""
import base64
import hashlib
import json
import os
import sys


def sha(data):
    return hashlib.sha256(data).digest()


def root(hashes):  # RFC 9162 section 2.1.1: a last one without a sibling moves up as it is
    while len(hashes) > 1:
        pairs = [sha(b"\1" + left + right) for left, right in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + hashes[len(hashes) & ~1:]
    return hashes[0] if hashes else sha(b"")


def climb(leaf, index, last, siblings):  # RFC 9162 section 2.1.3.2
    for sibling in siblings:
        if index & 1 or index == last:
            leaf = sha(b"\1" + sibling + leaf)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha(b"\1" + leaf + sibling)
        index, last = index >> 1, last >> 1
    return leaf if last == 0 else None


faults, leaves, streams, time, expected, previous = [], [], {}, 0, 0, sha(b"").hex()
size, stated = open("checkpoint").read().split("\n")[1:3]
size, stated = int(size), base64.b64decode(stated)
number, link = ("cseq", "cprev") if os.path.isdir("proofs") and os.listdir("proofs") else ("seq", "prev")
left_out = [text.split() for text in open("withheld")] if number == "cseq" and os.path.exists("withheld") else []
left_out = {int(first): int(last) + 1 for first, last in left_out}
for raw in open("entries.jsonl", "rb"):
    line, leaf = json.loads(raw), sha(b"\0" + raw)
    if expected in left_out:
        expected, previous = left_out[expected], line[link]
    case = streams.get(line["st"]["case"], (0, sha(b"").hex())) if number == "seq" else (line["cseq"], line["cprev"])
    streams[line["st"]["case"]] = line["cseq"] + 1, leaf.hex()
    form = json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n" == raw
    linked = (line[number], line[link], line["cseq"], line["cprev"]) == (expected, previous) + case and line["t"] >= time
    if number == "cseq":
        _, index, *siblings = open(f"proofs/{line['cseq']:06}.tlog-proof").read().partition("\n\n")[0].split("\n")
        in_tree = index == f"index {line['seq']}" and len(streams) == 1
        in_tree &= climb(leaf, line["seq"], size - 1, [base64.b64decode(text) for text in siblings]) == stated
    if not (form and linked and (number == "seq" or in_tree)):
        faults.append(expected)
    leaves.append(leaf)
    time, expected, previous = line["t"], expected + 1, leaf.hex()
if number == "seq" and (len(leaves) < size or root(leaves[:size]) != stated):
    faults.append("root")
print(f"{len(leaves)} lines, checkpoint of {size}:", f"faults at {faults[:9]}" if faults else "no fault found")
sys.exit(30 if faults else 0)
