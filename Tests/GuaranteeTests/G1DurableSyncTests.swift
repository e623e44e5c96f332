import Foundation
import StrictJSON
import TestSupport
import Testing

/// G1: no answer leaves before its record is synced, as the kernel sees it.
@Suite(.tags(.large, .g1), .needsPrograms, .needsTool("strace"))
struct G1DurableSyncTests {
    /// What the daemon asked of the kernel, in order.
    private enum Act: Equatable {
        /// The journal was opened so that each write is durable when it returns.
        case opening
        case sync(String)
        case answer
    }

    /// Runs a body against a traced daemon and tells what it asked of the kernel meanwhile.
    private func trace(_ body: (Deployment) throws -> Void) throws -> [Act] {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let trace = deployment.folder.path("trace")
        let calls = "trace=openat,pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"
        let strace = ["strace", "-f", "-y", "-qq", "-s", "300", "-e", calls, "-o", trace]
        let process = try deployment.start(under: strace)
        try body(deployment)
        // The traced process, not strace: it is a child of ours all the same.
        if let pid = deployment.status?["pid"]?.integer { kill(Int32(clamping: pid), SIGTERM) }
        try process.wait()
        let text = String(decoding: try deployment.folder.read("trace"), as: UTF8.self)
        return text.split(separator: "\n").compactMap(Self.act)
    }

    /// Reads a line of strace; nil for what does not matter here and for calls that did not end yet.
    private static func act(_ line: Substring) -> Act? {
        if line.contains("openat(") {
            return line.contains(#"/record/journal""#) && line.contains("O_DSYNC") && line.contains(">")
                ? .opening : nil
        }
        // "resumed" is the end of a call whose beginning stands further up: the file is named there only.
        let isJournal = line.contains("pwrite64(") && line.contains("/record/journal>")
        if line.contains("sync(") || line.contains("sync resumed") || line.contains("pwrite64 resumed") || isJournal {
            guard !line.contains("<unfinished") else { return nil }
            guard let open = line.firstIndex(of: "<"), let close = line[open...].firstIndex(of: ">") else { return nil }
            let name = line[line.index(after: open)..<close].split(separator: "/").last.map(String.init) ?? ""
            return .sync(line.contains("resumed") ? "resumed" : name)
        }
        guard line.contains(#"\"leaf\""#), !line.contains("resumed") else { return nil }
        return .answer
    }

    @Test func `before an acknowledgement the journal is written durably`() throws {
        let count = 50
        let acts = try trace { deployment in
            let session = try deployment.as("agent.mpd1").session()
            for number in 1...count {
                let reply = try session.call("io.accord.Entry.Record", Writers.entry("entry \(number)"))
                #expect(reply.at("parameters.receipt.leaf") != nil)
            }
        }
        // Once through the page cache too, where there is no other way.
        #expect((1...2).contains(acts.count { $0 == .opening }))
        let pieces = acts.split(separator: .answer, omittingEmptySubsequences: false).dropLast()
        #expect(pieces.count == count)
        for piece in pieces.dropFirst() {
            // What another thread's call interrupts is named where it began only.
            #expect(piece.contains { $0 == .sync("journal") || $0 == .sync("resumed") }, "\(piece)")
        }
        let syncs = acts.filter { $0 != .answer }.count
        print("G1: \(syncs) syncs for \(count) acknowledgements, one after the other")
    }

    @Test func `entries that wait together share a sync`() throws {
        let (connections, depth) = (16, 16)
        let acts = try trace { deployment in
            let sessions = try (1...connections).map { _ in try deployment.as("agent.mpd1").session() }
            for session in sessions {
                session.send(
                    (1...depth).flatMap {
                        RawConnection.message("io.accord.Entry.Record", Writers.entry("entry \($0)"))
                    }
                )
            }
            for session in sessions {
                for _ in 1...depth {
                    let reply = try session.receiveObject()
                    #expect(reply?.at("parameters.receipt.leaf") != nil)
                }
            }
        }
        let syncs = acts.filter { $0 != .answer }.count
        print("G1: \(syncs) syncs for \(connections * depth) acknowledgements, on \(connections) connections")
        // Each batch takes one, and a checkpoint a second some more: alone, the entries would take 512.
        #expect(syncs < connections * depth)
    }
}
