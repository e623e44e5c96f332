import StrictJSON
import Varlink

/// Takes all steps as a client, passing on what each reply held.
struct CertificationClient: ~Copyable {
    /// A reply was not what the certification wants.
    struct Failed: Error, CustomStringConvertible {
        let method: String
        let got: JSONObject

        var description: String { "\(method): \(String(decoding: got.encoded, as: UTF8.self))" }
    }

    private var client: VarlinkClient

    init(path: String) throws(ClientFault) {
        client = try VarlinkClient(path: path, timeout: .seconds(10))
    }

    mutating func run() throws {
        let start = try client.call("\(Step.interface).Start")
        guard let identifier = start["client_id"]?.string, start.count == 1 else {
            throw Failed(method: "Start", got: start)
        }
        var last: JSONObject = [:]
        for step in Step.all.dropFirst() {
            let method = "\(Step.interface).\(step.method)"
            var parameters: JSONObject = ["client_id": .string(identifier)]
            for (key, value) in last.members { parameters[key] = value }
            switch step.method {
            case "Test10": last = ["last_more_replies": .array(try collect(method, parameters))]
            case "Test11":
                try client.callOneway(method, parameters)
                last = [:]
            default:
                last = try client.call(method, parameters)
                // The server of python-varlink 31.0.0 adds an undeclared client_id to this reply (ipc.md 2.2).
                last["client_id"] = nil
                guard JSONValue.object(last).means(.object(step.output)) else {
                    throw Failed(method: step.method, got: last)
                }
            }
        }
        print("Certification passed")
    }

    private mutating func collect(_ method: String, _ parameters: JSONObject) throws -> [JSONValue] {
        var replies: [JSONValue] = []
        try client.stream(method, parameters, timeout: .seconds(10)) { reply in
            replies.append(reply["string"] ?? .null)
            return true
        }
        guard replies == Step.replies else { throw Failed(method: "Test10", got: ["replies": .array(replies)]) }
        return replies
    }
}
