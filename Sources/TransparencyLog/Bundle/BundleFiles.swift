/// Where the files of a copy lie: in a tar file, in a folder, in a test.
///
/// They are read a piece at a time, so that a copy need not fit into memory.
public protocol BundleFiles {
    /// Gives the names of the files in some folders of the bundle, with the folder, in any order.
    ///
    /// There may be millions of them: they are not gathered.
    func eachName(in folders: [String], _ body: (String) throws -> Void) throws
    /// How many files there are in all.
    var count: Int { get throws }
    /// The size of a file in bytes; nil if there is none of that name.
    func size(of name: String) throws -> Int?
    /// Some bytes of a file, fewer only at its end.
    func read(_ name: String, _ range: Range<Int>) throws -> [UInt8]
}

extension BundleFiles {
    /// A whole file; nil if there is none, or if it is larger than a limit.
    public func small(_ name: String, atMost limit: Int) throws -> [UInt8]? {
        guard let size = try size(of: name), size <= limit else { return nil }
        return try read(name, 0..<size)
    }
}
