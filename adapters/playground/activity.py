"""What happened lately, one line each: who did what, and what the bot sent and changed since."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec.structs import replace

from adapters.playground.values import Event

MOST_EVENTS = 200
BELONGS = 10.0
"""Seconds of machine time after which what the bot does is its own doing, not the answer to the last event."""
TIMER = "计时器"


class Activity:
    def __init__(self, order: Callable[[], int], now: Callable[[], str], machine: Callable[[], float]) -> None:
        self._order, self._now, self._machine = order, now, machine
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._last = -BELONGS
        self._told = True

    def begin(self, who: str, what: str) -> int:
        """Its ``order``, by which a problem may be added later."""
        event = Event(order=self._order(), at=self._now(), who=who, what=what)
        self._events.append(event)
        self._last, self._told = self._machine(), False
        return event.order

    def problem(self, order: int, words: str) -> None:
        self._change(order, problem=words)

    def worded(self, order: int, what: str) -> None:
        """Says more exactly what it was."""
        self._change(order, what=what)

    def came(self, sent: int, changed: int) -> None:
        """What the bot sent and changed goes to the last event's account."""
        if not sent and not changed:
            return
        if self._machine() - self._last > BELONGS:
            self.begin(TIMER, "到点")
        last = self._events[-1]
        self._events[-1] = replace(last, sent=last.sent + sent, changed=last.changed + changed)
        self._last, self._told = self._machine(), False

    def news(self) -> list[Event]:
        """The last lines if something in them is new: only they can change."""
        if self._told:
            return []
        self._told = True
        return list(self._events)[-5:]

    def everything(self) -> list[Event]:
        return list(self._events)

    def clear(self) -> None:
        self._events.clear()
        self._told = True

    def _change(self, order: int, **more: str) -> None:
        for index, event in enumerate(self._events):
            if event.order == order:
                self._events[index] = replace(event, **more)
                self._told = False
