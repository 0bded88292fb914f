"""Random conversations, other ones with every run."""

from __future__ import annotations

from pathlib import Path

from tests.soak.conftest import Say
from tests.soak.conversations import converse
from tests.soak.counts import COUNTS


def test_whatever_people_do(database_url: str, tmp_path: Path, say: Say) -> None:
    converse(database_url, tmp_path, COUNTS.conversations, COUNTS.steps, COUNTS.seed, shrink=bool(COUNTS.shrink))
    say(f"{COUNTS.conversations} conversations of up to {COUNTS.steps} steps")
