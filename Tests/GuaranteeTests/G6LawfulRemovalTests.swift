import Foundation
import StrictJSON
import TestSupport
import Testing

/// G6: what is removed by law is gone from every file and every reader, two persons did it, and all of it is on the record.
@Suite(.serialized, .tags(.large, .g6), .needsPrograms, .alder)
struct G6LawfulRemovalTests {
    static let play = ScriptPlay()

    static let rows = ScriptRow.table(
        """
        # Counsel comes into the case, and E-3 goes to two agencies outside.
        1  | lead.fib    | case invite Alder DAO-SV --mode participation | ok | case.agency_invited |
        1b | counsel.dao | case join Alder               | ok | case.agency_joined |
        1c | counsel.dao | case assign Alder counsel.dao | ok | case.member_assigned |
        1d | liaison.mpd | dissemination release Alder E-3 HCS-MAR --reason "same foreman" | ok | dissemination.recorded | receipt.item=D-1
        1e | liaison.mpd | dissemination release Alder E-3 TCP-NAR --reason "same van" --purpose OFFICER_SAFETY | ok | dissemination.recorded | receipt.item=D-2

        # Without an authority on the record nothing is purged, and before the time for an appeal has ended neither.
        2  | liaison.mpd | purge propose Alder E-3 --reason "r"     | E-SOD   | access.denied P20 |
        2b | liaison.mpd | purge propose Alder E-3 --order C-1      | E-SOD   | access.denied P20 |
        2c | lead.fib    | order record Alder E-3 --kind expunge --court C --docket D | E-ROLE | access.denied P05 |
        2d | counsel.dao | order record Alder E-3 --kind expunge --court "Superior Court" --docket 31-CV-7 --appeal-until 30d | ok | court_order.received | receipt.item=C-1
        2e | liaison.mpd | purge propose Alder E-3 --order C-1      | E-STATE | access.denied L01 |
        2f | counsel.dao | order record Alder E-3 --kind expunge --court "Superior Court" --docket 31-CV-7 --effective 2020-01-01 --appeal-until 2020-02-01 | ok | court_order.received | receipt.item=C-2

        # A hold comes first.
        3  | counsel.dao | hold place Alder E-3 --reason "trial"    | ok      | legal.hold_placed | receipt.item=L-1
        3b | liaison.mpd | purge propose Alder E-3 --order C-2      | E-HOLD  | access.denied P19 |
        3c | counsel.dao | hold lift Alder L-1 --reason "verdict"   | ok      | legal.hold_lifted |

        # Two persons, two duties.
        4  | liaison.mpd | purge propose Alder E-3 --order C-2      | ok      | purge.proposed | receipt.item=P-1
        4b | liaison.mpd | purge approve Alder P-1                  | E-SOD   | access.denied P20 |
        4c | lead.fib    | purge approve Alder P-1                  | E-SOD   | access.denied P20 |
        4d | agent.mpd1  | purge approve Alder P-1                  | E-NOT-FOUND | access.denied P04 |
        4e | counsel.dao | inbox                                    | ok      | access.read | task.kind=purge-approval; task.item=P-1
        4f | counsel.dao | purge approve Alder P-1                  | ok      | purge.approved | receipt.item=P-1

        # From then on it is known to have been, to who knew of it, and absent to others.
        5  | agent.fib1  | entry show Alder E-3                     | E-STATE | access.denied L01 |
        5b | agent.hcs1  | entry show {case} E-3                    | E-NOT-MEMBER | access.denied P01 |
        5c | agent.tcp1  | entry show {case} E-3                    | E-NOT-MEMBER | access.denied P01 |
        5d | lead.fib    | entry list Alder                         | ok      | access.read | 2.entry.state=purged; 2.entry.removedUnder=P-1 under court order C-2; 2.entry.text?
        5e | liaison.mpd | entry correct Alder E-3 "Again." --reason "r" | E-STATE | access.denied L01 |

        # Who was given it is told without the content, and certifies.
        6  | admin.ops   | member grant lead.hcs liaison --scope agency --until 30d | ok | user.role_granted |
        6b | lead.hcs    | inbox                                    | ok      | access.read | task.kind=purge-notice; task.item=P-1; count=1
        6c | lead.hcs    | purge certify {case} P-1                 | ok      | purge.certified | receipt.item=P-1
        6d | lead.hcs    | inbox                                    | ok      | access.read | count=0
        6e | agent.tcp1  | purge certify {case} P-1                 | E-NOT-MEMBER | access.denied P01 |

        # Sealed is as if it never was.
        7  | counsel.dao | order record Alder E-2 --kind seal --court "Superior Court" --docket 31-CV-8 | ok | court_order.received | receipt.item=C-3
        7b | counsel.dao | entry seal Alder E-2 --order C-3         | E-SOD   | access.denied P20 |
        7c | lead.fib    | entry seal Alder E-2 --order C-3         | ok      | record.sealed | receipt.item=E-2
        7d | lead.fib    | entry show Alder E-9                     | E-NOT-FOUND | access.denied P04 |
        7e | lead.fib    | entry show Alder E-2                     | E-NOT-FOUND | access.denied P04C | like 7d
        7f | agent.fib1  | entry list Alder                         | ok      | access.read | count=2
        7g | counsel.dao | order record Alder E-2 --kind unseal --court "Superior Court" --docket 31-CV-8 | ok | court_order.received | receipt.item=C-4
        7h | lead.fib    | entry unseal Alder E-2 --order C-4       | ok      | record.unsealed |
        7i | agent.fib1  | entry show Alder E-2                     | ok      | access.read | entry.state=current

        # All of the case: nobody reads it but whom the order permits, and nothing is done in it.
        8  | counsel.dao | order record Alder --whole-case --kind seal --permit agent.mpd1 --court "Superior Court" --docket 31-CV-9 | ok | court_order.received | receipt.item=C-5
        8b | counsel.dao | case seal Alder --order C-5              | E-SOD   | access.denied P20 |
        8c | lead.fib    | case seal Alder --order C-4              | E-SOD   | access.denied P20 |
        8d | lead.fib    | case seal Alder --order C-5              | ok      | record.sealed |
        8e | agent.fib1  | entry list Alder                         | E-NOT-MEMBER | access.denied P01 |
        8f | lead.fib    | entry show Alder E-2                     | E-NOT-FOUND | access.denied P04C |
        8g | lead.fib    | case show Alder                          | ok      | access.read | case.state=sealed
        8h | agent.mpd1  | entry show Alder E-2                     | ok      | access.read | entry.state=current
        8i | agent.mpd1  | entry add Alder "One more."              | E-CLOSED | access.denied L02 |
        8j | counsel.dao | order record Alder --whole-case --kind unseal --court "Superior Court" --docket 31-CV-9 | ok | court_order.received | receipt.item=C-6
        8k | lead.fib    | case unseal Alder --order C-6            | ok      | record.unsealed |
        8l | agent.fib1  | entry show Alder E-2                     | ok      | access.read | entry.state=current
        """
    )

