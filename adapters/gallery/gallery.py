"""All scenes of all capabilities on all messengers, written as one page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from adapters.gallery.house import PLATFORMS, Make
from adapters.gallery.page import page
from adapters.gallery.play import Played, played
from bot.feature import Catalog, Scene


def scenes(catalog: Catalog) -> list[Scene]:
    return [scene for feature in catalog.features for scene in feature.scenes]


async def drawn(catalog: Catalog, make: Make) -> list[Sequence[Played]]:
    """For each scene its play on every messenger."""
    return [
        await asyncio.gather(*(played(scene, platform, make) for platform in PLATFORMS)) for scene in scenes(catalog)
    ]


def write(to: Path, plays: Sequence[Sequence[Played]]) -> int:
    """How many messages are on the page."""
    to.write_text(page(plays), encoding="utf-8")
    return sum(len(step.drawn) for each in plays for play in each for step in play.steps)
