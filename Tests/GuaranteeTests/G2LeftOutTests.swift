import Foundation
import StrictJSON
import TestSupport
import Testing

/// G2: whoever hands a case's bundle on takes nothing out of it, and what is gone from the record is told to its author.
@Suite(.tags(.large, .g2), .needsPrograms)
struct G2LeftOutTests {
    /// Takes the last entry of the case out of an unpacked bundle, says that it was withheld, and makes the list of digests anew.
    private static let takeOut = """
        import hashlib, json, os, sys
        os.chdir(sys.argv[1])
        raw = open("entries.jsonl", "rb").read().splitlines(True)
        lines = [json.loads(line) for line in raw]
        at = [n for n, line in enumerate(lines) if line["st"]["kind"] == "entry.recorded"][-1]
        place = lines[at]["cseq"]
        open("entries.jsonl", "wb").write(b"".join(raw[:at] + raw[at + 1:]))
        names = [f"proofs/{place:06}.tlog-proof", f"st/{place:06}.json", f"st/{place:06}.sig"]
        names += [f"parts/{digest}.json" for digest in lines[at]["st"]["parts"]]
        for name in names:
            if os.path.exists(name):
                os.remove(name)
        places = set()
        if os.path.exists("withheld"):
            for first, last in (line.split() for line in open("withheld")):
                places |= set(range(int(first), int(last) + 1))
        runs = []
        for one in sorted(places | {place}):
            if runs and runs[-1][1] + 1 == one:
                runs[-1][1] = one
            else:
                runs.append([one, one])
        open("withheld", "w").write("".join(f"{first} {last}\\n" for first, last in runs))
        def order(name):
            folder = name.split("/")[0]
            return f"{folder}/{len(name.split('.')[0]):03}{name}" if folder in ("proofs", "st") else name
        files = [os.path.relpath(os.path.join(top, name), ".") for top, _, inside in os.walk(".") for name in inside]
        files = sorted((name for name in files if not name.startswith("SHA256SUMS")), key=order)
        with open("SHA256SUMS", "w") as sums:
            for name in files:
                sums.write(hashlib.sha256(open(name, "rb").read()).hexdigest() + "  " + name + "\\n")
        """

    @Test func `an entry that is taken out of an honest bundle is missed by program and script`() throws {
        let outside = try ScratchFolder("leftout")
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
        try deployment.start()
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", "What somebody would rather have left out.")
        let key = try deployment.as("auditor.rob").must("audit", "checkpoint").first.text("logKey")
        // The lead is shown nearly all, and oversight every line.
        for person in ["lead.fib", "auditor.rob"] {
            let (bundle, folder) = (outside.path("\(person).tar"), outside.path(person))
            try deployment.as(person).must("audit", "export", "--case", "Alder", "--output", bundle)
            try run("mkdir", [folder], in: outside.path)
            try run("tar", ["-xf", bundle, "-C", folder], in: outside.path)
            func verify() throws -> (program: Completed, script: Completed) {
                (
                    try DaemonProcess.run([
                        try Programs.accord(), "audit", "verify", "--offline", folder, "--vkey", key, "--json",
                    ]),
                    try DaemonProcess.run(["sh", "-c", "cd '\(folder)' && python3 -I verify.py --vkey '\(key)'"])
                )
            }
            let before = try verify()
            #expect(before.program.status == 0 && before.script.status == 0, "\(before)")
            #expect(!before.program.stdout.contains("export-unstated"))
            let taken = try DaemonProcess.run(["python3", "-c", Self.takeOut, folder])
            #expect(taken.status == 0, "\(taken)")
            let after = try verify()
            #expect(after.program.status == 30 && after.script.status == 30, "\(after)")
            #expect(after.program.stdout.contains("withheld-not-as-exported"))
            #expect(after.script.stdout.contains("withheld-not-as-exported"))
            // Nor did the log sign that list.
            #expect(after.program.stdout.contains("sums-signature-wrong"))
            #expect(after.script.stdout.contains("sums-signature-wrong"))
        }
        try deployment.stop()
    }

    @Test func `an entry whose text somebody took out of the database is missing for its author, not unknown`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
        try deployment.start()
        let author = deployment.as("agent.mpd1")
        let receipt = try author.must("entry", "add", "Alder", "A word that somebody would rather not have there.")
            .first
        let words = receipt["receipt"]?.object ?? receipt
        let item = words.text("item")
        try Self.loseLastText(of: "entry.recorded", deployment)
        let shown = try author.accord("entry", "show", "Alder", item)
        #expect(shown.status != 0 && "\(shown)".contains("no order says so"), "\(shown)")
        #expect("\(try author.accord("status"))".contains("no order says so"))
        // Whoever may not read it learns nothing of it.
        let other = try deployment.as("admin.ops").accord("entry", "show", "Alder", item)
        #expect(!"\(other)".contains("no order"), "\(other)")

