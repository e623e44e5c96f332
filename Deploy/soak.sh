#!/usr/bin/env bash
# Runs the seeded tests of faults in their long form, and prints the seeds that failed.
#
#   Deploy/soak.sh                       crashes 1..5000, simulation 1..100000, revocations 1..800
#   Deploy/soak.sh simulation 1..2000    one of them, under these seeds
#
# One seed is: for crashes 100 stops of one record, for simulation one history of the whole daemon, for revocations one of
# more than 1,200 calls. A seed that fails goes into Tests/TestSupport/KeptSeeds.swift with a line of why.
set -euo pipefail
cd "$(dirname "$0")/.."
export SWIFT_BACKTRACE=enable=no

soak() {
    local name=$1 seeds=$2 filter=$3 began=$SECONDS
    printf '== %s, seeds %s\n' "$name" "$seeds"
    ACCORD_SEEDS=$seeds swift test --skip-build --no-parallel --filter "$filter" | grep -E 'seed|histories|✔ Test|✘ Test'
    printf '== %s: passed in %s s\n' "$name" $((SECONDS - began))
}

run() {
    case $1 in
    crashes) soak "$1" "${2:-1..5000}" 'CrashTests.*whatever' ;;
    simulation) soak "$1" "${2:-1..100000}" 'SimulationTests.*whatever' ;;
    revocations) soak "$1" "${2:-1..800}" 'SimulationTests.*revocation' ;;
    *)
        echo "crashes, simulation or revocations, and then seeds as A..B" >&2
        exit 64
        ;;
    esac
}

swift build --build-tests
if [[ $# -gt 0 ]]; then
    run "$@"
else
    for name in crashes simulation revocations; do run "$name"; done
fi
