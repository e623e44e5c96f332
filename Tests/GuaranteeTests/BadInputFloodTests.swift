import Foundation
import StrictJSON
import TestSupport
import Testing

/// Whoever is refused again and again fills neither the record nor the daemon.
///
/// The daemon's clock stands still, so that a slow machine makes no minute pass.
@Suite(
    .tags(.large, .g4),
    .needsPrograms,
    .enabled(if: Programs.clock != nil, "libfaketime is not installed")
)
struct BadInputFloodTests {
    /// How many refusals of one speaker a minute are recorded one by one.
    private static let recorded = 60

    @Test(.needsTool("python3"))
    func `a flood of refusals is answered as ever, and recorded as so many and one line with the count`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let clock = try FakeClock(deployment.folder.path("clock"), FakeClock.still())
        try deployment.start(under: ["env"], environment: clock.environment)
        let before = try deployment.end()
        let outsider = try deployment.as("officer.fro").session()
        var answers: Set<[UInt8]> = []
        for number in 1...250 {
            // A case that is there and one that is not, in turns: the answers must not differ, here either.
            let name: JSONValue = number.isMultiple(of: 2) ? "Alder" : "Nowhere"
            outsider.send(RawConnection.message("io.accord.Case.Get", ["case": name]))
            answers.insert(try #require(try outsider.receive()))
        }
        #expect(answers.count == 1)
        #expect(String(decoding: answers.first ?? [], as: UTF8.self).contains("E-NOT-MEMBER"))
        // Others are refused, and recorded, as ever; and who is refused much may still do what he may.
        let other = try deployment.as("agent.hcs1").session()
        #expect(try other.call("io.accord.Case.Get", ["case": "Alder"]).text("error") == "io.accord.Case.Refused")
        outsider.send(RawConnection.message("io.accord.Registry.ListAgencies", more: true))
        #expect(try outsider.receiveObject()?["error"] == nil)

        #expect(try deployment.stop() == 0)
        try deployment.start()
        let lines = try deployment.record(after: before)
        let denied = lines.filter { $0.kind == "access.denied" }
        #expect(denied.count { $0.member == "officer.fro" } == Self.recorded)
        #expect(denied.count { $0.member == "agent.hcs1" } == 1)
        let counted = lines.filter { $0.kind == "access.denials_counted" }
        #expect(counted.count == 1)
        #expect(counted.allSatisfy { $0.object.text("st.by") == "system" && $0.outcome == "accepted" })
        #expect(try deployment.as("auditor.rob").accord("audit", "verify").status == 0)
        #expect(try deployment.stop() == 0)

        let parts = try parts(of: #require(counted.first), in: deployment)
        #expect(parts.contains(#""count":\#(250 - Self.recorded)"#), "\(parts)")
    }

    @Test func `when the minute is over the count is recorded, and counting begins anew`() throws {
        let deployment = try Deployment(copyOf: MeridianBay.preparedAlder())
        let clock = try FakeClock(deployment.folder.path("clock"), FakeClock.still())
        try deployment.start(under: ["env"], environment: clock.environment)
        let before = try deployment.end()
        let outsider = try deployment.as("officer.fro").session()
        func refuse(_ count: Int) throws {
            for _ in 1...count {
                let reply = try outsider.call("io.accord.Case.Get", ["case": "Alder"])
                #expect(reply.text("error") == "io.accord.Case.Refused")
            }
        }
        try refuse(Self.recorded + 5)
        try clock.set(FakeClock.still(after: 120))
        let end = Date.now.addingTimeInterval(60)
        var lines = try deployment.record(after: before)
        while !lines.contains(where: { $0.kind == "access.denials_counted" }), Date.now < end {
            lines = try deployment.record(after: before)
        }
        #expect(lines.count { $0.kind == "access.denials_counted" } == 1)
        #expect(lines.count { $0.kind == "access.denied" } == Self.recorded)
        try refuse(1)
        lines = try deployment.record(after: before)
        #expect(lines.count { $0.kind == "access.denied" } == Self.recorded + 1)
        #expect(try deployment.stop() == 0)
    }

    /// What a line's parts say; who oversees sees commitments only.
    private func parts(of line: RecordedLine, in deployment: Deployment) throws -> String {
        try OpenedParts.text(of: line, in: deployment)
    }
}
