# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by quickstart.sh: the agencies, agreements, members and case Alder of a fictional place. No real persons; dates
# are relative to today, so that the agreements are live, all but MOU-30-09.
#
# Uses, of its caller: act, step, told and quietly, said (of the last step), home (the folder), number (of the case, once it is
# drafted).

# Agency | name | level | mission | contact
agencies=(
    "FIB-MB|Federal Investigations Bureau, Meridian Bay|federal|criminal|FIB watch desk, extension 100"
    "FRO-MB|Federal Removal Operations, Meridian Bay|federal|civil-immigration|FRO desk, extension 110"
    "HCS-MAR|Harbor and Customs Service, Maritime|federal|criminal|HCS watch desk, extension 120"
    "SPO-OC|State Police, Organised Crime|state|criminal|SPO watch desk, extension 200"
    "MPD-VT|Meridian City Police, Trafficking Unit|municipal|criminal|MPD watch desk, extension 300"
    "LCS-DET|Lake County Sheriff, Detention|county|custody|LCS control desk, extension 400"
    "TCP-NAR|Three Rivers Police, Narcotics|municipal|criminal|TCP watch desk, extension 500"
    "LSD-WH|Labor Standards Division, Wage and Hour|state|regulatory|LSD control desk, extension 600"
    "FPO-MB|Federal Prosecutor's Office|federal|prosecution|FPO desk, extension 700"
    "DAO-SV|District Attorney, Special Victims|county|prosecution|DAO desk, extension 710"
    "SPS|Safe Passage Services|ngo|service|SPS desk, extension 800"
    "ROB|Regional Oversight Board|regional|oversight|ROB desk, extension 900"
)

# The parties of MOU-31-01.
parties=(FIB-MB HCS-MAR SPO-OC MPD-VT LCS-DET LSD-WH FPO-MB DAO-SV SPS ROB)

# Member, agency, roles. (admin.ops was named by accordd init.)
members=(
    "admin.ops OPS"
    "lead.fib FIB-MB lead"
    "agent.fib1 FIB-MB contributor"
    "analyst.fib FIB-MB analyst"
    "lead.hcs HCS-MAR lead"
    "agent.hcs1 HCS-MAR contributor"
    "agent.spo1 SPO-OC contributor"
    "liaison.spo SPO-OC liaison"
    "agent.mpd1 MPD-VT contributor"
    "liaison.mpd MPD-VT liaison"
    "liaison.lcs LCS-DET liaison"
    "officer.fro FRO-MB contributor"
    "agent.tcp1 TCP-NAR contributor"
    "inspector.lsd LSD-WH contributor liaison"
    "counsel.fpo FPO-MB legal"
    "counsel.dao DAO-SV legal liaison"
    "advocate.sps SPS victim-services liaison"
    "auditor.rob ROB oversight"
)

# days N: the day N days from now.
days() { date -u -d "$1 days" +%F; }

register_alder() {
    local line id name level mission contact agency roles role arguments
    for line in "${agencies[@]}"; do
        IFS='|' read -r id name level mission contact <<<"$line"
        quietly admin.ops agency register "$id" --name "$name" --level "$level" --mission "$mission" --contact "$contact"
    done

    arguments=(--cap H2 --designee SPO-OC --from "$(days -60)" --until "$(days +300)")
    for id in "${parties[@]}"; do arguments+=(--party "$id"); done
    for id in CRIM_INVEST CRIM_PROS OFFICER_SAFETY VICTIM_ASSIST DISCOVERY OVERSIGHT; do arguments+=(--allow "$id"); done
    quietly admin.ops agreement record MOU-31-01 "${arguments[@]}"

    # Adds those who are not members: what an originator permits may go to them for the safety of officers.
    arguments=(--cap H2 --from "$(days -60)" --until "$(days +300)" --allow OFFICER_SAFETY)
    for id in "${parties[@]}" TCP-NAR FRO-MB; do arguments+=(--party "$id"); done
    quietly admin.ops agreement record MOU-31-02 "${arguments[@]}"

    arguments=(--cap H1 --from "$(days -700)" --until "$(days -30)" --allow CRIM_INVEST --party HCS-MAR --party MPD-VT)
    quietly admin.ops agreement record MOU-30-09 "${arguments[@]}"

    for line in "${members[@]:1}"; do
        read -r name agency roles <<<"$line"
        quietly admin.ops member enrol "$name" --agency "$agency" --public-key "$home/keys/$name.pub"
        for role in $roles; do
            quietly admin.ops member grant "$name" "$role" --scope agency --until 180d
        done
    done
}

