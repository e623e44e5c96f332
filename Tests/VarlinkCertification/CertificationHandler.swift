import StrictJSON
import Synchronization
import Varlink

/// Serves `org.varlink.certification`: checks what each call brings and the order of calls, and answers at once.
final class CertificationHandler: CallHandler {
    private struct State {
        var lastClient = 0
        /// The index of the step that each client has to take next.
        var expected: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let server = Mutex<VarlinkServer?>(nil)

    func use(_ server: VarlinkServer) {
        self.server.withLock { $0 = server }
    }

    func handle(_ call: Call) {
        let replies = state.withLock { Self.answer(call, &$0) }
        server.withLock { $0 }?.send(replies.map { (call.id, $0) })
    }

    private static func answer(_ call: Call, _ state: inout State) -> [Reply] {
        if call.method == "Start" {
            state.lastClient += 1
            let client = "client-\(state.lastClient)"
            state.expected[client] = 1
            return [.final(["client_id": .string(client)])]
        }
        var sent = call.parameters
        let client = sent["client_id"]?.string ?? ""
        sent["client_id"] = nil
        guard let index = state.expected[client] else { return [.failure("\(Step.interface).ClientIdError", [:])] }
        let step = Step.all[index]
        state.expected[client] = index + 1 < Step.all.count ? index + 1 : nil
        let isAsDue =
            call.method == step.method && JSONValue.object(sent).means(.object(step.input))
            && call.wantsMore == (step.method == "Test10") && call.isOneway == (step.method == "Test11")
        guard isAsDue else {
            state.expected[client] = nil
            let wants: JSONObject = ["method": .string(step.method), "parameters": .object(step.input)]
            let got: JSONObject = ["method": .string(call.method), "parameters": .object(sent)]
            return [.failure("\(Step.interface).CertificationError", ["wants": .object(wants), "got": .object(got)])]
        }
        guard step.method == "Test10" else { return [.final(step.output)] }
        return Step.replies.dropLast().map { .more(["string": $0]) } + [.final(step.output)]
    }
}
