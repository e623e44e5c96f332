/// Who is at the other end of a connection, as the kernel noted it when the connection was made.
///
/// Authorise by ``uid``; ``pid`` may have been reused and serves log lines only.
public struct Peer: Hashable, Sendable {
    /// The user.
    public var uid: UInt32
    /// The primary group.
    public var gid: UInt32
    /// The supplementary groups.
    public var groups: [UInt32]
    /// The process that connected.
    public var pid: Int32

    /// A peer with the given ids.
    public init(uid: UInt32, gid: UInt32, groups: [UInt32] = [], pid: Int32 = 0) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
        self.pid = pid
    }
}
