/// What the daemon does at present, as `GetStatus` says it.
package enum ServiceMode: String, Sendable {
    case starting
    case running
    /// Nothing can be recorded, so nothing may be read or changed (rule P25); a full disk recovers by itself.
    case readOnly
    case stopping
}
