"""Fixtures of the tests that read as transcripts: the running bot with the sample organisation, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.build import Org
from tests.chat import World, chatting


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu",)


@pytest.fixture
async def world(org: Org, channels: tuple[str, ...], database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with chatting(org, tmp_path, database_url, channels) as world:
        yield world
