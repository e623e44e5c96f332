#!/usr/bin/env python3
"""Prints the performance table: what Accord does on this machine, beside floors and peers measured in the same run.

    Tests/Benchmarks/table.py                    every row; some ten minutes on two processors
    Tests/Benchmarks/table.py --only durable,info    some of them
    Tests/Benchmarks/table.py --entries 10000000 the rows about a long record with so many entries (default 1,000,000)

Figures of a busy machine mean little: it says how busy the machine was. Run it as root: members are told apart by user ids,
and PostgreSQL refuses to run as root. Nothing is left behind but the table.
"""
import argparse, base64, contextlib, json, os, pwd, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ADMIN, LEAD, LIAISON, AUDITOR = 20001, 20002, 20003, 20004
TEXT = 200
DAY = 86_400_000_000


class Refused(Exception):
    """What a service answered with an error."""


class Varlink:
    """Calls a service as somebody with a user id of his own."""

    def __init__(self, path, uid):
        back = os.geteuid()
        os.seteuid(uid)
        try:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(path)
        finally:
            os.seteuid(back)
        self.buffer = b""

    def send(self, method, parameters, **flags):
        self.socket.sendall(json.dumps({"method": method, "parameters": parameters, **flags}).encode() + b"\0")

    def reply(self):
        while b"\0" not in self.buffer:
            got = self.socket.recv(1 << 20)
            if not got:
                raise SystemExit("the daemon hung up")
            self.buffer += got
        message, self.buffer = self.buffer.split(b"\0", 1)
        answer = json.loads(message)
        if "error" in answer:
            raise Refused(f"{answer['error']}: {answer.get('parameters')}")
        return answer.get("parameters", {})

    def call(self, method, **parameters):
        self.send(method, parameters)
        return self.reply()


