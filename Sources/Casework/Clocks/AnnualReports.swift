import Policy

/// What agencies report of each year, and by when (domain.md 2.7, 6.11).
///
/// The designee of an agreement owes the report of its task forces by the first of March. What else is owed, and on which other day, is
/// for an agency's own policy to say (`annualReports`). A report is made of a year that is over, and certified: that ends the clock.
extension CaseworkState {
    /// The report that a clock runs for, and of which year: `jtf-annual` and 2031 of `SPO-OC/jtf-annual/2031`.
    private func annualReport(of clock: Clock) -> (agency: AgencyID, name: AnnualReport.Name, year: Int64)? {
        let words = clock.item.split(separator: "/").map { String($0) }
        guard clock.kind == .annualReport, words.count == 3, let agency = AgencyID(words[0]),
            let name = AnnualReport.Name(rawValue: words[1]), let year = Int64(words[2])
        else { return nil }
        return (agency, name, year)
    }

    /// What an agency owes of a year, by the policy that is in force when the year ends; nil if nothing.
    private func owed(_ name: AnnualReport.Name, by agency: AgencyID, of year: Int64) -> AnnualReport? {
        guard let begins = UTCTime(text: "\(year)-01-01"), let ends = UTCTime(text: "\(year + 1)-01-01") else {
            return nil
        }
        let last = UTCTime(milliseconds: ends.milliseconds - 1)
        let stated = jurisdiction.inForce(of: agency, last).flatMap(\.annualReports).filter { $0.name == name }
        if let earliest = stated.min(by: { $0.due < $1.due }) { return earliest }
        let isDesignee = agreements.values.contains {
            $0.designee == agency && !$0.isTerminated && $0.startsAt < ends && begins < $0.endsAt
        }
        return isDesignee && name == .taskForces ? AnnualReport(name: name, due: AnnualReport.usualDay) : nil
    }

    /// Starts the clock of a year, unless it runs; one that has not run out keeps to what is owed now.
    private mutating func run(_ name: AnnualReport.Name, of agency: AgencyID, _ year: Int64) {
        let item = "\(agency)/\(name.rawValue)/\(year)"
        guard let due = owed(name, by: agency, of: year)?.dueAt(of: year),
            let starts = UTCTime(text: "\(year + 1)-01-01")
        else { return stopPending(item) }
        let clock = Clock(.annualReport, .system, item, startedAt: starts, dueAt: due)
        let running = clocks.entries(in: .system).first { $0.clock.kind == .annualReport && $0.clock.item == item }
        if running?.clock != clock, running?.isOverdue != true { clocks.start(clock) }
    }

    /// What is late already is owed, whatever holds from now on.
    private mutating func stopPending(_ item: String) {
        let entry = clocks.entries(in: .system).first { $0.clock.kind == .annualReport && $0.clock.item == item }
        if entry?.isOverdue == false { clocks.stop(.annualReport, .system, item) }
    }

    /// An agreement names who reports of what is done under it.
    mutating func runAnnualReport(under agreement: Agreement, at now: UTCTime) {
        guard let agency = agreement.designee else { return }
        run(.taskForces, of: agency, max(now, agreement.startsAt).year)
    }

    /// An agency's own policy has changed.
    mutating func runAnnualReports(of agency: AgencyID, at now: UTCTime) {
        let running = clocks.entries(in: .system).compactMap { annualReport(of: $0.clock) }.filter {
            $0.agency == agency
        }
        let days = (jurisdiction.files[agency] ?? []).filter { $0.state == .activated }.map(\.bundle.effectiveAt.year)
        for name in AnnualReport.Name.allCases {
            let years = running.filter { $0.name == name }.map(\.year)
            for year in Set(years + days.filter { $0 > now.year } + [now.year]) { run(name, of: agency, year) }
        }
    }

    /// One that was not made in time is owed on, and the next is owed, too.
    mutating func runAnnualReport(after clock: Clock) {
        guard let (agency, name, year) = annualReport(of: clock) else { return }
        run(name, of: agency, year + 1)
    }

    /// A liaison answers for a report: those of the years that it covers are no longer owed.
    mutating func endAnnualReports(certified number: Int64, at now: UTCTime) {
        guard let file = reports[number] else { return }
        for clock in clocks.entries(in: .system).map(\.clock) {
            guard let (agency, name, year) = annualReport(of: clock), file.isAnnual(name, of: agency, year) else {
                continue
            }
            clocks.stop(clock.kind, clock.stream, clock.item)
            run(name, of: agency, year + 1)
        }
    }

    /// What its liaison types next: certifies what was made, or makes it.
    func nextStep(of clock: Clock) -> String {
        guard let (agency, name, year) = annualReport(of: clock) else { return "" }
        let made = reports.files.last { $0.isAnnual(name, of: agency, year) && $0.certifiedBy == nil }
        return made.map { "accord report certify \($0.item)" } ?? "accord report \(name.rawValue) --year \(year)"
    }
}

extension ReportFile {
    /// Whether it is the report of a whole year, made by this agency when that was over.
    fileprivate func isAnnual(_ annual: AnnualReport.Name, of agency: AgencyID, _ year: Int64) -> Bool {
        guard let begins = UTCTime(text: "\(year)-01-01"), let ends = UTCTime(text: "\(year + 1)-01-01") else {
            return false
        }
        return name.rawValue == annual.rawValue && makerAgency == agency && ends <= madeAt
            && (from.map { $0 <= begins } ?? true) && (until.map { ends <= $0 } ?? true)
    }
}
