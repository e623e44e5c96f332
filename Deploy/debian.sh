#!/usr/bin/env bash
# Builds the Debian package: both programs, manual pages, completions, units, the configuration as a conffile.
#
#   Deploy/debian.sh [--output DIR] [--revision N]    makes DIR/accord_VERSION-N_ARCH.deb (default: .build, 1)
#
# After installation nothing runs: a record is made with `accordd init` first. An upgrade restarts the daemon while members
# wait in the socket. `apt purge accord` leaves the record and its keys in /var/lib/accord; who wants them destroyed, too,
# says so before with `touch /etc/accord/remove-record`.
#
# ACCORD_BIN: folder of programs that are built already (default: build them)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=Deploy/packages.sh
source Deploy/packages.sh
# shellcheck source=Deploy/files.sh
source Deploy/files.sh

output=.build
revision=1
while (($# > 0)); do
    case $1 in
        --output) output=${2:?--output needs a folder} ;;
        --revision) revision=${2:?--revision needs a number} ;;
        *) sed -n '2,10s/^# \{0,1\}//p' "$0"; [[ $1 == --help ]]; exit ;;
    esac
    shift 2
done

say() { printf '%s\n' "$@"; }
fail() { printf '\ndebian: %s\n' "$*" >&2; exit 1; }

install_missing binutils libsqlite3-dev libssl-dev openssh-client || exit 1
find_programs

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
# Nobody else's umask decides who may read what is installed.
umask 022
place_files "$bin" /usr "$tree"
strip --strip-unneeded "$tree/usr/bin/accord" "$tree/usr/sbin/accordd"
gzip -9n "$tree"/usr/share/man/man*/*
install -D -m 644 Config/accord.yaml "$tree/etc/accord/accord.yaml"

# libc6 is what the programs were built with; ssh-keygen signs and verifies.
libc=$(dpkg-query -W -f '${Version}' libc6)
depends=("libc6 (>= ${libc%%-*})" libgcc-s1 libstdc++6 "libsqlite3-0 (>= 3.40)" libssl3 openssh-client
    "systemd | systemd-standalone-sysusers" "systemd | systemd-standalone-tmpfiles")

# Each library that the programs ask for belongs to a package that is named above.
while read -r library; do
    owner=$(dpkg-query -S "*/$library" 2>/dev/null | sed -n '1s/:.*//p') || true
    if [[ -z $owner ]]; then
        say "warning: $library is in no package: this package works on this machine only" >&2
    elif [[ " ${depends[*]}" != *" $owner"* ]]; then
        fail "$library is in $owner, which is not among the dependencies"
    fi
done < <(readelf -d "$tree/usr/bin/accord" "$tree/usr/sbin/accordd" | sed -n 's/.*NEEDED.*\[\(.*\)\].*/\1/p' | sort -u)

version=$("$bin/accord" --version)-$revision
architecture=$(dpkg --print-architecture)
mkdir "$tree/DEBIAN"
(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
echo /etc/accord/accord.yaml >"$tree/DEBIAN/conffiles"
cat >"$tree/DEBIAN/control" <<CONTROL
Package: accord
Version: $version
Architecture: $architecture
Section: admin
Priority: optional
Maintainer: Accord <accord@accord.example.org>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f 1)
Depends: $(printf '%s, ' "${depends[@]}" | sed 's/, $//')
Description: shared case record of a joint task force
 Agencies that work a case together put what they know into one record, each
 under its own rules, and anybody who may look can later prove that nothing in
 it was changed. accordd keeps the record; accord is how people use it.
CONTROL

# script NAME: a maintainer script, from standard input.
script() {
    { printf '#!/bin/sh\nset -e\n'; cat; } >"$tree/DEBIAN/$1"
    chmod 755 "$tree/DEBIAN/$1"
}

script postinst <<'SCRIPT'
# What prerm took out of service goes on where the removal was called off.
if [ "$1" = abort-remove ]; then
    for unit in accordd.socket accordd.service; do
        [ -e "/run/accord-removal/$unit" ] || continue
        systemctl --quiet --no-reload enable "$unit" || true
    done
    if [ -d /run/systemd/system ] && [ -e /run/accord-removal/active ]; then
        systemctl daemon-reload
        systemctl start accordd.socket accordd.service || echo "accordd did not start: see journalctl -u accordd" >&2
    fi
    rm -rf /run/accord-removal
fi
[ "$1" = configure ] || exit 0
systemd-sysusers accord.conf
systemd-tmpfiles --create accord.conf
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    # Members wait in the socket meanwhile.
    systemctl try-restart accordd.service || echo "accordd did not start again: see journalctl -u accordd" >&2
fi
if [ -z "$2" ]; then
    echo "Next: edit /etc/accord/accord.yaml; make the record: runuser -u accord -- accordd init ...;"
    echo "then: systemctl enable --now accordd.service. Members belong to the group accord-clients."
fi
SCRIPT

script prerm <<'SCRIPT'
[ "$1" = remove ] || exit 0
rm -rf /run/accord-removal
mkdir -p /run/accord-removal
for unit in accordd.socket accordd.service; do
    if systemctl --quiet is-enabled "$unit" 2>/dev/null; then : >"/run/accord-removal/$unit"; fi
done
if [ -d /run/systemd/system ]; then
    if systemctl --quiet is-active accordd.service; then : >/run/accord-removal/active; fi
    systemctl stop accordd.socket accordd.service
fi
systemctl --quiet --no-reload disable accordd.service accordd.socket || true
SCRIPT

script postrm <<'SCRIPT'
rm -rf /run/accord-removal
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
fi
[ "$1" = purge ] || exit 0
if [ -e /etc/accord/remove-record ]; then
    rm -rf /var/lib/accord
    rm -f /etc/accord/remove-record
elif [ -d /var/lib/accord ]; then
    echo "The record and its keys stay in /var/lib/accord, and belong to the user accord."
fi
rmdir --ignore-fail-on-non-empty /etc/accord 2>/dev/null || true
SCRIPT

mkdir -p "$output"
package=$output/accord_${version}_$architecture.deb
dpkg-deb --build --root-owner-group -Zzstd -z3 "$tree" "$package" >/dev/null
say "made $package ($(du -k "$package" | cut -f 1) KiB)"
