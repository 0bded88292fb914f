"""I1 under pressure: fifty agents, one customer, the same moment."""

from __future__ import annotations

from pathlib import Path

from tests.soak.submissions import submitted_at_once


async def test_one_of_fifty_gets_the_customer(database_url: str, tmp_path: Path) -> None:
    await submitted_at_once(database_url, tmp_path, agents=50, rounds=1, seed=1)
