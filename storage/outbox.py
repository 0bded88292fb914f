"""What goes out: written in the turn's commit, sent in order by one sender a channel."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, exists, func, insert, or_, select, update

from bot.messages import Place
from bot.ports import CopyState, Ended, OutboxRow, Outgoing, OutState, Sending, Settled
from storage.leases import is_valid
from storage.prepared import Prepared
from storage.tables import copies, is_one_of, outbox, to_report, unfinished
from storage.types import Ids, Instant, among, machine_now

EDITS = (Sending.CLOSING, Sending.REFRESH)
AT_ONCE = 500
"""Objects named in one statement."""


class Outbox:
    """``grew`` says whether this transaction added rows."""

    def __init__(self, sql: Connection) -> None:
        self._sql = sql
        self.grew = False

    def add(self, row: Outgoing, now: datetime) -> int:
        self.grew = True
        what, waited, via = self._replace_pending(row)
        place = row.place
        written = {
            "key": secrets.token_hex(16),
            "what": what,
            "state": OutState.PENDING,
            "channel": place.channel,
            "tenant": place.tenant,
            "chat": place.chat,
            "is_group": place.group,
            "line": _line(row),
            "content": row.content,
            "target": row.target,
            "copy": row.copy,
            "person": row.person,
            "trace": row.trace,
            "created": now,
            "not_before": row.not_before,
            "expires": row.expires,
            "via": row.via or via,
            "bulk": row.bulk,
            "report": row.report,
        }
        if row.hold:
            return int(_ADD_HELD.scalar(self._sql, written | {"hold": row.hold}))
        return int(_ADD.scalar(self._sql, written | {"wait_until": waited}))

    def drop_held(self, row_ids: Sequence[int]) -> None:
        _DROP_HELD.run(self._sql, {"ids": row_ids})

    def due(self, channel: str, now: datetime, most: int) -> Sequence[OutboxRow]:
        return [_outbox_row(row) for row in _DUE.named(self._sql, {"of": channel, "now": now, "most": most})]

    def claim(self, rows: Sequence[tuple[int, bytes]], fence: int, now: datetime) -> Sequence[int]:
        if not rows or not is_valid(self._sql, fence):
            return []
        got = {row for (row,) in _WAITING.all(self._sql, {"ids": [row for row, _ in rows]})}
        claimed = [
            {"row": row, "rendered": payload, "now": now, "claimed_by": fence} for row, payload in rows if row in got
        ]
        _CLAIM.run_many(self._sql, claimed)
        return [row for row, _ in rows if row in got]

    def settle(self, outcomes: Sequence[Settled], fence: int, now: datetime) -> Sequence[int]:
        """A row that another sender has touched since bears its newer fence."""
        ids = [outcome.row for outcome in outcomes]
        got = {row for (row,) in _UNSETTLED.all(self._sql, {"ids": ids, "mine": fence})}
        settled = [_settled_row(outcome, fence, now) for outcome in outcomes if outcome.row in got]
        _SETTLE.run_many(self._sql, settled)
        return [row for row in ids if row in got]

    def withdraw(self, kind: str, numbers: Sequence[int]) -> Sequence[int]:
        caught: list[int] = []
        for start in range(0, len(numbers), AT_ONCE):
            of = {"kind": kind, "numbers": numbers[start : start + AT_ONCE]}
            dropped = self._sql.execute(_WITHDRAW, of).scalars().all()
            caught += self._sql.execute(_CLOSE, {"ids": dropped}).scalars()
        return caught

    def forsake(self, place: Place, reason: str, now: datetime) -> None:
        lines = (place.lane, f"bulk:{place.lane}")
        waiting = update(outbox).where(unfinished, _c.channel == place.channel, _c.line.in_(lines))
        self._sql.execute(waiting.values(state=OutState.DEAD, reason=reason, settled=now))

    def take_ended(self, most: int) -> Sequence[Ended]:
        rows = self._sql.execute(_ENDED, {"most": most}).all()
        if rows:
            self._sql.execute(_TOLD, {"ids": [row.id for row in rows]})
        return [_ended(row) for row in rows]

    def orphans(self, channel: str, fence: int) -> Sequence[OutboxRow]:
        return [_outbox_row(row) for row in _ORPHANS.named(self._sql, {"of": channel, "mine": fence})]

    def state_counts(self) -> dict[tuple[str, str], int]:
        return {(channel, state.value): number for channel, state, number in self._sql.execute(_COUNTS)}

    def _replace_pending(self, row: Outgoing) -> tuple[Sending, float, str]:
        """Drops what an edit makes unnecessary. It inherits that it must arrive, until when to wait, and a click's handle."""
        if row.what not in EDITS or row.copy is None:
            return row.what, 0.0, ""
        found = _REPLACE.all(self._sql, {"of": row.copy})
        closing = any(what is Sending.CLOSING for what, _, _ in found)
        waited = max((until for _, until, _ in found), default=0.0)
        return Sending.CLOSING if closing else row.what, waited, max((via for _, _, via in found), default="")


