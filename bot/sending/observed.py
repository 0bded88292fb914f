"""An adapter whose deliveries somebody watches: the same one, and each attempt is told to the listener."""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import datetime

from bot.ports import (
    Adapter,
    Capabilities,
    Gone,
    Limits,
    OutboxRow,
    Outcome,
    Receipt,
    Rejected,
    Retry,
    Sending,
    Unknown,
)
from bot.ports.looking import Delivery, Step, Trace
from bot.watching import ANSWERED

MOST_TURNS = 1000
SENDING, SENT, WAITING, REFUSED, IN_DOUBT = "sending", "sent", "waiting", "refused", "unknown"


class Observed:
    """Implements the Adapter port around another one."""

    def __init__(self, adapter: Adapter, trace: Trace) -> None:
        self._adapter, self._trace = adapter, trace
        self._began: OrderedDict[str, float] = OrderedDict()

    @property
    def channel(self) -> str:
        return self._adapter.channel

    @property
    def can(self) -> Capabilities:
        return self._adapter.can

    @property
    def limits(self) -> Limits:
        return self._adapter.limits

    def render(self, row: OutboxRow) -> bytes:
        return self._adapter.render(row)

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        self._tell(row, payload, SENDING)
        outcome = await self._adapter.deliver(row, payload)
        match outcome:
            case Receipt(handle):
                self._tell(row, payload, SENT, handle=handle)
            case Retry(after, reason):
                self._tell(row, payload, WAITING, reason, again=after or 1.0)
            case Gone(reason) | Rejected(reason):
                self._tell(row, payload, REFUSED, reason)
            case Unknown(reason):
                self._tell(row, payload, IN_DOUBT, reason)
        return outcome

    def _tell(
        self, row: OutboxRow, payload: bytes, state: str, reason: str = "", handle: str = "", again: float = 0.0
    ) -> None:
        self._trace.step(
            Step(
                trace=row.trace,
                name=ANSWERED,
                took_ms=self._since(row.trace),
                stopped=state in (REFUSED, IN_DOUBT),
                channel=self.channel,
                delivery=Delivery(
                    row=row.id,
                    channel=self.channel,
                    place=row.place.chat,
                    group=row.place.group,
                    what=row.what.value,
                    state=state,
                    attempt=row.attempts + 1,
                    handle=handle or row.handle,
                    target=row.target,
                    reason=reason,
                    again=again,
                    changeable_until=self._changeable_until(row),
                    payload=payload,
                ),
            )
        )

    def _since(self, trace: str) -> float:
        """Milliseconds since the first delivery of this turn was taken up."""
        now = time.monotonic()
        began = self._began.setdefault(trace, now)
        while len(self._began) > MOST_TURNS:
            self._began.popitem(last=False)
        return (now - began) * 1000

    def _changeable_until(self, row: OutboxRow) -> datetime | None:
        can = self.can.at(row.place)
        shown = row.what is Sending.SEND and not isinstance(row.content, str)
        return row.created + can.edit_window if shown and can.edits and row.created else None