class Deployment:
    """A daemon with one record, and a case that the lead may write to."""

    def __init__(self, programs, folder, under=()):
        """`under`: the words before the daemon's own, such as those of a profiler."""
        self.programs, self.home, self.under = programs, folder, list(under)
        os.mkdir(folder)
        os.chmod(folder, 0o755)
        self.socket = f"{folder}/s"
        self.configuration = f"{folder}/accord.yaml"
        with open(self.configuration, "w") as file:
            file.write(
                f"state-folder: {folder}/state\nsocket:\n  path: {self.socket}\n  mode: 0666\n"
                "limits:\n  connections: 4000\n  connections-per-user: 4000\n  new-connections-per-second: 100000\nlog:\n  level: warning\n"
            )
        self.daemon("init", "--origin", "accord.example.org/bench", "--agency", "OPS", "--agency-name", "Desk",
                    "--administrator", "admin.ops", "--uid", str(ADMIN), "--expires", "365d")
        self.process = None
        self.start()
        self.scratch = f"{folder}/scratch"
        os.mkdir(self.scratch)
        os.chown(self.scratch, LEAD, LEAD)
        self.seed, self.key = new_key(folder)
        self.enrol()
        self.case = self.open_case("Bench")

    def daemon(self, command, *words):
        done = subprocess.run([f"{self.programs}/accordd", command, "--config", self.configuration, *words],
                              env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise SystemExit(f"accordd {command}: {done.stdout}")
        return done.stdout

    def start(self):
        """Starts the daemon; how long it took until it answered."""
        log = open(f"{self.home}/log", "a")
        began = time.monotonic()
        self.process = subprocess.Popen([*self.under, f"{self.programs}/accordd", "run", "--config", self.configuration],
                                        env=environment(), stdout=log, stderr=log)
        while True:
            try:
                Varlink(self.socket, LEAD).call("org.varlink.service.GetInfo")
                return time.monotonic() - began
            except (FileNotFoundError, ConnectionRefusedError, PermissionError):
                if self.process.poll() is not None:
                    raise SystemExit(f"accordd did not start: {open(f'{self.home}/log').read()}")
                time.sleep(0.002)

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None

    def processor(self):
        """Seconds of the processors that the daemon has taken (proc(5), stat)."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Megabytes that are resident."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024

    def enrol(self):
        admin = Varlink(self.socket, ADMIN)
        for agency in ("FIB", "SPO"):
            admin.call("io.accord.Registry.RegisterAgency", agency={
                "id": agency, "name": agency, "level": "federal", "missions": ["criminal"], "contact": "desk",
                "keyRequired": False})
        now = int(time.time() * 1e6)
        admin.call("io.accord.Registry.RecordAgreement", agreement={
            "id": "MOU", "parties": ["FIB", "SPO"], "purposes": ["CRIM_INVEST"], "handlingCap": "H2",
            "startsAt": now - 5 * DAY, "endsAt": now + 300 * DAY})
        for member, uid, role in (("lead.fib", LEAD, "lead"), ("liaison.fib", LIAISON, "liaison")):
            admin.call("io.accord.Registry.EnrolMember", id=member, agency="FIB", uids=[uid],
                       keys=[self.key] if uid == LEAD else [])
            admin.call("io.accord.Registry.GrantRole", member=member, role=role, scope="agency",
                       expiresAt=now + 180 * DAY)

    def open_case(self, title):
        lead, liaison = Varlink(self.socket, LEAD), Varlink(self.socket, LIAISON)
        try:
            receipt = lead.call("io.accord.Case.Draft", title=title, offences=["18 USC 1589"],
                                primaryPurpose="trafficking-criminal", predicate="Wages withheld.", agreement="MOU")
        except Refused as refused:
            # Numbers of cases are drawn: of a thousand cases two may draw the same.
            if "E-TAKEN" in str(refused):
                return self.open_case(title)
            raise
        case = receipt["receipt"]["case"]
        lead.call("io.accord.Case.Propose", case=case)
        liaison.call("io.accord.Case.Approve", case=case)
        return case

    def load(self, command, *words):
        """What accord-load printed, as a mapping."""
        return figures([f"{self.programs}/accord-load", command, *words], uid=LEAD, folder=self.scratch)

    def updates(self, connections, depth, updates, warm_up=0):
        return self.load("run", "--socket", self.socket, "--case", self.case, "--connections", str(connections),
                         "--depth", str(depth), "--updates", str(updates), "--warm-up", str(warm_up),
                         "--scratch", self.scratch)


def new_key(folder):
    """An Ed25519 key of SSH: the seed of its private half, in hexadecimal digits, and its public half as a line."""
    path = f"{folder}/key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lead", "-f", path], check=True)
    public = open(f"{path}.pub").read().strip()
    point = base64.b64decode(public.split()[1])[-32:]
    private = base64.b64decode("".join(open(path).read().splitlines()[1:-1]))
    # OpenSSH PROTOCOL.key: the private half is the seed and the public one.
    return private[private.rindex(point) - 32:][:32].hex(), public


def environment():
    return {**os.environ, "SWIFT_BACKTRACE": "enable=no"}


def figures(words, uid=None, folder=None):
    """Runs a program that prints a label and a value on each line."""
    done = subprocess.run(words, env=environment(), user=uid, group=uid, extra_groups=[] if uid else None, cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words[:6])} …:\n{done.stdout}")
    found = {}
    for line in done.stdout.splitlines():
        match = re.match(r"(.+?)(?:\s{2,}| (?=[\d.]+$))(\S.*)$", line)
        if match:
            found.setdefault(match[1].strip(), match[2].strip())
    return found


def number(text):
    """The first number of a text, times in microseconds."""
    match = re.match(r"([\d,.]+)( us| ms| s)?", text)
    return float(match[1].replace(",", "")) * {" ms": 1e3, " s": 1e6}.get(match[2], 1)


class Table:
    def __init__(self):
        self.missed = []

    def row(self, what, ours, wanted, holds, beside=""):
        mark = "reached" if holds else "MISSED"
        if not holds:
            self.missed.append(what)
        print(f"{what:<58} {ours:>16}  {wanted:>22}  {mark:<8} {beside}", flush=True)

    def note(self, what, ours, beside):
        """A figure for which nothing is wanted."""
        print(f"{what:<58} {ours:>16}  {'-':>22}  {'':<8} {beside}", flush=True)


class Benchmarks:
    def __init__(self, programs, work, entries):
        self.programs, self.work, self.entries = programs, work, entries
        self.table = Table()
        self.floor = f"{work}/floor"
        subprocess.run(["cc", "-O2", "-o", self.floor, f"{HERE}/floor.c", "-lsqlite3", "-lcrypto", "-lpthread"],
                       check=True)
        self.made = 0

    @contextlib.contextmanager
    def deployment(self):
        self.made += 1
        deployment = Deployment(self.programs, f"{self.work}/d{self.made}")
        try:
            yield deployment
        finally:
            deployment.stop()
            shutil.rmtree(deployment.home)

    def raw(self, *words):
        folder = f"{self.work}/raw"
        os.mkdir(folder)
        try:
            return {name: float(value) for name, value in
                    figures([self.floor, words[0], folder, *map(str, words[1:])]).items()}
        finally:
            shutil.rmtree(folder)

    # The rows.

    def durable(self):
        """Updates each second, and the way of one."""
        with self.deployment() as deployment:
            before = self.raw("commit", 1, 2_000, TEXT)
            one = deployment.updates(1, 1, 5_000, warm_up=2_000)
            after = self.raw("commit", 1, 2_000, TEXT)
            raw = {name: statistics.mean((before[name], after[name])) for name in before}
            for name, label, reach in (("median", "median-us", 1.5), ("p99", "p99-us", 4)):
                ours = number(one[f"latency {name}"])
                self.table.row(f"one connection, depth 1: {name} / one raw transaction", f"{ours / raw[label]:.2f}",
                               f"at most {reach}", ours / raw[label] <= reach,
                               f"{ours:.0f} us; raw {before[label]:.0f}, {after[label]:.0f}")
            before = self.raw("commit", 512, 100, TEXT)["updates/s"]
            many = number(deployment.updates(64, 16, 150_000, warm_up=20_000)["durable updates/s"])
            after = self.raw("commit", 512, 100, TEXT)["updates/s"]
            self.table.row("durable updates/s, 64 connections, depth 16", f"{many:,.0f}", "30,000", many >= 30_000)
            share = many / statistics.mean((before, after))
            self.table.row("the same / raw group commit of 512 in C", f"{share:.2f}", "at least 0.40", share >= 0.4,
                           f"raw {before:,.0f}, {after:,.0f}")

    def signed(self):
        """Updates that their author signs: each is shown, signed and recorded; each connection writes to a case of its own.

        What checks alone would come to on the processors that are left is asked twice: on those that the load leaves, and on
        those that nothing but checks and idleness takes."""
        cores, updates = os.cpu_count(), 60_000
        with self.deployment() as deployment:
            cases = [deployment.open_case(f"Signed {number}") for number in range(64)]
            before = figures([self.floor, "verify", str(cores)])["checks/s"]
            words = ["run", "--socket", deployment.socket, "--case", *cases, "--connections", "64", "--seed", deployment.seed,
                     "--scratch", deployment.scratch, "--updates"]
            deployment.load(*words, "5000")
            spent = deployment.processor()
            found = deployment.load(*words, str(updates))
            spent = deployment.processor() - spent
            after = figures([self.floor, "verify", str(cores)])["checks/s"]
        rate, load = number(found["durable updates/s"]), number(found["processor time of the load"]) / 1e6
        check = cores / statistics.mean((float(before), float(after)))
        elapsed = updates / rate
        beside_load = (cores - load / elapsed) / check
        beside_all = (cores - (load + spent - updates * check) / elapsed) / check
        self.table.row("signed updates/s / checks alone, beside the load", f"{rate / beside_load:.2f}", "at least 0.90",
                       rate >= 0.9 * beside_load, f"{rate:,.0f}; checks {beside_load:,.0f}, with all processors {before}, {after}")
        self.table.note("the same, beside the load and all else", f"{rate / beside_all:.2f}",
                        f"an update: load {load / updates * 1e6:.0f} us, daemon {spent / updates * 1e6:.0f}, of it a check {check * 1e6:.0f}")

    def info(self):
        """GetInfo, beside a server in C that parses nothing."""
        path = f"{self.work}/echo"
        server = subprocess.Popen([self.floor, "echo", path])
        while not os.path.exists(path):
            time.sleep(0.01)
        try:
            with self.deployment() as deployment:
                words = [f"{self.programs}/accord-load", "info", "--socket"]
                raw = figures([*words, path])
                ours = figures([*words, deployment.socket], uid=LEAD, folder=deployment.scratch)
        finally:
            server.terminate()
            server.wait()
        for label, reach in (("one at a time", 15_000), ("64 at once", 100_000), ("connecting anew", 8_000)):
            rate, floor = (number(each[f"calls/s, {label}"]) for each in (ours, raw))
            self.table.row(f"GetInfo calls/s, {label}", f"{rate:,.0f}", f"{reach:,}", rate >= reach,
                           f"{rate / floor:.2f} of an answer in C without parsing ({floor:,.0f})")

    def postgres(self):
        """A hash-chained audit table in PostgreSQL, its trigger in PL/pgSQL, over its Unix socket."""
        with Postgres(self.work) as peer, self.deployment() as deployment:
            for clients, reach in ((1, 1.2), (16, 10), (64, 25)):
                theirs = peer.appends(clients)
                ours = number(deployment.updates(clients, 1, 4_000 * min(clients, 16), warm_up=2_000)["durable updates/s"])
                self.table.row(f"updates/s, {clients} clients / PostgreSQL with a hash chain", f"{ours / theirs:.1f}",
                               f"at least {reach}", ours / theirs >= reach, f"{ours:,.0f}; PostgreSQL {theirs:,.0f}")

    def watchers(self):
        with self.deployment() as deployment:
            cases = [deployment.open_case(f"Watched {number}") for number in range(1_000)]
            seen = deployment.load("watchers", "--socket", deployment.socket, "--case", *cases)
        p99, rate = number(seen["to a watcher, p99"]), number(seen["acknowledged updates/s"])
        self.table.row("acknowledgement to a watcher, p99, of 1,000 watchers", f"{p99 / 1e3:.1f} ms", "10 ms",
                       p99 <= 10_000, f"median {seen['to a watcher, median']}")
        self.table.row("updates/s meanwhile", f"{rate:,.0f}", "10,000", rate >= 9_900)

    def long(self):
        """A long record: growth, streaming, start, memory, verification."""
        with self.deployment() as deployment:
            # As many as are measured at the end: the same number of batches, of checkpoints and of tiles.
            early = [number(deployment.updates(64, 16, 50_000, warm_up=10_000)["durable updates/s"]) for _ in range(3)]
            grown = deployment.updates(64, 16, 50_000, warm_up=max(0, self.entries - 230_000))
            late = [number(deployment.updates(64, 16, 50_000)["durable updates/s"]) for _ in range(2)]
            late.append(number(grown["durable updates/s"]))
            ratio = statistics.median(early) / statistics.median(late)
            self.table.row(f"cost of an update, at {self.entries:,} entries / at 10,000", f"{ratio:.2f}", "at most 1.15",
                           ratio <= 1.15, f"{statistics.median(early):,.0f}, {statistics.median(late):,.0f} updates/s")
            streamed = number(deployment.load("stream", "--socket", deployment.socket, "--case", deployment.case)
                              ["events/s to one watcher"])
            self.table.row("stored entries/s to one watcher", f"{streamed:,.0f}", "100,000", streamed >= 100_000)
            proof = number(deployment.load("prove", "--socket", deployment.socket, "--case", deployment.case, "--lines",
                                           str(self.entries // 2))["inclusion median"])
            self.table.row("inclusion proof in a case, median", f"{proof:,.0f} us", "1,000 us", proof <= 1_000)
            shows = []
            for _ in range(60):
                began = time.perf_counter()
                subprocess.run([f"{self.programs}/accord", "case", "show", deployment.case, "--socket", deployment.socket],
                               env={**environment(), "XDG_STATE_HOME": deployment.scratch}, user=LEAD, group=LEAD,
                               extra_groups=[], check=True, stdout=subprocess.DEVNULL)
                shows.append((time.perf_counter() - began) * 1e3)
            show = statistics.median(shows[10:])
            self.table.row("accord case show, the whole process", f"{show:.1f} ms", "15 ms", show <= 15)
            deployment.stop()
            took = min(deployment.start() for _ in range(1))
            self.table.row(f"start with {self.entries:,} entries", f"{took:.2f} s", "0.5 s", took <= 0.5)
            memory = deployment.memory()
            self.table.row("resident memory then", f"{memory:.0f} MB", "100 MB", memory <= 100)
            deployment.stop()
            self.look(deployment)

    def look(self, deployment):
        """What is stored is verified: rows are read, parts opened with their keys, and all verdicts given. No line is signed here.

        It is a look of `accordd check` and the whole of `accord audit verify` but for SQLite's own check. The rest of
        `accordd check` is SQLite's check, views made anew, and each decision decided again."""
        words = [str(min(self.entries, 2_000_000)), str(os.cpu_count()), str(TEXT)]
        before = self.raw("scan", *words)["entries/s"]
        began = time.monotonic()
        said = deployment.daemon("check", "--times")
        whole = time.monotonic() - began
        after = self.raw("scan", *words)["entries/s"]
        looks = {name: float(took) / 1e3 for name, took in re.findall(r"^(.+?)  ([\d.]+) ms$", said, re.MULTILINE)}
        lines = int(re.search(r"^(\d+) lines", said, re.MULTILINE)[1])
        scanned = statistics.mean((before, after))
        ratio = lines / looks["lines and parts"] / scanned
        self.table.row("stored entries verified / rows read, opened, hashed in C", f"{ratio:.2f}", "at least 0.50",
                       ratio >= 0.5, f"{lines / looks['lines and parts']:,.0f}; C {before:,.0f}, {after:,.0f} entries/s")
        self.table.note("accordd check, all of it, entries/s", f"{lines / whole:,.0f}",
                        ", ".join(f"{name} {took:.1f} s" for name, took in looks.items()))

    def verify(self):
        found = figures([f"{self.programs}/accord-load", "verify", "--lines", "1000000"])
        rate = number(found["entries/s"])
        self.table.row("entries/s verified, all verdicts but signatures", f"{rate:,.0f}", "300,000", rate >= 300_000,
                       f"{found['verifier / SHA-256 alone']} of the time of SHA-256 alone")

    def deconflict(self):
        found = figures([f"{self.programs}/accord-load", "deconflict"])
        median = number(found["matching, median"])
        self.table.row("one planned event matched among 100,000", f"{median:,.0f} us", "1,000 us", median <= 1_000,
                       f"{found['comparing / matching']} times faster than comparing with each")


    def absence(self):
        """Whether the time of an answer tells that somebody is silent about the same target; one run in a thousand errs."""
        found = {}
        for _ in range(2):
            found = figures([f"{self.programs}/accord-load", "absence"])
            if "verdict" in found:
                break
        plain = found.get("SILENT - no record", "no figure")
        self.table.row("SILENT and no record, told apart by Wilcoxon's test", plain, "p above 0.001", "verdict" in found,
                       "lines and bytes compared, a control found")


class Postgres:
    """A cluster of its own, as durable as the record, with one table whose rows name the hash of the row before."""

    def __init__(self, work):
        found = sorted(os.listdir("/usr/lib/postgresql")) if os.path.isdir("/usr/lib/postgresql") else []
        if not found:
            raise SystemExit("PostgreSQL is not installed: apt-get install postgresql postgresql-contrib")
        self.programs = f"/usr/lib/postgresql/{found[-1]}/bin"
        self.folder = f"{work}/postgres"
        # Its programs want a name for their user id; the package made one.
        self.user = pwd.getpwnam("postgres").pw_uid

    def run(self, program, *words, **options):
        done = subprocess.run([f"{self.programs}/{program}", *words], user=self.user, group=self.user, extra_groups=[],
                              cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
        if done.returncode:
            raise SystemExit(f"{program}: {done.stdout}")
        return done.stdout

    def __enter__(self):
        os.mkdir(self.folder)
        os.chown(self.folder, self.user, self.user)
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "bench", "-A", "trust", "--no-locale", "-E", "UTF8")
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o",
                 f"-k {self.folder} -c listen_addresses= -c max_connections=100 -c shared_buffers=256MB", "start")
        self.run("psql", "-h", self.folder, "-U", "bench", "-d", "postgres", "-q", "-f", "-",
                 input=open(f"{HERE}/chain.sql").read())
        with open(f"{self.folder}/append.sql", "w") as file:
            file.write("INSERT INTO audit (actor, action, payload) VALUES "
                       f"('agent.fib1', 'entry.recorded', repeat('Two vans. ', {TEXT // 10}));\n")
        return self

    def __exit__(self, *_):
        with contextlib.suppress(SystemExit):
            self.run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", "immediate", "stop")

    def appends(self, clients):
        said = self.run("pgbench", "-h", self.folder, "-U", "bench", "-n", "-f", f"{self.folder}/append.sql", "-c",
                        str(clients), "-j", "2" if clients > 1 else "1", "-T", "10", "-M", "prepared", "postgres")
        return float(re.search(r"tps = ([\d.]+)", said)[1])


