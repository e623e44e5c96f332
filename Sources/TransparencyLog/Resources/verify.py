"""Checks the unpacked bundle in the current folder, with Python's standard library; authors' signatures with ssh-keygen.

python3 -I verify.py [--vkey KEY] [--known CHECKPOINT]... [--growth PROOF]... [--policy POLICY] [--signers SIGNERS] [--strict]
KEY is the log's public key, CHECKPOINT a signed checkpoint (a file), PROOF shows that a case's
checkpoint and that one are of one history (a file in the form of C2SP tlog-witness), POLICY says whose cosignatures count (a file in the
form of C2SP tlog-policy), SIGNERS whose the authors' keys were (a file allowed_signers, as of a whole record's bundle), all
obtained elsewhere than in this bundle.
Exit status: 0 no fault found; 10 too few witnesses of POLICY cosigned; 11 with --strict: parts are withheld or were
destroyed by law; 20 contradicts CHECKPOINT; 30 a fault; 40 cannot be checked.
"""
import argparse
import base64
import bisect
import functools
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

EMPTY = hashlib.sha256(b"").digest()
LONGEST = 60001  # one byte more than a line may have
found = {}  # (check, finding): [how often, where first]

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


def fault(check, word, place=None):
    found.setdefault((check, word), [0, place])[0] += 1


def decode(text):
    """Base64 in its one spelling."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64")
    return raw


def read_line(raw):
    """The values of a line if the bytes are those that the log would write; else None."""
    try:
        if len(raw) >= LONGEST or not LINE.fullmatch(raw.decode("ascii")):
            return None
        line = json.loads(raw)
        statement = line["st"]
        numbers = [line["cseq"], line["seq"], line["t"], statement["at"], statement["saw_size"]]
        numbers += [int(reference.split(":")[0]) for reference in statement["ref"]]
        users = [text[4:] for text in (statement["by"], line.get("vouch", "")) if text.startswith("uid:")]
        decode(line.get("sig", ""))
        return line if max(numbers) < 2**53 and all(int(user) < 2**32 for user in users) else None
    except ValueError:
        return None


# The tree (RFC 9162 section 2.1).


def leaf_hash(line):
    return hashlib.sha256(b"\0" + line).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def grow(peaks, size, leaf):
    """Appends a leaf; peaks are the roots of complete subtrees, one for each set bit of the size."""
    while size & 1:
        leaf, size = node_hash(peaks.pop(), leaf), size >> 1
    peaks.append(leaf)


def fold(peaks):
    root = peaks[-1] if peaks else EMPTY
    for left in reversed(peaks[:-1]):
        root = node_hash(left, root)
    return root


def follow_path(leaf, index, size, path):
    """The root that a path of siblings leads to; None if it is not as long as it has to be."""
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + bin(index >> inner).count("1"):
        return None
    for level, sibling in enumerate(path):
        is_left = level < inner and not index >> level & 1
        leaf = node_hash(leaf, sibling) if is_left else node_hash(sibling, leaf)
    return leaf


def grows(old, old_root, new, new_root, path):
    """Whether a path shows that a tree is the beginning of a larger one (RFC 9162 section 2.1.4.2)."""
    if old == 0 or old == new:
        return not path and (old_root == EMPTY if old == 0 else old_root == new_root)
    if old > new or (old & (old - 1) and not path):
        return False
    seed, rest = (old_root, path) if not old & (old - 1) else (path[0], path[1:])
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    before = after = seed
    for sibling in rest:
        if second == 0:
            return False
        if first & 1 or first == second:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            after = node_hash(after, sibling)
        first, second = first >> 1, second >> 1
    return second == 0 and before == old_root and after == new_root


# Notes and their Ed25519 signatures (C2SP signed-note, RFC 8032); slow, and enough for one.

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
C = -121665 * pow(121666, -1, P) % P


def point(raw):
    y, sign = int.from_bytes(raw, "little") % 2**255, raw[31] >> 7
    square = (y * y - 1) * pow(C * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or y >= P or (x == 0 and sign):
        raise ValueError("no point")
    return (P - x if x & 1 != sign else x), y


def add(p, q):
    product = C * p[0] * q[0] * p[1] * q[1]
    x = (p[0] * q[1] + p[1] * q[0]) * pow(1 + product, -1, P)
    return x % P, (p[1] * q[1] + p[0] * q[0]) * pow(1 - product, -1, P) % P


def times(factor, p):
    result = (0, 1)
    while factor:
        result, p, factor = (add(result, p) if factor & 1 else result), add(p, p), factor >> 1
    return result


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@functools.lru_cache
def is_signed(key, signature, text):
    try:
        scalar = int.from_bytes(signature[32:], "little")
        challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little")
        return (
            len(signature) == 64 and scalar < L
            and times(scalar, BASE) == add(point(signature[:32]), times(challenge % L, point(key)))
        )
    except ValueError:
        return False


def read_vkey(text, kind=1):
    """The name, the identifier and the bytes of a key: a log's, or with 4 a witness's; ValueError if it is none."""
    name, identifier, key = text.split("\n")[0].split("+", 2)
    raw = decode(key)
    right = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    if raw[0] != kind or len(raw) != 33 or identifier != right or times(8, point(raw[1:])) == (0, 1):
        raise ValueError("key")
    return name, bytes.fromhex(identifier), raw[1:]


def read_note(raw):
    """Name, size and root of a checkpoint, its text and its signatures; ValueError if it is none."""
    text, separator, rest = raw.rpartition(b"\n\n")
    text += b"\n"
    origin, size, root, end = text.decode().split("\n")
    signatures = {}
    for line in rest.decode().split("\n")[:-1]:
        dash, name, signature = line.split(" ")
        value = decode(signature)
        if dash != "\u2014" or not name or len(value) < 5 or (name, value[:4]) in signatures:
            raise ValueError("signature line")
        signatures[name, value[:4]] = value[4:]
    if (
        not separator or not rest.endswith(b"\n") or not signatures or end or not origin or len(decode(root)) != 32
        or not re.fullmatch(N, size) or min(raw.replace(b"\n", b" ")) < 32 or any(c.isspace() or c == "+" for c in origin)
    ):
        raise ValueError("checkpoint")
    return origin, int(size), decode(root), text, signatures


def check_signature(note, key):
    name, identifier, raw = key
    if name != note[0] or (name, identifier) not in note[4]:
        fault("ANCHOR", "unknown-key")
    elif not is_signed(raw, note[4][name, identifier], note[3]):
        fault("ANCHOR", "bad-signature")


# Witnesses (C2SP tlog-policy, tlog-cosignature).


class Policy:
    """Whose cosignatures count, and how many of them."""

    def __init__(self, raw):
        self.logs, self.witnesses, self.groups, quorum = [], {}, {}, []
        members = set()
        if len(raw) > 65536 or re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw):
            raise ValueError("policy: not a text")
        for number, line in enumerate(raw.decode().split("\n"), 1):
            words = [word for word in re.split("[ \t]+", line) if word]
            known = {"none", *self.witnesses, *self.groups}
            keys = [key[2] for key in self.logs + list(self.witnesses.values())]
            try:
                if not words or words[0].startswith("#"):
                    continue
                if words[0] == "log" and len(words) in (2, 3):
                    self.logs.append(read_vkey(words[1]))
                elif words[0] == "witness" and len(words) in (3, 4) and words[1] not in known:
                    self.witnesses[words[1]] = read_vkey(words[2], 4)
                elif words[0] == "group" and len(words) > 3 and words[1] not in known:
                    names, count = words[3:], {"any": "1", "all": str(len(words) - 3)}.get(words[2], words[2])
                    if members & set(names) or len(set(names)) < len(names) or not set(names) <= known - {"none"}:
                        raise ValueError("members")
                    if not re.fullmatch("[0-9]+", count) or not 1 <= int(count) <= len(names):
                        raise ValueError("count")
                    members |= set(names)
                    self.groups[words[1]] = int(count), names
                elif words[0] == "quorum" and len(words) == 2 and words[1] in known and not quorum:
                    quorum = [words[1]]
                else:
                    raise ValueError("form")
                # One key vouches once, and no log is its own witness.
                if words[0] in ("log", "witness") and (self.logs + list(self.witnesses.values())) and keys.count(
                    (self.logs if words[0] == "log" else list(self.witnesses.values()))[-1][2]
                ):
                    raise ValueError("key")
            except (ValueError, IndexError) as error:
                raise ValueError(f"policy: line {number}: {error}") from None
        if not quorum:
            raise ValueError("policy: no quorum")
        self.quorum = None if quorum == ["none"] else quorum[0]

    def is_met(self, names):
        done = set(names)
        for group, (count, members) in self.groups.items():
            if len(done & set(members)) >= count:
                done.add(group)
        return self.quorum is None or self.quorum in done

    def cosigners(self, note, log):
        """The names of the witnesses that cosigned, with their times; a wrong line is a fault."""
        found = {}
        for witness, (name, identifier, raw) in self.witnesses.items():
            value = note[4].get((name, identifier))
            if value is None or raw == log[2]:
                continue
            time = int.from_bytes(value[:8], "big")
            if len(value) != 72 or time >= 2**63 or not is_signed(
                raw, value[8:], b"cosignature/v1\ntime %d\n" % time + note[3]
            ):
                fault("ANCHOR", "bad-cosignature")
                return {}
            found[witness] = time
        return found


def check_witnessed(copy, log):
    """The cosigned checkpoint beside the bundle's own, if there is one that the copy grew out of; and what it says."""
    raw = read("witnessed", 1 << 20)
    if raw is None:
        return None
    try:
        held = read_note(raw)
        key = held[4].get(log[:2], b"") if log else None
        if log and (log[0] != held[0] or not is_signed(log[2], key, held[3])):
            raise ValueError("signature")
    except ValueError:
        return fault("ANCHOR", "witnessed-malformed")
    if not copy.is_case and held[1] > copy.size:
        return fault("ANCHOR", "witnessed-beyond-log")
    if copy.is_case:
        joins = bool(copy.note) and held[0] == copy.note[0] and does_join(held, copy)
    else:
        joins = copy.roots[held[1]] == held[2]
    return held if joins else fault("ANCHOR", "witnessed-contradicted")


