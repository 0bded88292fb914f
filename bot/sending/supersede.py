"""A card that can no longer be changed is superseded: one line in its chat says who decided what (contract 6)."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from bot.cards import Card
from bot.messages import Account
from bot.ports import Copy, CopyState, Outgoing, Sending, Unit


def supersede(unit: Unit, copy_id: int, content: Card | str, now: datetime, trace: str = "") -> int | None:
    """Writes the line in place of the edit that would have shown ``content``. Returns its outbox row.

    None if there is no such copy, it was superseded before (nobody is told twice), or who it was made for is not there
    any more: whoever has the user id today may be somebody else.
    """
    copy = unit.copies.lock(copy_id)
    if copy is None or copy.state is CopyState.SUPERSEDED:
        return None
    unit.copies.save(replace(copy, state=CopyState.SUPERSEDED))
    if not _is_theirs(unit, copy):
        return None
    said = Outgoing(what=Sending.SEND, place=copy.place, content=line(content), person=copy.person, trace=trace)
    return unit.outbox.add(said, now)


def _is_theirs(unit: Unit, copy: Copy) -> bool:
    if copy.place.group or copy.person is None:
        return True
    there = unit.identity.person_of(Account(copy.place.channel, copy.place.tenant, copy.place.chat))
    return there is not None and there.id == copy.person


def line(content: Card | str) -> str:
    """What the lost card would have said, in one line: 「BB1001 报备审核：已同意 李静 13:05」."""
    if isinstance(content, str):
        return content
    state = content.decided.line if content.decided else content.tag
    return f"{content.title}：{state}" if state else content.title
