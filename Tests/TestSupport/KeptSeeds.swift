/// Seeds under which something was found once, each with what it was.
///
/// They are tried in every run, before any other, and are never taken out.
package enum KeptSeeds {
    package typealias Kept = (seed: UInt64, why: String)

    /// Of lives of a record on a disk that stops (`CrashTests`).
    package static let record: [Kept] = [
        (1_837_930_730, "a log half overwritten with zeros, when a part was destroyed, laid old pages over new ones")
    ]

    /// Of histories of the whole daemon (`SimulationTests`).
    package static let simulation: [Kept] = [
        (4_078_091_779, "a watch read a line of which the writer had not said yet that it is durable"),
        (715_496_850, "a watch read again and again what a failed write had left behind the durable end"),
        (
            17_316,
            "the model wanted a watcher to be told of an entry that was opened to him when his watch stood behind it already"
        ),
    ]

    /// Of histories that are full of revocations (`SimulationTests`).
    package static let revocation: [Kept] = [
        (17, "a watch was told of events by an assignment that was decided and not durable yet"),
        (26, "the same, after a start"),
        (39, "an entry was shown by an assignment that was decided and not durable yet"),
        (48, "a watch of everything took in a case by an assignment that was not durable yet"),
        (55, "the same"),
    ]
}
