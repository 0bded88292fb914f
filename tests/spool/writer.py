"""Keeps words without a database, and says which were acknowledged, until it is killed. ``FOLDER`` is the argument."""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from tests.spool.office import Hands, Office, say, spool


async def main() -> None:
    kept = spool(Office(gone=True), Path(sys.argv[1]), Hands())
    for number in itertools.count():
        await kept.take(say(f"m{number}"))
        sys.stdout.write(f"m{number}\n")
        sys.stdout.flush()


asyncio.run(main())
