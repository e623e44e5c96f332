#!/usr/bin/env bash
# Runs the tests of faults, attacks and loads in their long form, each with its controls, and prints amounts, seeds and times.
#
#   Deploy/soak.sh                       all of them, one after the other: more than a day
#   Deploy/soak.sh --list                what there is, and how much each tries
#   Deploy/soak.sh simulation 1..2000    one of them, under these seeds
#   Deploy/soak.sh churn 1000000         one of them, with that many
#
# An amount A..B is seeds (ACCORD_SEEDS), any other one a count (ACCORD_COUNT). A seed that fails goes into
# Tests/TestSupport/KeptSeeds.swift with a line of why. What is random beside that follows from ACCORD_SEED, or is 1.
# Tests are built with the optimiser in .build-soak; with sanitizers, in .build-address and .build-thread, without it, which builds
# in a quarter of the time.
set -euo pipefail
cd "$(dirname "$0")/.."
export CI=true SWIFT_BACKTRACE=enable=no ACCORD_SEED=${ACCORD_SEED:-1}
export ACCORD_VENV=${ACCORD_VENV:-$PWD/.build-tools/venv} ACCORD_VECTORS=${ACCORD_VECTORS:-$PWD/../shared/vectors}

# name;amount;which tests;what
suites="
crashes;1..5000;CrashTests.*(with all that was acknowledged|forgets to);a seed is 100 stops of one record on a disk that tears, drops and reorders
erasures;1..100;CrashTests.*parts are destroyed;a seed is some 100 stops while a part is destroyed
rounds;1..100;CrashTests.*(went|goes) round;a seed is 20 stops of a record whose journal is written over
failures;1..50;CrashTests.*any call that fails;a seed is a life for each call that fails, once and for ever, three ways; then a stop
simulation;1..100000;SimulationTests.*(whatever|planted);a seed is one history of the whole daemon
revocations;1..250;SimulationTests.*revocation;a seed is a history of some 4,600 calls, with ends of the process
kills;10000;G1DurableKillTests;times kill -9 of the daemon under load
cuts;1500;G1DurablePowerTests;times the power of a file system is cut, of each kind
faults;60;G1DurableFaultTests;the N-th call of each kind fails, in the daemon
bits;50000;(JournalTests|WriteAheadLogTests).*flipped bit;single bits of each of the record's files
every-bit;1;TransparencyLogTests.*(a flipped bit anywhere|every single bit);each bit of lines, parts, proofs and note of small copies
damage;1000;GuaranteeTests.*flipped bit;single bits of a daemon's files, and of what was exported
mutations;1..240;MutationTests.*no edit;a seed is some 4,300 changes of bundles: edits, deletions, exchanges, splices
parser;1..400;PropertyTests.*Python;a seed is 25,000 texts, read by Python too
policy;1..200;IndependentModelTests;a seed is 50,000 questions to Cedar
isolation;1;CaseworkTests.*IsolationTests;each state of a task force of three agencies: who reads what, and what opens when a right is taken
gate;1..100;CaseworkTests.*OracleTests;a seed is some 10,000 acts of each kind that an independent model decides too
pairs;1..50;(DeconflictionModelTests|BruteForceTests);a seed is 1,500 planned events, compared with each other one by one
watches;1..50;CoordinationTests.*(WatchTests|DurableTests|FailingTests);a seed is some 500 acts with watches, and with writes that fail
churn;5000000;ChurnTests;connections that come and go
crowd;3600;ManyConnectionsTests;seconds for which 4,000 connections are held
slow;600;SlowPeersTests;seconds with 500 connections that send a byte now and then, and a user who asks without end
load;7200;SteadyLoadTests;seconds of entries at 70 % of what the daemon can
streams;2000000;WatchStreamTests;entries that 200 watchers are told of, while they stall, hang up and are sent away
absence;100000;;pairs of a target that nobody knows and one whose owner is silent: lines, bytes and time are compared; on an idle machine
fuzz;10000000;;inputs for each parser, from libFuzzer under Address Sanitizer
address;1;.;all tests under Address and Leak Sanitizer, so many times
thread;1;.;all tests under Thread Sanitizer, so many times
"

