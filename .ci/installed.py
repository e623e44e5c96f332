#!/usr/bin/env python3
"""Checks what Deploy/install.sh installed: each command has its manual page and stands in each completion.

The programs themselves say which commands and options there are: PREFIX/bin/accord --experimental-dump-help.
"""
import json
import pathlib
import re
import subprocess
import sys

prefix = pathlib.Path(sys.argv[1])
share = prefix / "share"
missing = []


def commands(command, path=()):
    """Each command with its words and the long names of its options."""
    words = path + (command["commandName"],)
    options = [
        name["name"]
        for argument in command.get("arguments", [])
        if argument.get("shouldDisplay", True)
        for name in argument.get("names") or []
        if name["kind"] == "long"
    ]
    yield words, options
    for sub in command.get("subcommands", []):
        yield from commands(sub, words)


def expect(holds, what):
    if not holds:
        missing.append(what)


def check(program, page_of):
    dump = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True).stdout
    root = json.loads(dump)["command"]
    name = root["commandName"]
    scripts = {
        "bash": (share / "bash-completion/completions" / name).read_text(),
        "zsh": (share / "zsh/site-functions" / f"_{name}").read_text(),
        "fish": (share / "fish/vendor_completions.d" / f"{name}.fish").read_text(),
    }
    count = 0
    for words, options in commands(root):
        count += 1
        said = " ".join(words)
        page = page_of(words)
        text = page.read_text() if page.is_file() else ""
        expect(text, f"{said}: no manual page {page.name}")
        for option in options:
            expect(re.search(rf"(Fl |, )-{option}\b", text), f"{said} --{option}: not in {page.name}")
        for shell in ("bash", "zsh"):
            expect(f"_{'_'.join(words)}() {{" in scripts[shell], f"{said}: not in the completion for {shell}")
        for option in options:
            offer = f'"{said}"'
            line = any(offer in l or f'"{said} ' in l for l in scripts["fish"].splitlines() if f"-l '{option}'" in l)
            expect(line, f"{said} --{option}: not in the completion for fish")
    return count


count = check(prefix / "bin/accord", lambda words: share / "man/man1" / f"{'-'.join(words)}.1")
count += check(prefix / "sbin/accordd", lambda words: share / "man/man8/accordd.8")
for line in missing:
    print(line)
print(f"{count} commands, {len(missing)} gaps in manual pages and completions")
sys.exit(1 if missing else 0)