def built(programs=None, products=("accordd", "accord", "accord-load")):
    """The folder of the programs; without one they are built."""
    if not programs:
        words = ["swift", "build", "-c", "release", "--static-swift-stdlib"]
        for product in products:
            subprocess.run([*words, "--product", product], check=True, cwd=f"{HERE}/../..")
        programs = subprocess.run([*words, "--show-bin-path"], check=True, cwd=f"{HERE}/../..", stdout=subprocess.PIPE,
                                  text=True).stdout.strip()
    return os.path.abspath(programs)


ROWS = ("durable", "signed", "info", "postgres", "watchers", "long", "verify", "deconflict", "absence")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", default=os.environ.get("ACCORD_BIN"), help="folder of accordd, accord and accord-load")
    parser.add_argument("--only", default=",".join(ROWS), help="rows, by comma: " + ", ".join(ROWS))
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the long record")
    parser.add_argument("--folder", default="/var/tmp", help="where to work: on the file system of a record")
    options = parser.parse_args()
    if os.geteuid():
        raise SystemExit("Run it as root.")
    rows = options.only.split(",")
    if not set(rows) <= set(ROWS):
        raise SystemExit("rows are " + ", ".join(ROWS))
    programs = built(options.programs)
    work = tempfile.mkdtemp(prefix="accord-bench-", dir=options.folder)
    os.chmod(work, 0o755)
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.2f} before; "
          f"{os.statvfs(work).f_bsize} bytes a block\n")
    try:
        benchmarks = Benchmarks(programs, work, options.entries)
        for row in rows:
            getattr(benchmarks, row)()
        missed = benchmarks.table.missed
        print(f"\n{'all reached' if not missed else 'missed: ' + '; '.join(missed)}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
