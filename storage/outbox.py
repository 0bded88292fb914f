"""What goes out: written in the turn's commit, sent in order by one sender a channel."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, or_, select, update

from bot.messages import Place
from bot.ports import OutboxRow, Outgoing, OutState, Sending, Settled
from storage.engine import machine_now
from storage.leases import is_valid
from storage.tables import is_one_of, outbox, unfinished
from storage.types import fields

EDITS = (Sending.CLOSING, Sending.REFRESH)
_ADD = insert(outbox).returning(outbox.c.id)
_target = outbox.alias("target")
_PLACE = (outbox.c.channel, outbox.c.tenant, outbox.c.chat, outbox.c.is_group)
_COMPUTED = ("place", "handle", "target_state")
_ROW = select(
    *(outbox.c[name] for name in OutboxRow.__struct_fields__ if name not in _COMPUTED),
    *_PLACE,
    func.coalesce(_target.c.handle, outbox.c.handle).label("handle"),
    _target.c.state.label("target_state"),
).select_from(outbox.outerjoin(_target, _target.c.id == outbox.c.target))
_PENDING = is_one_of(outbox.c.state, OutState.PENDING)


class Outbox:
    """``grew`` says whether this transaction added rows."""

    def __init__(self, sql: Connection) -> None:
        self._sql = sql
        self.grew = False

    def add(self, row: Outgoing, now: datetime) -> int:
        self.grew = True
        what, waited = self._replace_pending(row)
        place = row.place
        written = _ADD.values(
            key=secrets.token_hex(16),
            what=what,
            state=OutState.PENDING,
            channel=place.channel,
            tenant=place.tenant,
            chat=place.chat,
            is_group=place.group,
            line=place.lane if row.what is Sending.SEND else f"m:{row.target}",
            content=row.content,
            target=row.target,
            copy=row.copy,
            person=row.person,
            trace=row.trace,
            created=now,
            not_before=row.not_before,
            expires=row.expires,
            wait_until=machine_now(self._sql) + row.hold if row.hold else waited,
        )
        return int(self._sql.execute(written).scalar_one())

    def drop_held(self, row_ids: Sequence[int]) -> None:
        held = (unfinished, _PENDING, outbox.c.id.in_(row_ids))
        self._sql.execute(update(outbox).where(*held).values(state=OutState.DROPPED))

    def due(self, channel: str, now: datetime, most: int) -> Sequence[OutboxRow]:
        """One pass over what is unfinished, then a look by id at those that stand first in their line.

        Nothing here is left to the planner: what it knows of a queue's partial indexes is always out of date.
        """
        come = (unfinished, outbox.c.channel == channel, or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now))
        place = func.row_number().over(partition_by=outbox.c.line, order_by=outbox.c.id).label("place")
        lines = select(outbox.c.id, outbox.c.state, outbox.c.wait_until, place).where(*come).subquery()
        ready = (
            lines.c.place == 1,
            is_one_of(lines.c.state, OutState.PENDING),
            lines.c.wait_until <= machine_now(self._sql),
            or_(outbox.c.target.is_(None), ~is_one_of(_target.c.state, OutState.PENDING, OutState.SENDING)),
        )
        found = _ROW.join(lines, lines.c.id == outbox.c.id).where(*ready).order_by(outbox.c.id).limit(most)
        return [_outbox_row(row) for row in self._sql.execute(found).mappings()]

    def claim(self, rows: Sequence[tuple[int, bytes]], fence: int, now: datetime) -> Sequence[int]:
        if not rows or not is_valid(self._sql, fence):
            return []
        mine = select(outbox.c.id).where(unfinished, _PENDING, outbox.c.id.in_([row for row, _ in rows]))
        got = set(self._sql.execute(mine.with_for_update()).scalars())
        if got:
            claimed = (
                update(outbox)
                .where(outbox.c.id == bindparam("row"))
                .values(
                    state=OutState.SENDING,
                    payload=func.coalesce(outbox.c.payload, bindparam("rendered")),
                    attempts=outbox.c.attempts + 1,
                    first_sent=func.coalesce(outbox.c.first_sent, now),
                    fence=fence,
                )
            )
            self._sql.execute(claimed, [{"row": row, "rendered": payload} for row, payload in rows if row in got])
        return [row for row, _ in rows if row in got]

    def settle(self, outcomes: Sequence[Settled], fence: int, now: datetime) -> Sequence[int]:
        """A row another sender has touched since bears its newer fence."""
        mine = (unfinished, outbox.c.fence <= fence, outbox.c.id.in_([outcome.row for outcome in outcomes]))
        got = set(self._sql.execute(select(outbox.c.id).where(*mine).with_for_update()).scalars())
        if got:
            self._record([outcome for outcome in outcomes if outcome.row in got], fence, now)
        return [outcome.row for outcome in outcomes if outcome.row in got]

    def orphans(self, channel: str, fence: int) -> Sequence[OutboxRow]:
        left = (outbox.c.channel == channel, outbox.c.state == OutState.SENDING, outbox.c.fence < fence)
        found = _ROW.where(*left).order_by(outbox.c.id)
        return [_outbox_row(row) for row in self._sql.execute(found).mappings()]

    def state_counts(self) -> dict[tuple[str, str], int]:
        counted = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
        return {(channel, state.value): number for channel, state, number in self._sql.execute(counted)}

    def _replace_pending(self, row: Outgoing) -> tuple[Sending, float]:
        """Drops what an edit makes unnecessary. It inherits that it must arrive, and until when they were to wait."""
        if row.what not in EDITS or row.copy is None:
            return row.what, 0.0
        older = (unfinished, _PENDING, outbox.c.copy == row.copy, is_one_of(outbox.c.what, *EDITS))
        dropped = update(outbox).where(*older).values(state=OutState.DROPPED)
        found = self._sql.execute(dropped.returning(outbox.c.what, outbox.c.wait_until)).all()
        closing = any(what is Sending.CLOSING for what, _ in found)
        return Sending.CLOSING if closing else row.what, max((until for _, until in found), default=0.0)

    def _record(self, outcomes: Sequence[Settled], fence: int, now: datetime) -> None:
        settled = (
            update(outbox)
            .where(outbox.c.id == bindparam("row"))
            .values(
                state=bindparam("to", type_=outbox.c.state.type),
                handle=bindparam("named"),
                reason=bindparam("because"),
                wait_until=machine_now(self._sql) + bindparam("seconds"),
                first_sent=bindparam("since", type_=outbox.c.first_sent.type),
                losses=bindparam("lost"),
                settled=now,
                fence=fence,
            )
        )
        self._sql.execute(settled, [_settled_row(outcome) for outcome in outcomes])


def _settled_row(outcome: Settled) -> dict[str, object]:
    return {
        "row": outcome.row,
        "to": outcome.state,
        "named": outcome.handle,
        "because": outcome.reason,
        "seconds": outcome.wait,
        "since": outcome.first_sent,
        "lost": outcome.losses,
    }


def _outbox_row(row: RowMapping) -> OutboxRow:
    found = fields(row)
    place = Place(*(found.pop(column.name) for column in _PLACE))
    return OutboxRow(place=place, **found)
