"""A card that can no longer be changed is superseded: one line in its chat says who decided what (contract 6)."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from bot.cards import Card
from bot.ports import CopyState, Outgoing, Sending, Unit


def supersede(unit: Unit, copy_id: int, content: Card | str, now: datetime, trace: str = "") -> int | None:
    """Writes the line in place of the edit that would have shown ``content``. Returns its outbox row.

    None if there is no such copy, or it was superseded before: nobody is told twice.
    """
    copy = unit.copies.lock(copy_id)
    if copy is None or copy.state is CopyState.SUPERSEDED:
        return None
    unit.copies.save(replace(copy, state=CopyState.SUPERSEDED))
    said = Outgoing(what=Sending.SEND, place=copy.place, content=line(content), person=copy.person, trace=trace)
    return unit.outbox.add(said, now)


def line(content: Card | str) -> str:
    """What the lost card would have said, in one line: 「BB1001 报备审核：已同意 李静 13:05」."""
    if isinstance(content, str):
        return content
    state = content.decided.line if content.decided else content.tag
    return f"{content.title}：{state}" if state else content.title
