#!/usr/bin/env bash
# Feeds the parsers of what comes from outside with bytes that libFuzzer makes, under Address Sanitizer.
#
#   Deploy/fuzz.sh                       each target for a minute, as many at once as there are processors
#   Deploy/fuzz.sh --runs 10000000       each with that many inputs
#   Deploy/fuzz.sh --seconds 600 json    one target, or more
#
# Targets and what must hold of them: Tests/Fuzzing/FuzzTarget.swift; inputs to begin with: Tests/Fuzzing/Corpus. What is found
# on the way is kept in .build-tools/fuzz, so that the next run goes on from there; an input that is a fault is copied to
# .build-tools/fuzz/faults, and belongs into the corpus once it is mended. The seed is ACCORD_SEED, or a fresh one.
set -euo pipefail
cd "$(dirname "$0")/.."
export SWIFT_BACKTRACE=enable=no ACCORD_FUZZ=1

limit=-max_total_time=60
targets=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --seconds) limit=-max_total_time=$2 && shift ;;
    --runs) limit=-runs=$2 && shift ;;
    -*) echo "--seconds N or --runs N, and names of targets" >&2 && exit 64 ;;
    *) targets+=("$1") ;;
    esac
    shift
done
if [[ ${#targets[@]} -eq 0 ]]; then targets=(json wire idl line bundle sshsig note policy); fi

# Without the coverage flags the fuzzer would be blind: the control below would pass.
flags=(-c release --sanitize=fuzzer --sanitize=address --scratch-path .build-fuzz --product accord-fuzz
    -Xswiftc "-sanitize-coverage=edge,inline-8bit-counters,pc-table" -Xswiftc -enable-testing)
swift build "${flags[@]}"
program=$(swift build "${flags[@]}" --show-bin-path)/accord-fuzz

kept=$PWD/.build-tools/fuzz
seed=${ACCORD_SEED:-$RANDOM}
mkdir -p "$kept/faults"

# fuzz TARGET OPTION...: what libFuzzer says is in $kept/TARGET.log.
fuzz() {
    local target=$1 corpus=()
    shift
    mkdir -p "$kept/$target"
    if [[ -d Tests/Fuzzing/Corpus/$target ]]; then corpus=("Tests/Fuzzing/Corpus/$target"); fi
    ACCORD_FUZZ_TARGET=$target ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=16 \
        "$program" -seed="$seed" -timeout=10 -rss_limit_mb=512 -artifact_prefix="$kept/faults/$target-" \
        "$@" "$kept/$target" "${corpus[@]}" >"$kept/$target.log" 2>&1
}

if fuzz control -runs=5000000; then
    echo "the control passed: this fuzzer does not see the code, and what it says is worth nothing" >&2
    exit 1
fi
rm -rf "$kept"/faults/control-* "$kept/control"

failed=0
declare -A running=()
# finish: waits for one of those that run, and says what came of it.
finish() {
    local pid target code=0
    wait -n -p pid "${!running[@]}" || code=$?
    target=${running[$pid]}
    unset "running[$pid]"
    if [[ $code -eq 0 ]]; then
        echo "$target: $(grep -E '^Done' "$kept/$target.log"), $(grep -oE 'cov: [0-9]+' "$kept/$target.log" | tail -n 1)"
    else
        failed=1
        echo "$target: FAILED with seed $seed"
        tail -n 40 "$kept/$target.log"
    fi
}
echo "seed $seed"
for target in "${targets[@]}"; do
    fuzz "$target" "$limit" &
    running[$!]=$target
    if [[ ${#running[@]} -ge $(nproc) ]]; then finish; fi
done
while [[ ${#running[@]} -gt 0 ]]; do finish; done
exit "$failed"