    @Test(arguments: rows)
    func `a purge takes an authority and two persons, and everybody concerned is told`(_ row: ScriptRow) throws {
        try Self.play.play(row, on: .shared)
    }

    @Test func `who answers for the case sees who has not certified`() throws {
        let list = try Deployment.shared.as("lead.fib").must("purge", "list", "Alder").objects
        let purge = try #require(list.compactMap { $0["removal"]?.object }.first { $0.text("kind") == "purge" })
        let notices = (purge["notices"]?.array ?? []).compactMap(\.object)
        #expect(notices.map { $0.text("agency") } == ["HCS-MAR", "TCP-NAR"])
        #expect(notices.map { ($0["certifiedAt"] ?? .null) == .null } == [false, true])
    }

    @Test func `the record verifies, and its purge is neither without authority nor untold`() throws {
        let auditor = try Deployment.shared.as("auditor.rob")
        let verdict = try auditor.accord("audit", "verify")
        #expect(verdict.status == 0, "\(verdict)")
        let verdicts = verdict.objects.flatMap { $0["verdicts"]?.array ?? [] }.compactMap(\.object)
        #expect(verdicts.contains { $0.text("finding") == "parts-destroyed" })
        #expect(verdicts.contains { $0.text("check") == "COVERAGE" && $0.text("result") == "passed" })
    }
}

