#!/usr/bin/env bash
# Installs accordd and accord with their manual pages, shell completions, systemd units and an example configuration. Safe
# to run twice: a configuration that is there already is left alone.
#
#   Deploy/install.sh                  into /usr/local, the configuration into /etc/accord (as root)
#   Deploy/install.sh --prefix DIR     into DIR, the configuration into DIR/etc/accord
#
# ACCORD_BIN: folder of programs that are built already (default: build them)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=Deploy/packages.sh
source Deploy/packages.sh
# shellcheck source=Deploy/files.sh
source Deploy/files.sh

prefix=/usr/local
case "${1:-}" in
    "") ;;
    --prefix) prefix=${2:?--prefix needs a folder} ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0"; [[ $1 == --help ]]; exit ;;
esac
if [[ $prefix == /usr || $prefix == /usr/local ]]; then etc=/etc; else etc=$prefix/etc; fi

say() { printf '%s\n' "$@"; }
fail() { printf '\ninstall: %s\n' "$*" >&2; exit 1; }

mkdir -p "$prefix" 2>/dev/null || true
[[ -w $prefix ]] || fail "$prefix cannot be written. Run this as root, or choose a folder of yours with --prefix."

install_missing libsqlite3-dev libssl-dev openssh-client || exit 1
find_programs
place_files "$bin" "$prefix"

say "" "installed $("$bin/accord" --version):" \
    "  programs       $prefix/bin/accord, $prefix/sbin/accordd" \
    "  manual pages   $prefix/share/man: accord(1), one for each command such as accord-entry-add(1), accordd(8)" \
    "  completions    $prefix/share: bash-completion, zsh/site-functions, fish/vendor_completions.d" \
    "  units          $prefix/lib/systemd/system: accordd.socket, accordd.service; sysusers.d and tmpfiles.d beside it" \
    "  examples       $prefix/share/doc/accord/examples: agencies' policies (no law), a hook that sends mail"
if [[ -e $etc/accord/accord.yaml ]]; then
    say "  configuration  $etc/accord/accord.yaml was there and is left as it is"
else
    install -D -m 644 Config/accord.yaml "$etc/accord/accord.yaml"
    say "  configuration  $etc/accord/accord.yaml, with the value of every key"
fi
if [[ $etc == /etc ]]; then option=""; else option=" --config $etc/accord/accord.yaml"; fi
say "" "Next: edit $etc/accord/accord.yaml; then accordd check-config$option, accordd init$option …, accordd run$option." \
    "'man accordd' and 'man accord' tell more."
