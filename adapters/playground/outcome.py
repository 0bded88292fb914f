"""What came of a line of the strip: which object has which state now, and how far its messages have come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import TypeAlias

from msgspec.structs import replace

from adapters.playground.messengers.messenger import Messenger
from adapters.playground.trace import Steps
from adapters.playground.values import Event, Mark
from bot.ports.looking import Change, Step

Wording: TypeAlias = Callable[[str, str], str]
"""(table, a state or the name of what was done) → the users' word for it, "" if there is none."""

APPROVAL = "SP"
"""Every decision that is asked for has such a number; what it is about says more."""
ENDS = ("refused", "unknown", "waiting", "sending", "sent")
"""States of deliveries, the worst first."""


class Outcomes:
    """``messengers`` may hold other ones after a restart."""

    def __init__(self, steps: Steps, messengers: Mapping[str, Messenger], words: Wording) -> None:
        self._steps, self._messengers, self._words = steps, messengers, words

    def told(self, event: Event) -> Event:
        """The event with all that is known by now."""
        if not event.trace:
            return event
        steps = self._steps.of(event.trace)
        about, before, after = self._object(tuple(change for step in steps for change in step.changes))
        refused = any(step.stopped for step in steps if step.delivery is None)
        marks = list(self._marks(event, steps))
        return replace(event, about=about, before=before, after=after, refused=refused, marks=marks)

    def _object(self, changes: tuple[Change, ...]) -> tuple[str, str, str]:
        """Of the audit's entries the last one about something whose state changed, of the others the last."""
        done = [
            (one.after, action.after)
            for one, action in pairwise(change for change in changes if change.table == "audit")
            if (one.column, action.column) == ("object", "action")
        ]
        states = {change.row: change for change in changes if change.column == "state" and change.row.isdigit()}
        done.sort(key=lambda one: (_number(one[0]) in states, not one[0].startswith(APPROVAL)))
        if not done:
            return "", "", ""
        about, action = done[-1]
        change = states.get(_number(about))
        if change is None:
            return about, "", self._words("", action)
        after = self._words(change.table, change.after) or self._words("", action)
        return about, self._words(change.table, change.before) if change.before else "", after

    def _marks(self, event: Event, steps: tuple[Step, ...]) -> Iterable[Mark]:
        """One a messenger; also where nothing has arrived yet, and not for what came there of somebody else's doing.

        A click's own card is changed by the answer, which is no delivery.
        """
        rows = {step.delivery.row: step.delivery for step in steps if step.delivery}
        ends: dict[str, set[str]] = {}
        for delivery in rows.values():
            if messenger := self._messengers.get(delivery.channel):
                ends.setdefault(messenger.title, set()).add(delivery.state)
        own = {*ends, event.place} if event.place else {*ends, *(mark.messenger for mark in event.marks)}
        there = {mark.messenger: mark for mark in event.marks if mark.messenger in own}
        for title in sorted({*there, *ends}):
            mark = there.get(title, Mark(title, 0, 0, 0.0))
            yield replace(mark, state=next((end for end in ENDS if end in ends.get(title, ())), "sent"))


def _number(ref: str) -> str:
    return ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
