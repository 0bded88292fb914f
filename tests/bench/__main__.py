"""``python -m tests.bench [part ...]``: all parts take less than ten minutes."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable

from tests.bench import broadcast, connected, delivery, growth, start, turn
from tests.bench.table import Table

PARTS: dict[str, Callable[[Table], None]] = {
    "turn": turn.measure,
    "connected": connected.measure,
    "delivery": delivery.measure,
    "broadcast": broadcast.measure,
    "growth": growth.measure,
    "start": start.measure,
}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast, and what it costs.")
    asked.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; without any: all of them")
    parts = asked.parse_args().parts
    if unknown := set(parts) - PARTS.keys():
        asked.error(f"there is no part {', '.join(sorted(unknown))}")
    table, load = Table(), os.getloadavg()[0]
    for name in parts or PARTS:
        PARTS[name](table)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load before the run {load:.1f}\n{table}")


if __name__ == "__main__":
    main()
