# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by quickstart.sh, after alder.sh: case Birch of the same fictional place, rows 1 to 26. What comes after days is not
# awaited: that a request lapses after 48 hours, and that one is overdue after seven days.
#
# Uses, of its caller: act, step, told, expect and quietly, number (of Alder).

# Rows 1 to 5: the modes of agencies, an agreement that has ended, and a target whose owner is silent.
play_birch_opening() {
    local member
    act "Another agency leads another case: Birch" \
        "An agreement that has ended carries nothing. (FIB-MB has no liaison yet: its analyst is given the role.)"
    quietly admin.ops member grant analyst.fib liaison --scope agency --until 180d
    quietly lead.hcs case draft --title Birch --offence "8 USC 1324" --primary-purpose smuggling-criminal \
        --agreement MOU-31-01 --predicate "Containers with false floors, three arrivals."
    quietly lead.hcs case propose Birch
    quietly liaison.spo case approve Birch
    for member in "FIB-MB information" "SPO-OC participation" "LCS-DET information" "DAO-SV participation"; do
        quietly lead.hcs case invite Birch "${member% *}" --mode "${member#* }"
    done
    step lead.hcs E-AGREEMENT-EXPIRED case invite Birch MPD-VT --mode participation --agreement MOU-30-09
    step lead.hcs ok case invite Birch MPD-VT --mode participation --agreement MOU-31-01
    for member in analyst.fib liaison.spo liaison.lcs counsel.dao liaison.mpd; do quietly "$member" case join Birch; done
    quietly counsel.dao case assign Birch counsel.dao
    quietly liaison.spo case assign Birch agent.spo1
    quietly lead.hcs case assign Birch agent.hcs1
    step lead.hcs ok case show Birch

    act "A check digit is checked, and who is silent looks like nobody" \
        "FIB-MB submitted the phone as SILENT: to HCS-MAR there is no conflict. FIB-MB alone is told, a minute later."
    birch_target=(--case Birch --activity smuggling --subject "manifest 9")
    step agent.hcs1 E-INVALID decon target submit container CSQU3054384 "${birch_target[@]}" --subject-role instrument \
        --basis "False floor."
    step agent.hcs1 ok decon target submit container CSQU3054383 "${birch_target[@]}" --subject-role instrument \
        --basis "False floor."
    quietly agent.hcs1 decon target submit imo 9074729 "${birch_target[@]}" --subject-role instrument --basis "It came so."
    quietly agent.fib1 decon target submit phone +12025550177 --level SILENT --activity smuggling --basis "Named by one." \
        --subject "file 8"
    step agent.hcs1 ok decon target submit phone +12025550177 "${birch_target[@]}" --basis "On the crate."
    submitted=$SECONDS
}

# Rows 7 to 13: no list is looked up, and questions run on a clock.
play_requests() {
    local last
    act "Nobody looks up a list" "Twenty identifiers within an hour are the end, and oversight sees who wanted more."
    for last in {10..26}; do
        quietly agent.hcs1 decon target submit phone "+120255520$last" "${birch_target[@]}" --basis "On the list."
    done
    step agent.hcs1 E-RATE decon target submit phone +12025552027 "${birch_target[@]}" --basis "On the list."

    act "A question gets an answer in time, or escalates" \
        "What is overdue is recorded once, and shown to those who answer for it. (A request for information has 8 hours or" \
        "more; here a task has two seconds.)"
    step agent.hcs1 ok rfi send Birch SPO-OC "Was the van stopped on 5 March?" --urgency urgent
    step agent.spo1 ok due
    step agent.spo1 ok rfi answer Birch Q-1 "It was, at 21:10; the driver's name is asked for." --handling H2 --part
    step agent.hcs1 E-PURPOSE rfi send Birch MPD-VT "Where do they live?" --purpose CIV_IMM
    step agent.hcs1 ok rfi send Birch MPD-VT "Who rents the dock?" --purpose CRIM_INVEST
    step liaison.mpd E-INVALID rfi refuse Birch Q-2 not-in-the-mood
    step liaison.mpd ok rfi refuse Birch Q-2 harm-to-investigation
    step lead.hcs ok task assign Birch SPO-OC "Look at the dock." --due 2s
    await agent.spo1 overdue due --overdue
    step agent.spo1 ok due --overdue
    step agent.spo1 ok task complete Birch T-1
}

