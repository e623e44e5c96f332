#!/usr/bin/env bash
# Builds Accord, makes a deployment of its own, plays the cases Alder and Birch in it as their members, and verifies the
# record. Safe to run twice.
#
#   Deploy/quickstart.sh          stops the daemon at the end
#   Deploy/quickstart.sh --keep   leaves it running, to go on with
#
# ACCORD_HOME: folder of the demonstration (default: ~/accord-demo, or ~/accord-demo-2 … while one is running there)
# ACCORD_BIN:  folder of programs that are built already (default: build them)
#
# All members run under one user here, so each is known by an SSH key of its own, which is left out of what is shown; on
# a real host a member's user id is enough, and an agency may ask for both.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=Deploy/packages.sh
source Deploy/packages.sh
# shellcheck source=Deploy/alder.sh
source Deploy/alder.sh
# shellcheck source=Deploy/birch.sh
source Deploy/birch.sh

keep=false
case "${1:-}" in
    "") ;;
    --keep) keep=true ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "$0"; [[ $1 == --help ]]; exit ;;
esac

say() { printf '%s\n' "$@"; }
fail() { printf '\nquickstart: %s\n' "$*" >&2; exit 1; }

daemon=""
watcher=""
# KILL, since whoever started this script may have had TERM blocked, and children inherit that.
stop_watch() {
    [[ -n $watcher ]] || return 0
    kill -KILL "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    watcher=""
}
finish() {
    local status=$?
    stop_watch
    if [[ -n $daemon ]] && { ! $keep || ((status != 0)); }; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    if ((status != 0)) && [[ -s ${home:-}/accordd.log ]]; then
        printf '\nThe last lines of %s:\n' "$home/accordd.log" >&2
        tail -n 5 "$home/accordd.log" >&2
    fi
}
trap finish EXIT

# --- Programs

say "== System packages"
install_missing libsqlite3-dev libssl-dev openssh-client python3 || exit 1

if [[ -n ${ACCORD_BIN:-} ]]; then
    bin=$ACCORD_BIN
else
    say "" "== Building accordd and accord (the first time takes some minutes)"
    for program in accordd accord; do swift build -c release --static-swift-stdlib --product "$program"; done
    bin=$(swift build -c release --static-swift-stdlib --show-bin-path)
fi

# --- A folder of its own

# A folder may be used if it is new or empty, or if a demonstration made it that no longer runs.
usable() {
    [[ ! -e $1 ]] && return 0
    [[ -d $1 && -z $(ls -A "$1") ]] && return 0
    [[ -f $1/.accord-demonstration ]] || return 1
    local pid
    pid=$(cat "$1/accordd.pid" 2>/dev/null || true)
    # A process that ended and was not yet waited for has a name still, but no program.
    [[ -z $pid || $(readlink "/proc/$pid/exe" 2>/dev/null) != */accordd* ]]
}

if [[ -n ${ACCORD_HOME:-} ]]; then
    home=$ACCORD_HOME
    usable "$home" || fail "$home is in use, or was not made by this script. Choose another folder with ACCORD_HOME."
else
    home=$HOME/accord-demo
    for number in {2..99}; do
        if usable "$home"; then break; fi
        home=$HOME/accord-demo-$number
    done
