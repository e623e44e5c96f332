import QueueRuntime

extension ServerFault {
    init(_ fault: SystemFault) {
        let code: Code =
            switch fault.code {
            case .inUse: .inUse
            case .missing, .pathTooLong, .notSocket, .unsafeFolder, .symbolicLink: .path
            default: .system
            }
        self.init(code, message: "\(fault.call) \(fault.path ?? ""): \(fault.code.reason).", advice: fault.advice)
    }
}