        // Nor does an export leave it out without a word: its line says so, and all who verify the bundle find it.
        let outside = try ScratchFolder("lost")
        let (bundle, folder) = (outside.path("alder.tar"), outside.path("alder"))
        let lead = deployment.as("lead.fib")
        let exported = try lead.accord("audit", "export", "--case", "Alder", "--output", bundle)
        #expect(exported.status == 0 && exported.errors.contains("1 texts are missing from the record"), "\(exported)")
        let key = try lead.must("audit", "checkpoint").first.text("logKey")
        try run("mkdir", [folder], in: outside.path)
        try run("tar", ["-xf", bundle, "-C", folder], in: outside.path)
        let program = try DaemonProcess.run([
            try Programs.accord(), "audit", "verify", "--offline", folder, "--vkey", key, "--json",
        ])
        let script = try DaemonProcess.run(["sh", "-c", "cd '\(folder)' && python3 -I verify.py --vkey '\(key)'"])
        for verified in [program, script] {
            #expect(verified.status == 30 && verified.stdout.contains("parts-lost-at-export"), "\(verified)")
        }
        try deployment.stop()
    }

    @Test func `a question whose words somebody took out of the database is not shown as if it had none`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
        try deployment.start()
        let author = deployment.as("agent.mpd1")
        let receipt = try author.must("rfi", "send", "Alder", "FIB-MB", "Who was held that night?").first
        let item = (receipt["receipt"]?.object ?? receipt).text("item")
        let before = try author.accord("rfi", "show", "Alder", item)
        #expect("\(before)".contains("Who was held") && !"\(before)".contains("no order"), "\(before)")
        try Self.loseLastText(of: "rfi.sent", deployment)
        let after = try author.accord("rfi", "show", "Alder", item)
        #expect(after.status == 0 && "\(after)".contains("no order says so"), "\(after)")
        #expect("\(try author.accord("status"))".contains("no order says so"))
        try deployment.stop()
    }

    @Test func `what 8 USC 1367 protects and somebody took out is missing for its readers alone`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder(), settings: "")
        try deployment.start()
        try deployment.as("lead.fib").must("case", "invite", "Alder", "SPS", "--mode", "participation")
        let advocate = deployment.as("advocate.sps")
        try advocate.must("case", "join", "Alder")
        try advocate.must("case", "assign", "Alder", "advocate.sps")
        let flagged = try deployment.as("agent.fib1").must("victim", "flag", "Alder", "V-7F3A", "--recipient", "MPD-VT")
        let item = try #require(flagged.item)
        func shown(_ name: String) throws -> Answer {
            try deployment.as(name).accord("victim", "protected", "show", "Alder", item)
        }
        let (before, toOthers) = (try shown("advocate.sps"), try shown("lead.fib"))
        #expect(before.status == 0 && !"\(before)".contains("no order"), "\(before)")
        try Self.loseLastText(of: "restricted", deployment)
        let after = try shown("advocate.sps")
        #expect(after.status == 0 && "\(after)".contains("no order says so"), "\(after)")
        let unchanged = try shown("lead.fib")
        #expect(unchanged.status == toOthers.status && unchanged.output == toOthers.output)
        try deployment.stop()
    }

    /// Takes the texts of the last line of a kind out of the database of a deployment that is stopped for that, its first part apart.
    private static func loseLastText(of kind: String, _ deployment: Deployment) throws {
        try deployment.stop()
        let script = """
            import json, sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            for (name,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
                db.execute(f"drop trigger {name}")
            lines = [(seq, json.loads(line)) for seq, line in db.execute("select seq, bytes from line")]
            seq = [seq for seq, line in lines if line["st"]["kind"] == sys.argv[2]][-1]
            for table in ["part", "part_key"]:
                db.execute(f"delete from {table} where place > ? and place < ?", (64 * seq, 64 * seq + 64))
            db.commit()
            """
        let done = try DaemonProcess.run(["python3", "-c", script, "\(deployment.state)/record/record.db", kind])
        #expect(done.status == 0, "\(done)")
        try deployment.start()
    }
}
