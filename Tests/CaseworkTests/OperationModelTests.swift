import Policy
import StrictJSON
import TestSupport
import Testing

@testable import Casework

/// Approvals as a list of what was said, read from its end: written beside the gate, and from the text of domain.md 6.6 alone.
private struct ApprovalModel {
    enum Said {
        case approved(String)
        case terms(String, other: Bool)
        case accepted(String)
        case declined(String)
        case cleared
        case objected
        case amended
    }

    var said: [Said] = []
    var state = "proposed"

    /// What was said since the last amendment.
    private var since: [Said] {
        let last = said.lastIndex { if case .amended = $0 { true } else { false } }
        return Array(said[(last.map { $0 + 1 } ?? 0)...])
    }

    var revision: Int64 { Int64(said.count { if case .amended = $0 { true } else { false } }) + 1 }

    func agrees(_ agency: String) -> Bool {
        var agrees = false
        for word in since {
            switch word {
            case .approved(agency), .accepted(agency): agrees = true
            case .declined(agency): agrees = false
            case .terms(agency, let other): agrees = !other
            default: continue
            }
        }
        return agrees
    }

    /// Whether an agency set other terms last, of which the lead has not taken note.
    func awaitsLead(_ agency: String) -> Bool {
        var awaits = false
        for word in since {
            switch word {
            case .terms(agency, let other): awaits = other
            case .approved(agency), .accepted(agency), .declined(agency): awaits = false
            default: continue
            }
        }
        return awaits
    }

    /// Whether terms were set last, of which none was taken note.
    func setTerms(_ agency: String) -> Bool {
        var terms = false
        for word in since {
            switch word {
            case .terms(agency, _): terms = true
            case .approved(agency), .accepted(agency), .declined(agency): terms = false
            default: continue
            }
        }
        return terms
    }

    var isCleared: Bool {
        var cleared = false
        for word in since {
            if case .cleared = word { cleared = true }
            if case .objected = word { cleared = false }
        }
        return cleared
    }

    var isComplete: Bool { agrees("MPD-VT") && agrees("SPO-OC") && isCleared }
}

@Suite("Approvals and a model beside them agree")
struct OperationModelTests {
    @Test(arguments: Seeds.all) func `only a plan that all agreed to as it is can be authorised`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var authorised = 0
        var refused = 0
        for round in 1...60 {
            var world = World.planned()
            world.deconflict()
            var model = ApprovalModel()
            for step in 1...40 {
                let agency = random.oneIn(2) ? "MPD-VT" : "SPO-OC"
                let liaison = agency == "MPD-VT" ? "liaison.mpd" : "liaison.spo"
                // One in eight has read another revision than the present one.
                let isStale = random.oneIn(8)
                let revision = JSONValue.integer(isStale ? model.revision + 1 : model.revision)
                let isOpen = ["proposed", "in-review"].contains(model.state)
                let outcome: World.Outcome
                let expected: Bool
                var next = "in-review"
                var said: ApprovalModel.Said?
                switch random.below(9) {
                case 0, 1:
                    outcome = world.step(liaison, "Approve", ["revision": revision])
                    expected = isOpen && !isStale
                    said = .approved(agency)
                case 2:
                    let isOther = random.oneIn(2)
                    var terms: JSONObject = [
                        "revision": revision, "terms": [isOther ? "other" : "no-civil-immigration"],
                    ]
                    if isOther { terms["text"] = "Our own interpreter." }
                    outcome = world.step(liaison, "SetConditions", terms)
                    expected = isOpen && !isStale
                    said = .terms(agency, other: isOther)
                case 3:
                    outcome = world.step("lead.fib", "AcceptTerms", ["agency": .string(agency)])
                    expected = isOpen && model.setTerms(agency)
                    said = .accepted(agency)
                    next = model.state
                case 4 where random.oneIn(3):
                    outcome = world.step(liaison, "Decline", ["reason": "No officers free."])
                    expected = true
                    said = .declined(agency)
                case 4, 5:
                    let isCleared = !random.oneIn(4)
                    outcome = world.step(
                        "counsel.dao",
                        "Review",
                        ["revision": revision, "verdict": isCleared ? "cleared" : "objected", "text": "As I read it."]
                    )
                    expected = !isStale
                    said = isCleared ? .cleared : .objected
                case 6 where random.oneIn(3):
                    outcome = world.step("lead.fib", "Amend", ["endsAt": world.wire(hours: 30), "reason": "Shorter."])
                    expected = true
                    said = .amended
                case 6, 7:
                    outcome = world.step("lead.fib", "AskAuthorisation", [:])
                    expected = isOpen && model.isComplete
                    next = "awaits-authorisation"
                default:
                    outcome = world.step("liaison.spo", "Authorise", ["revision": revision])
                    expected = model.state == "awaits-authorisation" && !isStale && model.isComplete
                    next = "authorised"
                }
                guard outcome.isDone == expected else {
                    Issue.record(
                        """
                        seed \(seed), round \(round), step \(step): the model says \(expected), the gate \
                        \(outcome.code ?? "done")
                        """
                    )
                    return
                }
                if outcome.isDone {
                    model.state = next
                    if let said { model.said.append(said) }
                    authorised += next == "authorised" ? 1 : 0
                } else {
                    refused += 1
                }
                #expect(world.plan.state == model.state && world.plan.plan.revision == model.revision)
                #expect(world.missing.isEmpty == model.isComplete, "seed \(seed), round \(round), step \(step)")
                if case .amended = said, outcome.isDone { world.deconflict() }
            }
        }
        #expect(authorised > 5 && refused > 100, "seed \(seed): \(authorised) authorised, \(refused) refused")
    }
}
