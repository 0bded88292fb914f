"""Help and to-do lists, drawn from what the capabilities say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from bot.cards import AnyBlock, Card, Fields, Note, Table, Text
from bot.feature import Catalog, Command, Feature, ToDo
from bot.permit import Role
from bot.turn import Turn

DIALOGUE = "办理中随时可说：取消、返回、跳过、修改、继续。"
WELCOME_STRANGER = (
    "您好，我是渠道通。您还未绑定：请向公司要一个邀请码，然后发送「绑定 + 邀请码」，例如：绑定 QM7F-29KD。"
)


_HELP: WeakKeyDictionary[Catalog, dict[tuple[Role, bool] | None, Card]] = WeakKeyDictionary()
"""What people ask for most is the same for everybody of a role, as long as the process lives."""


def help_card(turn: Turn) -> Card:
    """By capability; what this person may not do is absent. How to read on comes first: the end of it may be cut."""
    known, who = _HELP.setdefault(turn.catalog, {}), (turn.person.role, turn.person.active) if turn.person else None
    if who not in known:
        known[who] = _help_card(turn)
    return known[who]


def _help_card(turn: Turn) -> Card:
    if turn.person is None:
        return Card("帮助", blocks=(Text(WELCOME_STRANGER), *_sections(turn)))
    hint = Note(f"怎么说、还能做什么，发送「帮助 + 指令」，例如：帮助 {_first(turn)}")
    return Card(f"{turn.person.role.short}可以做的事", blocks=(hint, *_sections(turn), Note(DIALOGUE)))


def command_card(command: Command, turn: Turn) -> Card:
    needed = [slot.label for slot in command.slots if not slot.optional]
    more = [slot.label for slot in command.slots if slot.optional and slot.label]
    facts = [("用途", command.help), ("例如", command.example or command.title)]
    if len(command.words) > 1:
        facts.append(("也可以说", "、".join(command.words[1:])))
    if needed:
        facts.append(("需要", "、".join(needed)))
    if more:
        facts.append(("可选", "、".join(more)))
    note = (Note("顺序随意，缺什么我会问您。"),) if len(needed) > 1 else ()
    return Card(command.title, blocks=(Fields(tuple(facts)), *note))


def feature_card(feature: Feature, turn: Turn) -> Card:
    """One line for each of its commands."""
    lines = "\n".join(f"{c.title}　{c.help}" for c in _commands(feature, turn))
    return Card(feature.title, blocks=(Text(lines), Note("想知道怎么说，发送「帮助 + 指令」。")))


def to_do_card(waiting: Sequence[ToDo], more: int, turn: Turn) -> Card:
    rows = tuple((str(at), each.text, _due(each, turn)) for at, each in enumerate(waiting, 1))
    hint = "回复序号打开，例如 1。" + (f"还有 {more} 件没有列出。" if more else "")
    return Card("待办", tag=f"{len(waiting) + more} 件", blocks=(Table(("序号", "事项", "最迟"), rows), Note(hint)))


def _sections(turn: Turn) -> Iterator[AnyBlock]:
    """What begins something comes before what is looked up or set; a section says one thing, and names the others."""
    found = [(feature, _commands(feature, turn)) for feature in turn.catalog.features]
    for feature, commands in sorted(found, key=lambda each: not any(c.kept for c in each[1])):
        if commands:
            said = [c for c in commands if c.kept or c is commands[0]]
            others = [c.title for c in commands if c not in said]
            lines = [f"{c.title}　{c.help}" for c in said] + (["还有：" + "、".join(others)] if others else [])
            yield Text(feature.title, strong=True)
            yield Text("\n".join(lines))


def _commands(feature: Feature, turn: Turn) -> list[Command]:
    return [c for c in feature.commands if c.help and c.words and c.allowed(turn.person)]


def _first(turn: Turn) -> str:
    asking = [c for c in turn.catalog.commands_for(turn.person) if c.help and c.slots]
    return next((c.title for c in sorted(asking, key=lambda c: not c.kept)), "帮助")


def _due(each: ToDo, turn: Turn) -> str:
    return turn.house.moment(each.due) if each.due else ""
