"""What a test starts from: the sample organisation (product 9) and a configuration on loopback."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.config import Config

if TYPE_CHECKING:
    from bot.app import App

SAMPLE = Path(__file__).parent.parent / "adapters" / "playground" / "sample"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
"""The base of every transcript (D11)."""


@dataclass(frozen=True)
class Org:
    """The sample organisation. ``without``: people not imported; ``unbound``: people imported without an account.

    Whoever uses a messenger that is none of the ``messengers`` sits at Feishu, as ``ou_`` and their name there.
    """

    start: datetime = MONDAY
    without: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    messengers: tuple[str, ...] = ()

    def rows(self, name: str) -> list[dict[str, str]]:
        with (SAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["name"] not in self.without]
        return [row | {"accounts": self._account(row)} for row in rows] if name == "people" else rows

    def _account(self, row: dict[str, str]) -> str:
        channel, _, user = row["accounts"].partition(":")
        known = channel in ("feishu", *self.messengers)
        return "" if row["name"] in self.unbound else row["accounts"] if known else f"feishu:ou_{user}"

    def sheet(self, name: str) -> bytes:
        rows = self.rows(name)
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    async def load(self, app: App) -> None:
        """Imports the organisation as an operator would, with the messengers that this world has."""
        here = replace(self, messengers=tuple(app.config.channels))
        for name in ("agents", "people"):
            imported = await app.import_sheet(name, f"{name}.csv", here.sheet(name))
            assert not imported.problems, imported.problems


def configuration(folder: Path, database_url: str, clock_file: Path, channels: Mapping[str, dict[str, Any]]) -> Config:
    """``channels``: each one's table, by the channel's name."""
    return Config.model_validate(
        {
            "server": {"port": 0},
            "database": {"url": database_url, "files": str(folder / "files")},
            "scheduler": {"tick_seconds": 1},
            "clock": {"file": str(clock_file)},
            "security": {"signing_key": "transcripts-only-0123456789abcdef"},
            "channels": dict(channels),
        }
    )
