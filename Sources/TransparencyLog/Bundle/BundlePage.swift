import Cryptography

/// One page that holds a whole bundle and checks it in a browser, offline: what a court or an inspector opens.
///
/// It is a beginning that is always the same, the bundle's tar file in base64, and an end. So it is written a piece at a time,
/// nothing in the bundle can be taken for a part of the page, and `base64 -d` gives the bundle back. The page's own programs
/// are named in its policy by their digests: no other program runs in it, and it can load nothing.
public enum BundlePage {
    /// The most bytes of a bundle that ``encoded(_:)`` takes at a time, and how many it takes each time but the last.
    public static let pieceBytes = 256 * lineBytes
    /// A line of base64 holds so many: 4,096 characters.
    private static let lineBytes = 3_072

    /// What comes before the bundle.
    public static var beginning: [UInt8] { Array(halves.beginning.utf8) }

    /// What comes after it.
    public static var end: [UInt8] { Array(halves.end.utf8) }

    /// The next piece of the bundle as it stands in the page.
    public static func encoded(_ piece: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: piece.count, by: lineBytes) {
            text += Base64.encode(Array(piece[start..<min(start + lineBytes, piece.count)])).utf8
            text.append(0x0A)
        }
        return text
    }

    /// The check of a bundle, for a browser or Node.
    public static var verifyScript: [UInt8] { PackageResources.verify_js }

    /// The page's parts put together, with the policy that allows these and nothing else.
    private static let halves: (beginning: String, end: String) = {
        func text(_ resource: [UInt8]) -> String { String(decoding: resource, as: UTF8.self) }
        func source(_ text: String) -> String { "'sha256-\(Digest.sha256(Array(text.utf8)).base64)'" }
        let style = text(PackageResources.page_css)
        let verify = text(PackageResources.verify_js)
        let show = text(PackageResources.page_js)
        let policy = """
            default-src 'none'; style-src \(source(style)); script-src \(source(verify)) \(source(show)); \
            base-uri 'none'; form-action 'none'
            """
        var rest = text(PackageResources.page_html)[...]
        var halves = [""]
        let marks = [
            ("{policy}", policy), ("{style}", style), ("{bundle}", nil), ("{verify}", verify), ("{show}", show),
        ]
        for (mark, replacement) in marks {
            guard let place = rest.firstRange(of: mark) else { continue }
            halves[halves.count - 1] += rest[..<place.lowerBound] + (replacement ?? "")
            if replacement == nil { halves.append("") }
            rest = rest[place.upperBound...]
        }
        return (halves[0], halves.dropFirst().joined() + rest)
    }()
}
