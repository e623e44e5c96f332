/// What this release is called; daemon and clients of one release are built together.
package enum Release {
    /// The version (semver.org).
    package static let version = "0.1.0"
}
