"""Where a draft stands: kept and open in its chat, let go, dropped, over."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from bot.draft_card import KIND
from bot.errors import Refusal
from bot.feature import Command
from bot.ports import Draft, DraftState, Talk
from bot.turn import Reply, Turn

LIFE = timedelta(days=7)
CONTEXT_LIFE = timedelta(minutes=30)
"""How long a question, a list and an object spoken of are what the next words are about."""
MOMENT = timedelta(microseconds=1)
GONE = "这份草稿已超过 7 天，请重新发起。"


def ended(turn: Turn, draft: Draft) -> Reply | None:
    """What a button of a draft's card is told once nothing can be done with the draft any more; None while it is open."""
    if draft.state is DraftState.DONE:
        return Reply(text=draft.result or "已经办好了，不需要再按。")
    if draft.state is DraftState.DROPPED:
        raise Refusal("draft_dropped", "这份草稿已取消，请重新发起。")
    if turn.now - draft.updated > LIFE:
        raise Refusal("draft_gone", GONE)
    return None


def drop(turn: Turn, draft: Draft) -> Reply:
    dropped = msgspec.structs.replace(draft, state=DraftState.DROPPED, updated=turn.now)
    turn.unit.dialogue.save_draft(dropped)
    let_go(turn)
    turn.changed(KIND, draft.id)
    command = turn.catalog.commands.get(draft.command)
    said = f"已取消{command.title}，什么都没有提交。" if command is not None and is_kept(command, draft) else "已取消。"
    return Reply(text=said)


def is_kept(command: Command, draft: Draft) -> bool:
    """Whether this is a draft to people: several things were to be said, or all are and the preview stands."""
    return command.kept or not draft.asked


def is_begun(command: Command, draft: Draft) -> bool:
    """Whether something would be lost with it: whoever pressed 驳回 on a card may give the reason a day later."""
    return is_kept(command, draft) or any(not given.inferred for given in draft.given.values())


def set_aside(turn: Turn, draft: Draft) -> None:
    """Something else is talked about: what sounds like the answer later is confirmed before it is taken. Not so where the
    other thing asks something itself."""
    if turn.person is not None and turn.place is not None and talk_of(turn).draft == draft.id:
        talk = msgspec.structs.replace(talk_of(turn), asked_at=turn.now - CONTEXT_LIFE * 2)
        turn.unit.dialogue.save_talk(turn.person.id, turn.place, talk)


def forget(turn: Turn, draft: Draft) -> None:
    """An unanswered question, once something else is talked about."""
    turn.unit.dialogue.save_draft(msgspec.structs.replace(draft, state=DraftState.DROPPED, updated=turn.now))
    if talk_of(turn).draft == draft.id:
        let_go(turn)
    turn.changed(KIND, draft.id)


def keep(turn: Turn, draft: Draft) -> None:
    turn.unit.dialogue.save_draft(draft)
    if turn.person is not None and turn.place is not None:
        talk = talk_of(turn)
        asked = msgspec.structs.replace(talk, draft=draft.id, asked_at=after(talk.focus_at, turn.now))
        turn.unit.dialogue.save_talk(turn.person.id, turn.place, asked)
    turn.changed(KIND, draft.id)


def after(other: datetime | None, now: datetime) -> datetime:
    """A question and a list of one instant keep their order: whichever came last is what a bare 1 means."""
    return now if other is None else max(now, other + MOMENT)


def let_go(turn: Turn) -> None:
    if turn.person is not None and turn.place is not None:
        talk = msgspec.structs.replace(talk_of(turn), draft=None, asked_at=None)
        turn.unit.dialogue.save_talk(turn.person.id, turn.place, talk)


def talk_of(turn: Turn) -> Talk:
    if turn.person is None or turn.place is None:
        return Talk()
    return turn.unit.dialogue.talk(turn.person.id, turn.place)
