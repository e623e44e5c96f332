/// With what the program ends, after sysexits.h.
///
/// `accord audit verify` has its own beside: 10, 11, 20, 30 and 40.
enum ExitStatus {
    /// The record is not the one that this user saw before: an alarm, and evidence is kept.
    static let history: Int32 = 20
    /// The command line was not understood.
    static let usage: Int32 = 64
    /// Something handed in is not what it should be: not UTF-8, too long, empty, not a public key.
    static let data: Int32 = 65
    /// A file to be read cannot be read.
    static let noInput: Int32 = 66
    /// The daemon is not running.
    static let notRunning: Int32 = 69
    /// Something here failed that should not.
    static let software: Int32 = 70
    /// A file to be written cannot be written.
    static let cannotCreate: Int32 = 73
    /// Nothing was done; later it may be.
    static let temporary: Int32 = 75
    /// The daemon's answer could not be understood.
    static let wireProtocol: Int32 = 76
    /// A rule refused, or the socket is closed to this user.
    static let refused: Int32 = 77
}
