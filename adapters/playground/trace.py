"""The steps of the last turns, kept for whoever wants to look into them. Implements bot.ports.Trace."""

from __future__ import annotations

import threading
from collections import OrderedDict
from time import monotonic

from bot.ports import Step

MOST_TURNS = 500
MOST_STEPS = 200
"""Of one turn: a turn has six, a fan-out writes answering steps per delivery."""
MOST_ROWS = 2000


class Steps:
    """Turns run in worker threads, the page reads in the event loop: one lock for both."""

    def __init__(self, most: int = MOST_TURNS) -> None:
        self._most = most
        self._turns: OrderedDict[str, list[Step]] = OrderedDict()
        self._rows: OrderedDict[int, tuple[float, Step]] = OrderedDict()
        self._handles: dict[int, str] = {}
        self._lock = threading.Lock()
        self.count = 0
        """Grows with every step."""

    def step(self, step: Step) -> None:
        with self._lock:
            self.count += 1
            steps = self._turns.setdefault(step.trace, [])
            if len(steps) < MOST_STEPS:
                steps.append(step)
            while len(self._turns) > self._most:
                self._turns.popitem(last=False)
            if step.delivery is not None:
                self._delivered(step)

    def _delivered(self, step: Step) -> None:
        delivery = step.delivery
        if delivery is None:
            return
        self._rows[delivery.row] = (monotonic(), step)
        self._rows.move_to_end(delivery.row)
        if delivery.handle:
            self._handles[delivery.row] = delivery.handle
        while len(self._rows) > MOST_ROWS:
            row, _ = self._rows.popitem(last=False)
            self._handles.pop(row, None)

    def of(self, trace: str) -> tuple[Step, ...]:
        """Of one turn, in order; empty if it is too long ago or never was."""
        with self._lock:
            return tuple(self._turns.get(trace, ()))

    def traces(self) -> tuple[str, ...]:
        """Turns that can still be looked into, the oldest first."""
        with self._lock:
            return tuple(self._turns)

    def rows(self) -> list[tuple[float, Step]]:
        """How far each of the last deliveries has come, and when (machine time) that was."""
        with self._lock:
            return list(self._rows.values())

    def handle(self, row: int) -> str:
        """What the messenger calls the message of this row of the outbox."""
        with self._lock:
            return self._handles.get(row, "")

    def clear(self) -> None:
        with self._lock:
            self._turns.clear()
            self._rows.clear()
            self._handles.clear()
            self.count += 1
