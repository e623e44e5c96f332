import Foundation
import StrictJSON
import TestSupport
import Testing

/// A report's page in a browser that is not ours: read by eye, by keyboard, by a screen reader, and on paper.
///
/// Where no browser is installed the suite is skipped and says so; in continuous integration it fails instead.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsTool("python3"), .needsTool("chromium"), .alder)
struct ReportPageTests {
    private static let driver =
        Browser.prelude + """

            for path in json.load(open(questions)):
                state["complaints"] = []
                call("Page.navigate", url="file://" + path)
                evaluate(WAIT % "document.readyState === 'complete'")
                nodes = call("Accessibility.getFullAXTree")["nodes"]
                roles = [[n.get("role", {}).get("value"), n.get("name", {}).get("value", "")] for n in nodes if not n.get("ignored")]
                focused = []
                for _ in range(4):
                    call("Input.dispatchKeyEvent", type="rawKeyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
                    call("Input.dispatchKeyEvent", type="keyUp", key="Tab", code="Tab", windowsVirtualKeyCode=9)
                    focused.append(evaluate("document.activeElement.textContent.slice(0, 40)"))
                call("Emulation.setEmulatedMedia", media="print")
                printed = evaluate("getComputedStyle(document.querySelector('nav')).display")
                pdf = len(call("Page.printToPDF")["data"])
                call("Emulation.setEmulatedMedia", media="")
                shown = json.loads(evaluate('''JSON.stringify({
                    lang: document.documentElement.lang, title: document.title, body: document.body.innerText,
                    charts: document.querySelectorAll("svg[role=img] title").length,
                    unnamed: [...document.querySelectorAll("main section")].filter((s) =>
                        s.querySelector("svg") && !s.querySelector("table caption")).length,
                    wide: document.documentElement.scrollWidth > window.innerWidth })'''))
                print(json.dumps(shown | {"roles": roles, "focused": focused, "nav": printed, "pdf": pdf,
                                          "complaints": state["complaints"]}), flush=True)
            call("Browser.close")
            browser.wait()
            """

    private static func show(_ pages: [String], in folder: ScratchFolder) throws -> [JSONObject] {
        let questions = try folder.write("pages.json", JSONValue.array(pages.map { .string($0) }).encoded)
        let done = try DaemonProcess.run(
            ["python3", "-I", "-c", driver, #require(program("chromium")), folder.path, questions],
            deadline: 120
        )
        try #require(done.status == 0, "\(done.stdout)\(done.stderr)")
        return try done.output.split(separator: 0x0A).map {
            try #require(try JSONValue(parsing: Array($0), limits: .fixture).object)
        }
    }

    @Test func `pages of reports are read by eye, by keyboard, by a screen reader and on paper`() throws {
        let deployment = try Deployment.shared
        try deployment.as("lead.fib").by(.key).must("entry", "add", "Alder", "<script>document.title='run'</script>")
        let folder = try ScratchFolder("reports")
        let year = "\(Calendar(identifier: .gregorian).component(.year, from: Date()))"
        let wanted = [
            ("liaison.spo", ["jtf-annual"]), ("auditor.rob", ["oversight-digest"]),
            ("lead.fib", ["timeline", "Alder"]),
            ("auditor.rob", ["dissemination"]), ("liaison.spo", ["il-805-25"]),
            ("liaison.spo", ["transparency", "--year", year]),
        ]
        var pages: [String] = []
        for (member, words) in wanted {
            let path = folder.path("\(words[0]).html")
            try deployment.as(member).by(.key).must(["report"] + words + ["--format", "html", "-o", path])
            pages.append(path)
        }
        let shown = try Self.show(pages, in: folder)
        try #require(shown.count == pages.count)
        for (path, page) in zip(pages, shown) {
            #expect(page["complaints"]?.array == [], "\(path): \(page["complaints"] ?? .null)")
            #expect(page.text("lang") == "en" && !page.text("title").isEmpty && page.text("title") != "run")
            let roles = (page["roles"]?.array ?? []).compactMap { $0.array?.first?.string }
            for role in ["banner", "main", "navigation", "contentinfo", "heading"] {
                #expect(roles.contains(role), "\(path): \(role)")
            }
            // Each chart has a name, and a table that says the same.
            let images = (page["roles"]?.array ?? []).compactMap(\.array).filter {
                ["image", "img"].contains($0[0].string)
            }
            #expect(images.count == Int(page["charts"]?.integer ?? -1))
            #expect(images.allSatisfy { !($0[1].string ?? "").isEmpty })
            #expect(page["unnamed"]?.integer == 0 && page["wide"] == false)
            #expect(page["focused"]?.array?.first?.string == "To the figures")
            #expect(page["nav"] == "none" && page["pdf"]?.integer ?? 0 > 1_000)
            #expect(page.text("body").contains("What it was made from"))
        }
        #expect(shown[1]["charts"]?.integer ?? 0 > 0 && shown[2]["charts"]?.integer ?? 0 > 0)
    }
}
