import Casework
import Cryptography
import StrictJSON
import TransparencyLog

/// Proof that an act is on the record (`type Receipt` of the interfaces).
struct Receipt: Sendable {
    var caseNumber: String?
    var item: String?
    /// -1 for somebody who is not in the case, whose business it is not how far it has gone.
    var position: Int64
    var leaf: String
    /// Milliseconds since the UNIX epoch.
    var recordedAt: Int64
    var isDuplicate: Bool
    var checkpoint: String

    init(_ event: RecordedEvent, caseNumber: String?, tellsPosition: Bool, isDuplicate: Bool, checkpoint: String) {
        self.caseNumber = caseNumber
        item = event.event.item
        position = tellsPosition ? Int64(clamping: event.caseSeq) : -1
        leaf = event.leaf.hex
        recordedAt = event.recordedAt
        self.isDuplicate = isDuplicate
        self.checkpoint = checkpoint
    }

    /// The parameters of a reply, written without an intermediate value: this is the hot path.
    var encoded: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(320 + checkpoint.utf8.count)
        text += #"{"receipt":{"#.utf8
        if let caseNumber { text += #""case":"\#(caseNumber)","#.utf8 }
        if let item { text += #""item":"\#(item)","#.utf8 }
        text += #""position":\#(position),"leaf":"\#(leaf)","recordedAt":\#(recordedAt * 1_000)"#.utf8
        text += #","duplicate":\#(isDuplicate),"checkpoint":"#.utf8
        JSONText.writeString(checkpoint, into: &text)
        text += "}}".utf8
        return text
    }
}
