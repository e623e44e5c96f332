import TestSupport
import Testing
import TransparencyLog

/// PAYLOADS names the order under which something was purged, as far as the copy shows it.
struct PurgedWordsTests {
    @Test(arguments: [
        (true, "under the court order at line 2 (expunge, Superior Court, D-21), approved at line 4"),
        (false, "under the court order at line 2, approved at line 4"),
    ])
    func `what was purged is told with its order`(isShown: Bool, words: String) throws {
        let bundle = try BundleCorpusTests.told(isShown: isShown)
        let report = try BundleVerification(key: nil, known: []).report(on: bundle)
        let told = report.verdicts.first { $0.finding == "parts-destroyed" }
        #expect(told?.message == "Purged by two persons \(words).")
        guard program("python3") != nil else { return }
        let folder = try ScratchFolder("purged")
        try run("mkdir", ["parts", "proofs"], in: folder.path)
        for (name, bytes) in bundle.files { try folder.write(name, bytes) }
        let script = try run("python3", ["-I", "verify.py"], in: folder.path)
        #expect(script.stdout.contains("purged by two persons \(words)."), "\(script.stdout)")
        guard program("node") != nil else { return }
        try folder.write("verify.js", BundlePage.verifyScript)
        try folder.write("bundle.tar", PageVerificationTests.tar(bundle))
        let ask = """
            globalThis.crypto ??= require("crypto").webcrypto;
            const Accord = require("./verify.js"), bytes = new Uint8Array(require("fs").readFileSync("bundle.tar"));
            Accord.verify(Accord.readTar(bytes), {}).then((report) => console.log(report.verdicts.map((v) => v.message).join("\\n")));
            """
        let page = try run("node", ["-e", ask], in: folder.path)
        #expect(page.stdout.contains("Purged by two persons \(words)."), "\(page.stdout)\(page.stderr)")
    }
}
