/// The case that guarantees are shown on: opened by two people, with agencies joined, members assigned, three entries.
package enum Alder {
    /// The words of E-1, which LSD-WH recorded with handling H2.
    package static let wages = "Wage records of 14 people, code word quicksilver."
    /// The words of E-2, which SPO-OC recorded in the compartment OPS.
    package static let surveillance = "Two vans at the loading dock, code word nightjar."
    /// The words of E-3, which MPD-VT recorded.
    package static let observation = "The foreman keeps the papers, code word tamarack."
    /// All words that nobody outside may ever see.
    package static let secrets = ["quicksilver", "nightjar", "tamarack", "hollow-oak"]
    /// The factual basis, which is content too.
    static let predicate = "Two hotels and a car wash, same owner, code word hollow-oak."
}

extension MeridianBay {
    /// A deployment with the case Alder that does not run; made once for the test process.
    package static func preparedAlder() throws -> Deployment { try alder.get() }

    private static let alder: Result<Deployment, any Error> = Result {
        let deployment = try Deployment(copyOf: prepared())
        LeftOvers.remove(atExit: deployment.folder.path)
        try deployment.start()
        try open(in: deployment)
        try deployment.stop()
        return deployment
    }

    private static func open(in deployment: Deployment) throws {
        let lead = deployment.as("lead.fib")
        try lead.propose("Alder", predicate: Alder.predicate)
        try deployment.as("liaison.spo").must("case", "approve", "Alder")
        let invited = [
            ("MPD-VT", "participation", "liaison.mpd", "agent.mpd1"),
            ("SPO-OC", "participation", "liaison.spo", "agent.spo1"),
            ("LSD-WH", "information", "inspector.lsd", "inspector.lsd"),
        ]
        for (agency, mode, liaison, member) in invited {
            try lead.must("case", "invite", "Alder", agency, "--mode", mode)
            try deployment.as(liaison).must("case", "join", "Alder")
            try deployment.as(liaison).must("case", "assign", "Alder", member)
        }
        for member in ["agent.fib1", "analyst.fib"] { try lead.must("case", "assign", "Alder", member) }
        try deployment.as("inspector.lsd").must(
            "entry",
            "add",
            "Alder",
            Alder.wages,
            "--kind",
            "lead",
            "--handling",
            "H2"
        )
        try deployment.as("agent.spo1").must("entry", "add", "Alder", Alder.surveillance, "--compartment", "OPS")
        try deployment.as("agent.mpd1").must("entry", "add", "Alder", Alder.observation)
    }
}

extension Person {
    /// Drafts and proposes a case.
    package func propose(_ title: String, predicate: String = "A basis.") throws {
        try must(
            "case",
            "draft",
            "--title",
            title,
            "--offence",
            "18 USC 1591",
            "--primary-purpose",
            "trafficking-criminal",
            "--agreement",
            "MOU-31-01",
            "--predicate",
            predicate
        )
        try must("case", "propose", title)
    }
}

extension Deployment {
    /// The number of the case Alder, such as TF-2031-482913.
    package func numberOfAlder() throws -> String {
        try self.as("lead.fib").must("case", "show", "Alder").first.text("case.number")
    }
}
