import Dispatch
import Foundation
package import StrictJSON
import Synchronization

/// Several members who record entries as fast as they are acknowledged, each on a connection of their own, until the
/// connection ends.
package final class Writers: Sendable {
    /// An entry that the daemon said is on the record.
    package struct Acknowledged: Sendable {
        package let request: String
        package let text: String
        package let item: String
        package let leaf: String
        package let position: Int64
    }

    /// An entry that was sent and never answered: it is on the record whole, or not at all.
    package struct Unanswered: Sendable {
        package let member: String
        package let request: String
        package let text: String
    }

    private struct Progress {
        var acknowledged: [Acknowledged] = []
        var unanswered: [Unanswered] = []
        var refusals: [String] = []
    }

    private let progress = Mutex(Progress())
    private let answered = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)
    private let count: Int

    /// Connects all of them and lets them write to the case Alder, texts of so many bytes.
    package init(_ members: [String], on deployment: Deployment, length: Int = 40) throws {
        count = members.count
        for member in members {
            // A connection is used by one thread only: it is made where it is used.
            let person = deployment.as(member)
            let thread = Thread { [self] in
                write(as: person, length: length)
                ended.signal()
            }
            thread.start()
        }
    }

    private func write(as person: Person, length: Int) {
        guard let connection = try? person.session() else {
            // The daemon was killed before this one came to it: nothing was asked, so nothing is owed.
            answered.signal()
            return
        }
        while true {
            let request = Self.newRequest()
            let text = request + String(repeating: "x", count: max(0, length - 32))
            guard let reply = try? connection.call("io.accord.Entry.Record", Self.entry(text, request)) else {
                progress.withLock {
                    $0.unanswered.append(Unanswered(member: person.member, request: request, text: text))
                }
                answered.signal()
                return
            }
            guard let receipt = reply.at("parameters.receipt")?.object else {
                progress.withLock {
                    $0.refusals.append(String(decoding: JSONValue.object(reply).encoded, as: UTF8.self))
                }
                answered.signal()
                return
            }
            let acknowledged = Acknowledged(
                request: request,
                text: text,
                item: receipt.text("item"),
                leaf: receipt.text("leaf"),
                position: receipt["position"]?.integer ?? -1
            )
            progress.withLock { $0.acknowledged.append(acknowledged) }
            answered.signal()
        }
    }

    /// A request id that nobody used.
    package static func newRequest() -> String {
        UUID().uuidString.lowercased().filter { $0 != "-" }
    }

    /// The parameters that record an entry in Alder.
    package static func entry(_ text: String, _ request: String = newRequest()) -> JSONObject {
        [
            "case": "Alder", "kind": "report", "text": .string(text),
            "context": ["request": .string(request)],
        ]
    }

    /// Waits until so many entries are acknowledged, or the writers have ended.
    package func wait(for acknowledgements: Int, deadline: Double = 30) {
        let end = DispatchTime.now() + deadline
        while progress.withLock({ $0.acknowledged.count < acknowledgements && $0.refusals.isEmpty }) {
            guard answered.wait(timeout: end) == .success else { return }
        }
    }

    /// Waits for the end of all writers: the daemon must be ending.
    package func join() {
        for _ in 0..<count { ended.wait() }
    }

    package var acknowledged: [Acknowledged] { progress.withLock { $0.acknowledged } }
    package var unanswered: [Unanswered] { progress.withLock { $0.unanswered } }
    /// What ended a writer other than the end of its connection.
    package var refusals: [String] { progress.withLock { $0.refusals } }
}