/// The bytes: before and after, and on the way.
@Suite(.serialized, .tags(.large, .g6), .needsPrograms, .needsTool("python3"))
struct G6DestroyedBytesTests {
    private struct Undone: Error, CustomStringConvertible { let description: String }

    /// A deployment in which E-3 is proposed to be purged after a review, and given to HCS-MAR.
    private static func proposed() throws -> Deployment {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        try deployment.start()
        let liaison = deployment.as("liaison.mpd")
        try liaison.must("dissemination", "release", "Alder", "E-3", "HCS-MAR", "--reason", "same foreman")
        try liaison.must("retention", "review", "Alder", "E-3", "--decision", "purge", "--reason", "unreliable")
        try deployment.as("lead.fib").must("purge", "propose", "Alder", "E-3")
        return deployment
    }

    private static func approve(_ deployment: Deployment) throws {
        try deployment.as("liaison.mpd").must("purge", "approve", "Alder", "P-1")
    }

    private static func waitUntilDestroyed(_ deployment: Deployment) throws {
        let end = Date().addingTimeInterval(60)
        while true {
            let list = try deployment.as("lead.fib").must("purge", "list", "Alder").objects
            let purge = list.compactMap { $0["removal"]?.object }.first { $0.text("id") == "P-1" }
            if purge?.text("state") == "purged" { return }
            guard Date() < end else { throw Undone(description: "P-1 is not destroyed: \(list)") }
            usleep(20_000)
        }
    }

    /// The files of the state folder that hold a text.
    private static func files(of deployment: Deployment, holding text: String) throws -> [String] {
        let found = try DaemonProcess.run(["grep", "-rlaF", "--", text, deployment.state])
        return found.stdout.split(separator: "\n").map { String($0.dropFirst(deployment.state.utf8.count + 1)) }
            .sorted()
    }

