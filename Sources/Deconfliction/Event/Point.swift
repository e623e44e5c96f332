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
