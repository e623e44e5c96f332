import Testing

/// Gives a suite a booted host with the package installed, and lets go of it when its tests are done.
struct BootedHostTrait: SuiteTrait, TestScoping {
    @TaskLocal fileprivate static var current: BootedHost?

    fileprivate let boot: @Sendable () throws -> BootedHost

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Self.$current.withValue(try boot()) { try await function() }
    }
}

extension Trait where Self == BootedHostTrait {
    /// A host for the suite; ``BootedHost/shared`` is it.
    static var bootedHost: Self { BootedHostTrait { try BootedHost.installed() } }

    /// The same with the case Alder, an sshd, and an account for agent.mpd1, who works elsewhere.
    static var bootedHostWithAlder: Self { BootedHostTrait { try BootedHost.withAlder() } }
}

extension BootedHost {
    /// The host that the suite's trait booted.
    static var shared: BootedHost {
        get throws {
            guard let current = BootedHostTrait.current else {
                throw Failed(description: "the suite has no .bootedHost trait")
            }
            return current
        }
    }
}
