import Glibc

/// How much room a file system has.
package enum DiskRoom {
    /// Of the file system that a path lies on, in bytes: what is left to an ordinary user, and all of it.
    ///
    /// - Returns: nil if that cannot be told.
    package static func at(_ path: String) -> (left: Int64, size: Int64)? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        func bytes(_ blocks: UInt64) -> Int64 {
            let (product, isTooLarge) = blocks.multipliedReportingOverflow(by: unit)
            return isTooLarge ? .max : Int64(clamping: product)
        }
        return (bytes(UInt64(status.f_bavail)), bytes(UInt64(status.f_blocks)))
    }
}
