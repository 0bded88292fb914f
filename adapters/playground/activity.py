"""What happened lately, one line each: who did what, and what the bot sent and changed since."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from adapters.playground.values import Event, Mark

MOST_EVENTS = 200
BELONGS = 10.0
"""Seconds of machine time after which what the bot does is its own doing, not the answer to the last event."""
TIMER = "计时器"
LAST = 5
"""Lines that may still change."""


class Activity:
    def __init__(self, order: Callable[[], int], now: Callable[[], str], machine: Callable[[], float]) -> None:
        self._order, self._now, self._machine = order, now, machine
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._last = self._began = -BELONGS
        self._told = True

    def begin(self, who: str, what: str, place: str = "", seat: str = "", message: str = "") -> int:
        """Its ``order``, by which a problem may be added later. ``place``: the messenger's title."""
        event = Event(order=self._order(), at=self._now(), who=who, what=what, place=place, seat=seat, message=message)
        self._events.append(event)
        self._last = self._began = self._machine()
        self._told = False
        return event.order

    def problem(self, order: int, words: str) -> None:
        self._change(order, problem=words)

    def worded(self, order: int, what: str) -> None:
        """Says more exactly what it was."""
        self._change(order, what=what)

    def came(self, sent: Mapping[str, int], changed: Mapping[str, int]) -> None:
        """What the bot sent and changed, by messenger, goes to the last event's account."""
        if not sent and not changed:
            return
        now = self._machine()
        if now - self._last > BELONGS:
            self.begin(TIMER, "到点")
        last = self._events[-1]
        marks = {mark.messenger: mark for mark in last.marks}
        for name in {**sent, **changed}:
            old = marks.get(name, Mark(name, 0, 0, 0.0))
            more = (old.sent + sent.get(name, 0), old.changed + changed.get(name, 0))
            marks[name] = Mark(name, *more, round(now - self._began, 1), old.state)
        self._events[-1] = replace(last, marks=[marks[name] for name in sorted(marks)])
        self._last, self._told = now, False

    def tell(self, told: Callable[[Event], Event]) -> None:
        """What is known by now of the last lines."""
        for event in list(self._events)[-LAST:]:
            self._put(told(event))

    def event(self, order: int) -> Event | None:
        return next((event for event in self._events if event.order == order), None)

    def belongs(self, trace: str, seat: str) -> int:
        """The bot's turn came of the last thing that this person did, or, of nobody's, of the clock; its order, 0 if none."""
        for event in reversed(self._events):
            if not event.trace and (event.seat == seat if seat else not event.seat):
                self._change(event.order, trace=trace)
                return event.order
        return 0

    def news(self) -> list[Event]:
        """The last lines if something in them is new: only they can change."""
        if self._told:
            return []
        self._told = True
        return list(self._events)[-LAST:]

    def everything(self) -> list[Event]:
        return list(self._events)

    def clear(self) -> None:
        self._events.clear()
        self._told = True

    def _change(self, order: int, **more: str) -> None:
        event = self.event(order)
        if event is not None:
            self._put(replace(event, **more))

    def _put(self, event: Event) -> None:
        for index, old in enumerate(self._events):
            if old.order == event.order and old != event:
                self._events[index] = event
                self._told = False
