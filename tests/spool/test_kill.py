"""Killed in the middle of writing: what was acknowledged is there, and nothing half-written is in the way."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from tests.spool.office import Hands, Office, spool

ROOT = Path(__file__).parents[2]
KILLS = 8


async def acknowledged_before_a_kill(folder: Path, least: int) -> list[str]:
    """Keys, in order; killed at some moment after so many."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.spool.writer", str(folder), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert writer.stdout is not None
    lines = [await writer.stdout.readline() for _ in range(least)]
    writer.kill()
    lines += (await writer.stdout.read()).splitlines(keepends=True)
    await writer.wait()
    return [line.decode().strip() for line in lines if line.endswith(b"\n")]


async def test_whatever_was_acknowledged_before_a_kill_is_replayed(tmp_path: Path) -> None:
    for number in range(KILLS):
        folder = tmp_path / str(number)
        acknowledged = await acknowledged_before_a_kill(folder, random.randint(1, 40))
        office = Office()
        after = spool(office, folder, Hands())
        await after.start()
        heard = [key for key, _ in await office.until(len(acknowledged))]
        await after.stop()
        assert heard[: len(acknowledged)] == acknowledged
        assert len(heard) <= len(acknowledged) + 1
