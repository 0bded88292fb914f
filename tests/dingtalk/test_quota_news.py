"""A quota that is used up, or nearly, is told to HQ: once, and where telling costs nothing of it. On both databases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from adapters.dingtalk.quota import Quota, Spent
from bot.usage import Usage
from handlers.channels.jobs import NEWS
from storage.store import Database
from tests.build import SHANGHAI, Org
from tests.chat import PATIENCE, Person, World
from tests.dingtalk.stage import Count

OVER = "企业本月的消息推送额度已用完"
REFUSED = "企业本月的接口调用额度已用完"


@dataclass(frozen=True)
class Headquarters(Org):
    """林岚 of HQ at these messengers, the last one used first."""

    accounts: str = "feishu:ou_linlan"

    def rows(self, name: str) -> list[dict[str, str]]:
        rows = super().rows(name)
        return [row | {"accounts": self.accounts} if row["name"] == "林岚" else row for row in rows]


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk")


@pytest.fixture
def org(accounts: str) -> Org:
    return Headquarters(accounts=accounts)


@pytest.fixture
def accounts() -> str:
    return "feishu:ou_linlan"


at_dingtalk = pytest.mark.parametrize("accounts", ["dingtalk:linlan"])


def people(world: World, hq: str = "feishu") -> tuple[Person, Person]:
    user = "ou_linlan" if hq == "feishu" else "linlan"
    return world.person("李静", "lijing", channel="dingtalk"), world.person("林岚", user, channel=hq)


async def says_nothing_heard(li: Person) -> None:
    """More than the month has."""
    await li.says("待办")


async def ticks(world: World) -> None:
    """What a channel has to say is promised with one tick, and told with the next."""
    await world.passes(seconds=5)
    await world.passes(seconds=5)
    await world.settled()


async def refused(world: World) -> None:
    """The channel knows that it can send nothing any more."""
    (channel,) = (each for each in world.app.channels if each.channel == "dingtalk")
    async with asyncio.timeout(PATIENCE):
        while channel.state.up:  # noqa: ASYNC110 - a state tells of no changes
            await asyncio.sleep(0.001)


def told(who: Person, words: str) -> int:
    return sum(words in message.text for message in who.messages)


async def test_messages_without_content_are_told_to_hq_once_a_day(world: World) -> None:
    li, lin = people(world)
    world.phones["dingtalk"].emulator.quota.pushes_per_month = 0
    for _ in range(3):
        await says_nothing_heard(li)
    await ticks(world)
    await lin.looks().sees(f"钉钉：{OVER}", "在钉钉管理后台扩容")
    await says_nothing_heard(li)
    await ticks(world)
    assert (told(lin, OVER), li.messages) == (1, [])
    await world.clock("2026-03-03 09:00")
    await ticks(world)
    assert told(lin, OVER) == 1, "nobody said anything on that day"
    await says_nothing_heard(li)
    await ticks(world)
    assert told(lin, OVER) == 2
    assert "channel.warned" in await world.audited()


async def test_a_restart_tells_nobody_again(world: World) -> None:
    li, lin = people(world)
    world.phones["dingtalk"].emulator.quota.pushes_per_month = 0
    await says_nothing_heard(li)
    await ticks(world)
    await lin.looks().sees(OVER)
    await world.restarts()
    await says_nothing_heard(li)
    await ticks(world)
    assert told(lin, OVER) == 1


async def test_at_night_it_waits_for_the_morning(world: World) -> None:
    li, lin = people(world)
    await world.clock("2026-03-02 23:30")
    world.phones["dingtalk"].emulator.quota.pushes_per_month = 0
    await says_nothing_heard(li)
    await ticks(world)
    assert told(lin, OVER) == 0
    await world.clock("2026-03-03 09:00")
    await ticks(world)
    await lin.looks().sees(OVER)


async def test_a_quota_nearly_used_is_told_at_80_and_at_100_percent(world: World) -> None:
    li, lin = people(world)
    usage = world.app.usage.meter("dingtalk")
    for _ in range(3998):
        usage.spend("send")
    await li.says("帮助").sees("同意")
    await ticks(world)
    assert told(lin, "接口调用") == 0, "3,999"
    await li.says("待办").sees("没有")
    await ticks(world)
    await lin.looks().sees("钉钉：本月接口调用已用约 4000 次，达到标准版全企业 5000 次的 80%")
    await li.says("待办").sees("没有")
    await ticks(world)
    assert told(lin, "接口调用") == 1
    for _ in range(998):
        usage.spend("send")
    await li.says("待办").sees("没有")
    await ticks(world)
    await lin.looks().sees("5000 次的 100%")
    assert told(lin, "接口调用") == 2


@at_dingtalk
async def test_hq_at_dingtalk_only_is_told_there_for_one_call(world: World) -> None:
    li, lin = people(world, "dingtalk")
    emulator = world.phones["dingtalk"].emulator
    emulator.quota.pushes_per_month = 0
    before = emulator.quota.api
    for _ in range(5):
        await says_nothing_heard(li)
    await ticks(world)
    await lin.looks().sees(f"钉钉：{OVER}")
    assert emulator.quota.api - before == 1


async def test_refused_calls_are_told_elsewhere(world: World) -> None:
    li, lin = people(world)
    world.phones["dingtalk"].emulator.quota.api_per_month = 0
    await li.says("待办")
    await refused(world)
    await world.passes(seconds=5)
    await world.passes(seconds=5)
    await lin.looks().sees(f"钉钉：{REFUSED}", "额度恢复后自动发送")


@at_dingtalk
async def test_refused_calls_are_told_to_nobody_by_the_channel_that_sends_nothing(world: World) -> None:
    """It would come next month, when it is no longer so: the doctor and /health/ready say it."""
    li, lin = people(world, "dingtalk")
    emulator = world.phones["dingtalk"].emulator
    emulator.quota.api_per_month = 0
    await li.says("待办")
    await refused(world)
    await world.passes(seconds=5)
    await world.passes(seconds=5)
    assert await world.answered(lin) == 0
    assert "channel.warned" in await world.audited()


# -- one slot, whoever says it -----------------------------------------------------------------------------------------

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_two_processes_say_it_once(database: Database) -> None:
    both = [Usage(lambda: MONDAY, SHANGHAI, NEWS) for _ in range(2)]
    for usage in both * 2:
        usage.meter("dingtalk").warn("over_quota", "用完了", daily=True)
        with database.unit() as unit:
            usage.promise_news(unit, MONDAY)
    with database.unit() as unit:
        (slot,) = unit.jobs.claim_due(MONDAY, 9)
    assert (slot.job, slot.slot) == (NEWS, "dingtalk/over_quota/2026-03-02")
    with database.unit() as unit:
        both[0].promise_news(unit, MONDAY)
        assert unit.jobs.claim_due(MONDAY, 9) == [], "it was told"


class Lost(Exception):
    """A transaction that is not committed."""


def loses(database: Database, usage: Usage) -> None:
    with database.unit() as unit:
        usage.promise_news(unit, MONDAY)
        raise Lost


def test_a_lost_transaction_is_made_up_for(database: Database) -> None:
    usage = Usage(lambda: MONDAY, SHANGHAI, NEWS)
    usage.meter("dingtalk").warn("calls_80", "快用完了")
    with pytest.raises(Lost):
        loses(database, usage)
    with database.unit() as unit:
        usage.promise_news(unit, MONDAY)
        assert [slot.slot for slot in unit.jobs.claim_due(MONDAY, 9)] == ["dingtalk/calls_80/2026-03"]


@pytest.mark.parametrize(
    ("spent", "kind", "expected"),
    [
        ({"send": 3998}, Spent.CARD, []),
        ({"send": 3999}, Spent.CARD, ["calls_80"]),
        ({"send": 2000, "card": 1999, "message": 2000}, Spent.SEND, ["calls_80"]),
        ({"send": 4999}, Spent.SEND, ["calls_100"]),
        ({"message": 2399}, Spent.CLICK, ["pushes_80"]),
        ({"message": 2999}, Spent.EVENT, ["pushes_100"]),
        ({"message": 2999}, Spent.OVER, ["over_quota/day"]),
        ({"send": 4999, "message": 100}, Spent.MESSAGE, []),
    ],
)
def test_what_is_worth_telling(spent: dict[str, int], kind: Spent, expected: list[str]) -> None:
    meter = Count(spent)
    quota = Quota(meter)
    (quota.called if kind in (Spent.SEND, Spent.CARD) else quota.pushed)(kind)
    assert list(meter.said) == expected


def test_refused_calls_are_worth_telling_by_others() -> None:
    meter = Count()
    Quota(meter).refused()
    assert list(meter.said) == ["calls_refused/day/mute"]