# What Swift Testing says of each argument that passes fills a log.
shown() { grep -vE '^[◇↳]|^✔ (Test case|Suite)|Passing|^\[[0-9]+/[0-9]+\]' || true; }

# built OPTION...: builds tests and programs with what SwiftPM is told.
built() {
    swift build --quiet --build-tests "$@" || return
    ACCORD_BIN=$(swift build "$@" --show-bin-path) || return
    export ACCORD_BIN
}

# tests FILTER OPTION...: runs them, built so.
tests() {
    local filter=$1
    shift
    mkdir -p .build-tools
    swift test --skip-build --no-parallel "$@" --filter "$filter" 2>&1 | tee .build-tools/soak.log | shown || return
    # A name that nothing has any more passes.
    grep -qE 'Test run with [1-9]' .build-tools/soak.log
}

optimised=(-c release -Xswiftc -enable-testing --scratch-path .build-soak)

# long FILTER: in the long form that the environment says.
long() { built "${optimised[@]}" && tests "$1" "${optimised[@]}"; }

# sanitized NAME TIMES FILTER: as often, each time with the next seed. Packages are made of programs as they are released, and Leak
# Sanitizer does not look at a program that strace looks at.
sanitized() {
    local turn folder=.build-$1
    built --sanitize="$1" --scratch-path "$folder" || return
    export LSAN_OPTIONS=suppressions=$PWD/Tests/Sanitizers/leaks.txt:print_suppressions=0 ACCORD_CLOCK=$PWD/$folder/clock.so
    clang -shared -fPIC -O1 -o "$ACCORD_CLOCK" Tests/Sanitizers/clock.c || return
    if [[ $1 == thread ]]; then
        clang -shared -fPIC -O1 -o "$folder/runtime.so" Tests/Sanitizers/runtime.c || return
        export LD_PRELOAD=$PWD/$folder/runtime.so
        ACCORD_CLOCK=$LD_PRELOAD:$ACCORD_CLOCK
    fi
    for ((turn = 1; turn <= $2; turn++, ACCORD_SEED++)); do
        tests "$3" --sanitize="$1" --scratch-path "$folder" --skip '^DeploymentTests\.' --skip G1DurableFaultTests || return
    done
}

# run NAME AMOUNT FILTER WHAT
run() {
    local began=$SECONDS
    printf '== %s %s: %s\n' "$1" "$2" "$4"
    case $1/$2 in
    fuzz/*) Deploy/fuzz.sh --runs "$2" ;;
    absence/*) built "${optimised[@]}" && "$ACCORD_BIN/accord-load" absence --pairs "$2" ;;
    address/* | thread/*) (sanitized "$1" "$2" "$3") ;;
    # What these write need not last, and is written in half the time.
    */*..*) (TMPDIR=/dev/shm ACCORD_SEEDS=$2 long "$3") ;;
    *) (ACCORD_COUNT=$2 long "$3") ;;
    esac || {
        printf '== %s: FAILED after %s s, ACCORD_SEED=%s\n' "$1" $((SECONDS - began)) "$ACCORD_SEED"
        return 1
    }
    printf '== %s: passed in %s s\n' "$1" $((SECONDS - began))
}

wanted=${1:-}
found=0 failed=0
while IFS=';' read -r name amount filter what; do
    [[ -n $name ]] || continue
    if [[ $wanted == --list ]]; then
        printf '%-12s %9s  %s\n' "$name" "$amount" "$what"
    elif [[ -z $wanted || $wanted == "$name" ]]; then
        run "$name" "${2:-$amount}" "$filter" "$what" </dev/null || failed=1
    else
        continue
    fi
    found=1
done <<<"$suites"
if ((!found)); then
    echo "there is no $wanted: Deploy/soak.sh --list" >&2
    exit 64
fi
exit "$failed"
