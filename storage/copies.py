"""Drawn cards, with what their buttons do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs
from sqlalchemy import Connection, bindparam, insert, literal_column, select, update

from bot.messages import Place
from bot.ports import Copy, CopyState, Sending
from storage.prepared import Prepared, Row
from storage.tables import copies, outbox

_FIELDS = tuple(name for name in Copy.__struct_fields__ if name != "place")
_PLACE = (copies.c.channel, copies.c.tenant, copies.c.chat, copies.c.is_group)
_COPY = select(*(copies.c[name] for name in _FIELDS), *_PLACE)
_BY_ID = _COPY.where(copies.c.id == bindparam("of"))
_LIVE = _COPY.where(
    copies.c.kind == bindparam("of"), copies.c.number == bindparam("at"), copies.c.state == CopyState.LIVE
).order_by(copies.c.send)
_GET = Prepared(_BY_ID)
_LOCK = Prepared(_BY_ID.with_for_update())
_SEE_LIVE = Prepared(_LIVE)
_LOCK_LIVE = Prepared(_LIVE.with_for_update())
_BY_SEND = Prepared(_COPY.where(copies.c.send == bindparam("of")))
_put_there = select(outbox.c.id).where(
    outbox.c.channel == bindparam("channel"),
    outbox.c.handle == bindparam("of"),
    outbox.c.what == Sending.SEND,
    outbox.c.copy.is_not(None),  # this and the next as the index says it
    outbox.c.handle != literal_column("''"),
)
_BY_HANDLE = Prepared(_COPY.where(copies.c.send.in_(_put_there.limit(1))))
_ADD = Prepared(insert(copies))
_SAVE = Prepared(update(copies).where(copies.c.id == bindparam("of")))


class Copies:
    def __init__(self, sql: Connection, writing: bool) -> None:
        self._sql = sql
        self._writing = writing

    def add(self, copy: Copy, now: datetime) -> None:
        _ADD.run(self._sql, _row(copy) | {"created": now})

    def get(self, copy_id: int) -> Copy | None:
        return self._one(_GET, copy_id)

    def lock(self, copy_id: int) -> Copy | None:
        return self._one(_LOCK, copy_id)

    def save(self, copy: Copy) -> None:
        row = _row(copy)
        _SAVE.run(self._sql, row | {"of": row.pop("id")})

    def live(self, kind: str, number: int) -> Sequence[Copy]:
        found = _LOCK_LIVE if self._writing else _SEE_LIVE
        return [_copy(row) for row in found.all(self._sql, {"of": kind, "at": number})]

    def by_send(self, outbox_id: int) -> Copy | None:
        return self._one(_BY_SEND, outbox_id)

    def by_handle(self, channel: str, handle: str) -> Copy | None:
        return self._one(_BY_HANDLE, handle, channel=channel)

    def _one(self, found: Prepared, of: int | str, **more: str) -> Copy | None:
        row = found.first(self._sql, {"of": of, **more})
        return None if row is None else _copy(row)


def _row(copy: Copy) -> dict[str, object]:
    row = structs.asdict(copy)
    place: Place = row.pop("place")
    return row | {"channel": place.channel, "tenant": place.tenant, "chat": place.chat, "is_group": place.group}


def _copy(row: Row) -> Copy:
    return Copy(place=Place(*row[len(_FIELDS) :]), **dict(zip(_FIELDS, row, strict=False)))
