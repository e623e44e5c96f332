#!/usr/bin/env python3
"""Counts the instructions of the hot paths under callgrind, and compares them with those that are kept.

    Tests/Benchmarks/instructions.py             prints what changed against Tests/Benchmarks/instructions.txt
    Tests/Benchmarks/instructions.py --write     keeps what was counted
    Tests/Benchmarks/instructions.py --only update,event    some of the operations

Instructions hang little on how busy the machine is, so that a change of some percent shows where times show nothing. They are
those of the daemon in user space; valgrind shows it a processor without the newest instructions, so that hashes and copies cost
more than they do outside of it. How many updates come together in one batch hangs on chance: two counts of the same programs
differ by up to some percent. Run it as root, with valgrind.
"""
import argparse, os, re, shutil, subprocess, sys, tempfile, time

from table import AUDITOR, ADMIN, DAY, HERE, LEAD, Deployment, Varlink, built

KEPT = f"{HERE}/instructions.txt"
# Differences from here on are marked.
NOTABLE = 0.03
TEXT = "Two vans at the loading dock, then a third. " * 4
UPDATE = "io.accord.Entry.Record"

# What is done, with everything that it calls, by the beginning of the function's name.
STAGES = {
    "read and decode": r"VarlinkServer\.read\(_:\)",
    "decide": r"CaseworkState\.decide\(_:\)",
    "compose": r"LineComposer\.compose\(",
    "follow": r"CaseworkState\.evolve\(_:at:\)",
    "seal": r"(specialized )?SealedBatch\.init\(_:_:streams",
    "journal": r"Journal\.append\(",
    "insert": r"(specialized )?BatchInsertion\.insert<",
    "views": r"closure #1 in CaseViews\.apply\(_:upTo",
    "read back and sign": r"CheckpointSigning\.sign\(",
    "answer": r"(specialized )?Sequencer\.pay\(",
    "read the page": r"SQLiteRecord\.events\(of:",
    "show": r"Sequencer\.deliver\(_:to:\)",
    "read lines, open parts": r"(specialized )?static SQLiteRecord\.fullLines\(",
    "look at lines": r"LineInspector\.inspect\(_:\)",
    "write replies": r"VarlinkServer\.settle\(\)",
}
# Where the instructions lie, by themselves: the first that matches.
PLACES = [
    ("retain and release", "", r"^(_?swift_(retain|release|bridgeObject|unknownObject|weak|unowned)|swift::RefCounts)"),
    ("allocate and free", "", r"^(_?swift_(slow)?(alloc|dealloc)|malloc|free$|cfree|calloc|realloc|_int_|unlink_chunk|"
     r"tcache|posix_memalign|aligned_alloc|operator (new|delete))"),
    ("copy and compare bytes", "", r"^_*(mem(cpy|move|set|cmp|chr)|str(len|cmp|str))"),
    ("SQLite", r"libsqlite3", r""),
    ("libcrypto", r"libcrypto", r""),
    ("Dispatch", "", r"^_?dispatch_"),
    ("other C library", r"/(libc|libm|ld-linux)", r""),
    ("other Swift runtime", "", r"^(_?swift_|swift::|__swift)"),
]
MODULES = [*os.listdir(f"{HERE}/../../Sources"), "GRDB", "FoundationEssentials", "Logging"]


def profile(path):
    """What a file of callgrind says: by function the instructions of its own, those with what it calls, and its object."""
    names, own, whole, objects = {}, {}, {}, {}

    def name(kind, text):
        found = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if not found:
            return text
        if found[2] is not None:
            names[kind, found[1]] = found[2]
        return names[kind, found[1]]

    function = thing = called = None
    for line in open(path):
        line = line.rstrip("\n")
        if line.startswith(("ob=", "cob=")):
            key, text = line.split("=", 1)
            if key == "ob":
                thing = name("ob", text)
            else:
                name("ob", text)
        elif line.startswith("fn="):
            # Recursion is numbered: f, f'2, ...
            function = re.sub(r"'\d+$", "", name("fn", line[3:]))
            objects.setdefault(function, thing)
        elif line.startswith("cfn="):
            called = re.sub(r"'\d+$", "", name("fn", line[4:]))
        elif re.match(r"[\d+*-]", line):
            count = int((line.split() + ["0"])[1])
            if called is not None:
                if called != function:
                    whole[called] = whole.get(called, 0) + count
                called = None
            else:
                own[function] = own.get(function, 0) + count
    return own, whole, objects


