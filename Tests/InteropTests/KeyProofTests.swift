import Foundation
import StrictJSON
import TestSupport
import Testing

/// Sessions proved with keys that `ssh-keygen` made and signed with.
@Suite(.serialized, .tags(.large), .needsPrograms, .meridianBay)
struct KeyProofTests {
    /// A kind of key, by the arguments of `ssh-keygen -t`.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: [String]
        var testDescription: String { name }
        /// A member who has such a key.
        var member: String { "agent.\(name.filter { $0 != "-" })" }
    }

    static let kinds = [
        Kind(name: "ed25519", arguments: ["ed25519"]), Kind(name: "ecdsa-256", arguments: ["ecdsa", "-b", "256"]),
        Kind(name: "ecdsa-384", arguments: ["ecdsa", "-b", "384"]),
        Kind(name: "rsa-2048", arguments: ["rsa", "-b", "2048"]),
        Kind(name: "rsa-3072", arguments: ["rsa", "-b", "3072"]),
    ]

    /// Those that are too weak, or of no kind that is taken.
    static let refused = [
        Kind(name: "rsa-1024", arguments: ["rsa", "-b", "1024"]), Kind(name: "dsa", arguments: ["dsa"]),
    ]

    private func make(_ kind: Kind, in scratch: ScratchFolder) throws -> String? {
        let path = scratch.path("key")
        let made = try run("ssh-keygen", ["-q", "-N", "", "-f", path, "-t"] + kind.arguments)
        return made.status == 0 ? path : nil
    }

    private func line(ofKey path: String) throws -> String {
        try String(contentsOfFile: "\(path).pub", encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    @Test(arguments: kinds)
    func `a session is proved with every kind of key`(_ kind: Kind) throws {
        let deployment = try Deployment.shared
        let scratch = try ScratchFolder("key")
        let key = try #require(try make(kind, in: scratch))
        try deployment.as("liaison.mpd").must(
            "member",
            "enrol",
            kind.member,
            "--agency",
            "MPD-VT",
            "--public-key",
            "\(key).pub"
        )
        let who = try run(
            Programs.accord(),
            ["whoami", "--json", "--no-pin", "--socket", deployment.socket, "--key", key]
        )
        #expect(who.stdout.contains(#""member":"\#(kind.member)""#), "\(who.stdout)\(who.stderr)")

        for algorithm in ["sha256", "sha512"] {
            let connection = try RawConnection(deployment.socket)
            let challenge = try connection.call("io.accord.Session.Challenge")
            let signature = try run(
                "ssh-keygen",
                [
                    "-q", "-Y", "sign", "-O", "hashalg=\(algorithm)", "-f", key, "-n",
                    challenge.text("parameters.namespace"),
                ],
                input: Array(challenge.text("parameters.message").utf8)
            )
            let proved = try connection.call("io.accord.Session.Prove", ["signature": .string(signature.stdout)])
            #expect(proved.text("parameters.member") == kind.member, "\(algorithm) \(proved.members)")
        }
    }

    @Test(.needsTool("ssh-agent")) func `a key that only an agent holds proves a session`() throws {
        let deployment = try Deployment.shared
        let scratch = try ScratchFolder("agent")
        for name in ["key", "key.pub"] {
            let original = deployment.privateKey(of: "agent.mpd1") + (name == "key.pub" ? ".pub" : "")
            try FileManager.default.copyItem(atPath: original, toPath: scratch.path(name))
        }
        let script = "ssh-add -q key && rm key && exec \"$@\""
        let who = try run(
            "ssh-agent",
            [
                "sh", "-c", script, "sh", Programs.accord(), "whoami", "--json", "--no-pin", "--socket",
                deployment.socket,
            ]
                + ["--key", scratch.path("key.pub")],
            in: scratch.path
        )
        #expect(who.stdout.contains(#""member":"agent.mpd1""#), "\(who.stdout)\(who.stderr)")
    }

    @Test(arguments: refused)
    func `a key that is too weak or of another kind is not enrolled`(_ kind: Kind) throws {
        let scratch = try ScratchFolder("key")
        guard let key = try make(kind, in: scratch) else { try Test.cancel("this ssh-keygen makes no \(kind.name)") }
        let answer = try Deployment.shared.as("liaison.mpd").accord(
            "member",
            "enrol",
            kind.member,
            "--agency",
            "MPD-VT",
            "--public-key",
            "\(key).pub"
        )
        #expect(answer.status != 0, "\(answer)")
    }

    /// Points of small order, with which any signature verifies any text.
    static let lowOrder = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ]

    @Test(arguments: lowOrder)
    func `an Ed25519 key of low order is not enrolled`(_ hex: String) throws {
        let digits = Array(hex)
        let point = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        let name = Array("ssh-ed25519".utf8)
        let blob = [0, 0, 0, UInt8(name.count)] + name + [0, 0, 0, 32] + point
        let line = "ssh-ed25519 \(Data(blob).base64EncodedString())"
        let answer = try Deployment.shared.as("liaison.mpd").session().call(
            "io.accord.Registry.EnrolMember",
            ["id": "agent.low1", "agency": "MPD-VT", "uids": [], "keys": [.string(line)]]
        )
        #expect(answer.text("error").hasSuffix(".Refused"), "\(answer.members)")
    }

    @Test func `a challenge works once, on its own connection, for its own namespace and an enrolled key`() throws {
        let deployment = try Deployment.shared
        let key = deployment.privateKey(of: "agent.mpd1")
        func sign(_ challenge: JSONObject, namespace: String? = nil, key: String) throws -> JSONObject {
            let signed = try run(
                "ssh-keygen",
                ["-q", "-Y", "sign", "-f", key, "-n", namespace ?? challenge.text("parameters.namespace")],
                input: Array(challenge.text("parameters.message").utf8)
            )
            return ["signature": .string(signed.stdout)]
        }
        func expectRefused(_ reply: JSONObject, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(
                reply.text("error") == "io.accord.Session.Refused",
                "\(reply.members)",
                sourceLocation: sourceLocation
            )
        }
        let prove = "io.accord.Session.Prove"
        let first = try RawConnection(deployment.socket)
        let second = try RawConnection(deployment.socket)
        let challenge = try first.call("io.accord.Session.Challenge")
        let other = try second.call("io.accord.Session.Challenge")
        #expect(challenge.text("parameters.message") != other.text("parameters.message"))

        // Somebody else's connection, then one's own, and not again.
        let signature = try sign(challenge, key: key)
        expectRefused(try second.call(prove, signature))
        #expect(try first.call(prove, signature).text("parameters.member") == "agent.mpd1")
        expectRefused(try first.call(prove, signature))

        let third = try RawConnection(deployment.socket)
        expectRefused(
            try third.call(prove, sign(third.call("io.accord.Session.Challenge"), namespace: "file", key: key))
        )
        try deployment.makeKeys(["somebody.else"])
        let stranger = deployment.privateKey(of: "somebody.else")
        expectRefused(try third.call(prove, sign(third.call("io.accord.Session.Challenge"), key: stranger)))
        expectRefused(try third.call(prove, ["signature": "-----BEGIN SSH SIGNATURE-----\nnonsense\n"]))
        // The daemon still knows the connection by its user id alone.
        #expect(try third.call("io.accord.Session.WhoAmI").text("parameters.by").hasPrefix("uid:"))
    }
}
