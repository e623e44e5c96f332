import StrictJSON
import Yams

/// A YAML text as one value, with the line of each place in it.
///
/// Only what JSON has as well is taken: mappings with texts as keys, lists, texts, whole numbers, true, false and nothing. A plain word
/// is a text, also `no` and `2031-01-01`.
struct YAMLText {
    private(set) var value = JSONValue.null
    private var lines: [[Place]: Int] = [:]
    private var nodes = 0

    /// A key of a mapping, or a place in a list.
    enum Place: Hashable {
        case key(String)
        case index(Int)
    }

    /// Why a text is none, and in which line.
    struct Fault: Error, Equatable {
        var line: Int
        var message: String
    }

    /// Anchors could make much of little; no policy needs a hundredth of this.
    private static let mostNodes = 20_000

    /// Reads one document.
    init(_ text: String) throws(Fault) {
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch let fault as YamlError {
            throw Fault(fault)
        } catch {
            throw Fault(line: 1, message: "it is not YAML")
        }
        guard let root else { throw Fault(line: 1, message: "it is empty") }
        value = try read(root, [])
    }

    /// The line of a place, or of the nearest around it.
    func line(of path: [Place]) -> Int {
        var path = path
        while true {
            if let line = lines[path] { return line }
            if path.popLast() == nil { return 1 }
        }
    }

    private mutating func read(_ node: Node, _ path: [Place]) throws(Fault) -> JSONValue {
        let line = node.mark?.line ?? 1
        if lines[path] == nil { lines[path] = line }
        nodes += 1
        guard nodes <= Self.mostNodes else { throw Fault(line: line, message: "it holds too much for a policy") }
        switch node {
        case .scalar(let scalar): return Self.value(of: scalar)
        case .sequence(let sequence):
            var list: [JSONValue] = []
            for (index, item) in sequence.enumerated() { list.append(try read(item, path + [.index(index)])) }
            return .array(list)
        case .mapping(let mapping):
            var members: [(String, JSONValue)] = []
            for (key, item) in mapping {
                guard case .scalar(let name) = key else {
                    throw Fault(line: key.mark?.line ?? line, message: "a key is a word, such as effect")
                }
                let place = path + [.key(name.string)]
                lines[place] = key.mark?.line ?? line
                members.append((name.string, try read(item, place)))
            }
            return .object(JSONObject(members))
        case .alias: throw Fault(line: line, message: "anchors and aliases are not taken: write it out")
        }
    }

    private static func value(of scalar: Node.Scalar) -> JSONValue {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        switch text {
        case "", "~", "null": return .null
        case "true": return true
        case "false": return false
        default:
            let digits = text.utf8
            guard digits.count <= 15, digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) else {
                return .string(text)
            }
            return .integer(number)
        }
    }
}

extension YAMLText.Fault {
    /// The parser's own words, which say what it expected.
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, message: "it is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.sorted().joined(separator: ", ")
            self.init(line: context.mark.line, message: "“\(keys)” stands there twice")
        default: self.init(line: 1, message: "it is not YAML")
        }
    }
}
