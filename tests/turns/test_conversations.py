"""Random conversations on both databases; the long ones are in the soak."""

from __future__ import annotations

from pathlib import Path

from tests.soak.conversations import converse


def test_whatever_people_do(database_url: str, tmp_path: Path) -> None:
    converse(database_url, tmp_path, conversations=12 if database_url.startswith("sqlite") else 4, steps=40)
