import CLinux

/// Who is at the other end of a Unix socket, as the kernel noted it when the connection was made.
///
/// The pid may be reused and is for log lines only: authorise by user, never by process.
package struct PeerCredentials: Hashable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    /// Supplementary groups (SO_PEERGROUPS).
    package var groups: [UInt32]
    package var pid: Int32

    /// Asks the kernel about a connected socket.
    ///
    /// - Throws: ``SystemFault``.
    package init(of descriptor: Int32) throws(SystemFault) {
        uid = 0
        gid = 0
        pid = 0
        var (user, group, process): (UInt32, UInt32, Int32) = (0, 0, 0)
        let (result, number) = SystemCall.repeating {
            unsafe clinux_peer_credentials(descriptor, &user, &group, &process)
        }
        guard result == 0 else { throw SystemFault("getsockopt", number: number) }
        groups = Self.groups(of: descriptor)
        (uid, gid, pid) = (user, group, process)
    }

    /// NGROUPS_MAX is 65,536; nearly always a few are enough.
    ///
    /// - Returns: none if the kernel does not say.
    private static func groups(of descriptor: Int32) -> [UInt32] {
        for capacity in [32, 65_536] {
            var groups = [UInt32](repeating: 0, count: capacity)
            let count = unsafe groups.withUnsafeMutableBufferPointer {
                unsafe clinux_peer_groups(descriptor, $0.baseAddress, Int32(capacity))
            }
            if count >= 0, count <= capacity { return Array(groups.prefix(Int(count))) }
        }
        return []
    }
}
