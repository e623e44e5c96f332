import Foundation
import StrictJSON
import TestSupport
import Testing

/// The record as other people's verifiers see it.
@Suite(.serialized, .tags(.large), .needsPrograms, .alder)
struct RecordInteropTests {
    private func bundle(_ member: String, case name: String? = nil) throws -> RecordCopy {
        try RecordCopy(exportedBy: Deployment.shared.as(member), case: name)
    }

    @Test(.needsPython("pymerkle"))
    func `pymerkle builds our roots from the lines, and its proofs lead to them`() throws {
        let auditor = try Deployment.shared.as("auditor.rob")
        let scratch = try ScratchFolder("checkpoints")
        let older = try scratch.write("older", auditor.must("audit", "checkpoint").first.text("note"))
        try Deployment.shared.as("agent.mpd1").must("entry", "add", "Alder", "Between two checkpoints.")
        let newer = try scratch.write("newer", auditor.must("audit", "checkpoint").first.text("note"))
        let lines = try scratch.write(
            "lines",
            try Deployment.shared.record().map { $0.text + "\n" }.joined()
        )
        let script = """
            import base64, sys
            from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
            tree = InmemoryTree(algorithm='sha256')
            for line in open(sys.argv[1], 'rb'):
                tree.append_entry(line)
            def head(path):
                text = open(path).read().split('\\n')
                return int(text[1]), base64.b64decode(text[2])
            get = getattr(tree, 'get_root', None) or tree.get_state
            (m, old), (n, new) = head(sys.argv[2]), head(sys.argv[3])
            assert 0 < m < n, (m, n)
            assert get(m) == old, 'older root'
            assert get(n) == new, 'newer root'
            for index in sorted({1, 2, m // 2, m, n}):
                verify_inclusion(tree.get_leaf(index), new, tree.prove_inclusion(index, n))
            verify_consistency(old, new, tree.prove_consistency(m, n))
            print('agreed on', m, n)
            """
        let agreed = try DaemonProcess.run(
            [#require(Programs.python), "-W", "ignore", "-c", script, lines, older, newer]
        )
        #expect(agreed.status == 0, "\(agreed.stderr)")
        #expect(agreed.stdout.hasPrefix("agreed on"))
    }

    @Test(.needsTool("python3"), .needsPython("pymerkle"))
    func `the tiles that accord writes are those of the specification, and pymerkle builds their root`() throws {
        let folder = try ScratchFolder("tiles")
        let tiles = folder.path("tiles")
        let auditor = try Deployment.shared.as("auditor.rob").by(.key)
        try auditor.must("audit", "export", "--tiles", tiles)
        let read = try DaemonProcess.run(["python3", "-I", "-c", TilesReader.script, tiles])
        #expect(read.status == 0, "\(read.stderr)")
        let script = """
            import glob, sys
            from base64 import b64encode
            from pymerkle import InmemoryTree
            tree = InmemoryTree(algorithm='sha256')
            names = sorted(glob.glob('tile/entries/[0-9]*')) + glob.glob('tile/entries/*.p/*')
            for name in names:
                data = open(name, 'rb').read() if not name.endswith('.p') else b''
                while data:
                    length = int.from_bytes(data[:2], 'big')
                    tree.append_entry(data[2:2 + length])
                    data = data[2 + length:]
            print(tree.get_size(), b64encode(tree.get_state()).decode())
            """
        let other = try DaemonProcess.run([#require(Programs.python), "-W", "ignore", "-c", script], in: tiles)
        #expect(other.stdout == read.stdout, "\(other.stderr)")

        let key = try auditor.must("audit", "checkpoint").first.text("logKey")
        func status() throws -> Int32 {
            let words = ["audit", "verify", "--offline", tiles, "--vkey", key]
            return try DaemonProcess.run([Programs.accord()] + words).status
        }
        #expect(try status() == 0)
        // Each file counts, those of hashes too, which no line needs.
        let names = try FileManager.default.subpathsOfDirectory(atPath: tiles).filter { name in
            var isFolder: ObjCBool = false
            return unsafe FileManager.default.fileExists(atPath: "\(tiles)/\(name)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        #expect(names.count >= 3)
        for name in names {
            let bytes = try folder.read("tiles/\(name)")
            try folder.write("tiles/\(name)", bytes.dropLast(2) + [bytes[bytes.count - 2] ^ 1, 0x0A])
            #expect([30, 40].contains(try status()), "\(name)")
            try FileManager.default.removeItem(atPath: "\(tiles)/\(name)")
            #expect([30, 40].contains(try status()), "without \(name)")
            try folder.write("tiles/\(name)", bytes)
        }
        // An export never replaces anything.
        let again = try auditor.accord("audit", "export", "--tiles", tiles)
        #expect(again.status == 73, "\(again)")
        #expect(try status() == 0)
    }

    @Test(.needsTool("python3"), arguments: Tampering.all, [nil, "Alder"] as [String?])
    func `the script in the bundle and accord find the same`(_ tampering: Tampering, name: String?) throws {
        // A whole record carries no parts.
        guard name != nil || tampering.check != "PAYLOADS" else { return }
        let original = name == nil ? try bundle("auditor.rob") : try bundle("lead.fib", case: name)
        let changed = try RecordCopy(original)
        try tampering.change(changed)
        try changed.renewSums(by: Deployment.shared)
        for (copy, status) in [(original, 0), (changed, tampering.exit)] {
            let script = try DaemonProcess.run(["sh", "-c", "cd '\(copy.path)' && python3 -I verify.py"])
            let ours = try DaemonProcess.run([Programs.accord(), "audit", "verify", "--offline", copy.path])
            #expect(script.status == status, "\(script.stdout)\(script.stderr)")
            #expect(ours.status == status, "\(ours.stdout)\(ours.stderr)")
        }
    }
}
