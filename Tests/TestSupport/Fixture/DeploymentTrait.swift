package import Testing

/// Gives a suite a running deployment of Meridian Bay that its tests share, and stops it when they are done.
package struct DeploymentTrait: SuiteTrait, TestScoping {
    @TaskLocal fileprivate static var current: Deployment?

    private let withAlder: Bool
    private let settings: String
    private let moment: String?

    fileprivate init(withAlder: Bool, settings: String, at moment: String? = nil) {
        self.withAlder = withAlder
        self.settings = settings
        self.moment = moment
    }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let deployment = try moment.map(MeridianBay.started) ?? copied()
        try await Self.$current.withValue(deployment) { try await function() }
        let status = try deployment.stop()
        guard status == 0 else {
            throw Deployment.Failed(description: "accordd ended with \(status)\n\(deployment.errors)")
        }
    }
}

extension DeploymentTrait {
    private func copied() throws -> Deployment {
        let prepared = withAlder ? try MeridianBay.preparedAlder() : try MeridianBay.prepared()
        let deployment = try Deployment(copyOf: prepared, settings: settings)
        try deployment.start()
        return deployment
    }
}

extension Trait where Self == DeploymentTrait {
    /// A deployment for the suite; ``Deployment/shared`` is it.
    package static func meridianBay(settings: String = "") -> Self {
        DeploymentTrait(withAlder: false, settings: settings)
    }

    /// A deployment with agencies, agreements and members, under a clock that stands at a moment until it is set.
    package static func meridianBay(at moment: String) -> Self {
        DeploymentTrait(withAlder: false, settings: "", at: moment)
    }

    /// A deployment with agencies, agreements and members, and no case.
    package static var meridianBay: Self { meridianBay() }

    /// A deployment with the open case ``Alder``.
    package static var alder: Self { DeploymentTrait(withAlder: true, settings: "") }
}

extension Deployment {
    /// The deployment that the suite's trait started.
    package static var shared: Deployment {
        get throws {
            guard let current = DeploymentTrait.current else {
                throw Failed(description: "the suite has no .meridianBay trait")
            }
            return current
        }
    }
}
