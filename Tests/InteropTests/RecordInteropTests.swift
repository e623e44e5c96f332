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

    @Test(.needsTool("python3"), arguments: Tampering.all, [nil, "Alder"] as [String?])
    func `the script in the bundle and accord find the same`(_ tampering: Tampering, name: String?) throws {
        // A whole record carries no parts.
        guard name != nil || tampering.check != "PAYLOADS" else { return }
        let original = name == nil ? try bundle("auditor.rob") : try bundle("lead.fib", case: name)
        let changed = try RecordCopy(original)
        try tampering.change(changed)
        try changed.renewSums()
        for (copy, status) in [(original, 0), (changed, tampering.exit)] {
            let script = try DaemonProcess.run(["sh", "-c", "cd '\(copy.path)' && python3 -I verify.py"])
            let ours = try DaemonProcess.run([Programs.accord(), "audit", "verify", "--offline", copy.path])
            #expect(script.status == status, "\(script.stdout)\(script.stderr)")
            #expect(ours.status == status, "\(ours.stdout)\(ours.stderr)")
        }
    }
}
