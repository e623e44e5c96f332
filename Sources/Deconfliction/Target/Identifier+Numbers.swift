/// Numbers, and the digits that check them.
extension Identifier {
    /// E.164: a plus, the country's code, at most 15 digits.
    ///
    /// A zero in brackets is refused: in most countries it is dialled inside alone, in Italy it is a part of the number.
    static func phone(_ text: String) throws(Fault) -> String {
        let fault = Fault(message: "A phone number with its country's code, such as +1 202 555 0100.")
        let isAmbiguous = text.filter { $0 != " " }.contains("(0)")
        guard !isAmbiguous else {
            throw Fault(message: "A phone number as it is dialled from abroad: without (0), such as +44 20 7946 0018.")
        }
        var bytes = strip(text, of: " -.()/")
        if bytes.starts(with: Array("00".utf8)) { bytes.replaceSubrange(..<2, with: [UInt8(ascii: "+")]) }
        guard bytes.first == UInt8(ascii: "+") else { throw fault }
        let digits = bytes.dropFirst()
        guard (8...15).contains(digits.count), digits.first != UInt8(ascii: "0"), digits.allSatisfy(isDigit) else {
            throw fault
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 17 letters and digits without I, O and Q; the ninth checks the others where the vehicle was made for North America.
    ///
    /// 49 CFR 565.15(c): letters have values, places have weights, and the sum modulo 11 is the ninth character, X for ten.
    /// Other countries do not use that place so, and begin with another character than 1 to 5.
    static func vin(_ text: String) throws(Fault) -> String {
        let bytes = strip(text, of: " -").map(upper)
        let values = bytes.map(vinValue)
        guard bytes.count == 17, !values.contains(nil) else {
            throw Fault(message: "A vehicle identification number: 17 letters and digits, none of them I, O or Q.")
        }
        if (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(bytes[0]) {
            let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
            let sum = zip(values, weights).reduce(0) { $0 + ($1.0 ?? 0) * $1.1 } % 11
            let expected = sum == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(sum)
            guard bytes[8] == expected else { throw Fault(message: "The ninth character does not check the number.") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func vinValue(_ byte: UInt8) -> Int? {
        if isDigit(byte) { return Int(byte - UInt8(ascii: "0")) }
        guard isUpper(byte) else { return nil }
        // A to Z in the order of the alphabet; zero for the three that do not occur.
        let values = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9]
        let value = values[Int(byte - UInt8(ascii: "A"))]
        return value == 0 ? nil : value
    }

    /// Seven digits: the first six times 7 to 2 add up to a number that ends in the seventh.
    static func imo(_ text: String) throws(Fault) -> String {
        var bytes = strip(text, of: " -.").map(upper)
        if bytes.starts(with: Array("IMO".utf8)) { bytes.removeFirst(3) }
        guard bytes.count == 7, bytes.allSatisfy(isDigit) else {
            throw Fault(message: "An IMO number: seven digits.")
        }
        let digits = bytes.map { Int($0 - UInt8(ascii: "0")) }
        let sum = (0..<6).reduce(0) { $0 + digits[$1] * (7 - $1) }
        guard sum % 10 == digits[6] else { throw Fault(message: "The last digit does not check the number.") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Owner in three letters, U, J or Z, six digits and one that checks: values times powers of two, modulo 11, modulo 10.
    static func container(_ text: String) throws(Fault) -> String {
        let bytes = strip(text, of: " -/").map(upper)
        guard bytes.count == 11, bytes.prefix(4).allSatisfy(isUpper), bytes.dropFirst(4).allSatisfy(isDigit),
            "UJZ".utf8.contains(bytes[3])
        else { throw Fault(message: "A container: four letters, the last U, J or Z, and seven digits.") }
        let sum = bytes.prefix(10).enumerated().reduce(0) { $0 + containerValue($1.element) << $1.offset }
        guard sum % 11 % 10 == Int(bytes[10] - UInt8(ascii: "0")) else {
            throw Fault(message: "The last digit does not check the number.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Digits as they are, letters from ten on without the multiples of eleven.
    private static func containerValue(_ byte: UInt8) -> Int {
        guard isUpper(byte) else { return Int(byte - UInt8(ascii: "0")) }
        let place = Int(byte - UInt8(ascii: "A"))
        return 10 + place + (place + 9) / 10
    }

    /// Country, two digits that check, the country's own number; as one long number it leaves 1 when divided by 97.
    static func iban(_ text: String) throws(Fault) -> String {
        let bytes = strip(text, of: " -").map(upper)
        guard (15...34).contains(bytes.count), bytes.prefix(2).allSatisfy(isUpper),
            bytes.dropFirst(2).prefix(2).allSatisfy(isDigit), bytes.allSatisfy({ isUpper($0) || isDigit($0) })
        else {
            throw Fault(message: "An IBAN: a country in two letters, two digits, and at most 30 letters and digits.")
        }
        var rest = 0
        for byte in bytes.dropFirst(4) + bytes.prefix(4) {
            rest =
                isDigit(byte)
                ? (rest * 10 + Int(byte - UInt8(ascii: "0"))) % 97
                : (rest * 100 + Int(byte - UInt8(ascii: "A")) + 10) % 97
        }
        guard rest == 1 else { throw Fault(message: "The two digits after the country do not check the number.") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Letters and digits, in capitals, without what people put between them.
    static func code(_ text: String) throws(Fault) -> String {
        let bytes = strip(text, of: " -./").map(upper)
        guard (1...40).contains(bytes.count), bytes.allSatisfy({ isUpper($0) || isDigit($0) }) else {
            throw Fault(message: "Letters A to Z and digits, at most 40.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    static func upper(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
    }

    static func strip(_ text: String, of separators: String) -> [UInt8] {
        text.utf8.filter { !separators.utf8.contains($0) }
    }
}
