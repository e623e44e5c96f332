import Cryptography
import TransparencyLog

/// Bundles in which something has to be on the record: what a line rests on, and what has to follow it in time.
extension BundleCorpusTests {
    /// What stands in the second case, by its numbers there, and what somebody has done to it.
    private struct Course: Sendable {
        let name: String
        var finding: String?
        /// Which lines of the case its bundle leaves out, and says so.
        var leftOut: Set<Int> = []
        let change: @Sendable (inout Course.Lines) -> Void

        /// Lines of the case, of which some say what has to do with duties.
        struct Lines {
            var values: [LogLine]

            /// Lets a line say something, and name others of the case.
            mutating func say(
                _ number: Int,
                _ kind: String,
                by member: String = "lead",
                _ names: Int...,
                outcome: LineOutcome = .accepted
            ) {
                values[place(number)].statement.kind = kind
                values[place(number)].statement.member = member
                values[place(number)].statement.references = names.map { Statement.Reference(seq: UInt64(place($0))) }
                values[place(number)].outcome = outcome
                values[place(number)].rule = outcome == .accepted ? nil : "P06"
            }

            /// Lets all lines from one of the case on be recorded so many hours later.
            mutating func wait(_ hours: Int64, before number: Int) {
                for place in place(number)..<values.count { values[place].recordedAt += hours * 3_600_000 }
            }

            mutating func emergency() { say(3, "breakglass.invoked", 0, outcome: .overridden) }

            /// An order, a purge by two persons of what was given in line 1, and its notice in line 5.
            mutating func purge() {
                say(1, "dissemination.recorded", 0)
                say(2, "court_order.received", by: "counsel")
                say(3, "purge.proposed", 2)
                say(4, "purge.approved", by: "counsel", 3, 1)
                values[place(4)].statement.role = "legal"
                say(5, "purge.notice_sent", by: "", 4, 1)
            }

            private func place(_ number: Int) -> Int { 2 * number + 1 }
        }
    }

