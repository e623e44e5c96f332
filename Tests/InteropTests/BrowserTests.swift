import Foundation
import StrictJSON
import TestSupport
import Testing

/// The page of an export in a browser that is not ours: Chromium, without a window and without a network.
@Suite(.serialized, .tags(.large, .g7), .needsPrograms, .needsTool("python3"), .needsTool("chromium"), .alder)
struct BrowserTests {
    /// What the browser shows of a page.
    struct Shown {
        let object: JSONObject
        var result: String { object.text("result") }
        var status: String { object.text("status") }
        var banner: String { object.text("banner") }
        var body: String { object.text("body") }
        /// `check finding` of each verdict that failed.
        var failures: [String] { (object["failures"]?.array ?? []).compactMap(\.string) }
        var passed: Int64 { object["passed"]?.integer ?? -1 }
        var images: Int64 { object["images"]?.integer ?? -1 }
        /// What the browser complained of, and what it asked other addresses for.
        var complaints: [String] { (object["complaints"]?.array ?? []).compactMap(\.string) }
    }

    /// A page, and what its reader has from elsewhere: a key and a policy to paste, a file of allowed signers to open.
    struct Page {
        var path: String
        var key = ""
        var policy = ""
        var signers = ""
    }

    /// Opens pages in one run of the browser.
    private static func show(_ pages: [Page]) throws -> [Shown] {
        let list = pages.map { page -> JSONValue in
            [
                "path": .string(page.path), "key": .string(page.key), "policy": .string(page.policy),
                "signers": .string(page.signers),
            ]
        }
        let folder = try ScratchFolder("browser")
        let questions = try folder.write("pages.json", JSONValue.array(list).encoded)
        let done = try DaemonProcess.run(
            ["python3", "-I", "-c", driver, #require(program("chromium")), folder.path, questions],
            deadline: 120
        )
        try #require(done.status == 0, "\(done.stdout)\(done.stderr)")
        return try done.output.split(separator: 0x0A).map {
            Shown(object: try #require(try JSONValue(parsing: Array($0), limits: .fixture).object))
        }
    }

    /// Opens each page, waits until it has judged, says what it shows.
    private static let driver =
        Browser.prelude + """

            for question in json.load(open(questions)):
                state["complaints"] = []
                call("Page.navigate", url="file://" + question["path"])
                judged = "document.documentElement.dataset.ready || document.documentElement.dataset.status === '30'"
                evaluate(WAIT % ("document.readyState === 'complete' && (" + judged + ")"))
                if question["signers"]:
                    document = call("DOM.getDocument")["root"]["nodeId"]
                    field = call("DOM.querySelector", nodeId=document, selector="#signers")["nodeId"]
                    call("DOM.setFileInputFiles", files=[question["signers"]], nodeId=field)
                if question["key"] or question["policy"] or question["signers"]:
                    for field in ("key", "policy"):
                        evaluate(f"document.getElementById('{field}').value = " + json.dumps(question[field]))
                    evaluate("document.documentElement.dataset.result = ''; document.querySelector('#trust button').click()")
                    evaluate(WAIT % "document.documentElement.dataset.result")
                shown = json.loads(evaluate('''JSON.stringify({
                    result: document.documentElement.dataset.result, status: document.documentElement.dataset.status,
                    banner: document.getElementById("banner").textContent, body: document.body.innerText,
                    failures: [...document.querySelectorAll("#verdicts tr.failed")].map((row) =>
                        `${row.cells[0].textContent}: ${row.cells[2].textContent}`),
                    passed: document.querySelectorAll("#verdicts tr.passed").length,
                    images: document.querySelectorAll("img").length })'''))
                print(json.dumps(shown | {"complaints": state["complaints"]}), flush=True)
            call("Browser.close")
            browser.wait()
            """

    /// The page that a member exports.
    private func page(_ member: String, case name: String? = nil, in folder: ScratchFolder) throws -> String {
        let path = folder.path("\(member).html")
        let words = ["audit", "export", "--html", path] + (name.map { ["--case", $0] } ?? [])
        try Deployment.shared.as(member).by(.key).must(words)
        return path
    }

    @Test func `a page is green for whoever has the key, and red once a byte of what is in it is another`() throws {
        let deployment = try Deployment.shared
        let markup = "<img src=x onerror=\"document.title='run'\"></script><script>document.title='run'</script>"
        try deployment.as("lead.fib").must("entry", "add", "Alder", markup)
        let key = try deployment.as("lead.fib").must("audit", "checkpoint").first.text("logKey")
        let folder = try ScratchFolder("pages")
        let ofCase = try page("lead.fib", case: "Alder", in: folder)
        let ofRecord = try page("auditor.rob", in: folder)
        var pages = [
            Page(path: ofCase), Page(path: ofCase, key: key), Page(path: ofRecord), Page(path: ofRecord, key: key),
        ]
        var random = SplitMix64(seed: Seeds.fresh)
        for (path, count) in [(ofCase, 6), (ofRecord, 4)] {
            let text = try folder.read(URL(filePath: path).lastPathComponent)
            let mark = Array("application/x-tar\">\n".utf8)
            let start = try #require(Data(text).firstRange(of: Data(mark))).upperBound
            let end = try #require(Data(text).firstRange(of: Data("</script>".utf8), in: start..<text.count)).lowerBound
            for trial in 0..<count {
                var changed = text
                let place = start + random.below(end - start)
                changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let name = "changed-\(trial)-\(place).html"
                pages.append(Page(path: try folder.write(name, changed), key: trial % 2 == 0 ? key : ""))
            }
        }
        let shown = try Self.show(pages)
        try #require(shown.count == pages.count)
        for (index, (page, shown)) in zip(pages, shown).enumerated() {
            #expect(shown.complaints.isEmpty, "\(page.path): \(shown.complaints)")
            #expect(shown.images == 0)
            guard index < 4 else {
                #expect(shown.result == "failed" && shown.status == "30" && !shown.failures.isEmpty, "\(page.path)")
                #expect(shown.banner.contains("INVALID"))
                continue
            }
            #expect(shown.failures.isEmpty && shown.status == "0", "\(shown.failures)")
            #expect(shown.result == (page.key.isEmpty ? "notice" : "passed"), "\(shown.banner)")
            #expect(shown.banner.contains(page.key.isEmpty ? "trust not established" : "Verified"))
            #expect(shown.passed >= 4)
            // The reader of the case sees its content, as text; the record shows none.
            #expect(shown.body.contains(markup) == (index < 2))
            for secret in Alder.secrets where index >= 2 { #expect(!shown.body.contains(secret), "\(secret)") }
        }
    }

    @Test func `a page checks what authors and witnesses signed, by the policy that its reader pastes`() throws {
        let folder = try ScratchFolder("signed")
        try signEntry(in: folder)
        let agent = try Deployment.shared.as("agent.mpd1")
        let keygen = ["audit", "witness", "keygen", "--folder", folder.path("w"), "--name", "w.example.org/1"]
        let witness = try DaemonProcess.run([Programs.accord()] + keygen)
        try #require(witness.status == 0, "\(witness.stderr)")

        let log = "log \(try agent.must("audit", "checkpoint").first.text("logKey"))\n"
        let ofCase = try page("lead.fib", case: "Alder", in: folder)
        let witnessed = "witness rob \(witness.stdout.split(separator: "\n")[0])\nquorum rob\n"
        let shown = try Self.show([
            Page(path: ofCase, policy: "\(log)quorum none\n"), Page(path: ofCase, policy: log + witnessed),
            Page(path: ofCase, policy: "\(log)quorum rob\n"),
        ])
        try #require(shown.count == 3)
        #expect(shown.map(\.status) == ["0", "10", "40"])
        #expect(shown.map(\.result) == ["passed", "notice", "notice"], "\(shown.map(\.banner))")
        #expect(shown[0].body.contains("Statements signed by their authors"))
        #expect(shown[1].banner.contains("too few witnesses") && shown[1].body.contains("tail-not-witnessed"))
        #expect(shown[2].body.contains("line 2 of the policy"))
        #expect(shown.allSatisfy { $0.complaints.isEmpty && $0.failures.isEmpty })
    }

    /// An entry that its author signs, with a key of his own.
    private func signEntry(in folder: ScratchFolder) throws {
        let key = folder.path("key")
        let made = try run("ssh-keygen", ["-q", "-N", "", "-f", key, "-t", "ed25519"])
        try #require(made.status == 0, "\(made.stderr)")
        try Deployment.shared.as("agent.mpd1").must("member", "add-key", "agent.mpd1", "\(key).pub")
        let socket = try Deployment.shared.socket
        let words = ["entry", "add", "Alder", "Signed.", "--sign", "--key", key, "--socket", socket]
        let added = try run(Programs.accord(), words, environment: ["XDG_STATE_HOME": folder.path])
        try #require(added.status == 0, "\(added.stdout)\(added.stderr)")
    }

    @Test func `a page compares whose the keys were with the file of allowed signers that its reader opens`() throws {
        let folder = try ScratchFolder("signers")
        try signEntry(in: folder)
        let ofCase = try page("lead.fib", case: "Alder", in: folder)
        try Deployment.shared.as("auditor.rob").must("audit", "export", "--output", folder.path("record.tar"))
        let unpacked = try run("tar", ["-xf", "record.tar", "allowed_signers"], in: folder.path)
        try #require(unpacked.status == 0, "\(unpacked.stderr)")
        let text = String(decoding: try folder.read("allowed_signers"), as: UTF8.self)
        try #require(text.contains("agent.mpd1 "))
        let another = try folder.write("another", Array(text.replacing("agent.mpd1 ", with: "agent.mpd2 ").utf8))
        let none = try folder.write("none", Array("# nobody\n".utf8))
        let shown = try Self.show([
            Page(path: ofCase), Page(path: ofCase, signers: folder.path("allowed_signers")),
            Page(path: ofCase, signers: another), Page(path: ofCase, signers: none),
        ])
        try #require(shown.count == 4)
        #expect(shown.map(\.status) == ["0", "0", "30", "40"])
        #expect(shown.map { $0.body.contains("signers-from-copy") } == [true, false, false, false])
        #expect(shown[2].failures == ["SIGNATURES: signers-contradicted"])
        #expect(shown[3].body.contains("no file of allowed signers"))
        #expect(shown.allSatisfy { $0.complaints.isEmpty })
    }
}
