import Casework
import Policy
import StrictJSON
import Varlink

/// From the wire to the sequencer: decodes what a call asks, on the wire's own queue, and leaves it.
struct CallRouter: CallHandler {
    let sequencer: Sequencer

    func opened(_ connection: ConnectionID, peer: Peer) { sequencer.post(.opened(connection, peer)) }

    func closed(_ connection: ConnectionID) { sequencer.post(.closed(connection)) }

    func drained(_ call: CallID) { sequencer.post(.drained(call)) }

    func handle(_ call: Call) { sequencer.post(.call(call, Self.question(call)), lending: call.isAlone) }

    func overlaps(method: String, parameters: JSONObject) -> Bool { Self.isDecidedInOrder(method, parameters) }

    /// Whether the sequencer decides a call when its turn comes, so that several of one connection may wait for one batch.
    ///
    /// A signed act does not: its signature is looked at first, and what came later would overtake it.
    static func isDecidedInOrder(_ method: String, _ parameters: JSONObject) -> Bool {
        decidedInOrder.contains { method.hasPrefix($0) } && parameters["context"]?.object?["signature"] == nil
    }

    private static let decidedInOrder = ["io.accord.Entry.", "io.accord.Case."]

    static func question(_ call: Call) -> Question {
        switch call.qualifiedMethod {
        case "io.accord.Session.WhoAmI": return .whoAmI
        case "io.accord.Session.Challenge": return .challenge
        case "io.accord.Session.Prove": return .prove(signature: call.parameters["signature"]?.string ?? "")
        case "io.accord.Service.GetStatus": return .status
        case "io.accord.Service.GetMetrics": return .metrics
        case "io.accord.Policy.ListRules": return .rules
        case "io.accord.Policy.ListSignatureRules": return .signatureRules
        case "io.accord.Audit.GetCheckpoint": return .checkpoint
        case "io.accord.Audit.AddCosignature": return .cosignature(note: call.parameters["note"]?.string ?? "")
        case "io.accord.Audit.ProveConsistency":
            return .consistency(from: size("from", call) ?? 0, to: size("to", call))
        case "io.accord.Audit.OfferCheckpoint": return .offer(from: size("from", call) ?? 0)
        case "io.accord.Audit.ProveRestorations": return .restorations(before: size("before", call) ?? .max)
        case "io.accord.Audit.ProveInclusion":
            return .inclusion(case: call.parameters["case"]?.string, position: size("position", call) ?? .max)
        default: break
        }
        do throws(Refusal) {
            if call.qualifiedMethod == "io.accord.Session.Prepare" { return try preparation(call.parameters) }
            let context = try RequestContext(call.parameters)
            return .act(try Act(method: call.qualifiedMethod, parameters: call.parameters), context)
        } catch {
            return .malformed(error, misstated(call))
        }
    }

    private static func misstated(_ call: Call) -> Misstated {
        let isPreparing = call.qualifiedMethod == "io.accord.Session.Prepare"
        let asked = isPreparing ? call.parameters["parameters"]?.object ?? [:] : call.parameters
        let meant = isPreparing ? call.parameters["method"]?.string ?? "" : ""
        let isMethod = meant.hasPrefix("io.accord.") && meant.utf8.count <= 64 && meant.utf8.allSatisfy(isOfName)
        return Misstated(method: isMethod ? meant : call.qualifiedMethod, caseName: asked["case"]?.string)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2E
    }

    /// An act that is to be shown before it is signed; its own call is not made yet.
    private static func preparation(_ parameters: JSONObject) throws(Refusal) -> Question {
        let asked = parameters["parameters"]?.object ?? [:]
        let act = try Act(method: parameters["method"]?.string ?? "", parameters: asked)
        let context = try RequestContext(asked)
        guard !act.isReading else {
            throw .malformed(field: "method", "one that records something: readings are not signed")
        }
        guard context.request != nil else {
            throw .malformed(field: "context.request", "given, for what is to be signed")
        }
        return .prepare(act, context)
    }
}

extension CallRouter {
    /// A size or a place; what is below zero is beyond every record.
    private static func size(_ name: String, _ call: Call) -> UInt64? {
        call.parameters[name]?.integer.map { UInt64(exactly: $0) ?? .max }
    }
}

extension Call {
    /// Interface and method, such as `io.accord.Entry.Record`.
    var qualifiedMethod: String { "\(interface).\(method)" }
}
