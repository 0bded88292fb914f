"""Who may give whom a task, and what may be done with one in which state (R4.4). Pure; denied by default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.permit import AGENT_SIDE, DECIDERS, Person, Role, scope_of
from bot.values import Percent
from handlers.tasks.states import LIVE, OPEN, State

GIVERS: Final = (Role.OWNER, *DECIDERS)
WHOLE: Final = Percent(10_000)


class Home(Struct, frozen=True):
    """Where somebody belongs: the territory of their agent company, or their own."""

    region: str = ""
    province: str = ""


def directs(giver: Person, to: Person, home: Home) -> bool:
    """Whether what ``to`` works on is ``giver``'s to direct; ``home`` is where ``to`` belongs."""
    if not giver.active or giver.id == to.id:
        return False
    if giver.role in (Role.HQ, Role.EXECUTIVE):
        return to.role is not Role.EXECUTIVE
    if giver.role is Role.OWNER:
        return to.role is Role.REP and bool(giver.agent) and to.agent == giver.agent
    if giver.role not in (Role.MANAGER, Role.DIRECTOR):
        return False
    if to.role in AGENT_SIDE:
        return _within(giver, home)
    below = giver.role is Role.DIRECTOR and to.role in (Role.MANAGER, Role.CHECKER)
    return to.manager == giver.id or (below and bool(giver.region) and home.region == giver.region)


def may_give(giver: Person, to: Person, home: Home) -> bool:
    return giver.role in GIVERS and to.active and directs(giver, to, home)


def may_see(person: Person, owner: Person, home: Home) -> bool:
    """Besides who has it and who gave it; ``home`` is where the owner belongs."""
    return scope_of(person).everything or directs(person, owner, home)


def _within(giver: Person, home: Home) -> bool:
    scope = scope_of(giver)
    if scope.province:
        return home.province == scope.province
    return bool(scope.region) and home.region == scope.region


# -- what may be done ------------------------------------------------------------------------------------------------


class Part(StrEnum):
    """What somebody has to do with a task. The giver's part falls to their superior when they are gone."""

    OWNER = "owner"
    GIVER = "giver"


class Step(StrEnum):
    """What is done with a task, in the word people say for it."""

    ACCEPT = "接受"
    PROGRESS = "更新"
    HELP = "求助"
    REPORT = "完成"
    CHECK = "验收"
    RETURN = "退回"
    CANCEL = "撤回"
    HAND_OVER = "转交"
    POSTPONE = "延期"


class Rule(Struct, frozen=True):
    """By whom, in which states, and the state it leads to for each of them; None: it stays."""

    when: tuple[State, ...]
    leads: Mapping[Part, State | None]


_OWNER, _GIVER = Part.OWNER, Part.GIVER
STEPS: Final[Mapping[Step, Rule]] = {
    Step.ACCEPT: Rule((State.OFFERED,), {_OWNER: State.WORKING}),
    Step.PROGRESS: Rule(OPEN, {_OWNER: State.WORKING}),
    Step.HELP: Rule(OPEN, {_OWNER: State.BLOCKED}),
    Step.REPORT: Rule(OPEN, {_GIVER: State.DONE, _OWNER: State.REPORTED}),
    Step.CHECK: Rule((State.REPORTED,), {_GIVER: State.DONE}),
    Step.RETURN: Rule((State.REPORTED,), {_GIVER: State.WORKING}),
    Step.CANCEL: Rule(LIVE, {_GIVER: State.CANCELLED}),
    Step.HAND_OVER: Rule(OPEN, {_GIVER: State.OFFERED}),
    Step.POSTPONE: Rule(OPEN, {_GIVER: None, _OWNER: None}),
}


def part_for(step: Step, parts: frozenset[Part]) -> Part | None:
    """As whom somebody with these parts takes the step: the giver's word needs no consent."""
    return next((part for part in STEPS[step].leads if part in parts), None)


def next_state(step: Step, part: Part, state: State) -> State | None:
    """The state after it; None if the step cannot be taken."""
    rule = STEPS[step]
    if state not in rule.when or part not in rule.leads:
        return None
    return rule.leads[part] or state


# -- words -----------------------------------------------------------------------------------------------------------

_ASKS: Final = re.compile(r"[?？]|[吗呢]$|怎么样|如何|多少|哪一?步")
_ANNOUNCED: Final = re.compile(r"照片|图片|附件|截图|如图|见图|见附|文件")
_BEHIND_DONE: Final = re.compile(r"^(?:了|啦|咯|喽)?[，,。.！!\s]*")


def progress_said(percent: Percent | None, words: str) -> tuple[Percent | None, str]:
    """「进度 RW601 60」: a number alone is the percentage."""
    said = words.strip()
    if percent is None and re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,2})?", said) and Decimal(said) <= 100:
        return Percent.of(Decimal(said)), ""
    return percent, said


def asks(words: str) -> bool:
    """进度 RW601 怎么样了 wants to know, it tells nothing."""
    return _ASKS.search(words) is not None


def announces_a_file(words: str) -> bool:
    return _ANNOUNCED.search(words) is not None


def done_words(words: str) -> str:
    """完成了: what belongs to the word itself is no remark."""
    return _BEHIND_DONE.sub("", words)
