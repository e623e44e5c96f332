import Cryptography
import StrictJSON

/// What the line that records an export of a case states of the bundle (``BundleContents``).
enum ExportStatement: Sendable {
    indirect case stated(BundleContents)
    /// Nothing: it was recorded before exports stated it.
    case unstated
    /// It cannot be told: the line's details are not here, or state it in no form.
    case unread

    init(_ scan: borrowing LineScan, _ evidence: borrowing LineEvidence) {
        let listed = scan.parts
        let here = evidence.files(listedIn: listed)
        guard let details = here.details else {
            self = here.count < listed.count ? .unread : .unstated
            return
        }
        guard let object = details.value.object else {
            self = .unread
            return
        }
        guard let value = object[BundleContents.memberName] else {
            self = .unstated
            return
        }
        self = BundleContents(value).map { .stated($0) } ?? .unread
    }

    /// What speaks against a bundle that holds something: of its lines, and of its parts.
    func findings(_ made: BundleContents) -> (lines: [Finding], parts: [Finding]) {
        guard case .stated(let stated) = self else { return ([], []) }
        func found(_ isSame: Bool, _ word: String) -> [Finding] {
            isSame ? [] : [Finding(word: word, count: 1, first: nil)]
        }
        return (
            found(
                stated.withheld == made.withheld && stated.withheldDigest == made.withheldDigest,
                "withheld-not-as-exported"
            ),
            found(stated.parts == made.parts && stated.partsDigest == made.partsDigest, "parts-not-as-exported")
                + (stated.lost > 0 ? [Finding(word: "parts-lost-at-export", count: stated.lost, first: nil)] : [])
        )
    }
}