# Rows 1 to 5: a case is opened by two people, agencies are invited and join.
play_opening() {
    local agency member
    act "Two people open a case" \
        "A lead drafts and proposes it; a liaison approves, never the lead. To others there is no such case."
    step lead.fib ok case draft --title Alder --offence "18 USC 1591" --primary-purpose trafficking-criminal \
        --agreement MOU-31-01 --predicate "Two hotels and a car wash, same owner: wages withheld, papers kept."
    step agent.mpd1 E-NOT-MEMBER case show Alder
    step lead.fib ok case propose Alder
    step lead.fib E-SOD case approve Alder
    step liaison.spo ok case approve Alder

    act "Agencies join under an agreement" \
        "Each is invited with a mode, its own liaison accepts and assigns its people. (Five are invited; one is shown.)"
    step lead.fib ok case invite Alder MPD-VT --mode participation
    step liaison.mpd ok inbox
    step liaison.mpd ok case join Alder --conditions "No use for CIV_IMM."
    step liaison.mpd ok case assign Alder agent.mpd1
    for agency in LSD-WH DAO-SV SPS; do quietly lead.fib case invite Alder "$agency" --mode information; done
    quietly lead.fib case invite Alder SPO-OC --mode participation
    quietly liaison.spo case join Alder
    quietly liaison.spo case assign Alder agent.spo1
    quietly inspector.lsd case join Alder
    quietly inspector.lsd case assign Alder inspector.lsd
    for member in counsel.dao advocate.sps; do
        quietly "$member" case join Alder
        quietly "$member" case assign Alder "$member"
    done
    quietly lead.fib case assign Alder agent.fib1
    step lead.fib ok case show Alder
    step officer.fro E-NOT-MEMBER case show Alder
}

# hours N: the full hour N hours from now.
hours() { date -u -d "$1 hours" +%FT%H:00Z; }

# Rows 6 to 9: who is suspected, of what; two agencies that look for the same phone.
play_targets() {
    local conflict
    act "A subject is a suspicion, and what it rests on" \
        "Who it is stands in no text. A second person documents the suspicion; it is validated each year, and ends in five."
    step agent.fib1 ok subject register Alder --kind business --criminality trafficking --lawfully-obtained \
        --basis "Two hotels and a car wash, same owner."
    step agent.fib1 E-NO-PREDICATE subject register Alder --kind person --criminality trafficking --lawfully-obtained
    step agent.fib1 E-PII-IN-SUBJECT subject register Alder --kind person --criminality trafficking --lawfully-obtained \
        --basis "Reached at +1 555 234 0199."
    quietly agent.fib1 subject register Alder --kind person --criminality trafficking --lawfully-obtained --basis "Said to keep the passports."
    step lead.fib ok subject document Alder S-2 "Three statements agree."

    act "Two agencies look for the same phone" \
        "Submitting is asking; there is no search. Both sides are told whom to call, and no more."
    step agent.tcp1 ok decon target submit phone "+1 202 555 0100" --activity narcotics --basis "Named by two." \
        --subject "file 7"
    step agent.fib1 ok decon target submit phone "00 1 202 555 0100" --case Alder --activity trafficking \
        --basis "On the rota of the hotel." --subject "statement 1"
    conflict=$(told X)
    step agent.tcp1 ok inbox
    step agent.tcp1 ok decon ack "$conflict"
    step agent.fib1 ok decon resolve "$conflict" --outcome joint
    quietly agent.tcp1 decon resolve "$conflict" --outcome joint
    step agent.fib1 ok decon show "$conflict"
    step agent.mpd1 E-NOT-FOUND decon show "$conflict"
}

