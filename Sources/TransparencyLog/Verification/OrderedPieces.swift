import Synchronization

/// Pieces of a record that many look at, in any order, and one at a time follows in theirs: whoever has looked at a piece goes on
/// from where the last one stopped, unless somebody does already.
struct OrderedPieces<Fault: Error>: ~Copyable, Sendable {
    typealias Piece = Result<[LineInspection], Fault>

    private struct Following: ~Copyable {
        var verifier: RecordVerifier?
        var next = 0
        /// Of the first piece that could not be read; no later one is followed.
        var fault: Fault?
    }

    /// Those that wait for an earlier one.
    private let inspected: Mutex<[Piece?]>
    private let following: Mutex<Following>

    init(_ verifier: consuming RecordVerifier, count: Int) {
        inspected = Mutex([Piece?](repeating: nil, count: count))
        following = Mutex(Following(verifier: verifier))
    }

    /// Takes a piece that was looked at.
    func put(_ piece: Piece, at index: Int) {
        inspected.withLock { $0[index] = piece }
        _ = following.withLockIfAvailable { follow(&$0) }
    }

    private func follow(_ following: inout Following) {
        while following.fault == nil, let piece = takeNext(following.next) {
            following.next += 1
            switch piece {
            case .success(let lines):
                let lines = lines.span
                for index in lines.indices { following.verifier?.take(lines[index]) }
            case .failure(let fault): following.fault = fault
            }
        }
    }

    private func takeNext(_ index: Int) -> Piece? {
        inspected.withLock { pieces in
            guard index < pieces.count else { return nil }
            defer { pieces[index] = nil }
            return pieces[index]
        }
    }

    /// Gives the verifier back once all are there, and tells what kept a piece from being read.
    consuming func end(_ fault: inout Fault?) -> RecordVerifier {
        following.withLock { following in
            follow(&following)
            fault = following.fault
            guard let verifier = following.verifier.take() else { preconditionFailure("a verifier is given back once") }
            return verifier
        }
    }
}
