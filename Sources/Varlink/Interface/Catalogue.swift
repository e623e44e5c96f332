import StrictJSON

/// The interfaces of a service, `org.varlink.service` first, and where a call goes.
struct Catalogue: Sendable {
    enum Target: Sendable {
        /// The handler's.
        case method(InterfaceDefinition, MethodDefinition)
        /// Answered here: the reply to `GetInfo`, encoded.
        case information([UInt8])
        case description(InterfaceDefinition)
        case refusal(Reply)
    }

    private static let serviceText = """
        # What every service tells about itself.
        interface org.varlink.service

        # Who made the service, and which interfaces it has.
        method GetInfo() -> (
          vendor: string,
          product: string,
          version: string,
          url: string,
          interfaces: []string
        )

        # The definition of an interface, as text.
        method GetInterfaceDescription(interface: string) -> (description: string)

        # There is no such interface.
        error InterfaceNotFound (interface: string)

        # The interface has no such method.
        error MethodNotFound (method: string)

        # The interface has the method, but it is not available here.
        error MethodNotImplemented (method: string)

        # A parameter is missing, undeclared, of the wrong type or out of range.
        error InvalidParameter (parameter: string)

        # The caller may not.
        error PermissionDenied ()

        # The method has to be called with 'more'.
        error ExpectedMore ()

        # The method has to be called with 'upgrade'.
        error ExpectedUpgrade ()

        """

    private let interfaces: [String: InterfaceDefinition]
    private let targets: [String: Target]

    /// - Throws: ``InterfaceFault`` of the first text that defines no interface, or of a name that comes twice.
    init(_ service: ServiceDescription, texts: [String]) throws(InterfaceFault) {
        var interfaces: [String: InterfaceDefinition] = [:]
        var names: [String] = []
        for text in [Self.serviceText] + texts {
            let interface = try InterfaceDefinition(text)
            guard interfaces.updateValue(interface, forKey: interface.name) == nil else {
                throw InterfaceFault(.duplicate, line: 1, name: interface.name)
            }
            names.append(interface.name)
        }
        self.interfaces = interfaces
        let information: JSONObject = [
            "vendor": .string(service.vendor), "product": .string(service.product),
            "version": .string(service.version), "url": .string(service.url),
            "interfaces": .array(names.map { .string($0) }),
        ]
        var targets: [String: Target] = [:]
        for interface in interfaces.values {
            for method in interface.methods { targets["\(interface.name).\(method.name)"] = .method(interface, method) }
        }
        if let interface = interfaces["org.varlink.service"] {
            targets["org.varlink.service.GetInfo"] = .information(information.encoded)
            targets["org.varlink.service.GetInterfaceDescription"] = .description(interface)
        }
        self.targets = targets
    }

    /// Where a call of a method goes.
    func target(of method: String) -> Target {
        if let target = targets[method] { return target }
        guard let dot = method.utf8.lastIndex(of: UInt8(ascii: ".")) else { return .refusal(Self.unknownInterface("")) }
        let interface = String(method[..<dot])
        guard interfaces[interface] != nil else { return .refusal(Self.unknownInterface(interface)) }
        return .refusal(.failure(StandardError.methodNotFound, ["method": .string(method)]))
    }

    /// The answer to `GetInterfaceDescription`.
    func describe(_ parameters: JSONObject, in service: InterfaceDefinition) -> Reply {
        let fields = service.method("GetInterfaceDescription")?.input ?? []
        if let path = service.firstMismatch(of: parameters, with: fields) { return .invalidParameter(path) }
        let name = parameters["interface"]?.string ?? ""
        guard let interface = interfaces[name] else { return Self.unknownInterface(name) }
        return .final(["description": .string(interface.text)])
    }

    /// The interface of a name.
    func interface(_ name: String) -> InterfaceDefinition? { interfaces[name] }

    private static func unknownInterface(_ name: String) -> Reply {
        .failure(StandardError.interfaceNotFound, ["interface": .string(name)])
    }
}
