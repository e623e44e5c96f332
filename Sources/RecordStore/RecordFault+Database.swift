import GRDB

extension RecordFault {
    /// What an error of SQLite on the write path means.
    ///
    /// A full disk may be tried again and a broken constraint wrote nothing. After anything else SQLite would go on as
    /// if nothing had happened (reliability.md F5), so we do not.
    ///
    /// That SQLite could not enlarge its index of the write-ahead log is a full disk too, although it calls that an I/O
    /// error: nothing of the index needs to last. Whether there is room must not be asked: by now there may be again.
    init(writing error: any Error) {
        if let fault = error as? RecordFault {
            self = fault
            return
        }
        let failure = error as? DatabaseError
        let noIndex = failure?.extendedResultCode == .SQLITE_IOERR_SHMSIZE
        switch failure?.resultCode {
        case .SQLITE_FULL?: self.init(.full, "There is no room for the record.")
        case _ where noIndex: self.init(.full, "There is no room for the record's index.")
        case .SQLITE_CONSTRAINT?: self.init(.conflict, "The batch does not fit the record: \(Self.words(error)).")
        default: self.init(.failed, "The record could not be written: \(Self.words(error)).")
        }
    }

    /// What an error on the way of a reading means; a full or failing disk is not damage.
    init(reading error: any Error) {
        if let fault = error as? RecordFault {
            self = fault
            return
        }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_CORRUPT?, .SQLITE_NOTADB?, .SQLITE_ERROR?, .SQLITE_MISMATCH?:
            self.init(.damaged, "The record could not be read: \(Self.words(error)).")
        default: self.init(.failed, "The record could not be read: \(Self.words(error)).")
        }
    }

    /// SQLite's message without the statement and its arguments.
    private static func words(_ error: any Error) -> String {
        guard let failure = error as? DatabaseError else { return "\(error)" }
        return "SQLite \(failure.extendedResultCode.rawValue), \(failure.message ?? "no message")"
    }
}
