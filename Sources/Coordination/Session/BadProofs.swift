/// Bad proofs of late, by the account that the kernel names.
struct BadProofs: Sendable {
    /// CJIS Security Policy AC-7: five within 15 minutes.
    static let most = 5
    static let window: Int64 = 15 * 60_000
    /// Accounts that are kept in mind; of more than so many at once the oldest attempts are forgotten.
    static let maximumAccounts = 4_096

    private var times: [UInt32: [Int64]] = [:]

    /// Notes a bad proof, at milliseconds on the clock that nobody sets.
    ///
    /// - Returns: Whether the account is to be locked; what was counted begins anew then.
    mutating func note(from uid: UInt32, at now: Int64) -> Bool {
        if times.count >= Self.maximumAccounts { times = times.filter { ($0.value.last ?? 0) > now - Self.window } }
        if times.count >= Self.maximumAccounts,
            let oldest = times.min(by: { ($0.value.last ?? 0) < ($1.value.last ?? 0) })
        {
            times[oldest.key] = nil
        }
        let recent = (times[uid] ?? []).filter { $0 > now - Self.window } + [now]
        times[uid] = recent.count < Self.most ? recent : nil
        return recent.count >= Self.most
    }
}
