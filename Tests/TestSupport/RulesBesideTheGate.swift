/// Rules that sessions, signatures, the record and exports apply, and not the gate: where those two suites meet that see every rule fire and
/// not fire.
public enum RulesBesideTheGate {
    /// Their identifiers.
    public static let all: Set<String> = ["V04", "V06", "V09", "V10", "V11", "P24", "P25", "P29"]
}
