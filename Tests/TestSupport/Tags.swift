package import Testing

extension Tag {
    /// Pure, milliseconds.
    @Tag package static var small: Self
    /// One room with a real file, socket or child process.
    @Tag package static var medium: Self
    /// The built programs, other people's tools.
    @Tag package static var large: Self

    /// Guarantee G1, durable.
    @Tag package static var g1: Self
    /// Guarantee G2 of the README.
    @Tag package static var g2: Self
    /// Guarantee G3 of the README.
    @Tag package static var g3: Self
    /// Guarantee G4 of the README.
    @Tag package static var g4: Self
    /// Guarantee G5 of the README.
    @Tag package static var g5: Self
    /// Guarantee G6 of the README.
    @Tag package static var g6: Self
    /// Guarantee G7 of the README.
    @Tag package static var g7: Self
    /// Guarantee G8 of the README.
    @Tag package static var g8: Self
    /// Guarantee G9 of the README.
    @Tag package static var g9: Self
}
