import Testing

@testable import Casework

/// What identifies a person and can be told from its form (rule P13S).
struct IdentityPatternTests {
    @Test(arguments: [
        ("DOB 03/12/1990", IdentityPattern.birthDate), ("dob: 1990-03-12", .birthDate),
        ("D.O.B. 3.12.90", .birthDate), ("date of birth is 12 March 1990", .birthDate),
        ("She was born in 1990.", .birthDate), ("born on the 12th of March, 1990", .birthDate),
        ("1990-03-12 (DOB)", .birthDate), ("DOB ０３/１２/１９９０", .birthDate),
        ("Birthdate\u{A0}1990\u{2013}03\u{2013}12", .birthDate),
        ("123-45-6789", .socialSecurityNumber), ("his number is 123-45-6789.", .socialSecurityNumber),
        ("SSN 123456789", .socialSecurityNumber), ("social security number: 123 45 6789", .socialSecurityNumber),
        ("A123456789", .documentNumber), ("file A-12345678", .documentNumber),
        ("passport no. X1234567", .documentNumber),
        ("+1 555 010 0199", .phoneNumber), ("+49 (30) 1234-5678", .phoneNumber), ("at +442071234567", .phoneNumber),
        ("555-234-0199", .phoneNumber), ("(555) 234-0199", .phoneNumber), ("1-555-234-0199", .phoneNumber),
        ("555.234.0199", .phoneNumber), ("555 234 0199", .phoneNumber), ("phone 2340199", .phoneNumber),
        ("Tel.: 030/1234567", .phoneNumber), ("WhatsApp 15552340199", .phoneNumber),
        ("+١٥٥٥٢٣٤٠١٩٩", .phoneNumber),
        ("someone@example.org", .mailAddress), ("A.B+c@mail.example.co.uk,", .mailAddress),
        ("someone＠example．org", .mailAddress),
    ])
    func `what identifies is found`(text: String, kind: IdentityPattern) {
        #expect(IdentityPattern.first(in: text) == kind, "\(text)")
    }

    @Test(arguments: [
        "", "Seen at the site on 2031-03-03 at 10:15.", "Between 2031-03-03 and 2031-03-07, 12:00-16:00.",
        "Wage records of 14 workers, 1,250,000 in 3 accounts.", "TF-2031-000014, E-3, D-12, Q-4.",
        "18 USC 1591 and 8 USC 1324(a)(1)(A)(ii).", "28 CFR 23.20(h)", "Docket 2:18-cv-00490, doc 171-18.",
        "Container CSQU3054383 on the vessel IMO 9074729.", "The phone was seen on 2031-03-03.",
        "Two phones and 15 cards.", "He was born abroad; since 2028 he owns the place.", "A newborn, room 1990.",
        "The cell was empty for 12 days.", "0.1045,-179.999 within 800 m", "+15 minutes, +2 hours", "T+30 2031-03-03",
        "192.168.10.200", "version 1.2.3", "see @desk and info@desk", "Sector 7 - grid 12 45 6789",
        "passports of 14 workers were kept in room 3", "A12 motorway, exit 34567", "100 200 3000 boxes",
        "The paragraph 123-45 of the handbook", "naïve café 東京 2031",
    ])
    func `what identifies nobody is let pass`(text: String) {
        #expect(
            IdentityPattern.first(in: text) == nil,
            "\(text): \(String(describing: IdentityPattern.first(in: text)))"
        )
    }

    @Test(arguments: [
        "dob", "@", "+", "a-", "(555", "passport", "ssn", "born\n1990", "+1", "1-1-1", "@.", "a@b.", "\u{301}",
    ])
    func `what only begins like it is looked at to its end`(text: String) {
        #expect(IdentityPattern.first(in: text) == nil)
    }
}