def does_join(held, copy):
    if held[1] == copy.note[1]:
        return held[2] == copy.note[2]
    try:
        old, path, note = read_growth(read("witnessed.growth", 1 << 20) or b"")
    except ValueError:
        return False
    return old == held[1] and note == copy.note_bytes and grows(held[1], held[2], copy.note[1], copy.note[2], path)


def read_growth(raw):
    """The size of the smaller tree, the path from it to the larger one, and that one's checkpoint (C2SP tlog-witness)."""
    head, _, note = raw.partition(b"\n\n")
    old, *path = head.decode().split("\n")
    path = [decode(text) for text in path]
    if not re.fullmatch(f"old {N}", old) or len(path) > 63 or any(len(one) != 32 for one in path):
        raise ValueError("growth")
    return int(old[4:]), path, note


def judge_witnesses(copy, policy, log):
    """Says which lines are witnessed under the policy; false if too few cosigned."""
    held = check_witnessed(copy, log)
    if not policy:
        notes = [note for note in (copy.note, held) if note]
        if any(name != note[0] for note in notes for name, _ in note[4]):
            print("Witnesses signed beside the log: give --policy, obtained elsewhere, to say whose word counts.")
        return True
    if log and policy.logs and log not in policy.logs:
        fault("ANCHOR", "log-not-in-policy")
    if log and any(key[2] == log[2] for key in policy.witnesses.values()):
        print("The key of a witness is the log's own: its word counts for nothing.")
    best = None
    for note in (copy.note, held):
        if note and log and log[0] == note[0] and is_signed(log[2], note[4].get(log[:2], b""), note[3]):
            names = policy.cosigners(note, log)
            found = (policy.is_met(names), len(names)), names, note
            best = found if best is None or (found[0] > best[0] and not best[0][0]) else best
    is_met = best[0][0] if best else policy.quorum is None
    if best:
        who = ", ".join(f"{name} at {time}" for name, time in best[1].items()) or "no witness of the policy"
        print(f"The first {best[2][1]} lines of the record were cosigned by {who} (seconds since 1970).")
    print("That is enough under the policy." if is_met else "Not enough witnesses cosigned under the policy.")
    return is_met


# The files of the bundle.


def read(name, limit=8 << 20):
    """A file's bytes, cut beyond a limit; None if there is no such file."""
    if not os.path.exists(name):
        return None
    with open(name, "rb") as file:
        return file.read(limit + 1)


def files_in(folder):
    """The names of the files of a folder, and whether a line asked for them."""
    return dict.fromkeys(os.listdir(folder), False) if os.path.isdir(folder) else {}


def how_many(runs):
    return sum(last - first + 1 for first, last in runs)


def read_withheld():
    """Which lines of a case are left out: in each line of the file the first and the last place of a run."""
    raw = read("withheld", 1 << 20)
    if raw is None:
        return []
    runs = [(int(a), int(b)) for a, b in re.findall(rf"^({N}) ({N})$".encode(), raw, re.M)]
    ordered = all(a[1] + 1 < b[0] for a, b in zip(runs, runs[1:])) and all(a <= b < 2**53 for a, b in runs)
    if not runs or not ordered or raw != b"".join(b"%d %d\n" % run for run in runs):
        fault("SEQUENCE", "withheld-malformed", 0)
        return []
    return runs


REGISTER = ("dissemination.recorded", "breakglass.invoked")
GROUNDS = ("court_order.received", "retention.reviewed", "purge.proposed", *REGISTER)
EMPTY_LINE = {"seq": 0, "st": {"kind": "", "case": "", "ref": []}}


