import Cryptography
import Foundation
import TestSupport
import Testing

@Suite(.tags(.medium)) struct ExitTests {
    @Test func `a process exits as it says while other threads verify`() async {
        await #expect(processExitsWith: .exitCode(17)) {
            // What is registered first is called last: the threads go on after libcrypto's own handler, if it has one.
            atexit { usleep(200_000) }
            keepLibcryptoUntilExit()
            let key = try #require(Ed25519PrivateKey(seed: [UInt8](repeating: 1, count: 32))).publicKey.bytes
            for _ in 0..<2 {
                Thread.detachNewThread {
                    while true { _ = Ed25519PublicKey(bytes: key)?.verifies(signature: key + key, message: []) }
                }
            }
            usleep(20_000)
            exit(17)
        }
    }
}
