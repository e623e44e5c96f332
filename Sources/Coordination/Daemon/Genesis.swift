/// What `accordd init` writes first: the name of the log and its first administrator.
///
/// Everything after it is an event made by the role that may.
package struct Genesis: Hashable, Sendable {
    /// Name of the log, such as `accord.example.org/log1`: a URL without scheme, as C2SP tlog-checkpoint advises.
    package var origin: String
    /// The administrator's agency, such as `OPS`.
    package var agency: String
    package var agencyName: String
    /// Role handle, such as `admin.ops`.
    package var administrator: String
    package var uids: [UInt32]
    /// SSH public keys, one authorized_keys line each.
    package var keys: [String]
    /// End of the administrator's grant, milliseconds since the UNIX epoch.
    package var expiresAt: Int64

    package init(
        origin: String,
        agency: String,
        agencyName: String,
        administrator: String,
        uids: [UInt32],
        keys: [String],
        expiresAt: Int64
    ) {
        self.origin = origin
        self.agency = agency
        self.agencyName = agencyName
        self.administrator = administrator
        self.uids = uids
        self.keys = keys
        self.expiresAt = expiresAt
    }
}