def what_is_stated(line):
    """What the line of a case's export states of its bundle; "unstated" by older ones, "unread" if it cannot be told."""
    details, is_whole = None, True
    for digest in line["st"]["parts"]:
        raw = read(f"parts/{digest}.json")
        if raw is None or hashlib.sha256(raw).hexdigest() != digest:
            is_whole = False
        elif details is None and read_part(raw)[0] == "details":
            details = [read_part(raw)[1]]
    if details is None:
        return "unstated" if is_whole else "unread"
    if not isinstance(details[0], dict):
        return "unread"
    if "holds" not in details[0]:
        return "unstated"
    holds = details[0]["holds"]
    if not isinstance(holds, dict) or sorted({"lost", *holds}) != ["lost", "parts", "partsDigest", "withheld", "withheldDigest"]:
        return "unread"
    counts, digests = (holds["parts"], holds["withheld"], holds.get("lost", 1)), (holds["partsDigest"], holds["withheldDigest"])
    is_form = all(type(one) is int and one >= 0 for one in counts) and counts[2] > 0
    return holds if is_form and all(isinstance(one, str) and re.fullmatch(D, one) for one in digests) else "unread"


def references(line):
    """The lines, and parts of lines, that a line names."""
    pairs = [text.partition(":") for text in line["st"]["ref"]]
    return [(int(seq), part or None) for seq, _, part in pairs]


# Whether what has to be on the record is there, as far as lines without content can show it.

HOUR = 3_600_000  # milliseconds
PURGE, NOTICE, EMERGENCY, ORDER = ["purge.approved"], ["purge.notice_sent"], ["breakglass.invoked"], ["court_order.received"]
# What a line rests on: the first line that it names is one of these kinds, of the same case and before it.
RESTS = {
    "access.read": REGISTER, "breakglass.expired": EMERGENCY, "breakglass.reviewed": EMERGENCY,
    "breakglass.review_overdue": EMERGENCY, "purge.notice_sent": PURGE, "record.purged": PURGE, "purge.certified": NOTICE,
    "purge.certification_overdue": NOTICE, "record.sealed": ORDER, "record.unsealed": ORDER,
}
# What a line begins, and by when another says that it ended or ran out.
BEGINS = {
    "breakglass.invoked": [("end", 2 * HOUR), ("review", 24 * HOUR)], "purge.notice_sent": [("certification", 720 * HOUR)],
}
ENDS = {
    "breakglass.expired": ("end", True), "breakglass.reviewed": ("review", False), "breakglass.review_overdue": ("review", True),
    "purge.certified": ("certification", False), "purge.certification_overdue": ("certification", True),
}
REVIEWS = ("case.opened", "case.reopened", "case.reviewed")
COVERED = {*RESTS, *BEGINS, *REGISTER, *ORDER, *PURGE, *REVIEWS, "case.closed", "case.review_overdue"}


class Coverage:
    """Follows what lines begin, and what they rest on; an hour is allowed, so that nothing depends on how fast a host is."""

    def __init__(self, withheld):
        self.withheld, self.grounds, self.owed, self.reviews, self.now, self.count = withheld, {}, {}, {}, 0, 0

    def take(self, line, number):
        kind, case, time = line["st"]["kind"], line["st"]["case"], line["t"]
        if kind not in COVERED or (kind == "access.read" and not line["st"]["ref"]):
            return
        named = references(line)
        self.count += 1
        if kind in RESTS and not self.rests(line, number, named):
            fault("COVERAGE", "ground-missing", number)
        if kind in REGISTER and not (named and named[0][0] < line["seq"]):
            fault("COVERAGE", "ground-missing", number)
        if kind == "access.read" and self.is_over(line, named[0][0]):
            fault("COVERAGE", "ground-missing", number)
        for what, within in BEGINS.get(kind, []):
            self.owed[line["seq"], what] = (number, time + within)
        if kind in ENDS:
            what, is_late = ENDS[kind]
            for seq, _ in named:
                self.end(self.owed.pop((seq, what), None), 0 if is_late else time)
        if kind in REVIEWS or kind.startswith("case."):
            self.end(self.reviews.pop(case, None), 0 if kind == "case.review_overdue" else time)
        if kind in REVIEWS:
            self.reviews[case] = (number, time + 2160 * HOUR)
        if kind in (*REGISTER, *ORDER, *PURGE, *NOTICE):
            self.grounds[line["seq"]] = line

    def rests(self, line, number, named):
        if not named or named[0][1]:
            return False
        ground = self.grounds.get(named[0][0])
        if not ground:
            # It may be one of those that are left out of the copy.
            return bool(self.withheld) and self.withheld[0][0] < number
        return (
            ground["st"]["kind"] in RESTS[line["st"]["kind"]] and ground["st"]["case"] == line["st"]["case"]
            and ground["seq"] < line["seq"]
            and (ground["st"]["kind"] not in ORDER or ground["st"]["member"] != line["st"]["member"])
        )

    def is_over(self, line, seq):
        ground = self.grounds.get(seq)
        return bool(ground) and ground["st"]["kind"] in EMERGENCY and line["t"] > ground["t"] + 3 * HOUR

    def end(self, duty, time):
        if duty and duty[1] + HOUR < time and not (self.withheld and self.withheld[-1][1] > duty[0]):
            fault("COVERAGE", "deadline-missing", duty[0])

    def check_end(self):
        """What had run out by the last act of a member was on the record before it."""
        for duty in sorted([*self.owed.values(), *self.reviews.values()]):
            self.end(duty, self.now)


# Authors' signatures (OpenSSH PROTOCOL.sshsig), which ssh-keygen confirms.

RULES = ("policy.signature_required", "policy.signature_lifted")
KEY_EVENTS = {"user.enrolled", "user.key_added", "user.key_revoked", "user.disabled", *RULES}


def ssh_strings(raw, count):
    """So many strings of SSH's binary form from the start of some bytes."""
    strings = []
    for _ in range(count):
        length = struct.unpack(">I", raw[:4])[0]
        if len(raw) < 4 + length:
            raise ValueError("truncated")
        strings, raw = strings + [raw[4:4 + length]], raw[4 + length:]
    return strings


KEY_TYPES = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
             "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")


def is_key(line):
    """Whether a line ends with the type and the bytes of a public key."""
    kind, text = line.split()[-2:]
    try:
        raw = decode(text)
        first = ssh_strings(raw, 2)
        is_whole = kind != "ssh-ed25519" or (len(first[1]) == 32 and len(raw) == 51)
        return kind in KEY_TYPES and first[0] == kind.encode() and is_whole
    except (ValueError, struct.error):
        return False


