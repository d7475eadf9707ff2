"""Measure: `python -m tests.bench [NAME ...]`. One JSON line per figure: name, value, unit."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys

from tests.bench import codec, drain, idle, inbox, latency, powercut, recovery, reports, soak, wear

BENCHES = {
    "codec": codec.run,
    "drain": drain.run,
    "latency": latency.run,
    "idle": idle.run,
    "recovery": recovery.run,
    "wear": wear.run,
    "powercut": powercut.run,
    "reports": reports.run,
    "inbox": inbox.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./install.sh bench", description=__doc__)
    if sys.argv[1:2] == ["soak"]:
        sys.exit(soak.main(sys.argv[2:]))
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*BENCHES, "soak")))
    names = parser.parse_args().names or list(BENCHES)
    if unknown := [n for n in names if n not in BENCHES]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHES)}")
    common = {"commit": _commit(), "machine": f"{platform.machine()} {platform.node()}"}
    for name in names:
        for figure in BENCHES[name]():
            value = round(figure.value, 3)
            line = {"name": figure.name, "value": value, "unit": figure.unit, "goal": figure.goal}
            print(json.dumps(line | common), flush=True)


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
