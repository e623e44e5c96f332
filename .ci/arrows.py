#!/usr/bin/env python3
"""Refuses an arrow between rooms that is not drawn here. Usage: swift package dump-package | .ci/arrows.py"""
import json
import sys

ROOMS = {
    "COpenSSL": "",
    "CLinux": "",
    "SQLiteRows": "GRDB GRDBSQLite",
    "StrictJSON": "",
    "Cryptography": "COpenSSL",
    "TransparencyLog": "Cryptography StrictJSON",
    "RecordStore": "TransparencyLog Cryptography CLinux SQLiteRows GRDB",
    "Policy": "Cryptography StrictJSON",
    "Deconfliction": "Cryptography",
    "Casework": "Policy Deconfliction Cryptography StrictJSON",
    "CaseViews": "Casework Policy SQLiteRows StrictJSON GRDB",
    "Reports": "Casework Policy Cryptography StrictJSON",
    "QueueRuntime": "CLinux",
    "Varlink": "StrictJSON QueueRuntime Logging",
    "AccordInterface": "Varlink StrictJSON",
    "Coordination": "AccordInterface CaseViews Casework Cryptography Deconfliction Policy QueueRuntime RecordStore Reports"
    " StrictJSON TransparencyLog Varlink Logging",
    "accordd": "AccordInterface CLinux Coordination Cryptography QueueRuntime RecordStore StrictJSON TransparencyLog Varlink"
    " ArgumentParser Configuration Logging",
    "accord": "AccordInterface Cryptography Policy QueueRuntime StrictJSON TransparencyLog Varlink ArgumentParser Yams",
    "accord-load": "AccordInterface Casework Cryptography Deconfliction Policy RecordStore StrictJSON TransparencyLog Varlink"
    " ArgumentParser",
}

PURE = ["StrictJSON", "Cryptography", "TransparencyLog", "Policy", "Deconfliction", "Casework", "Reports"]


def names(target):
    for dependency in target["dependencies"]:
        for kind in ("byName", "target", "product"):
            if kind in dependency:
                yield dependency[kind][0]


def main():
    package = json.load(sys.stdin)
    wrong = 0
    rooms = {
        t["name"]: t
        for t in package["targets"]
        if t["type"] != "test" and (t.get("path") or "Sources").startswith("Sources")
    }
    for name, target in rooms.items():
        if name not in ROOMS:
            print(f"room not drawn: {name}")
            wrong += 1
            continue
        for other in names(target):
            if other not in ROOMS[name].split():
                print(f"arrow not drawn: {name} -> {other}")
                wrong += 1
    for name in ROOMS.keys() - rooms.keys():
        print(f"room drawn but absent: {name}")
        wrong += 1
    wrong += impurities()
    print("arrows: as drawn" if not wrong else f"arrows: {wrong} wrong")
    return 1 if wrong else 0


def impurities():
    """Pure rooms take time, chance and bytes as values: they import no I/O."""
    import pathlib
    import re

    wrong = 0
    for room in PURE:
        for file in pathlib.Path("Sources", room).rglob("*.swift"):
            for line in file.read_text().splitlines():
                found = re.match(r"\s*(?:package |public |internal )?import (Foundation|Dispatch|Logging)\b", line)
                if found:
                    print(f"not pure: {file} imports {found.group(1)}")
                    wrong += 1
    return wrong


sys.exit(main())
