/// A system call that failed: which one, on what, why, and what to do about it.
package struct SystemFault: Error, Hashable, Sendable {
    /// The system call, such as `open`; or `check` where we refused before calling.
    package let call: String
    /// Why, as a word that callers can decide on.
    package let code: Code
    /// The number that the kernel gave; zero where we refused ourselves.
    package let number: Int32
    /// The file or socket concerned, if there is one.
    package let path: String?
    /// What the person who runs the program can do, as a sentence.
    package let advice: String

    /// A fault of a system call, with the reason and the advice that belong to its number.
    package init(_ call: String, number: Int32, path: String? = nil) {
        self.call = call
        self.number = number
        self.path = path
        code = Code(number: number)
        advice = code.advice
    }

    /// A refusal of our own.
    package init(refusing code: Code, path: String? = nil, advice: String? = nil) {
        call = "check"
        number = 0
        self.code = code
        self.path = path
        self.advice = advice ?? code.advice
    }

    /// A reason as a word, open to new ones.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }
    }
}

extension SystemFault: CustomStringConvertible {
    /// One line for a log or a terminal, which ends without a full stop.
    package var description: String {
        let place = path.map { " \($0)" } ?? ""
        let reason = number == 0 ? code.reason : "\(code.reason) (errno \(number))"
        return "\(call)\(place): \(reason). \(advice.withoutFullStop)"
    }
}

extension String {
    /// As it ends one line for a log or a terminal.
    package var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
