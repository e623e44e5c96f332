package import Cryptography

/// All rules: first what is judged of any input, then of who speaks, then of the act.
///
/// An act passes the rules that concern it one by one, and the first that fires refuses; nothing overrides a refusal.
/// What no role permits is refused by P05.
package enum RuleTable {
    /// A row by its id.
    ///
    /// Asking for one that is not there is a mistake of ours; the answer is then the strictest row.
    package static func row(_ id: String) -> Rule { rules.first { $0.id == id } ?? last }

    /// The rule that an asker is told where the record names this one: a compartment that he does not hold reads as nothing.
    package static func outward(_ id: String) -> String { ["P04C", "P28"].contains(id) ? "P04" : id }

    private static let last = Rule(
        "P05",
        "E-ROLE",
        test: "A role that is held and not expired permits the act.",
        citation: "CJIS Security Policy AC-6; domain.md 6.3",
        message: "Your roles do not permit this.",
        ask: "Ask your agency's liaison; `accord policy explain` tells which role it takes."
    )

    /// Digest of the table's text: recorded with every line, so that a past decision can be replayed under its own rules.
    package static let digest: Digest = {
        let text = rules.map { [$0.id, $0.code, $0.test, $0.citation, $0.message, $0.ask].joined(separator: "\u{1F}") }
        return Digest.sha256(Array(text.joined(separator: "\n").utf8))
    }()

    package static let rules: [Rule] = [
        Rule(
            "V01",
            "E-INVALID",
            test: "Every field says something that can be.",
            citation: "io.accord interfaces",
            message: "A field is not in its form.",
            ask: "Say it as the message asks, and repeat; `accord help COMMAND` shows the whole form."
        ),
        Rule(
            "V02",
            "E-NOT-ENROLLED",
            test: "The speaker is an active member.",
            citation: "CJIS Security Policy IA-2",
            message: "You are not enrolled here, or not any more.",
            ask:
                "Ask the administrator to enrol your uid or your SSH key: `id -u` and `ssh-keygen -l -f FILE.pub` show them."
        ),
        Rule(
            "V03",
            "E-TAKEN",
            test: "An identifier, a uid or a key belongs to one alone.",
            citation: "CJIS Security Policy IA-4",
            message: "That is taken.",
            ask: "Choose another, or ask the administrator."
        ),
        Rule(
            "V04",
            "E-CHECKPOINT",
            test: "The checkpoint that the client verified is one of this record.",
            citation: "C2SP tlog-checkpoint; design.md 4",
            message: "This is not the record that your client saw before.",
            ask: "Stop, keep your checkpoint, and call oversight."
        ),
        Rule(
            "V05",
            "E-KEY",
            test: "A member whose agency asks for a key has proved one.",
            citation: "CJIS Security Policy IA-2(1)",
            message: "Your agency asks its members to prove an SSH key.",
            ask: "Repeat with `--key FILE.pub`."
        ),
        Rule(
            "V06",
            "E-PROOF",
            test: "A proof is a good signature over our own, fresh challenge.",
            citation: "OpenSSH PROTOCOL.sshsig",
            message: "The key was not proved.",
            ask: "Try again; if it fails again, ask the administrator which key is enrolled."
        ),
        Rule(
            "V11",
            "E-ACCOUNT-LOCKED",
            test:
                "No proof is taken from an account with five bad ones within a quarter of an hour, until that is lifted.",
            citation: "CJIS Security Policy AC-7",
            message: "Five proofs of a key were bad from this account: none is taken from it until that is lifted.",
            ask: "Ask an administrator, or a liaison of your agency: `accord member unlock`."
        ),
        Rule(
            "V08",
            "E-SIGN",
            test: "What the deployment or the agency wants signed is signed by its author.",
            citation: "CJIS Security Policy AU-10; tlog.md 5.4",
            message: "This needs your own signature.",
            ask: "Repeat with `--sign --key FILE.pub`."
        ),
        Rule(
            "V09",
            "E-SIGNATURE",
            test: "A signature is good, the speaker's, and over the statement that is recorded.",
            citation: "OpenSSH PROTOCOL.sshsig; tlog.md 5.1",
            message: "The signature is not yours over what is to be recorded.",
            ask: "Repeat with `--sign --key FILE.pub`; if it fails again, ask the administrator which key is enrolled."
        ),
        Rule(
            "V10",
            "E-RESIGN",
            test: "What is recorded is what its author was shown and signed.",
            citation: "tlog.md 5.1",
            message: "Since it was shown to be signed, others were faster: it would not be recorded as it was signed.",
            ask: "Repeat the command: it is shown and signed anew."
        ),
        Rule(
            "V07",
            "E-TEXT",
            test: "Text is UTF-8 of its length, without control or direction-changing characters.",
            citation: "domain.md 6.2; reliability.md 2.5",
            message: "A text is empty, too long, or holds a character that is refused.",
            ask: "Shorten or clean the text."
        ),
        Rule(
            "P24",
            "E-LOCKED",
            test: "The session was not idle for longer than it may.",
            citation: "CJIS Security Policy AC-11",
            message: "Your session was idle for too long and is locked.",
            ask: "Connect again, or prove your key again."
        ),
        Rule(
            "P25",
            "E-LOG-UNAVAILABLE",
            test: "The record can be written.",
            citation: "CJIS Security Policy AU-5",
            message: "Nothing can be recorded at present, so nothing is done and nothing is shown.",
            ask: "Ask the administrator; `accord status` tells more."
        ),
        Rule(
            "P22",
            "E-REFUSED-FIELD",
            test: "Nothing of a refused kind is asked for or recorded.",
            citation: "28 CFR 23.20(b); design.md 10",
            message: "Accord holds no biometrics, immigration status, nationality, religion, politics or risk scores.",
            ask: "Leave it out. It has no place here."
        ),
        Rule(
            "P22C",
            "E-CLASSIFIED",
            test: "No text carries a classification marking.",
            citation: "domain.md 2.4",
            message: "The text carries a classification marking; classified material may not be recorded here.",
            ask: "Ask your security officer."
        ),
        Rule(
            "P09",
            "E-ROLE",
            test: "An administrator does not ask for content.",
            citation: "CJIS Security Policy AC-5, AU-9(4)",
            message: "Administrators run the service and see no cases. This attempt is shown to oversight.",
            ask: "Ask the task-force lead if you think you need it.",
            alertsOversight: true
        ),
        Rule(
            "P01",
            "E-NOT-MEMBER",
            test: "The asker may know of the case.",
            citation: "28 CFR 23.20(e)",
            message: "No such case, or it is not open to you.",
            ask: "Ask your agency's liaison whether you are assigned."
        ),
        Rule(
            "P04",
            "E-NOT-FOUND",
            test: "The asker may know of the entry: it exists, and its compartment is held.",
            citation: "28 CFR 23.20(e); domain.md 6.8",
            message: "No such entry or request, or it is not open to you.",
            ask: "Ask the lead of the case."
        ),
        Rule(
            "P04C",
            "E-COMPARTMENT",
            test: "The compartment of the entry is held.",
            citation: "domain.md 6.8",
            message: "No such entry or request, or it is not open to you.",
            ask: "Ask the lead of the case."
        ),
        Rule(
            "P02",
            "E-AGREEMENT-EXPIRED",
            test: "A live agreement joins the agencies concerned.",
            citation: "CJIS Security Policy AC-21; 28 CFR 23.20(f)",
            message: "No agreement that is live joins the agencies concerned.",
            ask: "Ask the administrator to record or renew one: `accord agreement list`."
        ),
        Rule(
            "P03",
            "E-PURPOSE",
            test: "The purpose is allowed by case, agreement and recipient.",
            citation: "28 CFR 23.20(e); Cal. Gov. Code 7284; domain.md 2.7",
            message: "The purpose is not allowed by the agreement, the case or the recipient's mission.",
            ask: "Ask the liaison of the originating agency which purposes its agreement allows."
        ),
        Rule(
            "P03J",
            "E-PURPOSE",
            test: "The jurisdiction policy of each agency concerned allows it, and what the policy requires is there.",
            citation: "domain.md 2.7, 6.8; the citation of the rule that refused",
            message: "The policy of an agency concerned does not allow this.",
            ask: "`accord policy show AGENCY` prints its policy; ask a liaison of that agency."
        ),
        last,
        Rule(
            "P31",
            "E-1373-CARVE-OUT",
            test: "No rule of a jurisdiction policy is about citizenship or immigration status.",
            citation: "8 USC 1373; domain.md 2.6",
            message: "A policy may not restrict or push what is said of citizenship or immigration status.",
            ask: "Leave it out; where a text only mentions it, counsel says why with `--note`."
        ),
        Rule(
            "P32",
            "E-SAFETY-NOTICE",
            test: "No rule of a jurisdiction policy suppresses a deconfliction notice.",
            citation: "domain.md 6.8",
            message: "A safety notice may be limited to whom to call, and never suppressed.",
            ask: "Write `effect: require` and `conditions: [watch-desk]`."
        ),
        Rule(
            "P07",
            "E-ORIGINATOR",
            test: "Only the originating agency changes what it contributed.",
            citation: "EO 10501 s.7(c); domain.md 2.4",
            message: "Only the agency that contributed an entry may do this.",
            ask: "Ask the originating agency's liaison."
        ),
        Rule(
            "P08",
            "E-SOD",
            test:
                "Nobody approves, grants or joins what is their own, and no person holds roles that exclude each other.",
            citation: "CJIS Security Policy AC-5",
            message: "This needs a second person, or joins duties that must stay apart.",
            ask: "Ask another person who holds the role."
        ),
        Rule(
            "P08A",
            "E-SOD",
            test:
                "An administrator adds no key to anyone who has held a role, and names no further liaison or oversight of an agency.",
            citation: "CJIS Security Policy AC-5, IA-5; domain.md 6.3",
            message: "Administrators act and speak for nobody else: the agency decides this itself.",
            ask: "Ask a liaison of the member's agency."
        ),
        Rule(
            "P06",
            "E-H2-ORIGINATOR",
            test: "The originator permitted what its handling code forbids without permission.",
            citation: "SIENA handling codes; third-agency rule; domain.md 2.4",
            message: "The originating agency has not permitted this release.",
            ask: "Ask its control official: `accord dissemination request`."
        ),
        Rule(
            "P10",
            "E-NO-PREDICATE",
            test: "A subject and a target come with a suspicion of criminal conduct, and with what it rests on.",
            citation: "28 CFR 23.20(a), (c)",
            message: "A suspicion names the conduct and rests on something: an entry, or reasons that are stated.",
            ask: "State them: `accord help subject register`, `accord help decon target submit`."
        ),
        Rule(
            "P10A",
            "E-NOT-ATTESTED",
            test:
                "Who registers a subject attests that what it rests on was obtained lawfully, and is about conduct and not about views, beliefs or associations.",
            citation: "28 CFR 23.20(b), (d); domain.md 2.1",
            message:
                "Nobody has attested that what the suspicion rests on was obtained lawfully, and is about conduct.",
            ask: "If it was, and is, say so with `--lawfully-obtained`; you answer for it."
        ),
        Rule(
            "P13",
            "E-PII-IN-VICTIM",
            test: "No text about a victim holds a name, an address, or another thing that identifies somebody.",
            citation: "28 CFR 94.115; 34 USC 12291(b)(2); domain.md 2.5, 6.8",
            message: "The text seems to hold what identifies a person.",
            ask:
                "Leave it out: who somebody is stays with the provider. The reference and the closed lists say the rest."
        ),
        Rule(
            "P14",
            "E-1367",
            test: "What 8 USC 1367 protects is told to listed recipients alone.",
            citation: "8 USC 1367(a)(2), (b); domain.md 2.5, 6.8",
            message: "The agency is no listed recipient of what 8 USC 1367 protects.",
            ask: "If an exception of 8 USC 1367(b) holds, list it first: `accord victim recipient`."
        ),
        Rule(
            "P33",
            "E-CONSENT",
            test: "What is told of a victim rests on a consent that lasts, covers it, and names the recipient.",
            citation: "28 CFR 94.115; 34 USC 12291(b)(2); domain.md 2.5, 6.6",
            message: "No consent of the victim that lasts covers this.",
            ask: "Ask the victim; `accord victim consent record` says what was agreed to."
        ),
        Rule(
            "P34",
            "E-CONSENT-ANEW",
            test: "What an agency contributed serves a changed predicate once it agreed to that.",
            citation: "CJIS Security Policy AC-21; domain.md 3, 6.7.3",
            message:
                "The predicate of the case has changed, and the agency that contributed this has not agreed to it.",
            ask: "Ask that agency's liaison: `accord case consent`."
        ),
        Rule(
            "P13S",
            "E-PII-IN-SUBJECT",
            test:
                "No text about a subject holds a date of birth, a phone number, an e-mail address or a document's number.",
            citation: "28 CFR 23.20(g); domain.md 6.2",
            message: "The text seems to hold what identifies a person.",
            ask: "Leave it out: identifiers are submitted to target deconfliction, and are nowhere else."
        ),
        Rule(
            "P15",
            "E-DECON-MISSING",
            test: "Deconfliction is newer than the last amendment, and no conflict is open; in exigency it may follow.",
            citation: "NJ AG Directive 2016-1; domain.md 2.9",
            message: "The operation has not been deconflicted since it was planned or changed.",
            ask: "`accord op show` tells what is missing; submit it to deconfliction, and settle what is open."
        ),
        Rule(
            "P15A",
            "E-APPROVAL-MISSING",
            test: "Each agency approved the plan as it is, counsel reviewed it, and its safeguards are recorded.",
            citation: "domain.md 2.7, 6.8",
            message: "An approval of the plan as it is now is missing.",
            ask: "`accord op show` tells who has not answered: an amendment asks all of them anew."
        ),
        Rule(
            "P15L",
            "E-AUTHORITY-EXPIRED",
            test: "Every authority of a plan holds until the operation ends.",
            citation: "Fed. R. Crim. P. 41(e)(2); domain.md 4.2",
            message: "An authority ends before the operation does.",
            ask: "Amend the plan: a later authority, or an earlier end."
        ),
        Rule(
            "P16",
            "E-LATE-DECON",
            test:
                "What is planned is submitted to deconfliction two hours before it begins, unless exigency was declared.",
            citation: "Pennsylvania State Police AR 7-18; domain.md 2.9, 6.8, 6.11",
            message: "It begins within two hours, and no exigency was declared.",
            ask:
                "Put it off, or declare with a commander's approval that it cannot wait: `accord decon event exigent`, and of a plan `accord op propose --exigent WHY`."
        ),
        Rule(
            "P17",
            "E-NOTICE",
            test:
                "Person and counsel are told in writing what the holder will do, before it complies with a custody request or hands anybody over.",
            citation: "Cal. Gov. Code 7283.1; domain.md 2.7, 6.8",
            message: "The person and counsel have not both been told in writing that this will be done.",
            ask: "`accord custody notify-person` and `accord custody notify-counsel`, then repeat."
        ),
        Rule(
            "P17I",
            "E-INSTRUMENT",
            test:
                "Custody changes hands on an instrument of a class that the holder's policy accepts, never on none; where that says nothing, to civil immigration enforcement on a court's alone.",
            citation: "8 CFR 287.7(d); domain.md 2.10, 6.8",
            message: "No instrument is recorded that the holder's policy accepts.",
            ask: "Name the class of the instrument with `--instrument`, or answer otherwise."
        ),
        Rule(
            "P18",
            "E-OPEN-DUTY",
            test: "A case is closed when nothing is owed in it any more.",
            citation: "domain.md 6.5",
            message: "The case cannot be closed: something is still owed in it.",
            ask: "Finish or cancel what is named, then close it."
        ),
        Rule(
            "P19",
            "E-HOLD",
            test: "No legal hold keeps what is to be purged.",
            citation: "domain.md 2.11, 6.8",
            message: "A legal hold keeps it: nothing of it is purged.",
            ask: "Ask the counsel who placed the hold: `accord purge list`."
        ),
        Rule(
            "P20",
            "E-SOD",
            test:
                "A purge or a seal rests on an order, or on a retention review, and on two persons; a purge on two duties.",
            citation: "28 CFR 23.20(g), (h); NIST SP 800-53 AU-9(5); domain.md 2.11, 6.8",
            message: "This needs an authority that is on the record, and a second person with another duty.",
            ask: "Ask the counsel of the case, or the liaison of the originating agency: `accord purge list`."
        ),
        Rule(
            "P20C",
            "E-COURT-ORDER",
            test: "No protective order keeps an entry where it is, from its receipt on.",
            citation: "domain.md 2.11, 6.6",
            message: "A protective order keeps it in the case: nobody else is given it.",
            ask: "Ask the counsel of the case: `accord purge list` names the order."
        ),
        Rule(
            "P11",
            "E-VALIDITY",
            test: "A target is kept for five years at most, and validated each year.",
            citation: "28 CFR 23.20(h)",
            message: "The target was submitted five years ago: it cannot be validated again.",
            ask: "If the suspicion is a new one, submit it anew."
        ),
        Rule(
            "P12",
            "E-PROTECTED-PERSON",
            test: "No victim and no witness is submitted as a target.",
            citation: "28 CFR 23.20(a); 22 USC 7105; domain.md 6.8",
            message: "Victims and witnesses are never submitted as targets.",
            ask: "Ask victim services how the person can be helped."
        ),
        Rule(
            "P21",
            "E-RATE",
            test: "An asker submits 20 identifiers an hour at most, and a case 100 a day.",
            citation: "28 CFR 23.20(b), (e); domain.md 6.8",
            message: "Too many identifiers were submitted of late. This is shown to oversight.",
            ask: "Wait; submit only what a suspicion is documented for.",
            alertsOversight: true
        ),
        Rule(
            "P21B",
            "E-BULK",
            test: "Identifiers are submitted one by one, each for its own suspicion.",
            citation: "28 CFR 23.20(b), (e); domain.md 6.8",
            message: "Lists of identifiers are not taken. This is shown to oversight.",
            ask: "Submit the one identifier for which a suspicion is documented.",
            alertsOversight: true
        ),
        Rule(
            "P21E",
            "E-RATE",
            test:
                "An asker has 20 planned events an hour compared at most, and the same plan of others comes into reach or leaves it 4 times a day by what he moves, or by what his agency moves together.",
            citation: "domain.md 6.3 (nobody searches), 6.8, 6.9",
            message: "What you plan was compared too often of late. This is shown to oversight.",
            ask:
                "Call the contact of the conflict; what cannot wait goes on with a commander's concurrence: `accord decon event exigent`.",
            alertsOversight: true
        ),
        Rule(
            "P23",
            "E-STALE",
            test: "The asker has seen the newest position of the case.",
            citation: "domain.md 6.4",
            message: "The case has moved on.",
            ask: "Read it again, then repeat."
        ),
        Rule(
            "L01",
            "E-STATE",
            test: "The state of the case, entry, invitation, permission, order or purge allows the act.",
            citation: "domain.md 6.5, 6.6",
            message: "The present state does not allow this.",
            ask: "`accord case show`, or `show` of what is meant, tells how it stands; `accord inbox` what waits."
        ),
        Rule(
            "L02",
            "E-CLOSED",
            test: "A closed case is only read, reviewed, sealed and purged.",
            citation: "domain.md 6.5",
            message: "The case is closed: it can be read, reviewed, sealed and purged, and nothing else.",
            ask: "Propose to reopen it: `accord case reopen`; a second person approves."
        ),
        Rule(
            "P26",
            "E-NEVER",
            test: "No emergency opens V1367, LEGAL or OVERSIGHT.",
            citation: "8 USC 1367; domain.md 6.8",
            message: "This compartment is never opened by emergency access.",
            ask: "Ask oversight.",
            alertsOversight: true
        ),
        Rule(
            "P26R",
            "E-RATE",
            test: "A member gives two entries at most as emergencies within 24 hours.",
            citation: "28 CFR 23.20(f); domain.md 6.8",
            message: "You have given two entries as emergencies within a day.",
            ask: "Ask the lead of the case, or a liaison, to give it: nobody else's emergencies count for them.",
            alertsOversight: true
        ),
        Rule(
            "P06D",
            "E-H1-ORIGINATOR",
            test: "Before an H1 entry goes into judicial proceedings its originator is asked, and permits it.",
            citation: "SIENA handling codes; domain.md 2.12, 6.8",
            message: "The originating agency has not permitted that this goes into judicial proceedings.",
            ask: "Ask its control official: `accord discovery raise`."
        ),
        Rule(
            "P27",
            "E-IMMUTABLE",
            test: "That something may favour the defence is answered, and never unsaid.",
            citation: "Brady v. Maryland, 373 U.S. 83; domain.md 2.12, 6.8",
            message: "What was said to favour the defence cannot be unsaid.",
            ask: "Counsel of the case answers it: `accord discovery answer`.",
            alertsOversight: true
        ),
        Rule(
            "P28",
            "E-NEVER-LISTED",
            test: "An inspection is shown to oversight alone, and to nobody whom it concerns.",
            citation: "domain.md 2.13, 6.8",
            message: "It does not exist, or is not open to you.",
            ask: "Ask oversight."
        ),
        Rule(
            "P29",
            "E-EXPORT",
            test: "An export carries its digest and is on the record.",
            citation: "28 CFR 23.20(g)",
            message: "An export without digest and record is refused.",
            ask: "Use `accord audit export`."
        ),
        Rule(
            "P30",
            "E-EXPIRY",
            test: "Every grant ends, at most 400 days ahead.",
            citation: "CJIS Security Policy AC-2",
            message: "A grant needs an end within 400 days from now.",
            ask: "Name one with `--until`, such as `--until 180d`."
        ),
    ]
}
