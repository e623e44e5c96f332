import Casework
import Cryptography
import StrictJSON
import TransparencyLog

/// Proof that an act is on the record (`type Receipt` of the interfaces).
struct Receipt: Sendable {
    var caseNumber: String?
    var item: String?
    /// Within the case; nil where that would tell its author how much there is in a case that he may not know of.
    var position: UInt64?
    var leaf: Digest
    /// Milliseconds since the UNIX epoch.
    var recordedAt: Int64
    var isDuplicate: Bool
    var checkpoint: String

    init(
        _ event: RecordedEvent,
        caseNumber: String?,
        isDuplicate: Bool,
        checkpoint: String,
        showsPosition: Bool = true
    ) {
        self.caseNumber = caseNumber
        item = event.event.item
        position = showsPosition ? event.caseSeq : nil
        leaf = event.leaf
        recordedAt = event.recordedAt
        self.isDuplicate = isDuplicate
        self.checkpoint = checkpoint
    }

    /// The parameters of a reply, written without an intermediate value: this is the hot path.
    ///
    /// `found` goes with the receipt where something was compared.
    func encoded(found: JSONValue? = nil) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(320 + checkpoint.utf8.count)
        text += #"{"receipt":{"#.utf8
        func write(_ key: String, quoted value: String?) {
            guard let value else { return }
            text += key.utf8
            text += value.utf8
            text += #"","#.utf8
        }
        write(#""case":""#, quoted: caseNumber)
        write(#""item":""#, quoted: item)
        text += #""position":"#.utf8
        text += (position.map(String.init) ?? "-1").utf8
        text += #","leaf":""#.utf8
        leaf.writeHex(into: &text)
        text += #"","recordedAt":"#.utf8
        text += String(recordedAt * 1_000).utf8
        text += (isDuplicate ? #","duplicate":true,"checkpoint":"# : #","duplicate":false,"checkpoint":"#).utf8
        JSONText.writeString(checkpoint, into: &text)
        text += "}".utf8
        if let found {
            text += #","found":"#.utf8
            text += found.encoded
        }
        text += "}".utf8
        return text
    }
}
