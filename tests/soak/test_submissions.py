"""Fifty agents, one customer, again and again."""

from __future__ import annotations

from pathlib import Path

from tests.soak.conftest import Say
from tests.soak.counts import COUNTS
from tests.soak.submissions import submitted_at_once


async def test_one_customer_in_every_spelling(database_url: str, tmp_path: Path, say: Say) -> None:
    await submitted_at_once(database_url, tmp_path, COUNTS.submissions, COUNTS.rounds, COUNTS.seed)
    say(f"{COUNTS.rounds} x {COUNTS.submissions} submissions")
