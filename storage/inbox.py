"""Pushes that came, by key and alias: what ended already is not done twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, update

from bot.messages import NOTHING, Answer, AnyInbound, Upload
from bot.ports import End, Failure, Seen
from storage.prepared import Prepared
from storage.tables import has_failed, inbox, insert_or
from storage.types import fields

_IS = and_(inbox.c.channel == bindparam("of_channel"), inbox.c.key == bindparam("of_key"))
_IS_ALIAS = and_(inbox.c.channel == bindparam("of_channel"), inbox.c.alias == bindparam("of_alias"))
_FIRST = select(inbox.c.end, inbox.c.answer).order_by(inbox.c.received).limit(1)
_TAKE = Prepared(insert_or(inbox).on_conflict_do_nothing().returning(inbox.c.key))
_CAME_BEFORE = Prepared(_FIRST.where(_IS))
_CAME_BEFORE_OR_ALIAS = Prepared(_FIRST.where(or_(_IS, _IS_ALIAS)))
_CLOSE = Prepared(
    update(inbox).where(_IS).values(end=bindparam("ended"), answer=bindparam("answered"), person=bindparam("by"))
)
_FAILED = update(inbox).where(_IS, has_failed)


class Inbox:
    def __init__(self, sql: Connection) -> None:
        self._sql = sql

    def enter(self, inbound: AnyInbound, now: datetime) -> Seen | None:
        if self._take(inbound, now, End.OPEN, NOTHING):
            return None
        if inbound.alias:
            (first,) = _CAME_BEFORE_OR_ALIAS.all(self._sql, _of(inbound) | {"of_alias": inbound.alias})
        else:
            (first,) = _CAME_BEFORE.all(self._sql, _of(inbound))
        return Seen(*first)

    def close(self, inbound: AnyInbound, end: End, answer: Answer, person: int | None) -> None:
        _CLOSE.run(self._sql, _of(inbound) | {"ended": end, "answered": answer, "by": person})

    def fail(self, inbound: AnyInbound, now: datetime, answer: Answer, reference: str, reason: str) -> None:
        push = replace(inbound, handle="") if isinstance(inbound, Upload) else inbound
        kept = {"reference": reference, "push": push, "reason": reason}
        if not self._take(inbound, now, End.FAILED, answer, **kept):
            self._sql.execute(_FAILED.values(reason=reason), _of(inbound))

    def reopen(self, inbound: AnyInbound) -> bool:
        return self._sql.execute(_FAILED.values(end=End.OPEN), _of(inbound)).rowcount == 1

    def failures(self) -> Sequence[Failure]:
        columns = (inbox.c[name] for name in Failure.__struct_fields__)
        found = select(*columns).where(has_failed, inbox.c.push.is_not(None)).order_by(inbox.c.received, inbox.c.key)
        return [Failure(**fields(row)) for row in self._sql.execute(found).mappings()]

    def failure_counts(self) -> dict[str, int]:
        counted = select(inbox.c.channel, func.count()).where(has_failed).group_by(inbox.c.channel)
        return dict(self._sql.execute(counted).all())

    def has_been_replayed(self, reference: str) -> bool:
        of = select(inbox.c.key).where(inbox.c.reference == reference, ~has_failed)
        return self._sql.execute(of.limit(1)).first() is not None

    def purge(self, before: datetime, failed_before: datetime) -> int:
        old = (inbox.c.received < before) & (~has_failed | (inbox.c.received < failed_before))
        return self._sql.execute(delete(inbox).where(old)).rowcount

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
        return _TAKE.first(self._sql, row | more) is not None


def _of(inbound: AnyInbound) -> dict[str, object]:
    return {"of_channel": inbound.place.channel, "of_key": inbound.key}
