"""A button that wants to be confirmed, where the messenger has no box for it: the chat asks, and only 确认 does it (page 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.cards import Button, Card, ChoiceInput, Confirm, Form, Option, Style, Text
from bot.entry import ask
from bot.feature import Feature
from bot.permit import Role
from bot.turn import Reply, Turn
from handlers.catalog import features
from tests.chat import Person, World

SURE = Confirm("确认关闭这台设备？", "关闭以后要到现场才能打开。")
WAYS = (Option("now", "马上"), Option("night", "夜里"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    number: int = ask("编号")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    number: int = ask("编号")
    way: str = ask("方式", options=lambda _: WAYS)


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A capability of the test's own, and what it has done."""
    feature, done = Feature("devices", "设备"), list[str]()

    @feature.command("演练设备", help="演练", example="演练设备")
    def device(turn: Turn, db: Any) -> Reply:
        shut = Button("关闭", "devices.shut", {"number": "7"}, Style.DANGER, confirm=SURE)
        bare = Button("移除", "devices.shut", {"number": "8"}, confirm=Confirm("", ""))
        return Reply(card=Card("设备 7", blocks=(Text("运行中"),), buttons=(shut, bare)))

    @feature.command("演练停机", help="演练", example="演练停机")
    def chosen(turn: Turn, db: Any) -> Reply:
        submit = Button("停机", "devices.stop", {"number": "9"}, Style.PRIMARY, confirm=SURE)
        form = Form((ChoiceInput(name="way", label="方式", options=WAYS),), (submit,))
        return Reply(card=Card("设备 9", blocks=(Text("运行中"),), form=form))

    @feature.command(roles=(Role.FINANCE, Role.MANAGER, Role.HQ))
    def shut(turn: Turn, db: Any, entry: Device) -> Reply:
        done.append(f"{turn.me.name} {entry.number}")
        return Reply(text=f"设备 {entry.number} 已关闭")

    @feature.command()
    def stop(turn: Turn, db: Any, entry: Closing) -> Reply:
        done.append(f"{turn.me.name} {entry.number} {entry.way}")
        return Reply(text=f"设备 {entry.number} 已停机")

    monkeypatch.setattr("bot.app.features", lambda: (*features(), feature))
    return done


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


@pytest.fixture(params=[("孙梅", "sunmei", "wecom"), ("李静", "lijing", "dingtalk")], ids=["wecom", "dingtalk"])
def person(request: pytest.FixtureRequest, world: World) -> Person:
    """At a messenger without such boxes."""
    name, user, channel = request.param
    return world.person(name, user, channel=channel)


async def test_the_chat_asks_and_only_a_yes_does_it(world: World, person: Person, closed: list[str]) -> None:
    await person.says("演练设备").sees("运行中")
    await person.presses("关闭").sees("确认关闭这台设备", "关闭以后要到现场才能打开")
    assert person.last.buttons == ["确认", "取消"]
    assert closed == []
    await person.presses("确认").sees("设备 7 已关闭", "已确认")
    assert closed == [f"{person.name} 7"]
    assert "确认" not in person.card("确认关闭这台设备").buttons


async def test_a_no_does_nothing_and_is_said(person: Person, closed: list[str]) -> None:
    await person.says("演练设备").sees("运行中")
    await person.presses("移除").sees("确认移除", "确定要这样做吗")
    await person.presses("取消").sees("已取消")
    assert (closed, person.card("确认移除").buttons) == ([], [])
    await person.presses("移除").sees("确认移除")
    await person.presses("确认", on="确认移除").sees("设备 8 已关闭")


async def test_the_question_is_answered_once(world: World, person: Person, closed: list[str]) -> None:
    await person.says("演练设备").sees("运行中")
    await person.presses("关闭").sees("确认关闭这台设备")
    await person.presses("取消").sees("已取消")
    await world.settled()
    await person.presses_again("确认", on="确认关闭这台设备").sees("已变更")
    assert closed == []


async def test_what_the_form_held_goes_with_the_question(person: Person, closed: list[str]) -> None:
    await person.says("演练停机").sees("运行中")
    await person.presses("停机", form={"way": "夜里"}).sees("确认关闭这台设备")
    await person.presses("确认").sees("设备 9 已停机")
    assert closed == [f"{person.name} 9 night"]


async def test_rights_are_those_of_the_moment_it_is_confirmed(world: World, closed: list[str]) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.says("演练设备").sees("运行中")
    await sun.presses("关闭").sees("确认关闭这台设备")
    await world.deactivates("孙梅")
    await sun.presses("确认").sees("您的账号已停用")
    assert closed == []


async def test_who_may_not_is_not_asked(world: World, closed: list[str]) -> None:
    zhao = world.person("赵敏", "zhaomin", channel="wecom")
    await zhao.says("演练设备").sees("运行中")
    await zhao.presses("关闭").sees("无权限")
    assert closed == []


async def test_a_messenger_with_boxes_asks_itself(world: World, closed: list[str]) -> None:
    lin = world.person("林岚", "ou_linlan")
    await lin.says("演练设备").sees("运行中")
    await lin.presses("关闭").sees("设备 7 已关闭").not_sees("待确认")
    assert closed == ["林岚 7"]
