import Foundation
import StrictJSON
import TestSupport
import Testing

/// The daemon as another language's client sees it: `python -m varlink.cli`.
@Suite(.serialized, .tags(.large), .needsPrograms, .needsPython("varlink"), .meridianBay)
struct AccordInterfaceInteropTests {
    static let interfaces = [
        "io.accord.Audit", "io.accord.Case", "io.accord.Dissemination", "io.accord.Entry", "io.accord.Feed",
        "io.accord.Policy", "io.accord.Registry", "io.accord.Removal", "io.accord.Service", "io.accord.Session",
    ]

    private func varlink(_ arguments: String...) throws -> Completed {
        try run(#require(Programs.python), ["-m", "varlink.cli"] + arguments)
    }

    @Test func `info lists every interface`() throws {
        let info = try varlink("info", "unix:\(Deployment.shared.socket)")
        #expect(info.status == 0, "\(info.stderr)")
        for interface in Self.interfaces + ["org.varlink.service"] {
            #expect(info.stdout.contains(interface))
        }
    }

    @Test(arguments: interfaces)
    func `help shows the interface as it is written, and python's parser reads it`(_ name: String) throws {
        let help = try varlink("help", "unix:\(Deployment.shared.socket)/\(name)")
        #expect(help.status == 0, "\(help.stderr)")
        #expect(help.stderr.isEmpty, "\(help.stderr)")
        let file = Vectors.root.appending(path: "Sources/AccordInterface/Interfaces/\(name).varlink")
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(help.stdout.trimmingCharacters(in: .newlines) == written.trimmingCharacters(in: .newlines))
    }

    @Test func `a call is answered with an object`() throws {
        let deployment = try Deployment.shared
        let call = try varlink("call", "unix:\(deployment.socket)/io.accord.Service.GetStatus")
        let status = try JSONValue(parsing: Array(call.stdout.utf8), limits: .fixture).object ?? [:]
        #expect(status.text("mode") == "running", "\(call.stdout)\(call.stderr)")
        #expect(status["size"] == nil || status["size"] == .null)
        let who = try varlink("call", "unix:\(deployment.socket)/io.accord.Session.WhoAmI")
        #expect(who.stdout.contains("uid:\(geteuid())"), "\(who.stdout)\(who.stderr)")
    }

    @Test func `a stream is answered with its objects, or the refusal of somebody unknown`() throws {
        let address = "unix:\(try Deployment.shared.socket)/io.accord.Case.List"
        let call = try varlink("call", "-m", address)
        #expect(call.stderr.contains("io.accord.Case.Refused") || call.stdout.contains("E-NOT-ENROLLED"))
    }

    @Test func `a method that there is not, and one that wants more, are told apart`() throws {
        let socket = try Deployment.shared.socket
        let unknown = try varlink("call", "unix:\(socket)/io.accord.Case.Nothing")
        #expect((unknown.stdout + unknown.stderr).contains("MethodNotFound"), "\(unknown.stdout)\(unknown.stderr)")
        let single = try varlink("call", "unix:\(socket)/io.accord.Case.List")
        #expect((single.stdout + single.stderr).contains("ExpectedMore"), "\(single.stdout)\(single.stderr)")
    }
}
