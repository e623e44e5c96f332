import StrictJSON

/// One call of `org.varlink.certification`: each reply holds the parameters of the next call.
struct Step: Sendable {
    static let interface = "org.varlink.certification"

    let method: String
    /// What is sent besides the client's id.
    let input: JSONObject
    /// What is replied; of several replies the last.
    let output: JSONObject

    private static let four: JSONObject = [
        "bool": false, "int": 2, "float": .number(.pi), "string": "a lot of string",
    ]
    private static let map: JSONValue = ["foo": "Foo", "bar": "Bar"]
    private static let set: JSONValue = ["one": [:], "two": [:], "three": [:]]
    private static let mytype: JSONValue = [
        "object": ["method": "org.varlink.certification.Test09", "parameters": ["map": map]],
        "enum": "two",
        "struct": ["first": 1, "second": "2"],
        "array": ["one", "two", "three"],
        "dictionary": map,
        "stringset": set,
        "nullable": nil,
        "nullable_array_struct": nil,
        "interface": [
            "foo": [nil, ["foo": "foo", "bar": "bar"], nil, ["one": "foo", "two": "bar"]],
            "anon": ["foo": true, "bar": false],
        ],
    ]

    /// The ten replies to `Test10`.
    static let replies: [JSONValue] = (1...10).map { .string("Reply number \($0)") }

    static let all: [Step] = [
        Step(method: "Start", input: [:], output: [:]),
        Step(method: "Test01", input: [:], output: ["bool": true]),
        Step(method: "Test02", input: ["bool": true], output: ["int": 1]),
        Step(method: "Test03", input: ["int": 1], output: ["float": 1.0]),
        Step(method: "Test04", input: ["float": 1.0], output: ["string": "ping"]),
        Step(method: "Test05", input: ["string": "ping"], output: four),
        Step(method: "Test06", input: four, output: ["struct": .object(four)]),
        Step(method: "Test07", input: ["struct": .object(four)], output: ["map": map]),
        Step(method: "Test08", input: ["map": map], output: ["set": set]),
        Step(method: "Test09", input: ["set": set], output: ["mytype": mytype]),
        Step(method: "Test10", input: ["mytype": mytype], output: ["string": "Reply number 10"]),
        Step(method: "Test11", input: ["last_more_replies": .array(replies)], output: [:]),
        Step(method: "End", input: [:], output: ["all_ok": true]),
    ]
}

extension JSONValue {
    /// Whether both mean the same on the wire: an absent member is null, and 1.0 may have travelled as 1.
    func means(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let left), .object(let right)):
            Set(left.keys + right.keys).allSatisfy { (left[$0] ?? .null).means(right[$0] ?? .null) }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.means($1) }
        case (.number, .integer), (.integer, .number): number == other.number
        default: self == other
        }
    }
}
