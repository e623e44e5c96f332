import Dispatch
import Glibc
import TestSupport
import Testing

@testable import QueueRuntime

@Suite(.tags(.medium)) struct ProcessTests {
    @Test func `signals become calls on the queue, one for each`() {
        let reports = Reports<Int32>()
        let sources = SignalSources([SIGUSR1, SIGUSR2], queue: DispatchQueue(label: "test.signals")) { reports.add($0) }
        kill(getpid(), SIGUSR2)
        #expect(reports.wait(for: 1) == [SIGUSR2])
        kill(getpid(), SIGUSR1)
        #expect(reports.wait(for: 1) == [SIGUSR2, SIGUSR1])
        withExtendedLifetime(sources) {}
    }

    @Test func `a signal that was blocked by whoever started the process is heard`() async {
        await #expect(processExitsWith: .success) {
            var blocked = sigset_t()
            unsafe sigfillset(&blocked)
            unsafe pthread_sigmask(SIG_BLOCK, &blocked, nil)
            let reports = Reports<Int32>()
            let sources = SignalSources([SIGTERM, SIGHUP], queue: DispatchQueue(label: "test.signals")) {
                reports.add($0)
            }
            // To this thread alone: no other may take them for it.
            for number in [SIGHUP, SIGTERM] { pthread_kill(pthread_self(), number) }
            guard reports.wait(for: 2) == [SIGHUP, SIGTERM] else { exit(1) }
            withExtendedLifetime(sources) {}
            exit(0)
        }
    }

    @Test func `a write to a peer that is gone does not end the process`() async {
        await #expect(processExitsWith: .success) {
            SignalSources.ignoreFatalWrites()
            var pair: [Int32] = [-1, -1]
            guard unsafe pipe(&pair) == 0 else { exit(1) }
            close(pair[0])
            guard unsafe write(pair[1], "x", 1) == -1, errno == EPIPE else { exit(2) }
            exit(0)
        }
    }

    @Test func `the service manager is told, also in the abstract namespace`() throws {
        let folder = try ScratchFolder("notify")
        for name in [folder.path("s"), "@accord-test-\(getpid())"] {
            let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(receiver) }
            #expect(unsafe try SocketAddress(path: name).withPointer { unsafe bind(receiver, $0, $1) } == 0)
            #expect(ServiceNotification.send("READY=1", to: name))
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = unsafe recv(receiver, &buffer, buffer.count, 0)
            #expect(Array(buffer.prefix(max(0, count))) == Array("READY=1".utf8))
        }
        #expect(!ServiceNotification.send("READY=1", to: folder.path("nobody")))
    }

    @Test(arguments: [
        ["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_FDS": "1"], ["LISTEN_PID": "42", "LISTEN_FDS": "0"],
        ["LISTEN_PID": "42", "LISTEN_FDS": "-1"], ["LISTEN_PID": "42", "LISTEN_FDS": "99999999999"], [:],
    ])
    func `sockets meant for another process are not taken`(environment: [String: String]) {
        #expect(SocketActivation(environment: { environment[$0] }, process: 42).sockets.isEmpty)
    }

    @Test func `the watchdog is for the process that it names`() {
        let asked = ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"]
        #expect(ServiceNotification.watchdog(environment: { asked[$0] }, process: 42) == .seconds(30))
        #expect(ServiceNotification.watchdog(environment: { asked[$0] }, process: 43) == nil)
        #expect(
            ServiceNotification.watchdog(environment: { $0 == "WATCHDOG_USEC" ? "5000" : nil }, process: 1)
                == .milliseconds(5)
        )
        for span in ["0", "-1", "", "soon"] {
            #expect(
                ServiceNotification.watchdog(environment: { $0 == "WATCHDOG_USEC" ? span : nil }, process: 1) == nil
            )
        }
    }

    @Test func `an inherited descriptor tells whether it listens, and where`() async {
        await #expect(processExitsWith: .success) { inherit() }
    }

    @Test func `the bound of open files is raised only as far as allowed, and never lowered`() {
        let before = DescriptorLimit.current
        #expect(DescriptorLimit.raise(toHold: 1) == before)
        #expect(DescriptorLimit.raise(toHold: before) == before)
    }
}

/// Plays a process that was started with a listening and a connected socket.
private func inherit() -> Never {
    guard let folder = try? ScratchFolder("activation"), let listener = try? UnixListener(binding: folder.path("s")),
        dup2(listener.descriptor, 3) == 3, dup2(socketPair().0, 4) == 4
    else { exit(1) }
    unsafe setenv("LISTEN_PID", "\(getpid())", 1)
    unsafe setenv("LISTEN_FDS", "2", 1)
    unsafe setenv("LISTEN_FDNAMES", "varlink:other", 1)
    let activation = SocketActivation.take()
    let expected = [
        SocketActivation.Socket(descriptor: 3, name: "varlink", isListening: true, path: folder.path("s")),
        SocketActivation.Socket(descriptor: 4, name: "other", isListening: false, path: nil),
    ]
    let isForgotten = unsafe getenv("LISTEN_PID") == nil
    exit(activation.sockets == expected && activation.announced == 2 && isForgotten ? 0 : 2)
}
