"""What one look at the outbox leads to: rows that can be ruled on at sight, and rows that go out within the limits."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.ports import Adapter, OutboxRow, Sending
from bot.sending.limits import Limiter, Ticket
from bot.sending.outcomes import Ruling, at_sight, unrenderable

log = logging.getLogger(__name__)

SUSPECT = 2
"""A row whose sender died so many times in a row goes alone: if it does it again, no other row is counted with it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A row that may go now. ``ticket`` is its part of the limits."""

    row: OutboxRow
    payload: bytes
    ticket: Ticket

    @property
    def is_suspect(self) -> bool:
        return self.row.losses >= SUSPECT


@dataclass(slots=True)
class Plan:
    """``left_out`` counts rows whose chat or message is at its limit; ``wait`` is until the first of them may go."""

    rulings: list[Ruling] = field(default_factory=list)
    chosen: list[Request] = field(default_factory=list)
    left_out: int = 0
    wait: float = math.inf


class Planner:
    def __init__(self, adapter: Adapter, limiter: Limiter) -> None:
        self._adapter = adapter
        self._limiter = limiter

    def plan(self, rows: Sequence[OutboxRow], room: int, now: datetime, *, nothing_under_way: bool) -> Plan:
        """``room`` is how many may go at most; ``rows`` come bulk last, else oldest first, one per chat or message."""
        plan = Plan()
        suspect = next((row for row in rows if row.losses >= SUSPECT), None)
        if suspect:
            rows = [suspect] if nothing_under_way else []
        for row in rows:
            if row.bulk and (wait := self._limiter.ready("", "", bulk=True)):
                plan.wait = min(plan.wait, wait)
                break  # what is left of the channel's limits is for others
            ruling = at_sight(row, now, self._adapter.can)
            if ruling:
                plan.rulings.append(ruling)
            elif len(plan.chosen) < room:
                self._choose(plan, row)
        return plan

    def _choose(self, plan: Plan, row: OutboxRow) -> None:
        lane, message = _counts_for(row)
        wait = self._limiter.ready(lane, message, bulk=row.bulk)
        if wait:
            plan.left_out += 1
            plan.wait = min(plan.wait, wait)
            return
        try:
            payload = row.payload if row.payload is not None else self._adapter.render(row)
        except Exception as error:
            log.exception("%s %d of %s cannot be drawn", row.what.value, row.id, row.place.channel)
            plan.rulings.append(unrenderable(row, error))
        else:
            plan.chosen.append(Request(row, payload, self._limiter.take(lane, message)))


def _counts_for(row: OutboxRow) -> tuple[str, str]:
    """The chat a row counts for, or the message it changes: an edit is not a message of its chat."""
    return (row.place.lane, "") if row.what is Sending.SEND else ("", row.handle)