fi
mkdir -p "$home"
home=$(cd "$home" && pwd)
socket=$home/accord.sock
((${#socket} <= 107)) || fail "$socket is too long for a socket. Choose a shorter folder with ACCORD_HOME."
rm -rf "$home/state" "$home/keys" "$home/accord.yaml" "$home/accordd.log" "$home/accordd.pid" "$home/seen" "$home"/record* "$home/reports" \
    "$home/watch.txt" "$home/log.vkey" "$home/kept.checkpoint" "$home/city-limits.yaml" "$socket"
# The demonstration is made anew each time: what its members saw of the one before is not compared with this one.
export XDG_STATE_HOME=$home/seen
touch "$home/.accord-demonstration"
mkdir -m 700 "$home/keys"

say "" "== A deployment in $home"
for member in "${members[@]}"; do
    read -r name _ <<<"$member"
    ssh-keygen -q -t ed25519 -N "" -C "$name" -f "$home/keys/$name"
done
say "made an SSH key for each of ${#members[@]} members in $home/keys"

cat >"$home/accord.yaml" <<EOF
state-folder: $home/state
socket:
  path: $socket
  mode: 0600
EOF
made=$("$bin/accordd" init --config "$home/accord.yaml" --origin accord.example.org/alder --agency OPS \
    --agency-name "Accord operations desk" --administrator admin.ops --key "$home/keys/admin.ops.pub" --expires 365d)
say "$(head -n 3 <<<"$made")"
# What everybody who verifies must have from outside the record: its public key, and any checkpoint seen earlier.
sed -n 's/^  //p' <<<"$made" | head -n 1 >"$home/log.vkey"

export SWIFT_BACKTRACE=enable=no
if $keep; then
    setsid nohup "$bin/accordd" run --config "$home/accord.yaml" >"$home/accordd.log" 2>&1 </dev/null &
else
    "$bin/accordd" run --config "$home/accord.yaml" >"$home/accordd.log" 2>&1 </dev/null &
fi
daemon=$!
echo "$daemon" >"$home/accordd.pid"
for _ in {1..200}; do
    if "$bin/accord" status --socket "$socket" >/dev/null 2>&1; then break; fi
    kill -0 "$daemon" 2>/dev/null || fail "accordd ended."
    sleep 0.05
done
"$bin/accord" status --socket "$socket" >/dev/null || fail "accordd does not answer."
say "accordd serves them as process $daemon, at $socket"

# --- The play

# as MEMBER COMMAND...: one command of one member, proved with the member's key.
as() {
    local member=$1
    shift
    COLUMNS=76 "$bin/accord" "$@" --socket "$socket" --key "$home/keys/$member"
}

# quietly MEMBER COMMAND...: the same, where only a failure is worth a line.
quietly() {
    local output
    output=$(as "$@" 2>&1) || fail "$*: $output"
}

# typed WORD...: the words as one would type them.
typed() {
    local word
    for word in "$@"; do
        if [[ $word =~ ^[A-Za-z0-9._/:@+-]+$ ]]; then printf ' %s' "$word"; else printf ' "%s"' "$word"; fi
    done
}

# act TITLE SENTENCE...: what the next steps are about.
act() {
    say "" "== $1" "${@:2}"
}

# step MEMBER OUTCOME COMMAND...: shows who does what, runs it, and checks the outcome: ok, or the code of a refusal.
said=""
step() {
    local member=$1 expected=$2 output status=0
    shift 2
    printf '\n%s$ accord%s\n' "$member" "$(typed "$@")"
    output=$(as "$member" "$@" 2>&1) || status=$?
    said=$output
    # shellcheck disable=SC2001 # a line is set in, not a word replaced
    sed 's/^/    /' <<<"$output"
    if [[ $expected == ok ]]; then
        ((status == 0)) || fail "that should have succeeded (exit status $status)."
    else
        ((status != 0)) || fail "that should have been refused with $expected."
        grep -qF -- "$expected" <<<"$output" || fail "that was refused, but not with $expected."
        say "    -- as it should be"
    fi
    if [[ -n $watcher ]]; then
        sleep 0.1
        show_watch
    fi
}

# told LETTER: the first item of that letter that the last step named, such as X-48291374.
told() { grep -o "$1-[0-9]\+" <<<"$said" | head -n 1; }

# expect TEXT: what the last step has to have said.
expect() { grep -qF -- "$1" <<<"$said" || fail "that should have said: $1"; }

# await MEMBER TEXT COMMAND...: repeats a command until it says something.
await() {
    local member=$1 text=$2
    shift 2
    for _ in {1..240}; do
        if grep -qF -- "$text" <<<"$(as "$member" "$@" 2>&1)"; then return; fi
        sleep 0.5
    done
    fail "that should have come: $text"
}

# show_watch: what the one who watches saw since the last time.
seen=0
show_watch() {
    tail -n "+$((seen + 1))" "$home/watch.txt" | sed 's/^/    >> /'
    seen=$(wc -l <"$home/watch.txt")
}

say "" "== Agencies, agreements and members are registered by admin.ops"
register_alder
say "${#agencies[@]} agencies, 3 agreements, ${#members[@]} members with a role each: accord agency list, accord agreement list"

play_opening
play_birch_opening
number=$(as lead.fib case list --json | grep -o 'TF-[0-9]\{4\}-[0-9]\{6\}' | head -n 1)
birch=$(as lead.hcs case list --json | grep -o 'TF-[0-9]\{4\}-[0-9]\{6\}' | head -n 1)
position=$(as lead.fib case show Alder --json | grep -o '"position":[0-9]*' | head -n 1 | cut -d: -f2)
as auditor.rob audit checkpoint >"$home/kept.checkpoint"

say "" "From here on agent.fib1 watches in another window. What appears there is marked >>:" \
    "agent.fib1$ accord watch --case Alder"
"$bin/accord" watch --case Alder --from $((position + 1)) --socket "$socket" --key "$home/keys/agent.fib1" \
    >"$home/watch.txt" 2>&1 &
watcher=$!
play_sharing
for _ in {1..100}; do
    if grep -q 'E-3' "$home/watch.txt"; then break; fi
    sleep 0.1
done
show_watch
grep -q 'E-3' "$home/watch.txt" || fail "the watch did not show entry E-3."
stop_watch
play_targets
play_operation
play_policy
play_requests
play_custody
play_exigency
play_emergency
play_link

# --- The proof

act "Oversight verifies, and need not trust anybody here" \
    "auditor.rob kept a checkpoint before the sharing began, and got the log's key from another place." \
    "With these, a copy is verified without the daemon, and once more without our programs, by a short script."
step auditor.rob ok audit verify
step auditor.rob ok audit export --output "$home/record.tar"
offline=(audit verify --offline "$home/record.tar" --vkey "$home/log.vkey" --known "$home/kept.checkpoint")
say "" "anybody$ accord$(typed "${offline[@]}")"
"$bin/accord" "${offline[@]}" | sed 's/^/    /' || fail "the exported record did not verify."
mkdir "$home/record"
tar -xf "$home/record.tar" -C "$home/record"
script=$(find "$home/record" -name verify.py)
[[ -n $script ]] || fail "the exported record holds no verify.py."
say "" "anybody$ cd $(dirname "$script") && python3 verify.py"
(cd "$(dirname "$script")" && python3 verify.py) | sed 's/^/    /' || fail "verify.py found a fault."

cp -r "$home/record" "$home/record-forged"
lines=$(find "$home/record-forged" -name entries.jsonl)
sed -i '$!{150d}' "$lines"
offline=(audit verify --offline "$(dirname "$lines")" --vkey "$home/log.vkey" --known "$home/kept.checkpoint")
say "" "And if somebody takes one line out of a copy (sed -i 150d entries.jsonl):" "" "anybody$ accord$(typed "${offline[@]}")"
if "$bin/accord" "${offline[@]}" >"$home/record-forged.txt"; then fail "a forged record verified."; fi
grep -E 'failed' "$home/record-forged.txt" | sed 's/^/    /'

# --- What others get out of it

act "Others get what is for them" \
    "The liaison of the agency that the agreement designates reports for the task force, the sheriff for those whom he holds," \
    "the lead has a timeline, and the public gets counts. Each can be made again, byte for byte, at the same number of lines."
mkdir "$home/reports"
year=$(date -u +%Y)
step liaison.spo ok report jtf-annual --year "$year" --format html -o "$home/reports/jtf-annual.html"
step liaison.lcs ok report il-805-25 --year "$year" --format html -o "$home/reports/il-805-25.html"
step liaison.spo ok report transparency --year "$year" --format html -o "$home/reports/transparency.html"
step lead.fib ok report timeline Alder --format html -o "$home/reports/timeline.html"

# --- What next

say "" "== Done: case Alder ($number) was opened, shared, coordinated, watched and verified, and so was Birch ($birch)."
say "Open in a browser: $(printf '\n  %s' "$home"/reports/*.html)"
if ! $keep; then
    say "The daemon is stopped; its record stays in $home." "To have one that goes on running: Deploy/quickstart.sh --keep"
    exit 0
fi
cat <<EOF
accordd runs as process $daemon until: kill $daemon
Socket:  $socket
Members: $(printf '%s\n' "${members[@]%% *}" | paste -sd' ' | fold -s -w 70 | sed '2,$s/^/         /')
Keys:    $home/keys/MEMBER

Try next (the first line once, then any of the five):
  export PATH=$bin:\$PATH ACCORD_SOCKET=$socket XDG_STATE_HOME=$home/seen; cd $home/keys
  accord case show Alder --key lead.fib
  accord entry add Alder "A third van came at 23:10." --key agent.mpd1
  accord inbox --key counsel.dao
  accord policy explain entry.read --case Alder --entry E-2 --key inspector.lsd
  accord audit access --case Alder --key auditor.rob
EOF
daemon=""
