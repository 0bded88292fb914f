"""The steps of the last turns, kept for whoever wants to look into them. Implements bot.ports.Trace."""

from __future__ import annotations

import threading
from collections import OrderedDict

from bot.ports import Step

MOST_TURNS = 500
MOST_STEPS = 64
"""Of one turn: a turn has six, a fan-out writes an answering step per delivery."""


class Steps:
    """Turns run in worker threads, the page reads in the event loop: one lock for both."""

    def __init__(self, most: int = MOST_TURNS) -> None:
        self._most = most
        self._turns: OrderedDict[str, list[Step]] = OrderedDict()
        self._lock = threading.Lock()

    def step(self, step: Step) -> None:
        with self._lock:
            steps = self._turns.setdefault(step.trace, [])
            if len(steps) < MOST_STEPS:
                steps.append(step)
            while len(self._turns) > self._most:
                self._turns.popitem(last=False)

    def of(self, trace: str) -> tuple[Step, ...]:
        """Of one turn, in order; empty if it is too long ago or never was."""
        with self._lock:
            return tuple(self._turns.get(trace, ()))

    def traces(self) -> tuple[str, ...]:
        """Turns that can still be looked into, the oldest first."""
        with self._lock:
            return tuple(self._turns)

    def clear(self) -> None:
        with self._lock:
            self._turns.clear()
