# shellcheck shell=bash
# Sourced by the scripts of this folder: system packages, installed only where missing.

# install_missing PACKAGE...: says what is missing and installs it, or prints the command for someone who may.
install_missing() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        printf 'system packages: all present (%s)\n' "$*"
        return 0
    fi
    if ((EUID != 0)); then
        printf 'missing system packages; please run: sudo apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
        return 1
    fi
    printf 'installing system packages: %s\n' "${missing[*]}"
    apt-get update -qq || return 1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
