"""Fixtures of the tests that read as transcripts: the running bot with the sample organisation, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.build import Org
from tests.chat import World, chatting
from tests.databases import Contents


@pytest.fixture
def org() -> Org:
    return Org()


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu",)


@pytest.fixture
def organisation(org: Org, channels: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """As a first process leaves it that has imported the sheets and stopped."""

    def fill(url: str) -> None:
        async def imported() -> None:
            async with chatting(org, tmp_path_factory.mktemp("first"), url, channels) as first:
                await org.load(first.app)

        with ThreadPoolExecutor(1) as beside:  # the test's own loop stays as it is
            beside.submit(asyncio.run, imported()).result()

    return Contents((type(org), org, channels), fill)


@pytest.fixture
async def world(org: Org, channels: tuple[str, ...], database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with chatting(org, tmp_path, database_url, channels) as world:
        yield world
