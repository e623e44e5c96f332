/// The files of some folders, and whether a line asked for each: nine bytes a file, however long their names are.
///
/// A name stands there as 64 bits under the key of this process, which nobody can foresee: two names that are taken for one
/// come once in the verification of all bundles of a lifetime.
struct FileMarks: Sendable {
    /// In order.
    private var hashes: [UInt64] = []
    private var isTaken: [Bool] = []
    /// How many files no line asked for.
    private(set) var left = 0

    init() {}

    /// Takes note of a file; none is asked for before ``prepare()``.
    mutating func add(_ name: String) { hashes.append(Self.hash(name)) }

    /// Ends taking note.
    mutating func prepare() {
        hashes.sort()
        isTaken = [Bool](repeating: false, count: hashes.count)
        left = hashes.count
    }

    var isEmpty: Bool { hashes.isEmpty }

    var count: Int { hashes.count }

    /// Whether there is such a file; from here on a line asked for it.
    mutating func take(_ name: String) -> Bool {
        let hash = Self.hash(name)
        var low = 0
        var high = hashes.count
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        guard low < hashes.count, hashes[low] == hash else { return false }
        if !isTaken[low] {
            isTaken[low] = true
            left -= 1
        }
        return true
    }

    private static func hash(_ name: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(name)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
