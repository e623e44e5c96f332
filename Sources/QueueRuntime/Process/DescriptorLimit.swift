import Glibc

/// How many descriptors the process may have open.
package enum DescriptorLimit {
    /// The bound in force.
    package static var current: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the bound, as far as the system allows, so that so many fit; never lowers it.
    ///
    /// - Returns: the bound in force afterwards.
    @discardableResult
    package static func raise(toHold count: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        let wanted = min(rlim_t(clamping: count), limit.rlim_max)
        if wanted > limit.rlim_cur {
            limit.rlim_cur = wanted
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return current
    }
}
