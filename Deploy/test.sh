#!/usr/bin/env bash
# Runs every check of this repository, cheap ones first, and stops at the first that fails.
#
#   Deploy/test.sh                the checks, in order
#   CI=true Deploy/test.sh        warnings are errors, missing test vectors are a failure, parsers are fuzzed for a minute each,
#                                 and the seeds of random tests follow from the sources
#
# Public test vectors are read from ACCORD_VECTORS, or ../shared/vectors. Everything made here stays in .build and
# .build-tools, which git ignores.
set -euo pipefail
if (($# > 0)); then
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    [[ $1 == --help ]]
    exit
fi
cd "$(dirname "$0")/.."

# Swift's crash backtrace prints memory, and can hang a test that expects a crash.
export SWIFT_BACKTRACE=enable=no

packages=(
    libsqlite3-dev libssl-dev openssh-client strace e2fsprogs xfsprogs util-linux mount libfaketime python3 python3-venv
    systemd systemd-container openssh-server binutils # the package is made, and installed on a host booted for it
    nodejs chromium # the page of an export is judged and opened by other people's programs: some 300 MB
)
python_packages=(varlink==31.0.0 asyncvarlink==0.3.3 pymerkle==7.0.0 cedarpy==4.12.2)
tools=$PWD/.build-tools

say() { printf '%s\n' "$@"; }

# step HEADING COMMAND...: runs it, and says how long it took.
step() {
    local heading=$1 began=$SECONDS
    shift
    say "" "== $heading"
    if ! "$@"; then
        say "== $heading: FAILED after $((SECONDS - began)) s"
        exit 1
    fi
    say "== $heading: passed in $((SECONDS - began)) s"
}

system_packages() {
    # shellcheck source=Deploy/packages.sh
    source Deploy/packages.sh
    install_missing "${packages[@]}" || return 1
    # One control of durability needs it, and nothing else does.
    install_missing libeatmydata1 || say "without libeatmydata1 that control does not run"
}

python_tools() {
    if [[ ! -x $tools/venv/bin/python ]]; then
        say "making a Python environment in $tools/venv"
        python3 -m venv "$tools/venv" || return 1
    fi
    if ! "$tools/venv/bin/pip" show -q varlink asyncvarlink pymerkle cedarpy 2>/dev/null; then
        say "installing there: ${python_packages[*]}"
        "$tools/venv/bin/pip" install -q --disable-pip-version-check "${python_packages[@]}" || return 1
    fi
    export ACCORD_VENV=$tools/venv
    say "clients of other people: ${python_packages[*]} in $ACCORD_VENV"
}

vectors() {
    export ACCORD_VECTORS=${ACCORD_VECTORS:-$(cd .. && pwd)/shared/vectors}
    if [[ -d $ACCORD_VECTORS ]]; then
        say "vectors: $ACCORD_VECTORS"
    elif [[ ${CI:-} == true ]]; then
        say "vectors: $ACCORD_VECTORS does not exist; set ACCORD_VECTORS"
        return 1
    else
        say "vectors: $ACCORD_VECTORS does not exist; the tests that need it record that they were skipped"
    fi
}

format() { swift format lint --strict --recursive Sources Tests Package.swift; }

arrows() { swift package dump-package | .ci/arrows.py; }

shell_syntax() {
    local scripts=(Deploy/*.sh .ci/run)
    for script in "${scripts[@]}"; do bash -n "$script" || return 1; done
    if command -v shellcheck >/dev/null; then
        shellcheck --external-sources "${scripts[@]}"
    else
        say "shellcheck is not installed: syntax only"
    fi
}

build_tests() { swift build --build-tests --explicit-target-dependency-import-check error; }

build_release() {
    for program in accordd accord; do
        swift build -c release --static-swift-stdlib --product "$program" || return 1
    done
    ACCORD_BIN=$(swift build -c release --static-swift-stdlib --show-bin-path) || return 1
    export ACCORD_BIN
    say "release programs: $ACCORD_BIN"
}

# The example names every key, so nothing in it may be left to a default.
example_configuration() {
    local settings
    settings=$("$ACCORD_BIN/accordd" check-config --config Config/accord.yaml) || return 1
    say "$settings"
    ! grep -q ' default$' <<<"$settings"
}

# Twice into one place: the second time must leave an operator's configuration alone.
installation() {
    local place=$tools/installation page shell
    install_missing mandoc || return 1
    rm -rf "$place"
    Deploy/install.sh --prefix "$place" || return 1
    echo "# edited" >>"$place/etc/accord/accord.yaml"
    Deploy/install.sh --prefix "$place" >/dev/null || return 1
    if [[ $(tail -n 1 "$place/etc/accord/accord.yaml") != "# edited" ]]; then
        say "the second installation overwrote the configuration"
        return 1
    fi
    .ci/installed.py "$place" || return 1
    for page in "$place"/share/man/man*/*; do mandoc -T lint -W error "$page" || return 1; done
    for shell in "bash -n|bash-completion/completions/accord" "zsh -n|zsh/site-functions/_accord" \
        "fish --no-execute|fish/vendor_completions.d/accord.fish"; do
        command -v "${shell%% *}" >/dev/null || continue
        ${shell%%|*} "$place/share/${shell##*|}" || return 1
    done
}

# Other sources try other seeds.
seeds() {
    if [[ ${CI:-} != true || -n ${ACCORD_SEED:-} ]]; then return; fi
    local sources
    sources=$(git rev-parse HEAD:Sources HEAD:Tests | sha256sum) || return 1
    export ACCORD_SEED=$((16#${sources:0:8}))
    say "seed: ACCORD_SEED=$ACCORD_SEED"
}

# Rooms whose tests start no daemon and hold no port: about half of the work.
rooms='^(StrictJSON|Cryptography|Policy|Casework|Deconfliction|CaseViews|Reports|Coordination|RecordStore)Tests\.'

# One after the other, since some start daemons, fill disks and count descriptors, which is not to be shared; those of rooms beside
# them. What failed is said once more at the end, where it is looked for.
tests() {
    local logs=("$tools"/tests-{hosts,rooms}.log) run=(swift test --skip-build --no-parallel --ignore-lock) failed=0
    "${run[@]}" --filter "$rooms" &>"${logs[1]}" &
    "${run[@]}" --skip "$rooms" 2>&1 | tee "${logs[0]}" || failed=1
    wait $! || failed=1
    cat "${logs[1]}"
    if ((!failed)); then return; fi
    say "" "What failed, and what was running last:"
    grep -hE '✘|error:|Fatal error' "${logs[@]}" | cut -c 1-1000 | tail -n 60
    for log in "${logs[@]}"; do grep '◇ Test ' "$log" | tail -n 1; done
    return 1
}

step "System packages" system_packages
step "Python packages" python_tools
step "Test vectors" vectors
step "Seeds" seeds
step "Format" format
step "Arrows between rooms" arrows
step "Shell scripts" shell_syntax
step "Build with tests" build_tests
step "Build release programs" build_release
step "Example configuration" example_configuration
step "Installation" installation
step "Tests" tests
if [[ ${CI:-} == true ]]; then step "Fuzzing" Deploy/fuzz.sh; fi
say "" "All checks passed in $((SECONDS / 60)) min $((SECONDS % 60)) s."