# Rows 16 to 25: a joint operation. (It is for tomorrow: row 26 is played in Birch, where it could not wait.)
play_operation() {
    local window submission conflict approver
    local safeguards=(--children planned --language planned --counsel planned --medical not-needed)
    act "An operation has every approval before it starts" \
        "MPD sets a term, and an amendment voids what was said before. Victim services learn days, and no place."
    window=(--from "$(hours +30)" --until "$(hours +34)")
    step lead.fib E-PURPOSE op propose Alder --site "Car wash: 0.1000,0.1000" \
        --authority "judicial-warrant, Superior Court, $(days +20)" "${window[@]}" --agency SPO-OC --for CIV_IMM
    step lead.fib ok op propose Alder --site "Car wash: 0.1000,0.1000" --site "Hotel: 0.1200,0.1000" \
        --authority "judicial-warrant, Superior Court, $(days +20)" "${window[@]}" --agency SPO-OC --agency MPD-VT \
        --for CRIM_INVEST --for OFFICER_SAFETY
    step liaison.spo ok op approve Alder OP-1 --revision 1
    step liaison.mpd ok op condition Alder OP-1 --revision 1 --term no-civil-immigration
    step lead.fib E-APPROVAL-MISSING op ask Alder OP-1
    step lead.fib ok op amend Alder OP-1 --for CRIM_INVEST --reason "As MPD asks."
    step liaison.spo E-STALE op approve Alder OP-1 --revision 1
    for approver in liaison.spo liaison.mpd; do quietly "$approver" op approve Alder OP-1 --revision 2; done
    step counsel.dao ok op review Alder OP-1 --revision 2 --verdict cleared
    step lead.fib ok op safeguards Alder OP-1 "${safeguards[@]}"
    step lead.fib ok op advise Alder OP-1 --from "$(days +1)" --until "$(days +2)" --people 12 --gender female \
        --language es --language th --minors
    step advocate.sps ok op show Alder OP-1
    step advocate.sps ok op ack Alder OP-1

    act "It meets another agency's plan, 500 metres away" \
        "Both are told whom to call. It is put off, which voids every answer; then all is asked anew, and two authorise it."
    quietly agent.tcp1 decon event submit --type surveillance --at 0.1045,0.1000 --from "$(hours +28)" --until "$(hours +30)"
    step lead.fib E-LATE-DECON decon event submit --case Alder --type search-warrant --at 0.1,0.1 \
        --from "$(hours +1)" --until "$(hours +5)"
    step lead.fib ok decon event submit --case Alder --type search-warrant --at 0.1,0.1 --at 0.12,0.1 "${window[@]}" \
        --operation OP-1
    submission=$(told V)
    conflict=$(told X)
    step agent.tcp1 ok inbox
    step lead.fib E-DECON-MISSING op ask Alder OP-1
    step lead.fib ok decon resolve "$conflict" --outcome delayed
    step agent.tcp1 ok decon resolve "$conflict" --outcome proceed
    window=(--from "$(hours +32)" --until "$(hours +36)")
    step lead.fib ok op amend Alder OP-1 "${window[@]}" --reason "Put off."
    step lead.fib ok decon event amend "$submission" "${window[@]}" --reason "Put off."
    step lead.fib ok op show Alder OP-1
    for approver in liaison.spo liaison.mpd; do quietly "$approver" op approve Alder OP-1 --revision 3; done
    quietly counsel.dao op review Alder OP-1 --revision 3 --verdict cleared
    quietly lead.fib op safeguards Alder OP-1 "${safeguards[@]}"
    step lead.fib E-ROLE op authorise Alder OP-1 --revision 3
    step lead.fib ok op ask Alder OP-1
    step liaison.spo ok op authorise Alder OP-1 --revision 3
    step lead.fib E-STATE op start Alder OP-1
}

# What a city's law forbids its police is not asked of them, and what they know is not given on.
play_policy() {
    # The example is of the sample data's own year; here it is in force since yesterday.
    sed "s/^effective: .*/effective: $(days -1)/" Config/policies/city-limits.yaml >"$home/city-limits.yaml"
    act "Each agency's own policy binds its data and its participation" \
        "(A teaching example, and no statement of any state's law.)"
    step liaison.mpd ok policy propose "$home/city-limits.yaml"
    step liaison.mpd E-ROLE policy activate MPD-VT city-limits/1
    step counsel.dao ok policy activate MPD-VT city-limits/1
    step agent.mpd1 ok policy explain --object participation --purpose CRIM_INVEST --counterpart FRO-MB
    expect no-joint-work-with-civil-components
    step agent.mpd1 ok policy explain --object data --purpose OFFICER_SAFETY --counterpart FRO-MB
    expect nothing-to-civil-components
}

# Rows 10 to 15: the originator decides who sees its entry; a correction keeps the original.
play_sharing() {
    local release=(Alder E-1 TCP-NAR --purpose OFFICER_SAFETY --reason "the same van")
    act "What an agency contributes stays its own" \
        "LSD-WH records an entry as H2: nobody passes it on without its word. An officer tries, asks, and may."
    step inspector.lsd ok entry add Alder "Wage records of 14 people show 70 hours a week paid as 30." \
        --kind lead --handling H2
    step agent.mpd1 E-H2-ORIGINATOR dissemination release "${release[@]}"
    step agent.mpd1 ok dissemination request "${release[@]}"
    step inspector.lsd ok inbox
    step inspector.lsd ok dissemination grant Alder R-1
    step agent.mpd1 ok dissemination release "${release[@]}"
    step agent.tcp1 ok entry show "$number" E-1 --purpose OFFICER_SAFETY
    step agent.tcp1 E-NOT-MEMBER case show "$number"

    act "Nothing is overwritten, and not everybody sees everything" \
        "A correction is added. OPS is a compartment that an agency in information mode does not see, and an" \
        "administrator, who runs the service, sees no content at all."
    step agent.spo1 ok entry add Alder "Two vans at the loading dock, 4 March, 21:40." \
        --kind observation --compartment OPS
    step inspector.lsd E-NOT-FOUND entry show Alder E-2
    step agent.spo1 ok entry correct Alder E-2 "Two vans at the loading dock, 5 March, 21:40." --reason "wrong date"
    step lead.fib ok entry list Alder
    step admin.ops E-ROLE entry show Alder E-1
    step admin.ops ok policy explain
}
