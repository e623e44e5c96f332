import Glibc

extension SystemFault.Code {
    /// ENOENT, ENOTDIR.
    package static let missing = Self(rawValue: "missing")
    /// EACCES, EPERM.
    package static let denied = Self(rawValue: "denied")
    /// EEXIST.
    package static let exists = Self(rawValue: "exists")
    /// EADDRINUSE, or EWOULDBLOCK of a lock.
    package static let inUse = Self(rawValue: "inUse")
    /// ENOSPC, EDQUOT.
    package static let full = Self(rawValue: "full")
    /// EFBIG: the file size limit.
    package static let tooLarge = Self(rawValue: "tooLarge")
    /// EIO.
    package static let inputOutput = Self(rawValue: "inputOutput")
    /// EROFS.
    package static let readOnly = Self(rawValue: "readOnly")
    /// EMFILE, ENFILE.
    package static let noDescriptors = Self(rawValue: "noDescriptors")
    /// ENOMEM, ENOBUFS.
    package static let noMemory = Self(rawValue: "noMemory")
    /// ECONNREFUSED.
    package static let refused = Self(rawValue: "refused")
    /// EAGAIN.
    package static let notNow = Self(rawValue: "notNow")
    /// EPIPE, ECONNRESET.
    package static let hungUp = Self(rawValue: "hungUp")
    /// ELOOP, or a symbolic link where none may be.
    package static let symbolicLink = Self(rawValue: "symbolicLink")
    /// ENAMETOOLONG, or longer than a socket address holds.
    package static let pathTooLong = Self(rawValue: "pathTooLong")
    /// Something else lies where a socket should be.
    package static let notSocket = Self(rawValue: "notSocket")
    /// Anybody may replace files in the folder.
    package static let unsafeFolder = Self(rawValue: "unsafeFolder")
    /// A file shorter than it has to be, or longer than the caller allows.
    package static let wrongSize = Self(rawValue: "wrongSize")
    /// An earlier sync of this file failed, so that nothing about it is certain any more.
    package static let latched = Self(rawValue: "latched")
    /// Any other number.
    package static let other = Self(rawValue: "other")

    init(number: Int32) {
        self =
            switch number {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .denied
            case EEXIST: .exists
            case EADDRINUSE: .inUse
            case ENOSPC, EDQUOT: .full
            case EFBIG: .tooLarge
            case EIO: .inputOutput
            case EROFS: .readOnly
            case EMFILE, ENFILE: .noDescriptors
            case ENOMEM, ENOBUFS: .noMemory
            case ECONNREFUSED: .refused
            case EAGAIN: .notNow
            case EPIPE, ECONNRESET: .hungUp
            case ELOOP: .symbolicLink
            case ENAMETOOLONG: .pathTooLong
            default: .other
            }
    }

    /// What is so, in words.
    package var reason: String {
        switch self {
        case .missing: "there is no such file or folder"
        case .denied: "permission was refused"
        case .exists: "it exists already"
        case .inUse: "another process has it"
        case .full: "there is no room left"
        case .tooLarge: "the file would be larger than allowed"
        case .inputOutput: "input or output failed"
        case .readOnly: "the file system is read-only"
        case .noDescriptors: "too many files are open"
        case .noMemory: "there is no memory left"
        case .refused: "the connection was refused"
        case .notNow: "it is not possible at the moment"
        case .hungUp: "the other side hung up"
        case .symbolicLink: "it is a symbolic link"
        case .pathTooLong: "the path is too long"
        case .notSocket: "it is no socket"
        case .unsafeFolder: "others may replace files in its folder"
        case .wrongSize: "it has the wrong size"
        case .latched: "an earlier write to it failed"
        default: rawValue
        }
    }

    var advice: String {
        switch self {
        case .missing: "Create the folder, or correct the path in the settings."
        case .denied: "Check the owner and the mode of the file and of the folders above it."
        case .exists: "Something is there already; look at it before removing it."
        case .inUse: "Another instance is running; stop it first."
        case .full: "Free space on the volume, or raise the quota."
        case .tooLarge: "Raise the limit of the file size (LimitFSIZE)."
        case .inputOutput: "The disk reported an error; check it before going on."
        case .readOnly: "Mount the volume for writing, or choose another path."
        case .noDescriptors: "Raise the limit of open files (LimitNOFILE)."
        case .noMemory: "Free memory, or raise the limit."
        case .refused: "Nobody listens there; start the service."
        case .notNow: "Try again in a moment."
        case .hungUp: "Connect again."
        case .symbolicLink: "Give the real path; symbolic links are not followed here."
        case .pathTooLong: "Use a shorter path; a socket's has at most 107 bytes."
        case .notSocket: "Remove what lies there, or choose another path."
        case .unsafeFolder: "Take away the write permission of others, or set the sticky bit."
        case .wrongSize: "The file is not what was expected; look at it before removing it."
        case .latched: "Restart, so that the file is read and verified anew."
        default: "See the error number in errno(3)."
        }
    }
}