def armour(text):
    lines = [text[start:start + 70] for start in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def utc(milliseconds):
    """A time as allowed_signers has it; the civil calendar of datetime, which is UTC here."""
    from datetime import datetime, timedelta
    return (datetime(1970, 1, 1) + timedelta(seconds=milliseconds // 1000)).strftime("%Y%m%d%H%M%SZ").rjust(15, "0")


def in_order(pairs):
    """The members of an object in the order of the canonical form, each once."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a member twice")
    return dict(sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be")))


def refuse(text):
    raise ValueError(f"no number of a part: {text}")


def is_plain(value, level=1):
    """Whether a value is what a part may hold: no number beyond 2^53, no NUL, no more than 64 levels."""
    if isinstance(value, (dict, list)):
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        return level <= 64 and all(is_plain(one, level + 1) for one in inside)
    return "\0" not in value if isinstance(value, str) else not isinstance(value, int) or abs(value) < 2**53


def read_part(raw):
    """The name and the value of a part in its one spelling; else nothing."""
    try:
        part = json.loads(raw.decode(), object_pairs_hook=in_order, parse_float=refuse, parse_constant=refuse)
        name, salt, value = part["name"], part["salt"], part["value"]
        written = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in (name, salt, value)]
        form = '{"name":%s,"salt":%s,"value":%s}\n' % tuple(written)
        is_part = is_plain(part) and isinstance(name, str) and re.fullmatch(D, salt) and len(raw) <= 1 << 20
        return (name, value) if is_part and form.encode() == raw else (None, None)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, None


class Signers:
    """Whose the keys were.

    A whole record tells it by its events: where one is missing, a file of its own is no stand-in. A case is judged by its
    file allowed_signers.
    """

    def __init__(self, is_case, held, note):
        self.is_case, self.path = is_case, "allowed_signers"
        self.origin = note and "statement@" + note[0].split("/")[0]
        self.file, self.listed, self.malformed = self.read_file(self.path)
        self.is_bundle = self.file is not None or self.malformed  # lines alone have no such file, and no events beside them
        self.held, self.held_path = None, held
        if held:
            self.held, listed, malformed = self.read_file(held)
            if malformed or self.held is None:
                raise ValueError(f"{held} is no file of allowed signers in the one form that it has")
            if self.file is None and not self.malformed:
                self.path, self.file, self.listed = held, self.held, listed
        self.details, self.statements = files_in("keys"), files_in("st")
        self.terms, self.keys, self.seen, self.namespace = {}, {}, set(), ""
        self.rules, self.untold = {}, 0  # which kinds are to be signed, by agency, role and act; rules that do not say it
        self.good = self.signed = self.vouched = self.unread = self.unknown = self.older = self.gone = self.missing = 0
        self.unspoken = 0  # unsigned lines that do not tell what was done, where a rule may have asked for signatures
        self.tool = shutil.which("ssh-keygen")

    @staticmethod
    def read_file(path):
        """The text of a file of allowed signers, what its keys sign for, and whether it is in another form than its own."""
        text = (read(path, 1 << 20) or b"").decode("latin-1")
        listed = re.match('[!-~]+ namespaces="([!-~]*?)"', text)
        start = f'[!-~]+ namespaces="{re.escape(listed[1]) if listed else ""}",valid-after="[0-9]{{14}}Z"'
        form = f'(?:{start}(?:,valid-before="[0-9]{{14}}Z")? [!-~]+ [A-Za-z0-9+/=]+\n)*'
        lines = text.splitlines(True)
        if not re.fullmatch(form, text) or lines != sorted(set(lines)) or not all(map(is_key, lines)):
            return None, "", True
        return text if os.path.exists(path) else None, listed[1] if listed else "", False

    def check(self, raw, line, number):
        statement = line["st"]
        self.namespace = "statement@" + statement["log"].split("/")[0]
        if "sig" in line:
            self.signed += 1
            bytes_signed = raw[raw.index(b'"st":{') + 5:raw.rindex(b',"t":')]
            self.check_signature(bytes_signed, line, number)
        else:
            self.vouched += 1
            if (line["outcome"] != "denied" and statement["member"] and self.is_to_be_signed(statement, line["outcome"])
                    and not self.is_first_key(statement)):
                fault("SIGNATURES", "signature-missing", number)
            if line["outcome"] != "denied" and statement["member"] and statement["kind"] == "restricted":
                self.unspoken += any(self.is_of(rule, statement) for rule in self.rules)
        if statement["kind"] in KEY_EVENTS and line["outcome"] == "accepted":
            self.follow(line, number)

    def is_to_be_signed(self, statement, outcome):
        """Whether a rule of policy asked for the author's signature; who makes such a rule signs it himself."""
        return (statement["kind"] in RULES and outcome == "accepted") or any(
            self.is_of(rule, statement) and statement["kind"] in kinds for rule, kinds in self.rules.items()
        )

    def is_first_key(self, statement):
        """Whether a member who has no key gets his first one by himself: he cannot sign that yet."""
        member = statement["member"]
        if statement["kind"] != "user.key_added" or any(
            who == member and end is None for terms in self.terms.values() for who, _, end in terms
        ):
            return False
        raws = [read(f"{folder}/{digest}.json") for digest in statement["parts"] for folder in ("keys", "parts")]
        parts = [read_part(raw) for raw in raws if raw and hashlib.sha256(raw).hexdigest() in statement["parts"]]
        details = next((value for name, value in parts if name == "details"), None)
        return isinstance(details, dict) and details.get("member") == member

    @staticmethod
    def is_of(rule, statement):
        return rule[0] in (None, statement["agency"]) and rule[1] in (None, statement["role"])

    def check_signature(self, signed, line, number):
        statement, blob = line["st"], decode(line["sig"])
        try:
            if blob[:10] != b"SSHSIG\0\0\0\1":
                raise ValueError("SSHSIG")
            key, namespace = ssh_strings(blob[10:], 2)
            kind = ssh_strings(key, 1)[0].decode()
        except (ValueError, struct.error):
            return fault("SIGNATURES", "signature-wrong", number)
        self.check_files(signed, line)
        fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
        if fingerprint != statement["by"]:
            return fault("SIGNATURES", "signature-by-another-key", number)
        if namespace != self.namespace.encode():
            return fault("SIGNATURES", "signature-for-another-log", number)
        if not self.tool:
            self.unknown += 1
            return
        is_told = not self.is_case and not self.unread
        stated, path = (self.file, self.path) if self.is_case else (self.held, self.held_path)
        space = re.match('[!-~]+ namespaces="([!-~]*?)"', stated or "")
        by_file = space and self.origin in (None, space[1]) and self.run(signed, line, "verify", "-f", path, "-I", statement["member"], "-O",
                                      "verify-time=" + utc(line["t"]))
        if not by_file and not self.run(signed, line, "check-novalidate"):
            return fault("SIGNATURES", "signature-wrong", number)
        self.keys[fingerprint] = kind + " " + base64.b64encode(key).decode()
        if (fingerprint, statement["n"]) in self.seen:
            fault("SIGNATURES", "signature-replayed", number)
        self.seen.add((fingerprint, statement["n"]))
        own = any(who == statement["member"] and end is None for who, _, end in self.terms.get(fingerprint, []))
        if not is_told and stated is None:
            self.unknown += 1
        elif own if is_told else by_file:
            self.good += 1
        elif not is_told and path != "allowed_signers" and f" {self.keys[fingerprint]}\n" not in stated:
            self.unknown += 1
        else:
            fault("SIGNATURES", "signer-not-enrolled", number)

    def run(self, signed, line, what, *options):
        """What ssh-keygen says of a signature."""
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(armour(line["sig"]))
            file.flush()
            words = [self.tool, "-Y", what, "-n", self.namespace, "-s", file.name, *options]
            return subprocess.run(words, input=signed, capture_output=True, check=False).returncode == 0

    def check_files(self, signed, line):
        """The signed bytes lie in st/ as well, so that ssh-keygen can be called by hand."""
        for name, raw in ((f"{line['cseq']:06}.json", signed), (f"{line['cseq']:06}.sig", armour(line["sig"]).encode())):
            if name in self.statements:
                self.statements[name] = True
                if read("st/" + name) != raw:
                    fault("SIGNATURES", "signature-file-altered")
            elif self.is_case:
                fault("SIGNATURES", "signature-file-missing")

    def follow(self, line, number):
        """Keeps who holds which key from here on."""
        details, is_here = None, False
        for digest in line["st"]["parts"]:
            name = digest + ".json"
            raw = read("keys/" + name) if name in self.details else read("parts/" + name)
            if name in self.details:
                self.details[name] = True
            if raw is None:
                continue
            if hashlib.sha256(raw).hexdigest() == digest:
                is_here = True
                part = read_part(raw)
                details = part[1] if details is None and part[0] == "details" else details
            elif name in self.details:
                fault("SIGNATURES", "signature-file-altered")
        if not isinstance(details, dict) or not self.keep(line["st"]["kind"], line["t"], details):
            self.unread += 1
            self.gone += not is_here
            if is_here:
                fault("SIGNATURES", "key-event-malformed", number)

    def keep(self, kind, time, details):
        member, keys = details.get("id" if kind == "user.enrolled" else "member"), details.get("keys")
        key = details.get("fingerprint")
        if kind in RULES:
            return self.keep_rule(kind, details)
        if not isinstance(member, str):
            return False
        if kind == "user.enrolled":
            for one in keys if isinstance(keys, list) else []:
                if isinstance(one, str):
                    self.terms.setdefault(one, []).append([member, time, None])
            return isinstance(keys, list)
        if kind != "user.disabled" and not isinstance(key, str):
            return False
        if kind == "user.key_added":
            self.terms.setdefault(key, []).append([member, time, None])
            return True
        for one in [key] if kind == "user.key_revoked" else list(self.terms):
            for term in [term for term in self.terms.get(one, []) if term[0] == member and term[2] is None][-1:]:
                term[2] = time
        return True

    def keep_rule(self, kind, details):
        rule, kinds = tuple(details.get(name) for name in ("agency", "role", "act")), details.get("kinds")
        if any(name in details and not isinstance(details[name], str) for name in ("agency", "role", "act")):
            return False
        if kind == RULES[1]:
            self.rules.pop(rule, None)
        elif "kinds" not in details:
            self.untold += 1
        elif isinstance(kinds, list) and all(isinstance(one, str) for one in kinds):
            self.untold += not kinds
            self.rules[rule] = set(kinds)
        else:
            return False
        return True

    def check_end(self, note):
        left = [*self.details.values(), *self.statements.values()].count(False)
        if left:
            found["SIGNATURES", "signature-file-unlisted"] = [left, None]
        if self.malformed:
            fault("SIGNATURES", "signers-malformed")
        if self.file is None or not note:
            return
        namespace = "statement@" + note[0].split("/")[0]
        if self.listed and self.listed != namespace and self.path == "allowed_signers":
            return fault("SIGNATURES", "signers-differ")
        told = self.told(namespace) if not self.is_case and not self.unread and self.tool else None
        if told is not None and told != self.file and self.path == "allowed_signers":
            fault("SIGNATURES", "signers-differ")
        if self.held is not None:
            self.compare(told or self.file, namespace)

    def told(self, namespace):
        """The file that the record's own events give."""
        lines = []
        for fingerprint, key in self.keys.items():
            for member, start, end in self.terms.get(fingerprint, []):
                until = f',valid-before="{utc(max(end, start + 1000))}"' if end is not None else ""
                lines.append(f'{member} namespaces="{namespace}",valid-after="{utc(start)}"{until} {key}\n')
        return "".join(sorted(lines))

    def compare(self, text, namespace):
        """Each key has to be whose it is by the file that the reader holds, from then on; that it ended one may not know."""
        form = re.compile('([!-~]+) namespaces="([!-~]*?)",valid-after="([0-9]{14})Z"(?:,valid-before="([0-9]{14})Z")? (.*)')
        held = [form.match(line).groups() for line in self.held.splitlines()]
        wrong = sum(space != namespace for _, space, *_ in held[:1])
        for member, _, start, end, key in (form.match(line).groups() for line in text.splitlines()):
            ends = [to for who, _, since, to, other in held if (who, since, other) == (member, start, key)]
            if any(end is None or to is None or end == to for to in ends):
                continue
            # A file that was made before does not name the key, or ends it before.
            is_newer = all(to is not None and to <= start for _, _, _, to, other in held if other == key)
            wrong += not is_newer
            if is_newer and self.signed:
                self.older += 1
                print(f"Your file of signers is older than this copy: it does not name the key of {member}: {key}")
        if wrong:
            found["SIGNATURES", "signers-contradicted"] = [wrong, None]

    def report(self):
        if self.gone:
            print(f"{self.gone} events that say who holds a key, or what is to be signed, are not here: what they ask for cannot be told.")
        if self.is_case and self.vouched:
            print(f"Whether a rule of policy asked for signatures on the {self.vouched} lines that have none, a case does not tell.")
        if self.unspoken:
            print(f"{self.unspoken} lines do not tell what was done: whether a rule asked for their signatures was not looked at.")
        if self.untold:
            print(f"{self.untold} rules for signatures state no kind that they are for: that was not looked at.")
        if not self.signed:
            print("No line is signed by its author: for who spoke, the daemon vouches.")
            return
        print(f"{self.good} statements are signed by their authors; for {self.vouched} lines the daemon vouches.")
        if not self.tool:
            print("ssh-keygen is not here: the authors' signatures were not checked.")
        elif self.unknown:
            print(f"{self.unknown} signatures are of keys of which nothing here tells whose they were.")
        elif (self.is_case or self.unread) and self.held is None:
            print("Whose the keys were is told by allowed_signers alone: give --signers, from a whole record's bundle.")


def is_list_signed(raw, digest, key):
    """Whether a file is what the log signed for the list of digests with this one, and nothing else."""
    name, identifier, public = key
    text = f"accord bundle\nlog {name}\nsha256 {digest}\n".encode()
    start = text + f"\n\u2014 {name} ".encode()
    try:
        value = decode(raw[len(start):-1].decode())
    except ValueError:
        return False
    is_one = raw.startswith(start) and raw.endswith(b"\n") and value[:4] == identifier
    return is_one and is_signed(public, value[4:], text)


def check_sums(key):
    """SHA256SUMS has to list each file of the bundle as it is, in the order of their names, and the log signed it."""
    count = sum(len(files) + sum(os.path.islink(os.path.join(path, name)) for name in folders) for path, folders, files in os.walk("."))
    if not os.path.exists("SHA256SUMS"):
        # Lines that are no export need no list.
        alone = sum(map(os.path.exists, ["entries.jsonl", "checkpoint", "check.py", "verify.py"]))
        return fault("FORMAT", "sums-missing") if count > alone else None
    wrong, last, listed, whole = {"file-altered": 0, "file-missing": 0}, "", 0, hashlib.sha256()
    with open("SHA256SUMS", encoding="latin-1", newline="\n") as lines:
        for line in lines:
            whole.update(line.encode("latin-1"))
            digest, name = line[:64], line[66:-1]
            odd = not re.fullmatch(r"%s  [!-\[\]-~]{1,100}\n" % D, line) or {"", ".", ".."} & set(name.split("/"))
            # Proofs and signed statements come by their numbers, of six digits or more.
            folder, digits = name.split("/")[0], len(name.split(".")[0])
            place = f"{folder}/{digits:03}{name}" if name.startswith(("proofs/", "st/")) else name
            if odd or place <= last:
                return fault("FORMAT", "sums-malformed")
            last = place
            if not os.path.exists(name):
                wrong["file-missing"] += 1
                continue
            listed += name not in ("SHA256SUMS", "SHA256SUMS.note")
            hashed = hashlib.sha256()
            with open(name, "rb") as file:
                for piece in iter(lambda: file.read(1 << 20), b""):
                    hashed.update(piece)
            wrong["file-altered"] += hashed.hexdigest() != digest
    note = read("SHA256SUMS.note", 4096)
    wrong["sums-unsigned"] = note is None
    wrong["sums-signature-wrong"] = bool(note is not None and key and not is_list_signed(note, whole.hexdigest(), key))
    wrong["file-unlisted"] = count - listed - 1 - (note is not None)
    found.update({("FORMAT", word): [int(often), None] for word, often in wrong.items() if often > 0})


class Copy:
    """What is in the bundle, and where its lines stand. Lines are read one by one; 32 bytes of each are kept."""

    def __init__(self, note, note_bytes, wanted, signers):
        self.note, self.note_bytes, self.wanted = note, note_bytes, wanted
        self.parts, self.proofs = files_in("parts"), files_in("proofs")
        # What the bundle says of itself is not asked: lines with proofs are one case, lines without are a record.
        self.is_case = bool(self.proofs)
        self.number, self.link = ("cseq", "cprev") if self.is_case else ("seq", "prev")
        self.size = self.given = self.absent = self.next = 0
        self.peaks, self.roots, self.case, self.export = [], {0: EMPTY}, None, None
        self.saw = []  # what authors signed to have seen, with the place of the line and the lines before it
        self.streams, self.leaves, self.moved, self.whole, self.last = {}, bytearray(), {}, True, None
        # Parts that are not here, by line; what a purge may rest on; purges and the notices of them.
        self.missing, self.grounds, self.approvals, self.told, self.register = {}, {}, [], {}, {}
        self.destroyed, self.under = 0, []
        self.withheld = read_withheld() if self.is_case else []
        self.withheld_ends = [last for _, last in self.withheld]
        # The names of the parts that are here, and how many before those of the last line.
        self.names, self.names_count, self.last_names = hashlib.sha256(), 0, []
        self.signers, self.coverage = Signers(self.is_case, signers, note), Coverage(self.withheld)

    def is_withheld(self, number):
        place = bisect.bisect_left(self.withheld_ends, number)
        return place < len(self.withheld) and self.withheld[place][0] <= number

    def check_lines(self):
        with open("entries.jsonl", "rb") as file:
            for raw in iter(lambda: file.readline(LONGEST), b""):
                if not raw.endswith(b"\n") and len(raw) < LONGEST:
                    fault("FORMAT", "truncated-last-line", self.size)
                    break
                self.check_line(raw, leaf_hash(raw), read_line(raw))
        if self.withheld and self.withheld[-1][1] >= self.next:
            fault("SEQUENCE", "withheld-beyond-end", self.withheld[-1][1])
        missing = self.next - len(self.leaves) // 32 - len(self.moved) - how_many(self.withheld)
        if missing > 0:
            places = range(len(self.leaves) // 32, self.next)
            first = next((n for n in places if n not in self.moved and not self.is_withheld(n)), self.next)
            found["SEQUENCE", "record-missing"] = [missing, first]

    def check_line(self, raw, leaf, line):
        if not self.is_case:
            grow(self.peaks, self.size, leaf)
            if self.size + 1 in self.wanted:
                self.roots[self.size + 1] = fold(self.peaks)
        self.size, self.export = self.size + 1, None
        for name in self.last_names:
            self.names.update(name.encode() + b"\n")
        self.names_count, self.last_names = self.names_count + len(self.last_names), []
        if line is None:
            fault("FORMAT", "malformed-line", self.size - 1)
            self.moved[self.next], self.next, self.whole, self.last = b"?", self.next + 1, False, None
            return
        number, statement = line[self.number], line["st"]
        if statement["kind"] == "access.exported" and line["outcome"] == "accepted":
            self.export = line
        if self.note and statement["log"] != self.note[0]:
            fault("ANCHOR", "line-of-another-log", number)
        if self.is_case and self.note:
            self.check_proof(line, leaf)
        self.check_parts(line)
        if "sig" in line and not self.is_case:
            self.saw.append((statement["saw_size"], statement["saw_root"], self.size - 1, number))
        if statement["member"]:
            self.coverage.now = max(self.coverage.now, line["t"])
        is_emergency = line["outcome"] == "overridden" and statement["kind"] == "breakglass.invoked"
        if line["outcome"] == "accepted" or is_emergency:
            self.keep_removal(line)
            self.coverage.take(line, number)
        self.signers.check(raw, line, number)
        if self.is_case and self.case not in (None, statement["case"]):
            fault("LINKS", "line-of-another-case", number)
            return
        self.case = statement["case"]
        if self.comes_next(number, leaf):
            self.check_links(line, leaf, number)
            self.last = line, leaf.hex()

    def check_proof(self, line, leaf):
        """A file in the form of C2SP tlog-proof has to lead from the line to the root of the checkpoint."""
        number, seq, (_, size, root, *_) = line["cseq"], line["seq"], self.note
        name = f"{number:06}.tlog-proof"
        if name in self.proofs:
            self.proofs[name] = True
        if seq >= size:
            return fault("ANCHOR", "line-beyond-checkpoint", number)
        if name not in self.proofs:
            return fault("ANCHOR", "proof-missing", number)
        try:
            head, _, note = read("proofs/" + name).partition(b"\n\n")
            first, index, *path = head.decode().split("\n")
            path = [decode(text) for text in path]
            if first != "c2sp.org/tlog-proof@v1" or not re.fullmatch(f"index {N}", index) or len(path) > 63:
                raise ValueError("proof")
            if any(len(sibling) != 32 for sibling in path):
                raise ValueError("proof")
        except ValueError:
            return fault("ANCHOR", "proof-malformed", number)
        if index != f"index {seq}" or follow_path(leaf, seq, size, path) != root:
            fault("ANCHOR", "proof-wrong", number)
        elif note != self.note_bytes:
            fault("ANCHOR", "proof-of-another-checkpoint", number)

    def check_parts(self, line):
        if not self.parts and not self.is_case:
            return
        missing, given = [], self.given
        for digest in line["st"]["parts"]:
            name = digest + ".json"
            if name not in self.parts:
                missing.append(digest)
                continue
            self.parts[name] = True
            if hashlib.sha256(read("parts/" + name)).hexdigest() == digest:
                self.given += 1
                self.last_names.append(digest)
            else:
                fault("PAYLOADS", "part-altered", line[self.number])
        if missing:
            self.missing[line["seq"]] = [missing, self.given > given, line[self.number]]

    def keep_removal(self, line):
        kind = line["st"]["kind"]
        if kind == "purge.approved":
            self.approvals.append(line)
        elif kind == "purge.notice_sent":
            self.told[tuple(seq for seq, _ in references(line))] = line
        elif kind in GROUNDS:
            self.grounds[line["seq"]] = line
            if kind in REGISTER:
                for seq, _ in references(line)[:1]:
                    self.register.setdefault(seq, []).append(line)

    def check_removals(self):
        """Parts may be gone if two persons with two duties purged them under an order, and all recipients were told."""
        for line in self.approvals:
            ground = self.authority(line)
            if not ground:
                fault("PAYLOADS", "purge-without-authority", line[self.number])
                continue
            before = self.destroyed
            for seq, part in references(line):
                if part and part in self.missing.get(seq, [[]])[0]:
                    self.missing[seq][0].remove(part)
                    self.destroyed += 1
            for seq in self.given_under(line):
                notice = self.told.get((line["seq"], seq), EMPTY_LINE)
                if notice["st"]["case"] != line["st"]["case"] or notice["seq"] <= line["seq"]:
                    fault("COVERAGE", "purge-notice-missing", line[self.number])
            if self.destroyed > before:
                self.under.append(f"{self.in_words(ground)}, approved at line {line[self.number]}")
        for parts, is_partial, number in self.missing.values():
            self.absent += len(parts)
            for _ in parts if is_partial else []:
                # A copy holds all parts of a line or none.
                fault("PAYLOADS", "part-lost", number)

    def given_under(self, approval):
        """The lines of the register that an approval names, or that gave something of which it names a part, before it."""
        said = references(approval)
        named = {seq for seq, part in said if not part and self.grounds.get(seq, EMPTY_LINE)["st"]["kind"] in REGISTER}
        found = [line for purged in {seq for seq, part in said if part} for line in self.register.get(purged, [])]
        return named | {
            line["seq"] for line in found if line["st"]["case"] == approval["st"]["case"] and line["seq"] < approval["seq"]
        }

    def in_words(self, ground):
        """What a purge rests on, as far as the copy shows it."""
        if ground["st"]["kind"] != "court_order.received":
            return f"the retention review at line {ground[self.number]}"
        parts = [read(f"parts/{digest}.json") for digest in ground["st"]["parts"]]
        parts = [read_part(raw) for raw, digest in zip(parts, ground["st"]["parts"])
                 if raw is not None and hashlib.sha256(raw).hexdigest() == digest]
        details = next((value for name, value in parts if name == "details" and isinstance(value, dict)), {})
        terms = [details[key] for key in ("kind", "court", "docket") if isinstance(details.get(key), str)]
        return f"the court order at line {ground[self.number]}" + (f" ({', '.join(terms)})" if terms else "")

    def authority(self, approval):
        """The order or the review that a purge by two persons rests on; nothing if it has no such authority."""
        said, case = references(approval), approval["st"]["case"]
        proposal = self.grounds.get(said[0][0], EMPTY_LINE) if said and not said[0][1] else EMPTY_LINE
        asked, one, other = references(proposal), proposal["st"], approval["st"]
        is_asked = (
            one["kind"] == "purge.proposed" and one["case"] == case and proposal["seq"] < approval["seq"]
            and one["member"] and other["member"] and one["member"] != other["member"] and one["role"] != other["role"]
            and all(reference in asked for reference in said if reference[1])
        )
        carry = [seq for seq, part in asked if not part and self.carries(seq, proposal["seq"], case)]
        return self.grounds[carry[0]] if is_asked and carry else None

    def carries(self, seq, before, case):
        ground = self.grounds.get(seq, EMPTY_LINE)
        return (
            ground["st"]["kind"] in ("court_order.received", "retention.reviewed")
            and ground["seq"] < before and ground["st"]["case"] == case
        )

    def comes_next(self, number, leaf):
        """Whether a line comes after all before it; else it was moved, is a repetition or a fork."""
        if self.is_withheld(number):
            fault("SEQUENCE", "line-said-withheld", number)
        self.whole = self.whole and number == self.next
        if number >= self.next:
            if self.whole:
                self.leaves += leaf
            else:
                self.moved[number] = leaf
            self.next = number + 1
            return True
        earlier = bytes(self.leaves[32 * number:32 * number + 32]) or self.moved.get(number)
        if earlier:
            fault("SEQUENCE", "record-duplicated" if earlier == leaf else "duplicate-sequence-fork", number)
        else:
            self.moved[number] = leaf
            fault("SEQUENCE", "records-out-of-order", number)
        return False

    def check_links(self, line, leaf, number):
        before, before_leaf = self.last or (None, None)
        if number == 0:
            if line[self.link] != EMPTY.hex():
                fault("LINKS", "link-broken", 0)
        elif before:
            # One of the two was changed; what the later one states is what the earlier one was.
            if before[self.number] + 1 == number and line[self.link] != before_leaf:
                fault("LINKS", "line-altered", number - 1)
            if line["t"] < before["t"]:
                fault("SEQUENCE", "time-runs-back", number)
            if line["seq"] <= before["seq"]:
                fault("SEQUENCE", "position-runs-back", number)
        if not self.is_case and self.whole:
            if self.streams.get(self.case, (0, EMPTY.hex())) != (line["cseq"], line["cprev"]):
                fault("LINKS", "link-broken", number)
            self.streams[self.case] = line["cseq"] + 1, leaf.hex()

    def check_seen(self):
        """What an author signed to have seen is the beginning of this record, before his line: each is a witness of it."""
        asked, peaks, size, roots = {saw[0] for saw in self.saw}, [], 0, {0: EMPTY}
        with open("entries.jsonl", "rb") as file:
            for raw in iter(lambda: file.readline(LONGEST) if asked - {0} else b"", b""):
                if not raw.endswith(b"\n") and len(raw) < LONGEST:
                    break
                grow(peaks, size, leaf_hash(raw))
                size += 1
                if size in asked:
                    roots[size] = fold(peaks)
        for saw, root, before, number in self.saw:
            if saw > before or roots[saw].hex() != root:
                fault("SIGNATURES", "signer-saw-another-history", number)

    def check_end(self):
        """What is known only after the last line."""
        self.check_seen()
        for check, word, files in [("ANCHOR", "proof-unlisted", self.proofs), ("PAYLOADS", "part-unlisted", self.parts)]:
            if not all(files.values()) and (self.note or files is self.parts):
                found[check, word] = [list(files.values()).count(False), None]
        self.check_removals()
        self.coverage.check_end()
        self.signers.check_end(self.note)
        if self.is_case and not self.export:
            fault("TAIL", "tail-cut")
        elif self.is_case:
            self.check_stated(what_is_stated(self.export))
        if self.note and not self.is_case:
            if self.note[1] > self.size:
                fault("ANCHOR", "checkpoint-beyond-log", self.size)
            elif self.roots[self.note[1]] != self.note[2]:
                fault("ANCHOR", "root-mismatch")

    def check_stated(self, holds):
        """The line of the export says what its bundle holds: nothing was taken out since."""
        if holds == "unread":
            return fault("TAIL", "export-unread", self.export["cseq"])
        if holds == "unstated":
            print("The export does not state what was left out of it: that no more is than was then, this copy cannot show.")
            return None
        runs = "".join(f"{first} {last}\n" for first, last in self.withheld).encode()
        if (holds["withheld"], holds["withheldDigest"]) != (how_many(self.withheld), hashlib.sha256(runs).hexdigest()):
            fault("SEQUENCE", "withheld-not-as-exported")
        if (holds["parts"], holds["partsDigest"]) != (self.names_count, self.names.hexdigest()):
            fault("PAYLOADS", "parts-not-as-exported")
        if "lost" in holds:
            found["PAYLOADS", "parts-lost-at-export"] = [holds["lost"], None]

    def is_joined(self, kept, growth):
        """Whether a case's checkpoint and a kept one are of one history; None if nothing here tells."""
        if not self.note:
            return None
        if kept[1] == self.note[1]:
            return kept[2] == self.note[2]
        old, new = sorted([kept, self.note], key=lambda note: note[1])
        paths = [path for size, path, note in growth if size == old[1] and note[:3] == new[:3]]
        return any(grows(old[1], old[2], new[1], new[2], path) for path in paths) if paths else None

    def compare(self, kept, growth):
        """What speaks against a checkpoint that the reader holds: nothing, or a finding."""
        origin, size, root, *_ = kept
        if self.note and origin != self.note[0]:
            return "known-of-another-log"
        if self.is_case:
            is_joined = self.is_joined(kept, growth)
            return None if is_joined else "known-not-comparable" if is_joined is None else "known-checkpoint-contradicted"
        if size > self.size:
            return "known-checkpoint-beyond-log"
        return "known-checkpoint-contradicted" if root != self.roots[size] else None


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--vkey")
    options.add_argument("--known", action="append", default=[])
    options.add_argument("--growth", action="append", default=[])
    options.add_argument("--policy")
    options.add_argument("--signers")
    options.add_argument("--strict", action="store_true")
    options = options.parse_args()
    trusted = options.vkey and read_vkey((read(options.vkey) or options.vkey.encode()).decode())
    policy = options.policy and Policy(read(options.policy) or b"")
    if policy and not trusted and len(policy.logs) == 1:
        trusted = policy.logs[0]
    kept = [read_note(read(name) or b"") for name in options.known]
    for name, _, _, text, signatures in kept:
        if trusted and not (name == trusted[0] and is_signed(trusted[2], signatures.get(trusted[:2], b""), text)):
            raise ValueError("a known checkpoint is not signed by the key that was given")

    growth = [(old, path, read_note(note)) for old, path, note in (read_growth(read(name) or b"") for name in options.growth)]
    note, note_bytes, own = None, read("checkpoint"), None
    try:
        note = read_note(note_bytes) if note_bytes is not None else None
    except ValueError:
        fault("ANCHOR", "checkpoint-malformed")
    try:
        own = read_vkey(read("log.vkey").decode()) if os.path.exists("log.vkey") else None
        if own and read("log.vkey").find(b"\n") != len(read("log.vkey")) - 1:
            own = fault("ANCHOR", "key-malformed")
    except (ValueError, IndexError):
        fault("ANCHOR", "key-malformed")
    if note and (trusted or own):
        check_signature(note, trusted or own)
    witnessed = None
    try:
        witnessed = read_note(read("witnessed", 1 << 20) or b"")
    except ValueError:
        pass
    copy = Copy(note, note_bytes, {head[1] for head in kept + [note, witnessed] if head}, options.signers)
    copy.check_lines()
    copy.check_end()
    check_sums(trusted or own)
    is_vouched = judge_witnesses(copy, policy, trusted or own)
    if not (copy.size or found or note_bytes or kept):
        raise ValueError("there is no line")
    compared = [copy.compare(head, growth) for head in kept]
    unknown = compared.count("known-not-comparable")
    contradictions = [word for word in compared if word and word != "known-not-comparable"]
    agreed = max([head[1] for head, word in zip(kept, compared) if word is None], default=0)

    has_parts = copy.parts or copy.is_case
    what = f"one case, stream {copy.case}" if copy.is_case else "a whole record"
    name, size = (note[0], note[1]) if note else ("a log", "no")
    print(f"{name}: {what}: {copy.size} lines, {copy.given} parts, checkpoint of {size} lines")
    for check in ["FORMAT", "LINKS", "SEQUENCE", "ANCHOR", "TAIL", "PAYLOADS", "SIGNATURES", "COVERAGE"]:
        faults = [(word, how) for (place, word), how in found.items() if place == check]
        faults += [(word, [1, None]) for word in contradictions if check == "ANCHOR"]
        for word, (count, first) in faults:
            print(f"{check:9} failed  {word}: {count}" + ("" if first is None else f", first at {first}"))
        skips = {"ANCHOR": not note, "TAIL": not copy.is_case, "PAYLOADS": not has_parts, "COVERAGE": not copy.coverage.count,
                 "SIGNATURES": not copy.signers.signed or copy.signers.unknown}.get(check)
        if not faults:
            print(f"{check:9} {'skipped' if skips else 'passed'}")
    if copy.export and copy.is_case:
        seq, lines, left = copy.export["seq"], copy.export["cseq"] + 1, how_many(copy.withheld)
        print(f"At line {seq} of the record this case had exactly {lines} lines, {left} of them left out here.")
        print("That lines followed cannot be seen.")
    if copy.absent and has_parts:
        print(f"{copy.absent} parts that lines list are not here: withheld from this reader.")
    if copy.destroyed:
        print(f"{copy.destroyed} parts were destroyed by law: purged by two persons under {'; under '.join(copy.under[:8])}.")
    copy.signers.report()
    is_open = unknown or copy.signers.unknown or copy.signers.older or (copy.signers.gone and copy.signers.is_bundle) or (note_bytes is None and (copy.is_case or not kept))
    if unknown:
        print("A known checkpoint was not compared: of a case, one of another size needs a proof (--growth).")
    if note_bytes is None:
        print("There is no checkpoint: lines that only agree with one another show nothing.")
    elif not trusted and note and agreed < note[1]:
        print("Internally consistent at best, trust not established: give --vkey, obtained elsewhere.")
    is_withheld = options.strict and ((copy.absent or copy.destroyed) and has_parts or copy.withheld)
    if found or contradictions or is_open:
        return 30 if found else 20 if contradictions else 40
    return 10 if not is_vouched else 11 if is_withheld else 0


try:
    sys.exit(main())
except (OSError, ValueError, IndexError) as error:
    print(f"cannot be checked: {error}")
    sys.exit(40)
