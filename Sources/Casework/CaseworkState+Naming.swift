import Policy

/// Which case somebody means: numbers, ids and code words are ASCII, and letters of either case are the same.
extension CaseworkState {
    /// The longest name of a case is its id.
    private static let longestName = 64

    /// The cases that a member could know of at all: those of his agency, for oversight all.
    func candidates(for member: Member, _ now: UTCTime) -> Set<CaseID> {
        guard !member.roles(in: nil, now).contains(.oversight) else { return Set(cases.keys) }
        return casesByAgency[member.agency] ?? []
    }

    /// The case that somebody means: its number, code word or id, or the beginning of one, as long as it fits one case
    /// that he may know of.
    ///
    /// `isOpen` says which these are, and `knowsTitle` of which of them he may know the code word, lest he guess it.
    func resolve(
        _ text: String,
        for member: Member,
        _ now: UTCTime,
        knowsTitle: (CaseFile) -> Bool = { _ in true },
        isOpen: (CaseFile) -> Bool
    ) -> CaseFile? {
        guard let name = Self.asciiName(text) else { return nil }
        // A number and an id are one case's alone: a code word that imitates one takes nothing away from it.
        if let id = caseID(exactly: name), let file = cases[id], isOpen(file) { return file }
        let titled = (casesByTitle[name] ?? []).filter { id in cases[id].map { isOpen($0) && knowsTitle($0) } ?? false }
        guard titled.isEmpty else { return titled.count == 1 ? cases[titled[0]] : nil }
        let start = Array(name.utf8)
        var found: CaseFile?
        for id in candidates(for: member, now) {
            guard let file = cases[id] else { continue }
            let isNamed = Self.begins(file.number, start) || id.begins(withHex: start)
            guard isNamed || Self.begins(file.title, start), isOpen(file), isNamed || knowsTitle(file) else { continue }
            if found != nil { return nil }
            found = file
        }
        return found
    }

    /// The open cases that a text could mean where it does not mean one alone, for the refusal that asks for more of it.
    func meanings(
        of text: String,
        for member: Member,
        _ now: UTCTime,
        knowsTitle: (CaseFile) -> Bool = { _ in true },
        isOpen: (CaseFile) -> Bool
    ) -> [CaseFile] {
        guard let name = Self.asciiName(text) else { return [] }
        let start = Array(name.utf8)
        let known = candidates(for: member, now).union(casesByTitle[name] ?? []).compactMap { cases[$0] }
        let begun = known.filter {
            isOpen($0)
                && (Self.begins($0.number, start) || $0.id.begins(withHex: start)
                    || (Self.begins($0.title, start) && knowsTitle($0)))
        }
        let titled = begun.filter { Self.folded($0.title) == name && knowsTitle($0) }
        return (titled.isEmpty ? begun : titled).sorted { $0.number < $1.number }
    }

    /// The case that a refusal is recorded with, whether or not the asker may know of it.
    func anyCase(named text: String) -> CaseID? {
        guard let name = Self.asciiName(text) else { return nil }
        if let id = caseID(exactly: name) { return id }
        let titled = casesByTitle[name] ?? []
        return titled.count == 1 ? titled[0] : nil
    }

    private func caseID(exactly name: String) -> CaseID? {
        if let id = CaseID(hex: name) { return cases[id] == nil ? nil : id }
        return casesByNumber[Self.raised(name)]
    }

    /// In small letters; nil if it can be no case's name.
    private static func asciiName(_ text: String) -> String? {
        let length = text.utf8.count
        guard length > 0, length <= longestName, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return folded(text)
    }

    static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    private static func raised(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }

    private static func begins(_ name: String, _ start: [UInt8]) -> Bool {
        var index = 0
        for byte in name.utf8 {
            guard index < start.count else { return true }
            guard ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == start[index] else { return false }
            index += 1
        }
        return index == start.count
    }
}
