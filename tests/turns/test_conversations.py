"""Random conversations on both databases, the same ones in every run; the long ones, others each time, are in the soak."""

from __future__ import annotations

from pathlib import Path

from tests.soak.conversations import converse


def test_whatever_people_do(database_url: str, tmp_path: Path) -> None:
    """A conversation that fails is shown as it was: to look for a shorter one would take longer than all the tests."""
    converse(database_url, tmp_path, conversations=12 if database_url.startswith("sqlite") else 5, steps=25)
