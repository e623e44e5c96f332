/// Why a deployment could not be made, opened or served: a sentence for the operator, and what to do.
package struct DaemonFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble, for programs.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package static let configuration = Code(rawValue: "configuration")
        package static let locked = Code(rawValue: "locked")
        package static let alreadyInitialised = Code(rawValue: "already-initialised")
        package static let notInitialised = Code(rawValue: "not-initialised")
        package static let keyPermissions = Code(rawValue: "key-permissions")
        package static let recordRefused = Code(rawValue: "record-refused")
        package static let socket = Code(rawValue: "socket")
        package static let storage = Code(rawValue: "storage")
    }

    package let code: Code
    package let message: String
    package let advice: String

    package init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// After sysexits.h; a service manager must not restart on 73 and 78 (reliability.md 5.1).
    package var exitStatus: Int32 {
        switch code {
        case .locked, .alreadyInitialised: 73
        case .storage, .socket: 74
        case .keyPermissions: 77
        default: 78
        }
    }

    package var description: String { advice.isEmpty ? message : "\(message) \(advice)" }
}
