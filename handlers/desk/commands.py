"""你好, 帮助, 待办: for everybody, strangers included where there is nothing to see."""

from __future__ import annotations

from dataclasses import dataclass

from bot import text
from bot.entry import ask
from bot.errors import Refusal
from bot.feature import Command, Feature, ToDo
from bot.turn import Reply, Turn
from handlers.desk import cards
from handlers.desk.feature import feature
from storage.unit import Unit

SHOWN = 20
NOTHING_WAITS = "没有待办，都处理完了。"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpEntry:
    about: str | None = ask("指令", optional=True)


@feature.command("待办", "待办事项", "todo", help="等我处理的事", example="待办")
def to_do(turn: Turn, db: Unit) -> Reply:
    """Numbered, the most urgent first; a number opens it."""
    waiting = waiting_for(turn, db)
    if not waiting:
        return Reply(text=NOTHING_WAITS)
    shown = waiting[:SHOWN]
    card = cards.to_do_card(shown, len(waiting) - len(shown), turn)
    return Reply(card=card, choices=tuple(each.command for each in shown))


@feature.command("帮助", "菜单", "功能", "help", "?", help="我能做什么，怎么说", example="帮助", public=True)
def help_(turn: Turn, db: Unit, entry: HelpEntry) -> Reply:
    about = text.fold(entry.about or "").text.strip()
    if not about:
        return Reply(card=cards.help_card(turn))
    if command := _command(turn, about):
        return Reply(card=cards.command_card(command, turn))
    if feature := _feature(turn, about):
        return Reply(card=cards.feature_card(feature, turn))
    raise Refusal("unknown_command", f"没有找到「{(entry.about or '')[:20]}」。发送「帮助」看全部。")


@feature.command("你好", "您好", "hi", "hello", "在吗", "开始", "start", public=True)
def hello(turn: Turn, db: Unit) -> Reply:
    if turn.person is None:
        return Reply(text=cards.WELCOME_STRANGER)
    waiting = len(waiting_for(turn, db))
    state = f"有 {waiting} 件事等您处理，发送「待办」查看。" if waiting else "现在没有待办。"
    return Reply(text=f"{turn.person.name}您好，{state}\n发送「帮助」看看您可以做什么。")


@feature.command("谢谢", "多谢", "感谢", "辛苦了", "好的", "收到", "再见")
def thanks(turn: Turn, db: Unit) -> Reply:
    return Reply(text="不客气。需要时发送「帮助」。")


def waiting_for(turn: Turn, db: Unit) -> list[ToDo]:
    """From all capabilities: what has a deadline first, the earliest before the others."""
    found = [
        each for feature in turn.catalog.features for todo in feature.todos for each in todo(db, turn.me, turn.now)
    ]
    return sorted(found, key=lambda each: (each.due is None, each.due or turn.now))


def _command(turn: Turn, word: str) -> Command | None:
    """What this person may do under this word; what they may not do does not exist for them."""
    allowed = [c for c in turn.catalog.commands_for(turn.person) if c.help]
    exact = [c for c in allowed if word in c.words]
    return next(iter(exact or [c for c in allowed if any(w in word for w in c.words if len(w) > 1)]), None)


def _feature(turn: Turn, word: str) -> Feature | None:
    """帮助 人员: a part of its title is enough."""
    may = {c.name for c in turn.catalog.commands_for(turn.person) if c.help}
    named = (f for f in turn.catalog.features if word in f.title and any(c.name in may for c in f.commands))
    return next(named, None)
