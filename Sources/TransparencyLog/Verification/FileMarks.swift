/// The files of some folders, and whether exactly these were asked for: a sum, however many there are.
///
/// A name counts as 64 bits under the key of this process, which nobody can foresee: names that come and names that are asked for
/// have the same sum once in 2^64 if they are not the same. Where they are not, a second look (``Exactly``) tells how many.
struct FileMarks: Sendable {
    private(set) var count = 0
    private var taken = 0
    private var balance: UInt64 = 0
    private var exactly: Exactly?

    /// - Parameter isExact: Whether each name is kept, nine bytes a file.
    init(isExact: Bool) { exactly = isExact ? Exactly() : nil }

    var isEmpty: Bool { count == 0 }

    /// Whether each file was asked for, once.
    var isEven: Bool { taken == count && balance == 0 }

    /// How many files no line asked for; as far as a sum tells it.
    var left: Int { exactly?.left ?? (isEven ? 0 : max(0, count - taken)) }

    /// Takes note of a file; none is asked for before ``prepare()``.
    mutating func add(_ name: String) {
        let hash = Self.hash(name)
        count += 1
        balance &+= hash
        exactly?.hashes.append(hash)
    }

    /// Ends taking note.
    mutating func prepare() { exactly?.prepare() }

    /// A line asks for a file that is there.
    mutating func take(_ name: String) {
        let hash = Self.hash(name)
        taken += 1
        balance &-= hash
        exactly?.take(hash)
    }

    private static func hash(_ name: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(name)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension FileMarks {
    /// Each file, and whether a line asked for it.
    private struct Exactly {
        /// In order.
        var hashes: [UInt64] = []
        private var isTaken: [Bool] = []
        private(set) var left = 0

        mutating func prepare() {
            hashes.sort()
            isTaken = [Bool](repeating: false, count: hashes.count)
            left = hashes.count
        }

        mutating func take(_ hash: UInt64) {
            var low = 0
            var high = hashes.count
            while low < high {
                let middle = (low + high) / 2
                if hashes[middle] < hash { low = middle + 1 } else { high = middle }
            }
            guard low < hashes.count, hashes[low] == hash, !isTaken[low] else { return }
            isTaken[low] = true
            left -= 1
        }
    }
}
