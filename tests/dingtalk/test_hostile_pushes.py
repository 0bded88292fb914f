"""What DingTalk repeats, and what one person floods, by Stream (abuse cases 2, 3, 19). Signatures: test_dingtalk_callback."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.dingtalk.emulator import Push
from bot.app import App
from storage.tables import inbox
from tests.build import Org
from tests.chat import PATIENCE, Person, World
from tests.dingtalk.people import AllOnDingtalk, both, emulator, registered

NONE = "还没有报备"


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk")


@pytest.fixture
def org() -> Org:
    return AllOnDingtalk()


async def again(world: World, push: Push, times: int) -> list[Push]:
    """The same message so many times at once: the same msgId, another frame each."""
    pusher = emulator(world).pusher
    return await asyncio.gather(*(pusher.message(push.body, push.message_id) for _ in range(times)))


async def rows(world: World, key: str) -> int:
    one = select(func.count()).select_from(inbox).where(inbox.c.channel == "dingtalk", inbox.c.key == key)
    return await world.app.store.read(lambda unit: unit.sql.execute(one).scalar_one())


def told(who: Person, words: str) -> int:
    return sum(words in message.text for message in who.messages)


async def test_the_same_message_at_once_is_one_turn(world: World) -> None:
    """2: each push is acknowledged, there is one row and one answer."""
    wang, _ = both(world)
    await wang.says("我的报备").sees(NONE)
    push = emulator(world).pushes[-1]
    assert all(each.delivered for each in await again(world, push, 200))
    await world.settled()
    assert (told(wang, NONE), await rows(world, push.event_id)) == (1, 1)


async def test_the_same_message_in_two_processes_is_one_turn(world: World, database_url: str) -> None:
    """2: four connections of two processes, each push goes to any of them."""
    if database_url.startswith("sqlite"):
        pytest.skip("one process owns the file")
    wang, _ = both(world)
    dingtalk = emulator(world)
    other = App(world.config)
    await other.start()
    try:
        await dingtalk.until(lambda: len(dingtalk.connections) == 4)
        await wang.says("我的报备").sees(NONE)
        push = dingtalk.pushes[-1]
        assert all(each.delivered for each in await again(world, push, 200))
        await world.settled()
        assert (told(wang, NONE), await rows(world, push.event_id)) == (1, 1)
    finally:
        await other.stop()


@pytest.mark.parametrize("later", [timedelta(seconds=60), timedelta(hours=6)])
async def test_a_repetition_is_known_however_late(world: World, later: timedelta) -> None:
    """3: a minute is what was observed (page 1.5); six hours is the longest of any messenger."""
    wang, _ = both(world)
    await wang.says("我的报备").sees(NONE)
    push = emulator(world).pushes[-1]
    await world.clock(world.now + later)
    (repeated,) = await again(world, push, 1)
    await world.settled()
    assert repeated.delivered
    assert told(wang, NONE) == 1


async def test_a_repeated_decision_decides_nothing_more(world: World) -> None:
    wang, li = await registered(world)
    await li.says("同意 SP2001").sees("SP2001 已同意")
    push = emulator(world).pushes[-1]
    await again(world, push, 20)
    await world.settled()
    assert (told(wang, "（90 天）"), told(li, "SP2001 已同意")) == (1, 1)


async def test_a_storm_of_one_person_holds_nobody_up(world: World) -> None:
    """19: none of it is lost, and the manager's words get their turn in between."""
    wang, li = both(world)
    dingtalk = emulator(world)
    storm = asyncio.gather(*(dingtalk.say("wanglei", f"进度 BB{number}") for number in range(9000, 9120)))
    await li.says("待办").sees("没有")
    pushes: list[Push] = await storm
    assert all(push.delivered for push in pushes), "acknowledged, whether done or kept for later"
    async with asyncio.timeout(PATIENCE):
        while await world.answered(wang) < 120:  # noqa: ASYNC110 - a store tells of no arrivals
            await asyncio.sleep(0.01)
    await world.app.dispatcher.drain()
    assert await world.answered(wang) == 120


async def test_the_robots_own_words_and_a_groups_talk_are_not_answered(world: World) -> None:
    """19: no loop. A group is heard only where the robot is named."""
    wang, _ = both(world)
    dingtalk = emulator(world)
    dingtalk.add_group("cidTeam==", "启明项目群", ["wanglei"])
    await wang.says("我的报备").sees(NONE)
    said: dict[str, Any] = dingtalk.pushes[-1].body
    echo = said | {"msgId": "msgEcho==", "senderId": said["chatbotUserId"]}
    await dingtalk.pusher.message(echo, "")
    await dingtalk.say("wanglei", "报备 随便说说", "cidTeam==")
    unaddressed = said | {"msgId": "msgGroup==", "conversationType": "2", "isInAtList": False}
    await dingtalk.pusher.message(unaddressed, "")
    await world.settled()
    assert told(wang, NONE) == 1
    assert [m for m in dingtalk.messages("cidTeam==") if m.sender == "bot"] == []
