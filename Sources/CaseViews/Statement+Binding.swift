import GRDB

extension GRDB.Statement {
    /// Executes with these values, each bound once: to make `StatementArguments` of them takes longer than inserting a row.
    func execute(binding values: [DatabaseValue]) throws {
        // Lets go of what was bound before, and has nothing looked for that is not there.
        setUncheckedArguments(StatementArguments())
        for (index, value) in values.enumerated() {
            let code = unsafe value.bind(to: sqliteStatement, at: CInt(index + 1))
            guard code == ResultCode.SQLITE_OK.rawValue else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
        }
        try execute()
    }
}
