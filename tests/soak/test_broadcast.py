"""A broadcast whose process is killed on the way: nobody is left out, and nobody gets it twice where a key exists."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from bot.app import open_desk
from bot.config import Config
from bot.permit import Scope
from bot.ports import OutState
from bot.sending.sender import Pace
from handlers.broadcasts.queries import broadcast
from handlers.broadcasts.recipient_queries import counts
from handlers.broadcasts.states import State
from storage.tables import outbox
from tests.soak.audience import TITLE, Audience, publish
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS
from tests.soak.ledger import drained
from tests.soak.scene import GLANCE, PATIENCE, Scene, scene
from tests.soak.serving import Process

PEOPLE = 150 if COUNTS.points else 2000
KILLED_AT = (0.4, 0.4, 0.7, 0.95)
"""Parts of the audience that have it when the process dies, one life each; the last one lives."""
SLOW = 0.02
"""Seconds the platform takes for a call: what it took and we have not recorded yet is where a crash would double it."""


def processes(config: Config, folder: Path) -> Sequence[Process]:
    return [Process(config, folder / "bot.log", Pace(poll=0.2, lease=0.6))]


def notices(stage: Scene) -> Counter[str]:
    """How many messages of it each chat shows: one with a known key is shown once however often it was sent."""
    messages = stage.feishu.world.messages.values()
    return Counter(
        m.chat_id for m in messages if m.sender == "bot" and f"GG301 {TITLE}" in m.text and "知悉 GG301" in m.text
    )


async def until_sent(stage: Scene, people: int) -> None:
    async with asyncio.timeout(PATIENCE * 3):
        while sum(notices(stage).values()) < people:  # noqa: ASYNC110 - the process is another one
            await asyncio.sleep(GLANCE)


def ended(stage: Scene) -> bool:
    with open_desk(stage.config) as desk, desk.store.unit() as unit:
        found = broadcast(unit, 301)
        return found is not None and found.state is State.SENT


async def test_killed_on_the_way(database_url: str, tmp_path: Path, say: Say) -> None:
    crowd = Audience(reps=100, managers=1, people=PEOPLE)
    async with scene(crowd, tmp_path, database_url, COUNTS.seed, lambda c: processes(c, tmp_path)) as stage:
        stage.feishu.faults.slow_seconds = SLOW
        with open_desk(stage.config) as desk:
            publish(desk)
        process = next(house for house in stage.houses if isinstance(house, Process))
        for part in KILLED_AT:
            assert await process.start()
            await until_sent(stage, round(PEOPLE * part))
            process.kill()
            await process.gone()
        assert await process.start()
        await until_sent(stage, PEOPLE)
        await drained(stage)
        async with asyncio.timeout(PATIENCE):
            while not ended(stage):  # noqa: ASYNC110 - the process is another one
                await asyncio.sleep(GLANCE)
        assert await process.stop() == 0

        shown = notices(stage)
        assert len(shown) == PEOPLE, "somebody was left out"
        assert set(shown.values()) == {1}, "somebody got it twice"
        with open_desk(stage.config) as desk, desk.store.unit() as unit:
            told = counts(unit, 301, Scope(everything=True))
            assert (told.total, told.delivered, told.failed, told.waiting) == (PEOPLE, PEOPLE, 0, 0)
            again = unit.sql.execute(select(outbox.c.id).where(outbox.c.attempts > 1, outbox.c.state == OutState.SENT))
            say(f"{PEOPLE} people, {len(KILLED_AT)} kills, {len(again.all())} messages sent again under their key")
