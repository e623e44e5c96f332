"""Checks an unpacked bundle in the current folder. Exit status: 0 no fault, 30 a fault, 40 cannot be checked."""
import base64
import hashlib
import json
import os
import re
import sys

EMPTY = hashlib.sha256(b"").digest()
faults = {}

# The one spelling of a line: digests, 16 bytes, numbers, text, base64, who vouches, references.
D, K, N, T = "[0-9a-f]{64}", "[0-9a-f]{32}", "(?:0|[1-9][0-9]{0,15})", r"[ !#-\[\]-~]"
B = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"
V, R = f"(?:system|uid:{N})", f'"{N}(?::{D})?"'
STATEMENT = (
    f'{{"agency":"{T}*","at":{N},"by":"(?:{V}|SHA256:[A-Za-z0-9+/]{{43}})","case":"{K}","kind":"[a-z0-9_.]{{1,48}}",'
    f'"log":"{T}*","member":"{T}*","n":"{K}","parts":\\[(?:"{D}"(?:,"{D}"){{0,63}})?\\],"purpose":"{T}*",'
    f'"ref":\\[(?:{R}(?:,{R})*)?\\],"role":"{T}*","saw_root":"{D}","saw_size":{N}}}'
)
LINE = re.compile(
    f'{{"cprev":"{D}","cseq":{N},"outcome":"(?:accepted","policy":"{D}","prev":"{D}"|'
    f'(?:denied|overridden)","policy":"{D}","prev":"{D}","rule":"{T}+"),"seq":{N}'
    f'(?:,"sig":"{B}","st":{STATEMENT},"t":{N},"v":1|,"st":{STATEMENT},"t":{N},"v":1,"vouch":"{V}")}}\n'
)


def is_line(raw, line):
    """Whether the bytes are those that the log would write: one spelling, numbers in their bounds."""
    statement, signature = line["st"], line.get("sig", "")
    numbers = [line["cseq"], line["seq"], line["t"], statement["at"], statement["saw_size"]]
    numbers += [int(reference.split(":")[0]) for reference in statement["ref"]]
    users = [text[4:] for text in (statement["by"], line.get("vouch", "")) if text.startswith("uid:")]
    return (
        len(raw) <= 60000 and LINE.fullmatch(raw.decode("ascii")) is not None and max(numbers) < 2**53
        and all(int(user) < 2**32 for user in users)
        and base64.b64encode(base64.b64decode(signature)).decode() == signature
    )


def fault(check, text):
    faults.setdefault(check, []).append(text)


def root(leaves):
    """RFC 9162 section 2.1.1, level by level: a last node without a sibling moves up as it is."""
    while len(leaves) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(leaves[::2], leaves[1::2])]
        leaves = pairs + leaves[len(leaves) & ~1:]
    return leaves[0] if leaves else EMPTY


def check_line(number, raw, previous, streams, listed):
    """Checks one line; the leaf, time and parts of those before it are handed in."""
    try:
        line = json.loads(raw.decode("ascii"))
        statement = line["st"]
        case = statement["case"]
        listed.update(statement["parts"])
        if not is_line(raw, line):
            fault("FORMAT", f"line {number} is not in its canonical form")
        leaf, time = previous
        if line["seq"] != number:
            fault("SEQUENCE", f"line {number} has the number {line['seq']}")
        if line["t"] < time:
            fault("SEQUENCE", f"line {number} is dated before the one before it")
        if line["prev"] != leaf.hex():
            fault("LINKS", f"line {number} does not follow the line before it")
        count, last = streams.get(case, (0, EMPTY))
        if line["cseq"] != count or line["cprev"] != last.hex():
            fault("LINKS", f"line {number} does not follow the line before it in its case")
        new = hashlib.sha256(b"\0" + raw).digest()
        streams[case] = (line["cseq"] + 1, new)
        return new, line["t"]
    except (ValueError, KeyError, TypeError, RecursionError):
        fault("FORMAT", f"line {number} is not a line of a record")
        return hashlib.sha256(b"\0" + raw).digest(), previous[1]


def main():
    with open("checkpoint", "rb") as file:
        origin, size, stated = file.read().split(b"\n")[:3]
    size, stated = int(size), base64.b64decode(stated, validate=True)
    leaves, streams, listed, previous = [], {}, set(), (EMPTY, 0)
    with open("entries.jsonl", "rb") as file:
        for number, raw in enumerate(file):
            if not raw.endswith(b"\n"):
                fault("FORMAT", "the last line is cut short")
                break
            previous = check_line(number, raw, previous, streams, listed)
            leaves.append(previous[0])
    if size > len(leaves):
        fault("ANCHOR", f"the checkpoint is of {size} lines, here are {len(leaves)}")
    elif root(leaves[:size]) != stated:
        fault("ANCHOR", "the lines do not give the root of the checkpoint")
    names = sorted(os.listdir("parts")) if os.path.isdir("parts") else []
    for name in names:
        with open(os.path.join("parts", name), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        if name != digest + ".json" or digest not in listed:
            fault("PAYLOADS", f"parts/{name} is not a part that a line lists")
    print(f"{origin.decode()}: {len(leaves)} lines, {len(names)} of {len(listed)} parts, checkpoint of {size} lines")
    for check in ["FORMAT", "LINKS", "SEQUENCE", "ANCHOR", "PAYLOADS"]:
        found = faults.get(check, [])
        print(f"{check:9} {'failed: ' + found[0] + f' ({len(found)} in all)' if found else 'passed'}")
    print("SIGNATURE skipped: not checked here; README.txt tells how to check it with openssl and the log's key")
    return 30 if faults else 0


try:
    sys.exit(main())
except (OSError, ValueError) as error:
    print(f"cannot be checked: {error}")
    sys.exit(40)
