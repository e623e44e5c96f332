import Cryptography
import StrictJSON
import TestSupport
import Testing
import TransparencyLog

/// A line as it is written and read back.
@Suite(.tags(.small, .g2))
struct LogLineTests {
    @Test func `what is written is read back, and is canonical JSON to another writer`() throws {
        for seed in Seeds.all {
            var random = SplitMix64(seed: seed)
            for trial in 0..<200 {
                let line = try LineSamples.line(&random)
                let bytes = try line.encoded()
                #expect(try LogLine(parsing: bytes) == line, "seed \(seed), trial \(trial)")
                let json = try JSONValue(parsing: bytes.dropLast(), limits: .record)
                #expect(try json.canonical() + [0x0A] == bytes, "seed \(seed), trial \(trial)")
                let statement = try #require(json.object?["st"])
                #expect(try statement.canonical() == line.statement.encoded(), "seed \(seed), trial \(trial)")
            }
        }
    }

    @Test func `a scan tells the same as the values, also inside a larger buffer`() throws {
        var random = SplitMix64(seed: Seeds.fixed[0])
        for _ in 0..<100 {
            let line = try LineSamples.line(&random)
            let bytes = try line.encoded()
            let buffer = [0x7B, 0x0A] + bytes + bytes
            let scan = try LineScan(buffer, in: 2..<2 + bytes.count)
            let statement = line.statement
            #expect(scan.seq == line.seq && scan.caseSeq == line.caseSeq && scan.recordedAt == line.recordedAt)
            #expect(scan.prev == line.prev && scan.casePrev == line.casePrev && scan.outcome == line.outcome)
            #expect(scan.caseKey == statement.caseKey && scan.kind == statement.kind && scan.by == statement.by)
            #expect(scan.parts == statement.parts && scan.references == statement.references)
            #expect(scan.nonce == statement.nonce && scan.saw == (statement.sawSize, statement.sawRoot))
            #expect(Array(buffer[scan.statement]) == (try statement.encoded()))
            #expect(throws: LineFault.self) { _ = try LineScan(buffer, in: 2..<buffer.count) }
            #expect(throws: LineFault.self) { _ = try LineScan(buffer, in: 2..<buffer.count + 1) }
        }
    }

    /// Refused, or another line in its own one spelling: never the same line written otherwise.
    private func isOneSpelling(_ bytes: [UInt8], besides line: LogLine) -> Bool {
        guard let other = try? LogLine(parsing: bytes) else { return true }
        return other != line && (try? other.encoded()) == bytes
    }

    @Test func `any byte changed, dropped, doubled or put in is refused or makes another line`() throws {
        var random = SplitMix64(seed: Seeds.fixed[1])
        let odd = Array("\"\\ 0aA{}[],:\n\r\t".utf8) + [0, 0x7F, 0x80, 0xC3, 0xFF]
        for trial in 0..<3 {
            let line = try LineSamples.line(&random)
            let bytes = try line.encoded()
            var spoiled: [String] = []
            for place in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[place] ^= 1 << UInt8(bit)
                    if !isOneSpelling(changed, besides: line) { spoiled.append("bit \(bit) of byte \(place)") }
                }
                var shorter = bytes
                shorter.remove(at: place)
                if !isOneSpelling(shorter, besides: line) { spoiled.append("without byte \(place)") }
                for byte in [bytes[place], odd[random.below(odd.count)], odd[random.below(odd.count)]] {
                    var longer = bytes
                    longer.insert(byte, at: place)
                    if !isOneSpelling(longer, besides: line) { spoiled.append("\(byte) before byte \(place)") }
                }
            }
            #expect(spoiled.isEmpty, "trial \(trial)")
        }
    }

    @Test func `a line cut anywhere is refused, and so is more after it`() throws {
        var random = SplitMix64(seed: Seeds.fixed[2])
        let bytes = try LineSamples.line(&random).encoded()
        for count in 0..<bytes.count {
            #expect(throws: LineFault.self) { _ = try LineScan(Array(bytes.prefix(count))) }
        }
        let fault = #expect(throws: LineFault.self) { _ = try LineScan(bytes + [0x0A]) }
        #expect(fault?.code == .trailing)
    }

    @Test func `64 parts and 60,000 bytes are the most`() throws {
        var random = SplitMix64(seed: 5)
        var line = try LineSamples.line(&random)
        line.statement.parts = (0..<64).map { Digest.sha256("\($0)") }
        #expect(try LogLine(parsing: line.encoded()) == line)
        line.statement.parts.append(.zero)
        #expect(throws: LineFault(.parts)) { try line.encoded() }
        line.statement.parts = []
        line.statement.log = ""
        let length = try line.encoded().count
        line.statement.log = String(repeating: "x", count: LogLine.maximumBytes - length)
        let longest = try line.encoded()
        #expect(longest.count == LogLine.maximumBytes)
        #expect(try LogLine(parsing: longest) == line)
        line.statement.log += "x"
        #expect(throws: LineFault(.size)) { try line.encoded() }
        let place = try #require(longest.firstIndex(of: UInt8(ascii: "x")))
        var longer = longest
        longer.insert(UInt8(ascii: "x"), at: place)
        let fault = #expect(throws: LineFault.self) { _ = try LineScan(longer) }
        #expect(fault?.code == .size)
    }

    @Test func `values without a place in a line are refused, and the output stays as it was`() throws {
        var random = SplitMix64(seed: 6)
        let good = try LineSamples.line(&random)
        func refuses(_ code: LineFault.Code, _ change: (inout LogLine) -> Void) {
            var line = good
            change(&line)
            var output: [UInt8] = [1, 2, 3]
            #expect(throws: LineFault(code)) { try line.encode(into: &output) }
            #expect(output == [1, 2, 3])
        }
        refuses(.number) { $0.seq = LogLine.maximumInteger + 1 }
        refuses(.number) { $0.recordedAt = -1 }
        refuses(.number) { $0.statement.sawSize = .max }
        refuses(.text) { $0.statement.agency = "a\"b" }
        refuses(.text) { $0.statement.log = "a\\b" }
        refuses(.text) { $0.statement.member = "ä" }
        refuses(.text) { $0.statement.role = "\n" }
        refuses(.text) { $0.statement.kind = "Entry" }
        refuses(.word) { $0.statement.by = "uid:-1" }
        refuses(.attestation) { $0.attestation = .signature([]) }
        refuses(.rule) { line in
            line.outcome = .accepted
            line.rule = "P01"
        }
        refuses(.rule) { line in
            line.outcome = .denied
            line.rule = nil
        }
    }

    @Test func `keys of streams and nonces are 32 digits in their one spelling`() {
        let hex = "00112233445566778899aabbccddeeff"
        #expect(CaseKey(hex: hex)?.hex == hex && CaseKey(hex: hex)?.bytes == Hex.decode(hex))
        #expect(Nonce(hex: hex)?.hex == hex && Nonce(hex: hex)?.bytes == Hex.decode(hex))
        #expect(CaseKey.system.hex == String(repeating: "0", count: 32) && CaseKey.system.isSystem)
        for text in ["", String(hex.dropLast()), hex + "0", hex.uppercased(), "g" + hex.dropFirst()] {
            #expect(CaseKey(hex: text) == nil && Nonce(hex: text) == nil)
        }
    }
}
