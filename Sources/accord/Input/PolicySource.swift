import Policy
import StrictJSON

/// The file of an agency's policy: a bundle, and the examples that it carries.
///
/// Read with the same form that the daemon reads it with; here with the line of all that is wrong.
struct PolicySource {
    let path: String
    /// As the daemon is to be sent it: with times as integers.
    let form: JSONObject
    /// Nil where the form has a fault that the daemon is to judge and to record: a rule that no policy may have.
    let bundle: JurisdictionBundle?
    let examples: [(line: Int, example: JurisdictionExample)]
    /// What counsel will have to say something about.
    let warnings: [String]

    private static let mostBytes = 256 * 1024

    /// The agency of a policy is that of the liaison who proposes it; a file names none.
    private static func nobody() throws(Failure) -> AgencyID {
        guard let agency = AgencyID("OURS") else { throw .input("no agency") }
        return agency
    }

    /// Reads and checks a file.
    ///
    /// - Throws: ``Failure`` with each line in which something is wrong, and what to write instead.
    init(path: String) throws(Failure) {
        self.path = path
        let bytes = try InputFile.read(path, atMost: Self.mostBytes)
        let text = try TextInput.text(of: bytes, atMost: Self.mostBytes, from: path)
        let yaml: YAMLText
        do throws(YAMLText.Fault) {
            yaml = try YAMLText(text)
        } catch {
            throw Self.failure(["\(path):\(error.line): \(error.message)"])
        }
        guard var object = yaml.value.object else {
            throw Self.failure(["\(path):1: write id, version, title, citations, effective and rules"])
        }
        let agency = try Self.nobody()
        let given = object["examples"]
        object["examples"] = nil
        var reading = JurisdictionForm()
        let bundle = reading.bundle(object, of: agency)
        let read = reading.examples(given, of: agency)
        let wrong = reading.faults.filter { $0.row == "V01" }
        guard wrong.isEmpty else {
            throw Self.failure(reading.faults.map { "\(path):\(yaml.line(of: $0)): \($0.message)" })
        }
        self.bundle = bundle
        form = bundle?.json ?? Self.timed(object)
        examples = read.map { index, example in
            (yaml.line(of: [.key("examples"), .index(index)]), example)
        }
        var warnings = reading.faults.map { "\(path):\(yaml.line(of: $0)): \($0.message)" }
        if let bundle {
            warnings += CarveOut.mentions(in: bundle).map { place in
                let line = yaml.line(of: place)
                return "\(path):\(line): speaks of citizenship or immigration status: counsel says why with --note"
            }
        }
        self.warnings = warnings
    }

    /// The bundle of a file that has no fault at all.
    ///
    /// - Throws: ``Failure`` that says what no policy may have.
    func checked() throws(Failure) -> JurisdictionBundle {
        guard let bundle else { throw Self.failure(warnings) }
        return bundle
    }

    private static func failure(_ lines: [String]) -> Failure {
        .input(lines.joined(separator: "\n"), ask: "`accord policy test FILE` checks it again; nothing was sent.")
    }

    /// The form with its times as the interface wants them.
    private static func timed(_ object: JSONObject) -> JSONObject {
        var object = object
        for key in ["effective", "expires"] {
            guard let time = object[key]?.string.flatMap({ UTCTime(text: $0) }) else { continue }
            object[key] = .integer(time.milliseconds * 1_000)
        }
        if let rules = object["rules"]?.array {
            object["rules"] = .array(rules.map { rule in rule.object.map { .object(timed($0)) } ?? rule })
        }
        return object
    }
}

extension YAMLText {
    fileprivate func line(of fault: JurisdictionFault) -> Int {
        line(
            of: fault.path.map { step in
                switch step {
                case .key(let key): .key(key)
                case .index(let index): .index(index)
                }
            }
        )
    }

    /// Of a place such as `rules[2].message`.
    fileprivate func line(of place: String) -> Int {
        let path = place.split { ".[]".contains($0) }.map { word in
            Int(word).map { Place.index($0) } ?? .key(String(word))
        }
        return line(of: path)
    }
}
