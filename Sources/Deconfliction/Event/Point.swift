import Glibc

/// A place on the earth, in ten-millionths of a degree (11 mm at the equator).
///
/// Millionths are not enough: in the fourth of the published test vectors (domain.md 4.5) they decide wrongly.
package struct Point: Hashable, Sendable {
    /// South is negative; from -90 to 90 degrees.
    package let latitude: Int32
    /// West is negative; from -180 to, and without, 180 degrees.
    package let longitude: Int32

    /// Parts of a degree.
    package static let unitsPerDegree: Int32 = 10_000_000

    /// A place; nil beyond the poles or more than half around the earth.
    ///
    /// 180 degrees east is 180 degrees west.
    package init?(latitude: Int32, longitude: Int32) {
        let quarter = 90 * Self.unitsPerDegree
        guard (-quarter...quarter).contains(latitude), (-2 * quarter...2 * quarter).contains(longitude) else {
            return nil
        }
        self.latitude = latitude
        self.longitude = longitude == 2 * quarter ? -2 * quarter : longitude
    }

    /// Metres on the great circle, on a sphere of the mean radius (haversine).
    package func distance(to other: Point) -> Double {
        let (here, there) = (Self.radians(latitude), Self.radians(other.latitude))
        let height = sin((there - here) / 2)
        let width = sin((Self.radians(other.longitude) - Self.radians(longitude)) / 2)
        let part = height * height + cos(here) * cos(there) * width * width
        return 2 * Self.meanRadius * asin(min(1, part.squareRoot()))
    }

    /// Metres: the mean radius of the earth (IUGG, 6 371 008.8 m), as domain.md 4.5 has it.
    static let meanRadius = 6_371_008.8

    static func radians(_ units: Int32) -> Double { Double(units) / Double(unitsPerDegree) * .pi / 180 }
}

/// As people write it.
extension Point {
    /// Latitude, a comma, longitude: in degrees with at most seven digits after the point, such as `0.1045,-179.999`.
    ///
    /// Nil for anything else, and for no place on the earth.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 2, let latitude = Self.units(parts[0]), let longitude = Self.units(parts[1]) else {
            return nil
        }
        self.init(latitude: latitude, longitude: longitude)
    }

    /// Decimal degrees as a whole number: no spaces, no exponent, nothing rounded.
    private static func units(_ text: Substring.UTF8View) -> Int32? {
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = (isNegative ? text.dropFirst() : text)
            .split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard let whole = parts.first, (1...3).contains(whole.count), fraction.count <= 7,
            parts.count == 1 || !fraction.isEmpty,
            (Array(whole) + fraction).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let digits = Array(whole) + fraction + Array(repeating: UInt8(ascii: "0"), count: 7 - fraction.count)
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return Int32(exactly: isNegative ? -number : number)
    }
}