# Rows 14 to 21: who is held, and what a detainer is worth.
play_custody() {
    local held
    act "A detainer is a request" \
        "Nobody complies before person and counsel were told; nothing is extended or sent by itself. There is no name, status" \
        "or nationality: a person is a booking pseudonym."
    step liaison.lcs ok custody receive Birch FRO-MB B-1 hold --instrument detainer
    held=$(told K)
    step liaison.lcs E-NOTICE custody answer Birch "$held" complying
    step lead.hcs E-OPEN-DUTY case close Birch --reason "over"
    step liaison.lcs ok custody notify-person Birch "$held" not-complying --language es --form 2031-01
    step liaison.lcs ok custody notify-counsel Birch "$held" not-complying
    step liaison.lcs ok custody answer Birch "$held" not-complying
    step liaison.lcs ok custody release Birch "$held"

    act "Custody changes hands on a court's warrant" \
        "FRO-MB is not in the case: it sees this inquiry alone. Without an answer it lapses after 48 hours of business days."
    quietly admin.ops member grant officer.fro liaison --scope agency --until 180d
    step liaison.lcs ok custody inquire Birch FRO-MB B-2 --reason judicial-warrant-known --offence smuggling
    held=$(told K)
    step officer.fro ok inbox
    step officer.fro E-NOT-MEMBER case show Birch
    step officer.fro E-INSTRUMENT custody answer "$birch" "$held" will-take
    step officer.fro ok custody answer "$birch" "$held" will-take --instrument judicial-warrant
    step liaison.lcs ok custody notify-consulate Birch "$held" --offered --requested
    step liaison.lcs E-NOTICE custody transfer Birch "$held" judicial-warrant
    step liaison.lcs ok custody release Birch "$held"
}

# Rows 22 to 24, and 26 of Alder: an operation that cannot wait, to its end.
play_exigency() {
    local exigency window=(--from "$(hours +0)" --until "$(hours +4)")
    act "A vessel comes early: what takes time follows" \
        "Exigency is declared with its reason, and a commander concurs. The plan is submitted all the same, after the fact."
    local plan=(--site "Pier 4: 0.2000,0.2000" --authority "judicial-warrant, Superior Court, $(days +20)" "${window[@]}"
        --agency SPO-OC)
    step lead.hcs E-LATE-DECON op propose Birch "${plan[@]}"
    step lead.hcs ok op propose Birch "${plan[@]}" --exigent "The vessel is early."
    quietly liaison.spo op approve Birch OP-1 --revision 1
    quietly counsel.dao op review Birch OP-1 --revision 1 --verdict cleared
    quietly lead.hcs op safeguards Birch OP-1 --children planned --language planned --counsel planned --medical planned
    step lead.hcs E-SOD decon event exigent --case Birch --operation OP-1 --approver lead.hcs --reason "It is early."
    step lead.hcs ok decon event exigent --case Birch --operation OP-1 --approver liaison.spo --reason "It is early."
    exigency=$(told U)
    step liaison.spo ok decon event concur "$exigency"
    step lead.hcs ok op ask Birch OP-1
    step liaison.spo ok op authorise Birch OP-1 --revision 1
    step lead.hcs ok op start Birch OP-1
    step lead.hcs ok decon event submit --case Birch --type vehicle-stop --at 0.2,0.2 "${window[@]}" --operation OP-1 \
        --exigent "$exigency"
    step lead.hcs ok op complete Birch OP-1
    step lead.hcs E-OPEN-DUTY case close Birch --reason "done"
    expect "OP-1"
    step lead.hcs ok op arrests Birch OP-1 --total 3 --immigration 0
}

# Rows 25 and 26: an emergency, and who looks at it afterwards.
play_emergency() {
    act "People are sealed in a container" \
        "One entry goes to one agency at once, for two hours, without its originator's word; oversight reviews it within a day."
    quietly agent.hcs1 entry add Birch "Bay 4, second row: knocking from inside." --handling H2
    step agent.hcs1 E-PURPOSE breakglass invoke Birch E-1 --to FRO-MB --reason "people sealed in the container"
    step agent.hcs1 E-NEVER breakglass invoke Birch O-482913 --to TCP-NAR --reason "people sealed in the container"
    step agent.hcs1 ok breakglass invoke Birch E-1 --to TCP-NAR --reason "people sealed in the container"
    step agent.tcp1 ok entry show "$birch" E-1
    step lead.hcs E-ROLE breakglass review Birch D-1 --finding justified --note "found in time"
    step auditor.rob ok inbox
    step auditor.rob ok breakglass review Birch D-1 --finding justified --note "found in time"
}

# Rows 5 and 6: who was silent chooses to be in touch, and two leads link their cases.
play_link() {
    local conflict
    act "Who was silent chooses to be in touch" \
        "FIB-MB is told a minute after the submission, so that its answer tells nobody anything. Both leads then link the cases."
    ((SECONDS - submitted > 60)) || say "" "(That minute is awaited.)"
    await analyst.fib HCS-MAR inbox
    step analyst.fib ok inbox
    conflict=$(told X)
    step agent.hcs1 E-NOT-FOUND decon show "$conflict"
    step lead.fib ok decon resolve "$conflict" --outcome joint
    step agent.hcs1 ok decon show "$conflict"
    step agent.hcs1 ok decon resolve "$conflict" --outcome joint
    step lead.fib ok case link Alder "$birch"
    step lead.hcs ok case link Birch "$number"
    step lead.hcs ok case show Birch
    expect Alder
}
