"""Clicks that should do nothing: forged, somebody else's, repeated, stale (abuse cases 9 to 13)."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from bot import dispatch
from bot.dispatch import PAUSES
from bot.errors import Unavailable
from storage.store import Database
from tests.chat import Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def registered(world: World) -> tuple[Person, Person]:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    return wang, li


async def test_a_forged_button_is_refused_and_audited(world: World) -> None:
    """9: the id of another number on the same copy does not carry its MAC."""
    _, li = await registered(world)
    card = li.card("新报备 BB1001")
    value = button_value(card.content, "同意")
    copy, number, mac = value["b"].split(".")
    for forged in (
        f"{copy}.{int(number, 36) + 1}.{mac}",
        f"{copy}x.{number}.{mac}",
        "nonsense",
        "",
        f"{copy}.{number}",
    ):
        click = await press_value(li, card.message_id, {"b": forged})
        assert click is not None
        assert "无权限" in click
    await li.says("待办").sees("SP2001")
    zheng = world.person("郑和平", "ou_zhengheping")
    assert "forged_action" in await world.audited()
    await zheng.says("校验审计链 3月").sees("完整")


async def test_somebody_elses_card_cannot_be_pressed(world: World) -> None:
    """10: an agent replays the request of the manager's card."""
    wang, li = await registered(world)
    card = li.card("新报备 BB1001")
    said = await press_value(wang, card.message_id, button_value(card.content, "同意"))
    assert said is not None
    assert "无权限" in said
    assert "同意" in li.card("新报备 BB1001").buttons
    await wang.says("进度 BB1001").sees("待审")


async def test_ten_presses_at_once_are_one_decision(world: World) -> None:
    """11: the same button, ten times at the same moment."""
    wang, li = await registered(world)
    card = li.card("新报备 BB1001")
    wang.mark()
    presses = [li.feishu.press(li.open_id, card.message_id, "同意") for _ in range(10)]
    clicks = await asyncio.gather(*presses)
    toasts = [c.toast.content for c in clicks if c.toast]
    assert len(toasts) == 10
    assert sum("SP2001 已同意，" in toast for toast in toasts) == 1
    assert sum("已处理:李静 09:00 已同意" in toast for toast in toasts) == 9
    await wang.looks().sees("BB1001 已通过")
    await world.settled()
    assert len([m for m in wang.messages if "已通过，" in m.text and "（90 天）" in m.text]) == 1


async def test_the_second_press_of_submit_gets_the_stored_result(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await wang.presses_again("提交", on="报备 BB1001").sees("BB1001 已提交")
    await wang.says("我的报备").sees("BB1001").not_sees("BB1002")


async def test_who_left_decides_nothing(world: World) -> None:
    """13: the approver was disabled a minute ago."""
    _, li = await registered(world)
    await world.deactivates("李静")
    await li.presses("同意").sees("账号已停用")
    assert "同意" in li.card("新报备 BB1001").buttons


def button_value(card: dict[str, object], label: str) -> dict[str, str]:
    """The callback value a client would send for this button."""

    def walk(part: object) -> dict[str, str] | None:
        if isinstance(part, dict):
            text = part.get("text")
            if part.get("tag") == "button" and isinstance(text, dict) and text.get("content") == label:
                value: dict[str, str] = part["behaviors"][0]["value"]
                return value
            return next((found for inner in part.values() if (found := walk(inner))), None)
        if isinstance(part, list):
            return next((found for inner in part if (found := walk(inner))), None)
        return None

    found = walk(card)
    assert found is not None, label
    return found


async def press_value(person: Person, message_id: str, value: dict[str, str]) -> str | None:
    """A request built by hand; the toast that came back."""
    click = await person.feishu.press_value(person.open_id, message_id, value)
    return click.toast.content if click.toast else None


class LosesTurns:
    """A store whose turns come to nothing, once ``told`` is set, so many times; everything else works."""

    def __init__(self, store: Database, told: asyncio.Event, times: float) -> None:
        self.store = store
        self.told = told
        self.times = times

    async def write(self, work: Any, *, turn: bool = False, lane: str = "") -> Any:
        if turn and self.times:
            self.times -= 1
            await self.told.wait()
            raise Unavailable("waited 10 s for a lock")
        return await self.store.write(work, turn=turn, lane=lane)


async def told_to_wait(world: World, times: float) -> Person:
    """Their turn then comes to nothing so many times."""
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    told, dispatcher = asyncio.Event(), world.app.dispatcher
    dispatcher.store = LosesTurns(world.app.store, told, times)  # type: ignore[assignment]
    await wang.presses("提交").sees("已收到，正在处理")
    told.set()
    return wang


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "PAUSES", [0.0] * len(PAUSES))


@pytest.mark.usefixtures("at_once")
async def test_a_promised_result_waits_for_the_database(world: World) -> None:
    wang = await told_to_wait(world, len(PAUSES))
    await wang.looks().sees("BB1001 已提交")
    await wang.says("我的报备").sees("BB1001").not_sees("BB1002")


@pytest.mark.usefixtures("at_once")
async def test_a_promised_result_that_cannot_come_is_apologised_for(world: World) -> None:
    """Who was told to wait hears of the end, whatever it was; the push is kept for a replay."""
    wang = await told_to_wait(world, math.inf)
    await wang.looks().sees("抱歉，这次没有办成，已记录（编号 ")
    world.app.dispatcher.store = world.app.store
    await wang.presses("提交").sees("BB1001 已提交")
