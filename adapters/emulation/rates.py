"""How many calls in how much time, in sliding windows of machine time."""

from collections import deque
from collections.abc import Callable


class Rates:
    """A refused call does not count."""

    def __init__(self, machine: Callable[[], float]) -> None:
        self._machine = machine
        self._taken: dict[tuple[str, str], deque[float]] = {}

    def wait(self, kind: str, key: str, limit: int, seconds: float) -> float:
        """0 and the call is counted, or the seconds until the next one would be taken."""
        taken = self._taken.setdefault((kind, key), deque())
        now = self._machine()
        while taken and taken[0] <= now - seconds:
            taken.popleft()
        if len(taken) >= limit:
            return taken[0] + seconds - now
        taken.append(now)
        return 0.0
