# shellcheck shell=bash
# Sourced by install.sh and debian.sh: what is installed where, but for the configuration, which each handles in its own way.

# find_programs: sets bin to the folder of the programs: ACCORD_BIN, or what is built now.
find_programs() {
    local program
    if [[ -n ${ACCORD_BIN:-} ]]; then
        bin=$ACCORD_BIN
        return
    fi
    say "building accordd and accord (the first time takes some minutes)"
    for program in accordd accord; do swift build -c release --static-swift-stdlib --product "$program"; done
    bin=$(swift build -c release --static-swift-stdlib --show-bin-path)
}

# place_files BIN PREFIX [ROOT]: puts the programs of the folder BIN, and all that belongs to them, below ROOT/PREFIX.
#
# ACCORD_MANUAL: the tool that writes manual pages (default: build it)
place_files() {
    local bin=$1 prefix=$2 root=${3:-} work page name section program shell date unit
    work=$(mktemp -d)

    # put MODE FILE PLACE: one file below the prefix.
    put() { install -D -m "$1" "$2" "$root$prefix/$3"; }

    put 755 "$bin/accord" bin/accord
    put 755 "$bin/accordd" sbin/accordd

    # The tool of swift-argument-parser that writes manual pages from what a program says of itself.
    if [[ -z ${ACCORD_MANUAL:-} ]]; then
        swift build --product generate-manual || return 1
        ACCORD_MANUAL=$(swift build --show-bin-path)/generate-manual
    fi
    # A page says when it was last changed: with the newest commit, not at each installation.
    date=$(git log -1 --format=%cs 2>/dev/null || date -u +%F)
    mkdir "$work/1" "$work/8"
    "$ACCORD_MANUAL" "$bin/accord" --multi-page --date "$date" --output-directory "$work/1" || return 1
    "$ACCORD_MANUAL" "$bin/accordd" --section 8 --date "$date" --output-directory "$work/8" || return 1
    # One finds accord-entry-add(1), as git's pages are found; and an empty line begins a paragraph.
    for page in "$work"/1/*.1 "$work"/8/*.8; do
        sed -i -E -e '/^\.(Dt|Xr) /s/\.([A-Za-z])/-\1/2g' -e 's/^$/.Pp/' "$page"
        name=$(basename "$page")
        section=${name##*.}
        name=${name%.*}
        put 644 "$page" "share/man/man$section/${name//./-}.$section"
    done

    for program in accord accordd; do
        for shell in bash zsh fish; do
            "$bin/$program" --generate-completion-script "$shell" >"$work/$program.$shell" || return 1
        done
        put 644 "$work/$program.bash" "share/bash-completion/completions/$program"
        put 644 "$work/$program.zsh" "share/zsh/site-functions/_$program"
        put 644 "$work/$program.fish" "share/fish/vendor_completions.d/$program.fish"
    done

    for unit in accordd.service accordd.socket; do
        sed "s|/usr/sbin/accordd|$prefix/sbin/accordd|" "Deploy/systemd/$unit" >"$work/$unit"
        put 644 "$work/$unit" "lib/systemd/system/$unit"
    done
    put 644 Deploy/systemd/sysusers.conf lib/sysusers.d/accord.conf
    put 644 Deploy/systemd/tmpfiles.conf lib/tmpfiles.d/accord.conf
    put 644 Deploy/systemd/credential.conf share/doc/accord/examples/credential.conf
    sed "s|/usr/|$prefix/|" Deploy/ssh/bridge >"$work/bridge"
    put 755 "$work/bridge" lib/accord/bridge
    sed "s|/usr/|$prefix/|" Deploy/ssh/sshd.conf >"$work/sshd.conf"
    put 644 "$work/sshd.conf" share/doc/accord/examples/sshd.conf
    for policy in Config/policies/*; do
        put 644 "$policy" "share/doc/accord/examples/policies/$(basename "$policy")"
    done
    put 644 Config/oversight-routing share/doc/accord/examples/oversight-routing
    put 755 Deploy/hooks/mail share/doc/accord/examples/hooks/mail
    put 644 README.md share/doc/accord/README.md
    rm -r "$work"
}