    /// How each part, and each part's key, begins on the disk: hexadecimal digits by table and place.
    private static func sealed(_ deployment: Deployment) throws -> [String: String] {
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(f"file:{sys.argv[1]}/record/record.db?mode=ro", uri=True)
            for table, column in [("part", "bytes"), ("part_key", "wrapped")]:
                for place, bytes in db.execute(f"SELECT place, hex(substr({column}, 1, 24)) FROM {table}"):
                    print(f"{table}:{place}", bytes)
            """
        let rows = try DaemonProcess.run(["python3", "-c", script, deployment.state])
        guard rows.status == 0 else { throw Undone(description: rows.stderr) }
        let pairs = rows.stdout.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }

    /// The files below a folder that hold any of some bytes.
    private static func files(in folder: String, holdingAnyOf bytes: some Sequence<String>) throws -> [String] {
        let script = """
            import os, sys
            wanted = [bytes.fromhex(word) for word in sys.argv[2:]]
            for folder, _, names in os.walk(sys.argv[1]):
                for path in [os.path.join(folder, name) for name in names]:
                    if os.path.isfile(path) and any(word in open(path, "rb").read() for word in wanted):
                        print(os.path.relpath(path, sys.argv[1]))
            """
        let found = try DaemonProcess.run(["python3", "-c", script, folder] + bytes)
        guard found.status == 0 else { throw Undone(description: found.stderr) }
        return found.stdout.split(separator: "\n").map(String.init).sorted()
    }

    /// The salt of the part that holds a text, from a bundle.
    private static func salt(of text: String, in copy: RecordCopy) throws -> String {
        for name in try copy.names() where name.hasPrefix("parts/") {
            let part = try JSONValue(parsing: Array(try copy.read(name).dropLast()), limits: .fixture).object ?? [:]
            if part.text("value") == text { return part.text("salt") }
        }
        throw Undone(description: "no part says it")
    }

    private func script(_ copy: RecordCopy, _ words: String = "") throws -> Completed {
        try DaemonProcess.run(["sh", "-c", "cd '\(copy.path)' && python3 -I verify.py \(words)"])
    }

    @Test func `no file of the state folder holds the words or the salt, while it runs and after`() throws {
        let deployment = try Self.proposed()
        let before = try RecordCopy(exportedBy: deployment.as("lead.fib"), case: "Alder")
        let salt = try Self.salt(of: Alder.observation, in: before)
        #expect(salt.utf8.count == 64)
        let lay = try Self.sealed(deployment)
        try Self.approve(deployment)
        try Self.waitUntilDestroyed(deployment)
        for text in ["tamarack", salt] {
            #expect(try Self.files(of: deployment, holding: text) == [], "while it runs")
        }
        // Parts are sealed: so what must be gone is the sealed text, and its key.
        let lies = try Self.sealed(deployment)
        let gone = lay.filter { lies[$0.key] == nil }
        #expect(gone.keys.contains { $0.hasPrefix("part:") } && gone.keys.contains { $0.hasPrefix("part_key:") })
        #expect(try Self.files(in: deployment.state, holdingAnyOf: gone.values) == [], "while it runs")
        for (place, bytes) in lies.filter({ lay[$0.key] != nil }).prefix(4) {
            #expect(try !Self.files(in: deployment.state, holdingAnyOf: [bytes]).isEmpty, "\(place)")
        }
        // Other entries are as they were.
        #expect(
            try deployment.as("lead.fib").must("entry", "show", "Alder", "E-1").first.text("entry.text") == Alder.wages
        )
        try deployment.stop()
        for text in ["tamarack", salt] {
            #expect(try Self.files(of: deployment, holding: text) == [], "after it stopped")
        }
        #expect(try Self.files(in: deployment.state, holdingAnyOf: gone.values) == [], "after it stopped")

        try deployment.start()
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        let after = try RecordCopy(exportedBy: deployment.as("lead.fib"), case: "Alder")
        for name in try after.names() {
            let text = String(decoding: try after.read(name), as: UTF8.self)
            #expect(!text.contains("tamarack") && !text.contains(salt), "\(name)")
        }
        for copy in [before, after] {
            let plain = try OfflineVerification(copy)
            #expect(plain.status == 0, "\(plain)")
            #expect(try script(copy).status == 0)
        }
        let strict = try DaemonProcess.run(
            [try Programs.accord(), "audit", "verify", "--offline", after.path, "--strict"],
            environment: ["ACCORD_SOCKET": "/nowhere"]
        )
        #expect(strict.status == 11 && strict.stdout.contains("parts-destroyed"), "\(strict.stdout)")
        #expect(try script(after, "--strict").status == 11)
        #expect(try script(after).stdout.contains("destroyed by law"))
        try deployment.stop()
    }

    @Test func `a kill between the approval and the destruction is made good at the next start`() throws {
        let deployment = try Self.proposed()
        // Who reads the file with another program keeps its bytes in place: the destruction has to wait.
        let reading = """
            import sqlite3, sys
            record = sqlite3.connect('file:\(deployment.state)/record/record.db?mode=ro', uri=True, isolation_level=None)
            record.execute('BEGIN')
            record.execute('SELECT count(*) FROM line').fetchone()
            print('reading', flush=True)
            sys.stdin.read()
            """
        let reader = Process()
        reader.executableURL = URL(filePath: "/usr/bin/env")
        reader.arguments = ["python3", "-c", reading]
        let (input, output) = (Pipe(), Pipe())
        (reader.standardInput, reader.standardOutput) = (input, output)
        try reader.run()
        defer { if reader.isRunning { reader.terminate() } }
        _ = try output.fileHandleForReading.read(upToCount: 8)

        let lay = try Self.sealed(deployment)
        try Self.approve(deployment)
        #expect(try deployment.stop(SIGKILL) == -SIGKILL)
        let scratch = try ScratchFolder("killed")
        try FileManager.default.copyItem(atPath: deployment.state, toPath: scratch.path("state"))
        try input.fileHandleForWriting.close()
        reader.waitUntilExit()

        try deployment.start()
        #expect(try deployment.as("agent.fib1").accord("entry", "show", "Alder", "E-3").code == "E-STATE")
        try Self.waitUntilDestroyed(deployment)
        let lies = try Self.sealed(deployment)
        let gone = lay.filter { lies[$0.key] == nil }
        #expect(!gone.isEmpty)
        for (place, bytes) in gone {
            #expect(
                try !Self.files(in: scratch.path("state"), holdingAnyOf: [bytes]).isEmpty,
                "\(place) when it was killed"
            )
        }
        #expect(try Self.files(in: deployment.state, holdingAnyOf: gone.values) == [])
        let kinds = try deployment.record().map(\.kind)
        #expect(kinds.count { $0 == "record.purged" } == 1)
        #expect(kinds.count { $0 == "purge.notice_sent" } == 1)
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        try deployment.stop()
    }

    @Test func `T12: a payload that is missing without an order is lost, in the record and in a bundle`() throws {
        let deployment = try Self.proposed()
        let copy = try RecordCopy(exportedBy: deployment.as("lead.fib"), case: "Alder")
        for name in try copy.names() where name.hasPrefix("parts/") {
            guard String(decoding: try copy.read(name), as: UTF8.self).contains("tamarack") else { continue }
            try FileManager.default.removeItem(atPath: "\(copy.path)/\(name)")
        }
        try copy.renewSums(by: deployment)
        let offline = try OfflineVerification(copy)
        let found = ["PAYLOADS: parts-not-as-exported", "PAYLOADS: part-lost"]
        #expect(offline.status == 30 && offline.failures == found, "\(offline)")
        let other = try script(copy)
        #expect(other.status == 30 && other.stdout.contains("part-lost"), "\(other.stdout)")

        try deployment.stop()
        let removal = """
            import sqlite3
            record = sqlite3.connect('\(deployment.state)/record/record.db')
            record.execute('DROP TRIGGER part_no_delete')
            newest = record.execute('SELECT max(place) FROM part').fetchone()[0]
            record.execute('DELETE FROM part WHERE place = ?', (newest,))
            record.commit()
            """
        let removed = try DaemonProcess.run(["python3", "-c", removal])
        #expect(removed.status == 0, "\(removed.stderr)")
        try deployment.start()
        let verdict = try deployment.as("auditor.rob").accord("audit", "verify")
        #expect(verdict.status == 30, "\(verdict)")
        #expect(String(decoding: verdict.output, as: UTF8.self).contains("part-lost"))
        try deployment.stop()
    }

    @Test func `a notice that was suppressed, and an approval without its order, are found in the lines alone`() throws
    {
        let deployment = try Self.proposed()
        try Self.approve(deployment)
        try Self.waitUntilDestroyed(deployment)
        let copy = try RecordCopy(exportedBy: deployment.as("auditor.rob"))
        #expect(try OfflineVerification(copy).failures == [])
        for (kind, finding) in [
            ("purge.notice_sent", "COVERAGE: purge-notice-missing"),
            ("retention.reviewed", "PAYLOADS: purge-without-authority"),
        ] {
            let changed = try RecordCopy(copy)
            let lines = try changed.lines()
            // As somebody does it who owns the record: all links fit again.
            let other = lines.map { $0.replacingOccurrences(of: "\"kind\":\"\(kind)\"", with: "\"kind\":\"sys.note\"") }
            try changed.write(lines: RecordCopy.relinked(other, original: lines))
            let offline = try OfflineVerification(changed)
            #expect(offline.status == 30 && offline.failures.contains(finding), "\(kind): \(offline)")
            let other2 = try script(changed)
            #expect(other2.status == 30)
            #expect(
                other2.stdout.contains(finding.split(separator: " ").last.map(String.init) ?? "-"),
                "\(other2.stdout)"
            )
        }
        try deployment.stop()
    }
}
