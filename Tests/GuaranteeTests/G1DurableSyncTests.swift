import Foundation
import StrictJSON
import TestSupport
import Testing

/// G1: no answer leaves before its record is synced, as the kernel sees it.
@Suite(.tags(.large, .g1), .needsPrograms, .needsTool("strace"))
struct G1DurableSyncTests {
    /// What the daemon asked of the kernel, in order.
    private enum Act: Equatable {
        case sync(String)
        case answer
    }

    /// Runs a body against a traced daemon and tells what it asked of the kernel meanwhile.
    private func trace(_ body: (Deployment) throws -> Void) throws -> [Act] {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let trace = deployment.folder.path("trace")
        let calls = "trace=fdatasync,fsync,sync_file_range,sendto,sendmsg,write,writev"
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
        // The range that is waited for: on ext4 and XFS the record's sync flushes it with its own.
        let isWriteOut = line.contains("sync_file_range(") && line.contains("SYNC_FILE_RANGE_WAIT_BEFORE")
        // "resumed" is the end of a call whose beginning stands further up: the file is named there only.
        if line.contains("sync(") || line.contains("sync resumed") || isWriteOut {
            guard !line.contains("<unfinished") else { return nil }
            guard let open = line.firstIndex(of: "<"), let close = line[open...].firstIndex(of: ">") else { return nil }
            let name = line[line.index(after: open)..<close].split(separator: "/").last.map(String.init) ?? ""
            return .sync(line.contains("resumed") ? "resumed" : name)
        }
        guard line.contains(#"\"leaf\""#), !line.contains("resumed") else { return nil }
        return .answer
    }

    @Test func `before an acknowledgement the anchor is written out, and then the record is synced`() throws {
        let count = 50
        let acts = try trace { deployment in
            let session = try deployment.as("agent.mpd1").session()
            for number in 1...count {
                let reply = try session.call("io.accord.Entry.Record", Writers.entry("entry \(number)"))
                #expect(reply.at("parameters.receipt.leaf") != nil)
            }
        }
        let pieces = acts.split(separator: .answer, omittingEmptySubsequences: false).dropLast()
        #expect(pieces.count == count)
        for piece in pieces.dropFirst() {
            let anchored = piece.firstIndex(of: .sync("anchor"))
            let synced = piece.lastIndex { $0 == .sync("record.db-wal") || $0 == .sync("resumed") }
            #expect(anchored != nil && synced != nil, "\(piece)")
            if let anchored, let synced { #expect(anchored < synced, "\(piece)") }
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
        // Each batch takes two at most, and a checkpoint a second some more: alone, the entries would take 512.
        #expect(syncs < connections * depth)
    }
}