    private static let courses: [Course] = [
        Course(name: "an emergency that ended and was reviewed") { lines in
            lines.emergency()
            lines.say(4, "access.read", by: "agent", 3)
            lines.wait(2, before: 5)
            lines.say(5, "breakglass.expired", by: "", 3)
            lines.say(6, "breakglass.reviewed", by: "auditor", 3)
            lines.wait(48, before: 7)
        },
        Course(name: "an emergency whose review came late, and a line says so") { lines in
            lines.emergency()
            lines.wait(2, before: 4)
            lines.say(4, "breakglass.expired", by: "", 3)
            lines.wait(22, before: 5)
            lines.say(5, "breakglass.review_overdue", by: "", 3)
            lines.wait(22, before: 6)
            lines.say(6, "breakglass.reviewed", by: "auditor", 3)
        },
        Course(name: "an emergency that still is") { $0.emergency() },
        Course(name: "an emergency of which no line says that it ended", finding: "COVERAGE: deadline-missing") {
            lines in
            lines.emergency()
            lines.wait(4, before: 4)
            lines.say(5, "breakglass.reviewed", by: "auditor", 3)
        },
        Course(name: "an emergency that nobody reviewed", finding: "COVERAGE: deadline-missing") { lines in
            lines.emergency()
            lines.wait(2, before: 4)
            lines.say(4, "breakglass.expired", by: "", 3)
            lines.wait(24, before: 5)
        },
        Course(
            name: "an emergency that was reviewed late, and no line says so",
            finding: "COVERAGE: deadline-missing"
        ) { lines in
            lines.emergency()
            lines.wait(2, before: 4)
            lines.say(4, "breakglass.expired", by: "", 3)
            lines.wait(48, before: 5)
            lines.say(5, "breakglass.reviewed", by: "auditor", 3)
        },
        Course(name: "a review of no emergency", finding: "COVERAGE: ground-missing") { lines in
            lines.say(3, "dissemination.recorded", 0)
            lines.say(4, "breakglass.reviewed", by: "auditor", 3)
        },
        Course(name: "an emergency that gave nothing", finding: "COVERAGE: ground-missing") { lines in
            lines.say(3, "breakglass.invoked", outcome: .overridden)
        },
        Course(name: "a release that gave nothing", finding: "COVERAGE: ground-missing") { lines in
            lines.say(3, "dissemination.recorded")
        },
        Course(name: "a reading under a release") { lines in
            lines.say(3, "dissemination.recorded", 0)
            lines.say(4, "access.read", by: "agent", 3)
        },
        Course(name: "a reading under what is no release", finding: "COVERAGE: ground-missing") { lines in
            lines.say(4, "access.read", by: "agent", 3)
        },
        Course(name: "a reading under an emergency that was over", finding: "COVERAGE: ground-missing") { lines in
            lines.emergency()
            lines.wait(2, before: 4)
            lines.say(4, "breakglass.expired", by: "", 3)
            lines.wait(2, before: 5)
            lines.say(5, "access.read", by: "agent", 3)
        },
        Course(name: "a reading under a release that was refused", finding: "COVERAGE: ground-missing") { lines in
            lines.say(3, "dissemination.recorded", 0, outcome: .denied)
            lines.say(4, "access.read", by: "agent", 3)
        },
        Course(name: "a seal under an order") { lines in
            lines.say(3, "court_order.received", by: "counsel")
            lines.say(4, "record.sealed", 3)
        },
        Course(name: "a seal by whoever recorded the order", finding: "COVERAGE: ground-missing") { lines in
            lines.say(3, "court_order.received")
            lines.say(4, "record.sealed", 3)
        },
        Course(name: "a seal that was lifted without an order", finding: "COVERAGE: ground-missing") { lines in
            lines.say(4, "record.unsealed", 3)
        },
        Course(name: "a purge that was certified") { lines in
            lines.purge()
            lines.say(6, "record.purged", by: "", 4)
            lines.wait(29 * 24, before: 7)
            lines.say(7, "purge.certified", by: "liaison", 5)
            lines.wait(29 * 24, before: 8)
        },
        Course(name: "a purge that was not certified in time, and a line says so") { lines in
            lines.purge()
            lines.wait(30 * 24, before: 7)
            lines.say(7, "purge.certification_overdue", by: "", 5)
            lines.wait(30 * 24, before: 8)
            lines.say(8, "purge.certified", by: "liaison", 5)
        },
        Course(name: "a purge that nobody certified", finding: "COVERAGE: deadline-missing") { lines in
            lines.purge()
            lines.wait(31 * 24, before: 7)
        },
        Course(name: "a certification of no notice", finding: "COVERAGE: ground-missing") { lines in
            lines.purge()
            lines.say(7, "purge.certified", by: "liaison", 4)
        },
        Course(name: "a destruction without an approval", finding: "COVERAGE: ground-missing") { lines in
            lines.purge()
            lines.say(6, "record.purged", by: "", 3)
        },
        Course(name: "a case that was reviewed in time") { lines in
            lines.say(2, "case.opened")
            lines.wait(80 * 24, before: 3)
            lines.say(3, "case.reviewed")
            lines.wait(80 * 24, before: 4)
        },
        Course(name: "a case whose review was late, and a line says so") { lines in
            lines.say(2, "case.opened")
            lines.wait(90 * 24, before: 3)
            lines.say(3, "case.review_overdue", by: "")
            lines.wait(90 * 24, before: 4)
            lines.say(4, "case.reviewed")
        },
        Course(name: "a case that is closed") { lines in
            lines.say(2, "case.opened")
            lines.say(3, "case.closed")
            lines.wait(200 * 24, before: 4)
        },
        Course(name: "a case that nobody reviewed", finding: "COVERAGE: deadline-missing") { lines in
            lines.say(2, "case.opened")
            lines.wait(91 * 24, before: 3)
        },
        Course(name: "a case that was closed late, and no line says so", finding: "COVERAGE: deadline-missing") {
            lines in
            lines.say(2, "case.opened")
            lines.wait(91 * 24, before: 3)
            lines.say(3, "case.closed")
        },
        Course(name: "what may be missing is left out of the copy", leftOut: [3, 9]) { lines in
            lines.say(3, "dissemination.recorded", 0)
            lines.say(4, "access.read", by: "agent", 3)
            lines.say(5, "breakglass.invoked", 0, outcome: .overridden)
            lines.wait(48, before: 6)
        },
    ]

    static let coverage: [Sample] = courses.flatMap { course in
        (course.leftOut.isEmpty ? [false, true] : [true]).map { isCase in
            Sample(
                name: course.name,
                isCase: isCase,
                exit: course.finding == nil ? 0 : 30,
                finding: course.finding
            ) { bundle, record in
                var record = record
                for index in stride(from: 1, to: record.values.count - 2, by: 2) {
                    record.parts[index] = []
                    record.values[index].statement.parts = []
                }
                var lines = Course.Lines(values: record.values)
                course.change(&lines)
                record.values = lines.values
                try record.relink()
                record.note = try record.checkpoint().encoded
                bundle = try BundleCorpusTests.bundle(of: record, isCase: isCase)
                guard !course.leftOut.isEmpty else { return }
                leaveOut(course.leftOut, of: &bundle, record)
                bundle.files["withheld"] = Array(course.leftOut.sorted().map { "\($0) \($0)\n" }.joined().utf8)
            }
        }
    }
}
