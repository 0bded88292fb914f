"""Drawn cards, with what their buttons do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, RowMapping, Select, insert, literal_column, select, update

from bot.messages import Place
from bot.ports import Copy, CopyState, Sending
from storage.tables import copies, outbox
from storage.types import fields

_FIELDS = tuple(name for name in Copy.__struct_fields__ if name != "place")
_PLACE = (copies.c.channel, copies.c.tenant, copies.c.chat, copies.c.is_group)
_COPY = select(*(copies.c[name] for name in _FIELDS), *_PLACE)


class Copies:
    def __init__(self, sql: Connection, writing: bool) -> None:
        self._sql = sql
        self._writing = writing

    def add(self, copy: Copy, now: datetime) -> None:
        self._sql.execute(insert(copies), _row(copy) | {"created": now})

    def get(self, copy_id: int) -> Copy | None:
        return self._one(_COPY.where(copies.c.id == copy_id))

    def lock(self, copy_id: int) -> Copy | None:
        return self._one(_COPY.where(copies.c.id == copy_id).with_for_update())

    def save(self, copy: Copy) -> None:
        row = _row(copy)
        self._sql.execute(update(copies).where(copies.c.id == row.pop("id")).values(row))

    def live(self, kind: str, number: int) -> Sequence[Copy]:
        of_object = (copies.c.kind == kind, copies.c.number == number, copies.c.state == CopyState.LIVE)
        found = _COPY.where(*of_object).order_by(copies.c.send)
        found = found.with_for_update() if self._writing else found
        return [_copy(row) for row in self._sql.execute(found).mappings()]

    def by_send(self, outbox_id: int) -> Copy | None:
        return self._one(_COPY.where(copies.c.send == outbox_id))

    def by_handle(self, channel: str, handle: str) -> Copy | None:
        put_there = (outbox.c.channel == channel) & (outbox.c.handle == handle) & (outbox.c.what == Sending.SEND)
        shown = outbox.c.copy.is_not(None) & (outbox.c.handle != literal_column("''"))  # as the index says it
        return self._one(_COPY.where(copies.c.send.in_(select(outbox.c.id).where(put_there, shown).limit(1))))

    def _one(self, found: Select[*tuple[Any, ...]]) -> Copy | None:
        row = self._sql.execute(found).mappings().one_or_none()
        return None if row is None else _copy(row)


def _row(copy: Copy) -> dict[str, object]:
    row = structs.asdict(copy)
    place: Place = row.pop("place")
    return row | {"channel": place.channel, "tenant": place.tenant, "chat": place.chat, "is_group": place.group}


def _copy(row: RowMapping) -> Copy:
    found = fields(row)
    place = Place(*(found.pop(column.name) for column in _PLACE))
    return Copy(place=place, **found)