def readable(names):
    """The names as people write them."""
    names = list(names)
    said = subprocess.run(["swift", "demangle", "--simplified"], input="\n".join(names), stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split("\n")
    return dict(zip(names, said))


def place(function, thing, mangled):
    for label, inside, pattern in PLACES:
        if (not inside or re.search(inside, thing or "")) and re.search(pattern, function):
            return label
    # Names of symbols have the lengths of their words: $s8Casework...; what is made of generics names its module later.
    found = [at for at in ((mangled.find(f"{len(name)}{name}"), name) for name in MODULES) if at[0] >= 0]
    if mangled.startswith("$s"):
        return min(found)[1] if found else "Swift's library"
    return "other"


class Counter:
    def __init__(self, work, programs):
        self.work, self.counts, self.taken = work, {}, 0
        self.out = f"{work}/callgrind"
        # valgrind cannot read what Swift's compiler says of lines of source; names are in the symbols.
        subprocess.run(["strip", "--strip-debug", "-o", f"{work}/accordd", f"{programs}/accordd"], check=True)
        programs = work
        self.deployment = Deployment(programs, f"{work}/d", under=[
            "valgrind", "--tool=callgrind", "--instr-atstart=no", "--fair-sched=yes", "-q",
            f"--callgrind-out-file={self.out}"])
        self.pid = str(self.deployment.process.pid)
        admin = Varlink(self.deployment.socket, ADMIN)
        admin.call("io.accord.Registry.RegisterAgency", agency={
            "id": "ROB", "name": "ROB", "level": "regional", "missions": ["oversight"], "contact": "desk",
            "keyRequired": False})
        admin.call("io.accord.Registry.EnrolMember", id="auditor.rob", agency="ROB", uids=[AUDITOR], keys=[])
        admin.call("io.accord.Registry.GrantRole", member="auditor.rob", role="oversight", scope="system",
                   expiresAt=int(time.time() * 1e6) + 80 * DAY)
        self.lead = Varlink(self.deployment.socket, LEAD)

    def control(self, *words):
        subprocess.run(["callgrind_control", *words, self.pid], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def count(self, operation, times, what):
        """Counts what an operation costs that is done so many times."""
        what()
        self.settle()
        self.control("-i", "on")
        what()
        self.settle()
        self.control("-i", "off")
        self.control("-d")
        self.taken += 1
        own, whole, objects = profile(f"{self.out}.{self.taken}")
        said = readable(set(own) | set(whole))
        rows = {"all": sum(own.values())}
        for label, pattern in STAGES.items():
            found = [count for name, count in whole.items() if re.match(pattern, said[name])]
            if found:
                rows[f"to {label}"] = max(found)
        for name, count in own.items():
            label = f"in {place(said[name], objects[name], name)}"
            rows[label] = rows.get(label, 0) + count
        for label, count in rows.items():
            # What is less than a hundredth tells nothing.
            if count >= rows["all"] / 100:
                self.counts[operation, label] = round(count / times)

    @staticmethod
    def settle():
        """Lets what nobody waits for come to its end: checkpoints, views, rows."""
        time.sleep(3)

    def update(self):
        parameters = {"case": self.deployment.case, "kind": "observation", "text": TEXT}

        def some(rounds, together):
            for _ in range(rounds):
                for _ in range(together):
                    request = (b"%012x" % int(time.time() * 1e3)).decode() + os.urandom(10).hex()
                    self.lead.send(UPDATE, {**parameters, "context": {"request": request}})
                for _ in range(together):
                    self.lead.reply()

        self.count("update, one at a time", 200, lambda: some(200, 1))
        self.count("update, 64 at once", 1_280, lambda: some(20, 64))

    def info(self):
        def some():
            for _ in range(500):
                self.lead.call("org.varlink.service.GetInfo")

        self.count("GetInfo", 500, some)

    def event(self):
        """All events of the case, to a watcher who follows from its beginning."""
        def watch():
            seen = 0
            watcher = Varlink(self.deployment.socket, LEAD)
            watcher.send("io.accord.Feed.Watch", {
                "positions": [{"case": self.deployment.case, "after": -1}], "follow": False}, more=True)
            while watcher.reply().get("kind") == "event":
                seen += 1
            return seen

        self.count("stored event to a watcher", watch(), watch)

    def verify(self):
        def verify():
            auditor = Varlink(self.deployment.socket, AUDITOR)
            auditor.send("io.accord.Audit.Verify", {"known": []}, more=True)
            while True:
                reply = auditor.reply()
                if "verdicts" in reply:
                    return reply["total"]

        self.count("stored line verified", verify(), verify)


OPERATIONS = ("update", "info", "event", "verify")


def kept():
    if not os.path.exists(KEPT):
        return {}
    rows = (line.rstrip("\n").split("\t") for line in open(KEPT) if not line.startswith("#"))
    return {(operation, label): int(count) for operation, label, count in rows}


def show(counts, before):
    last = None
    for operation, label in sorted(set(counts) | {row for row in before if row[0] in {key[0] for key in counts}},
                                   key=lambda row: (row[0], row[1] != "all", row[1][:2], -counts.get(row, 0))):
        if operation != last:
            print(f"\n{operation:<50} {'kept':>10} {'now':>10}")
            last = operation
        now, then = counts.get((operation, label)), before.get((operation, label))
        change = f"{(now - then) / then:+8.1%}" if now and then else " " * 8
        mark = "  *" if now and then and abs(now - then) >= NOTABLE * then else ""
        print(f"  {label:<48} {then if then is not None else '-':>10} {now if now is not None else '-':>10} {change}{mark}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=os.environ.get("ACCORD_BIN"), help="the folder of a release build of accordd")
    parser.add_argument("--only", default=",".join(OPERATIONS), help="operations, by comma: " + ", ".join(OPERATIONS))
    parser.add_argument("--profiles", metavar="FOLDER", help="leave what callgrind wrote there, for callgrind_annotate")
    parser.add_argument("--write", action="store_true", help="keep what was counted")
    options = parser.parse_args()
    operations = options.only.split(",")
    if not set(operations) <= set(OPERATIONS):
        raise SystemExit("operations are " + ", ".join(OPERATIONS))
    if os.geteuid() or not shutil.which("callgrind_control"):
        raise SystemExit("Run it as root, with valgrind: apt-get install valgrind")
    work = tempfile.mkdtemp(prefix="accord-count-", dir="/var/tmp")
    os.chmod(work, 0o755)
    counter = None
    try:
        counter = Counter(work, built(options.programs, ["accordd"]))
        for operation in OPERATIONS:
            if operation in operations:
                getattr(counter, operation)()
    finally:
        if counter:
            counter.deployment.stop()
            if options.profiles:
                os.makedirs(options.profiles, exist_ok=True)
                for name in [name for name in os.listdir(work) if name.startswith("callgrind.")]:
                    shutil.copy(f"{work}/{name}", options.profiles)
        shutil.rmtree(work, ignore_errors=True)
    before = kept()
    show(counter.counts, before)
    if options.write:
        rows = {**{row: count for row, count in before.items() if row[0] not in {key[0] for key in counter.counts}},
                **counter.counts}
        with open(KEPT, "w") as file:
            file.write("# Instructions of the daemon for one of each, by instructions.py: with what is called, and where they lie.\n")
            for (operation, label), count in sorted(rows.items()):
                file.write(f"{operation}\t{label}\t{count}\n")


if __name__ == "__main__":
    main()
