// swift-tools-version: 6.3
import PackageDescription

/// Everything that the next language version will switch on, today: new code never has to migrate.
let tomorrow: [SwiftSetting] = [
    "ExistentialAny", "ImmutableWeakCaptures", "InferIsolatedConformances", "InternalImportsByDefault",
    "MemberImportVisibility", "NonisolatedNonsendingByDefault",
].map { .enableUpcomingFeature($0) }

/// In CI a warning is an error; at the desk it is a warning.
let warnings: [SwiftSetting] = Context.environment["CI"] == "true" ? [.treatAllWarnings(as: .error)] : []

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let yaml: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// The rooms, lowest first; `.ci/arrows.py` holds the same arrows and refuses any other.
let package = Package(
    name: "accord",
    products: [
        .library(name: "StrictJSON", targets: ["StrictJSON"]),
        .library(name: "Cryptography", targets: ["Cryptography"]),
        .library(name: "TransparencyLog", targets: ["TransparencyLog"]),
        .library(name: "Varlink", targets: ["Varlink"]),
        .executable(name: "accordd", targets: ["accordd"]),
        .executable(name: "accord", targets: ["accord"]),
        .executable(name: "accord-load", targets: ["accord-load"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The craft.
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(name: "CLinux"),
        .target(name: "SQLiteRows", dependencies: [grdb, sqlite]),
        .target(name: "StrictJSON"),
        .target(name: "Cryptography", dependencies: ["COpenSSL"]),

        // The record.
        .target(
            name: "TransparencyLog",
            dependencies: ["Cryptography", "StrictJSON"],
            resources: [.embedInCode("Resources")]
        ),
        .target(name: "RecordStore", dependencies: ["TransparencyLog", "Cryptography", "CLinux", "SQLiteRows", grdb]),

        // The domain.
        .target(name: "Policy", dependencies: ["Cryptography", "StrictJSON"]),
        .target(name: "Deconfliction", dependencies: ["Cryptography"]),
        .target(name: "Casework", dependencies: ["Policy", "Deconfliction", "Cryptography", "StrictJSON"]),
        .target(name: "CaseViews", dependencies: ["Casework", "Policy", "SQLiteRows", "StrictJSON", grdb]),
        .target(
            name: "Reports",
            dependencies: ["Casework", "Policy", "Cryptography", "StrictJSON"],
            resources: [.embedInCode("Resources")]
        ),

        // The wire.
        .target(name: "QueueRuntime", dependencies: ["CLinux"]),
        .target(name: "Varlink", dependencies: ["StrictJSON", "QueueRuntime", logging]),
        .target(
            name: "AccordInterface",
            dependencies: ["Varlink", "StrictJSON"],
            resources: [.embedInCode("Interfaces")]
        ),

        // Where they meet.
        .target(
            name: "Coordination",
            dependencies: [
                "AccordInterface", "CaseViews", "Casework", "Cryptography", "Deconfliction", "Policy", "QueueRuntime",
                "RecordStore", "Reports", "StrictJSON", "TransparencyLog", "Varlink", logging,
            ]
        ),
        .executableTarget(
            name: "accordd",
            dependencies: [
                "AccordInterface", "CLinux", "Coordination", "Cryptography", "QueueRuntime", "RecordStore",
                "TransparencyLog", "Varlink", arguments, configuration, logging,
            ]
        ),
        .executableTarget(
            name: "accord",
            dependencies: [
                "AccordInterface", "Cryptography", "Policy", "QueueRuntime", "StrictJSON", "TransparencyLog", "Varlink",
                arguments, yaml,
            ]
        ),
        .executableTarget(
            name: "accord-load",
            dependencies: [
                "AccordInterface", "Casework", "Cryptography", "Deconfliction", "Policy", "RecordStore", "StrictJSON",
                "TransparencyLog", "Varlink", arguments,
            ]
        ),

        // Tests.
        .target(name: "StorageTap", path: "Tests/StorageTap"),
        .target(
            name: "TestSupport",
            dependencies: ["Cryptography", "StorageTap", "StrictJSON"],
            path: "Tests/TestSupport"
        ),
        .target(
            name: "CaseworkModel",
            dependencies: ["Casework", "Policy", "StrictJSON"],
            path: "Tests/CaseworkModel"
        ),
        .executableTarget(
            name: "varlink-certification",
            dependencies: ["QueueRuntime", "StrictJSON", "Varlink"],
            path: "Tests/VarlinkCertification"
        ),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON", "TestSupport"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "StrictJSON", "TestSupport"]),
        .testTarget(
            name: "TransparencyLogTests",
            dependencies: ["TransparencyLog", "Cryptography", "StrictJSON", "TestSupport"]
        ),
        .testTarget(
            name: "RecordStoreTests",
            dependencies: ["RecordStore", "TransparencyLog", "Cryptography", "TestSupport", grdb]
        ),
        .testTarget(name: "PolicyTests", dependencies: ["Policy", "Cryptography", "StrictJSON", "TestSupport"]),
        .testTarget(name: "DeconflictionTests", dependencies: ["Deconfliction", "Cryptography", "TestSupport"]),
        .testTarget(
            name: "CaseworkTests",
            dependencies: [
                "Casework", "CaseworkModel", "Policy", "Deconfliction", "Cryptography", "StrictJSON", "TestSupport",
            ]
        ),
        .testTarget(
            name: "CaseViewsTests",
            dependencies: ["CaseViews", "Casework", "Policy", "StrictJSON", "TestSupport", grdb]
        ),
        .testTarget(
            name: "ReportsTests",
            dependencies: ["Reports", "Casework", "Policy", "StrictJSON", "TestSupport"]
        ),
        .testTarget(
            name: "CoordinationTests",
            dependencies: [
                "AccordInterface", "CaseViews", "Casework", "CaseworkModel", "Coordination", "Cryptography",
                "Deconfliction", "Policy", "QueueRuntime", "RecordStore", "StrictJSON", "TestSupport",
                "TransparencyLog", "Varlink", logging,
            ]
        ),
        .testTarget(name: "QueueRuntimeTests", dependencies: ["QueueRuntime", "TestSupport"]),
        .testTarget(
            name: "VarlinkTests",
            dependencies: ["Varlink", "QueueRuntime", "StrictJSON", "TestSupport", logging]
        ),
        .testTarget(name: "AccordInterfaceTests", dependencies: ["AccordInterface", "Varlink", "StrictJSON"]),
        .testTarget(
            name: "accorddTests",
            dependencies: ["accordd", "Coordination", "QueueRuntime", "TestSupport", arguments, logging]
        ),
        .testTarget(
            name: "AccordCLITests",
            dependencies: [
                "accord", "AccordInterface", "Cryptography", "Policy", "StrictJSON", "TransparencyLog", arguments,
            ]
        ),
        .testTarget(
            name: "GuaranteeTests",
            dependencies: ["Cryptography", "QueueRuntime", "StrictJSON", "TestSupport", "TransparencyLog", "Varlink"]
        ),
        .testTarget(name: "ScenarioTests", dependencies: ["StrictJSON", "TestSupport"]),
        .testTarget(name: "InteropTests", dependencies: ["StrictJSON", "TestSupport", "Varlink"]),
        .testTarget(name: "DeploymentTests", dependencies: ["StrictJSON", "TestSupport"]),
    ]
)

// A fuzzer has no main of its own, so it is built only where libFuzzer is linked: Deploy/fuzz.sh.
if Context.environment["ACCORD_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "accord-fuzz",
            dependencies: ["Cryptography", "Policy", "StrictJSON", "TransparencyLog", "Varlink"],
            path: "Tests/Fuzzing",
            exclude: ["Corpus"]
        )
    )
}

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + tomorrow + warnings + [.strictMemorySafety()]
}
