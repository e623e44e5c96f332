import COpenSSL

/// Leaves libcrypto as it is when the process exits; a program says so before it uses anything else of this room.
///
/// Without it `exit` frees what libcrypto has (`OPENSSL_init_crypto(3)`), while other threads may still hash, verify or let go of
/// keys: then a fault ends the process, and not its exit status.
public func keepLibcryptoUntilExit() {
    let isDone = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    precondition(isDone == 1, "libcrypto could not be started")
}