def _line(row: Outgoing) -> str:
    """A chat's bulk has a line of its own: a reply does not wait until its chat's turn has come."""
    if row.what is not Sending.SEND:
        return f"m:{row.target}"
    return f"bulk:{row.place.lane}" if row.bulk else row.place.lane


def _settled_row(outcome: Settled, fence: int, now: datetime) -> dict[str, object]:
    return {
        "row": outcome.row,
        "to": outcome.state,
        "named": outcome.handle,
        "because": outcome.reason,
        "seconds": outcome.wait,
        "since": outcome.first_sent,
        "lost": outcome.losses,
        "now": now,
        "mine": fence,
    }


def _ended(row: Any) -> Ended:
    place = Place(row.channel, row.tenant, row.chat, row.is_group)
    return Ended(
        view=row.report,
        number=row.number,
        person=row.person,
        place=place,
        state=row.state,
        at=row.settled,
        reason=row.reason,
    )


def _outbox_row(row: dict[str, Any]) -> OutboxRow:
    place = Place(*(row.pop(column.name) for column in _PLACE))
    return OutboxRow(place=place, **row)


# -- statements ------------------------------------------------------------------------------------------------------
# Written once: putting one together takes longer than running it.

_c = outbox.c
_target = outbox.alias("target")
_pending = is_one_of(_c.state, OutState.PENDING)
_ids = among(_c.id, bindparam("ids", type_=Ids()))
_now = bindparam("now", type_=Instant())

_PLACE = (_c.channel, _c.tenant, _c.chat, _c.is_group)
_COMPUTED = ("place", "handle", "target_state", "target_key", "media")
_ROW = select(
    *(_c[name] for name in OutboxRow.__struct_fields__ if name not in _COMPUTED),
    *_PLACE,
    func.coalesce(func.nullif(_c.via, ""), _target.c.handle, _c.handle).label("handle"),
    _target.c.state.label("target_state"),
    func.coalesce(_target.c.key, "").label("target_key"),
).select_from(outbox.outerjoin(_target, _target.c.id == _c.target))

