import StrictJSON

/// A member at a terminal of a deployment.
package struct Person: Sendable {
    /// How the daemon knows the member.
    package enum Proof: Sendable {
        /// By the user id of the process: takes root to play.
        case uid
        /// By an SSH key.
        case key
    }

    /// The role handle.
    package let member: String
    let uid: UInt32
    let key: String
    let socket: String
    /// How the member is known.
    package let proof: Proof
    /// What a clock of the deployment's own asks of the environment.
    let clock: [String: String]

    /// The folder of what the member's programs remember, such as the newest checkpoint that they saw.
    package var stateHome: String { "\(socket).seen/\(member)-\(proof)" }

    /// The same member, known otherwise.
    package func by(_ proof: Proof) -> Person {
        Person(member: member, uid: uid, key: key, socket: socket, proof: proof, clock: clock)
    }

    /// Runs one command of `accord` with `--json` and waits for its end.
    @discardableResult
    package func accord(_ words: String..., input: [UInt8] = [], deadline: Double = 60) throws -> Answer {
        try accord(words, input: input, deadline: deadline)
    }

    /// Runs one command of `accord` with `--json` and waits for its end.
    @discardableResult
    package func accord(_ words: [String], input: [UInt8] = [], deadline: Double = 60) throws -> Answer {
        let program = try Programs.accord()
        var command = [program] + words + ["--json", "--socket", socket]
        // The library of the clock keeps a lock under the user id with which it is loaded, and hides the arguments of the program
        // into which it is loaded: so it comes after setpriv, and into a shell that becomes the program.
        if !clock.isEmpty {
            command = ["env"] + clock.map { "\($0.key)=\($0.value)" } + ["sh", "-c", "exec \"$@\"", "sh"] + command
        }
        switch proof {
        case .uid: command = ["setpriv", "--reuid", "\(uid)", "--regid", "\(uid)", "--clear-groups"] + command
        case .key: command += ["--key", key]
        }
        let completed = try DaemonProcess.run(
            command,
            input: input,
            environment: ["XDG_STATE_HOME": stateHome],
            deadline: deadline
        )
        return Answer(command: "\(member): accord \(words.joined(separator: " "))", completed)
    }

    /// Runs a command that has to succeed.
    ///
    /// - Throws: ``Deployment/Failed`` with the answer if it does not.
    @discardableResult
    package func must(_ words: [String]) throws -> Answer {
        let answer = try accord(words)
        guard answer.status == 0 else { throw Deployment.Failed(description: "\(answer)") }
        return answer
    }

    /// Runs a command that has to succeed.
    @discardableResult
    package func must(_ words: String...) throws -> Answer { try must(words) }

    /// A socket of the member's own, with the key proved.
    package func session() throws -> RawConnection {
        let connection = try RawConnection(socket)
        let proved = try connection.prove(key: key)
        guard proved.text("parameters.member") == member else {
            throw RawConnection.Fault(description: "\(member) could not prove the key: \(proved.members)")
        }
        return connection
    }
}
