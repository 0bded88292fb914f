"""A word of two capabilities: their own id, another record's, what was last spoken of, what goes without saying; else it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot import route
from bot.entry import ask
from bot.errors import Refusal
from bot.feature import Catalog, Feature
from bot.meant import narrowed
from bot.messages import Place
from bot.permit import Person, Role
from bot.ports import Talk
from bot.turn import Reply
from bot.values import ShortId

ABOUT = {2001: "BB", 2002: "RW"}
"""What each approval is about."""


def about_deal(turn: Any, unit: Any, ref: ShortId) -> int | None:
    if ref.kind != "SP":
        return None
    if ABOUT.get(ref.number) != "BB":
        raise Refusal("not_found", "没有找到")
    return 1001


def about_task(turn: Any, unit: Any, ref: ShortId) -> int | None:
    return 601 if ref.kind == "SP" and ABOUT.get(ref.number) == "RW" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDeal:
    deal: int = ask("报备编号", ref="BB", via=about_deal, usual=lambda turn, unit: turn.unit.usual.get("BB"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTask:
    task: int = ask("任务编号", ref="RW", via=about_task, usual=lambda turn, unit: turn.unit.usual.get("RW"))


def catalog() -> Catalog:
    deals, tasks = Feature("deals", "报备"), Feature("tasks", "任务")

    @deals.command("进度", on="BB")
    def deal(turn: Any, db: Any, entry: OneDeal) -> Reply:
        return Reply()

    @tasks.command("进度", on="RW")
    def task(turn: Any, db: Any, entry: OneTask) -> Reply:
        return Reply()

    return Catalog([deals, tasks])


@dataclass
class Store:
    """What the two capabilities and the dialogue are asked."""

    focus: str
    usual: dict[str, str]
    dialogue: Any = field(init=False)

    def __post_init__(self) -> None:
        self.dialogue = self

    def talk(self, person: int, place: Place) -> Talk:
        return Talk(focus=(self.focus,) if self.focus else ())


@dataclass
class Standing:
    """Where a turn stands, as far as words are understood by it."""

    unit: Store
    person: Person
    place: Place


@pytest.mark.parametrize(
    ("words", "focus", "usual", "meant"),
    [
        ("进度 BB1001", "RW601", {}, ["deals.deal"]),
        ("进度 RW601", "BB1001", {}, ["tasks.task"]),
        ("进度", "RW601", {}, ["tasks.task"]),
        ("进度", "BB1001", {"RW": "601"}, ["deals.deal"]),
        ("进度", "", {"RW": "601"}, ["tasks.task"]),
        ("进度", "", {"BB": "1001"}, ["deals.deal"]),
        ("进度", "", {"BB": "1001", "RW": "601"}, ["deals.deal", "tasks.task"]),
        ("进度", "", {}, ["deals.deal", "tasks.task"]),
        ("进度 SP2001", "RW601", {}, ["deals.deal"]),
        ("进度 SP2002", "BB1001", {}, ["tasks.task"]),
        ("进度 SP9999", "BB1001", {}, ["deals.deal"]),
        ("进度 GG301", "RW601", {}, ["tasks.task"]),
        ("进度 GG301", "", {}, ["deals.deal", "tasks.task"]),
    ],
)
def test_which_is_meant(words: str, focus: str, usual: dict[str, str], meant: list[str]) -> None:
    me = Person(1, "王磊", Role.REP)
    turn: Any = Standing(Store(focus, usual), me, Place("feishu", "", "ou_1"))
    heard = route.hear(catalog(), me, words, focus)
    assert heard is not None
    assert [c.name for c in narrowed(turn, heard.commands, heard.rest)] == meant
