"""Pushes that came, by key and alias: what ended already is not done twice."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, or_, select, update

from bot.messages import NOTHING, Answer, AnyInbound, Upload
from bot.ports import End, Seen
from storage.tables import inbox, insert_or

MASKED = "***"
_TAKE = insert_or(inbox).on_conflict_do_nothing().returning(inbox.c.key)
_CLOSE = (
    update(inbox)
    .where(inbox.c.channel == bindparam("of_channel"), inbox.c.key == bindparam("of_key"))
    .values(end=bindparam("ended"), answer=bindparam("answered"), person=bindparam("by"))
)


class Inbox:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def enter(self, inbound: AnyInbound, now: datetime) -> Seen | None:
        if self._take(inbound, now, End.OPEN, NOTHING):
            return None
        came_before = or_(_is(inbound), _is_alias(inbound)) if inbound.alias else _is(inbound)
        first = select(inbox.c.end, inbox.c.answer).where(came_before).order_by(inbox.c.received)
        end, answer = self._sql.execute(first.limit(1)).one()
        return Seen(end, answer)

    def close(self, inbound: AnyInbound, end: End, answer: Answer, person: int | None) -> None:
        of = {"of_channel": inbound.place.channel, "of_key": inbound.key}
        self._sql.execute(_CLOSE, of | {"ended": end, "answered": answer, "by": person})

    def fail(self, inbound: AnyInbound, now: datetime, answer: Answer, reference: str) -> None:
        push = replace(inbound, handle=MASKED) if isinstance(inbound, Upload) else inbound
        self._take(inbound, now, End.FAILED, answer, reference=reference, push=push)

    def purge(self, before: datetime) -> int:
        return self._sql.execute(delete(inbox).where(inbox.c.received < before)).rowcount

    def _take(self, inbound: AnyInbound, now: datetime, end: End, answer: Answer, **more: object) -> bool:
        """False if key or alias was taken before. On PostgreSQL this waits for whoever is taking it right now."""
        row = {
            "channel": inbound.place.channel,
            "key": inbound.key,
            "alias": inbound.alias,
            "received": now,
            "end": end,
            "answer": answer,
        }
        return self._sql.execute(_TAKE, row | more).first() is not None


def _is(inbound: AnyInbound) -> ColumnElement[bool]:
    return and_(inbox.c.channel == inbound.place.channel, inbox.c.key == inbound.key)


def _is_alias(inbound: AnyInbound) -> ColumnElement[bool]:
    return and_(inbox.c.channel == inbound.place.channel, inbox.c.alias == inbound.alias)