_ADDED = insert(outbox).returning(_c.id)
_ADD = Prepared(_ADDED)
_ADD_HELD = Prepared(_ADDED.values(wait_until=machine_now() + bindparam("hold")))
_DROP = update(outbox).where(unfinished, _pending).values(state=OutState.DROPPED)
# An older edit that is just being sent may arrive after the answer: then the held one has to put things right again.
_older = outbox.alias("older")
_overtaken = exists().where(
    is_one_of(_older.c.state, OutState.PENDING, OutState.SENDING),
    _older.c.channel == _c.channel,
    _older.c.line == _c.line,
    _older.c.id < _c.id,
)
_DROP_HELD = Prepared(_DROP.where(_ids, ~_overtaken))
# What may have been taken already goes its way: first_sent says so also between two attempts. Of an edit it may have used
# up the click's handle, which the next one would inherit.
_REPLACE = Prepared(
    _DROP.where(_c.copy == bindparam("of"), is_one_of(_c.what, *EDITS), _c.first_sent.is_(None)).returning(
        _c.what, _c.wait_until, _c.via
    )
)
_WITHDRAW = (
    _DROP.values(report="")
    .where(_c.what == Sending.SEND, _c.first_sent.is_(None))
    .where(
        _c.copy.in_(
            select(copies.c.id).where(
                copies.c.kind == bindparam("kind"),
                copies.c.number.in_(bindparam("numbers", expanding=True)),
                copies.c.state == CopyState.LIVE,
            )
        )
    )
    .returning(_c.copy)
)
_CLOSE = (
    update(copies)
    .where(copies.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=CopyState.CLOSED)
    .returning(copies.c.number)
)
_ENDED = (
    select(_c.id, _c.report, copies.c.number, copies.c.person, *_PLACE, _c.state, _c.settled, _c.reason)
    .join(copies, copies.c.id == _c.copy)
    .where(to_report, ~is_one_of(_c.state, OutState.PENDING, OutState.SENDING, OutState.DROPPED))
    .order_by(_c.id)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
_TOLD = update(outbox).where(_ids).values(report="")
_COUNTS = select(_c.channel, _c.state, func.count()).group_by(_c.channel, _c.state)
_ORPHANS = Prepared(
    _ROW.where(
        unfinished, _c.state == OutState.SENDING, _c.channel == bindparam("of"), _c.fence < bindparam("mine")
    ).order_by(_c.id)
)

# One pass over what is unfinished, then a look by id at those that stand first in their line. Nothing here is left to
# the planner: what it knows of a queue's partial indexes is always out of date.
_lines = (
    select(
        _c.id,
        _c.state,
        _c.wait_until,
        func.row_number().over(partition_by=_c.line, order_by=_c.id).label("place"),
    )
    .where(unfinished, _c.channel == bindparam("of"), or_(_c.not_before.is_(None), _c.not_before <= _now))
    .subquery()
)
_DUE = Prepared(
    _ROW.join(_lines, _lines.c.id == _c.id)
    .where(
        _lines.c.place == 1,
        is_one_of(_lines.c.state, OutState.PENDING),
        _lines.c.wait_until <= machine_now(),
        or_(_c.target.is_(None), ~is_one_of(_target.c.state, OutState.PENDING, OutState.SENDING)),
    )
    .order_by(_c.bulk, _c.id)
    .limit(bindparam("most"))
)

_WAITING = Prepared(select(_c.id).where(unfinished, _pending, _ids).with_for_update())
_CLAIM = Prepared(
    update(outbox)
    .where(_c.id == bindparam("row"))
    .values(
        state=OutState.SENDING,
        # Bytes that may have been taken stay; what surely was not may be drawn anew, since a file it names may be over.
        payload=case(
            (_c.first_sent.is_(None), bindparam("rendered", type_=_c.payload.type)),
            else_=func.coalesce(_c.payload, bindparam("rendered", type_=_c.payload.type)),
        ),
        attempts=_c.attempts + 1,
        first_sent=func.coalesce(_c.first_sent, _now),
        fence=bindparam("claimed_by"),
    )
)
_UNSETTLED = Prepared(select(_c.id).where(unfinished, _ids, _c.fence <= bindparam("mine")).with_for_update())
_SETTLE = Prepared(
    update(outbox)
    .where(_c.id == bindparam("row"))
    .values(
        state=bindparam("to", type_=_c.state.type),
        handle=bindparam("named"),
        reason=bindparam("because"),
        wait_until=machine_now() + bindparam("seconds"),
        first_sent=bindparam("since", type_=Instant()),
        losses=bindparam("lost"),
        settled=_now,
        fence=bindparam("mine"),
    )
)
