"""When a channel may send: the messenger's limits, and how long to leave it alone when it is in trouble.

Both run on machine time. WeCom drops what is over a limit and reports success (document 90454), so a limit broken is a
message lost. A bucket of ``count`` tokens lets through up to twice ``count`` in one window, its burst and its refill;
here the instants themselves are kept, so that no window of ``seconds`` ever holds more than ``count``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from bot.clock import machine
from bot.ports import Limits, Rate

STRETCH = 1.01
"""Requests may reach the messenger closer together than they left; a window is taken this much longer than declared."""
LONG = 10.0
"""Seconds. A shorter window has room again before anybody notices; a longer one, once used up by bulk, is silence."""
SPARED = 10
"""Bulk leaves one in so many of a long window to everything else."""
IDLE_CHECK = 512
"""So many chats and messages are remembered before the idle ones are looked for."""


class Window:
    """One limit on one thing. What is reserved counts at once, and is dated when it really goes out."""

    __slots__ = ("_count", "_span", "_spared", "_stamps", "reserved")

    def __init__(self, rate: Rate) -> None:
        self._count = rate.count
        self._span = rate.seconds * STRETCH
        self._spared = rate.count // SPARED if rate.seconds >= LONG else 0
        self._stamps: deque[float] = deque()
        self.reserved = 0

    def room(self, now: float, *, bulk: bool = False) -> int:
        stamps = self._stamps
        while stamps and stamps[0] + self._span <= now:
            stamps.popleft()
        return self._count - self.reserved - len(stamps) - (self._spared if bulk else 0)

    def wait(self, now: float, *, bulk: bool = False) -> float:
        """Seconds until there is room."""
        over = -self.room(now, bulk=bulk)
        if over < 0:
            return 0.0
        return self._stamps[over] + self._span - now if over < len(self._stamps) else self._span

    def start(self, now: float) -> None:
        self.reserved -= 1
        self._stamps.append(now)

    def idle(self, now: float) -> bool:
        return self.room(now) == self._count


class Ticket:
    """One reserved request: started when it goes out, else given back. Whatever comes second does nothing."""

    __slots__ = ("_machine", "_windows")

    def __init__(self, windows: list[Window], machine: Callable[[], float]) -> None:
        self._windows = windows
        self._machine = machine
        for window in windows:
            window.reserved += 1

    def start(self) -> None:
        now = self._machine()
        for window in self._windows:
            window.start(now)
        self._windows = []

    def give_back(self) -> None:
        for window in self._windows:
            window.reserved -= 1
        self._windows = []


class Limiter:
    """The limits of one channel. ``lane``: the chat a request counts for; ``message``: what it changes; "" for none."""

    def __init__(self, limits: Limits, machine: Callable[[], float] = machine) -> None:
        self._limits = limits
        self._machine = machine
        self._channel = _windows(limits.channel)
        self._things: dict[tuple[str, str], list[Window]] = {}
        self._check_at = IDLE_CHECK

    def room(self) -> int:
        """How many requests the channel as a whole takes now."""
        now = self._machine()
        return min((w.room(now) for w in self._channel), default=IDLE_CHECK)

    def ready(self, lane: str, message: str, *, bulk: bool = False) -> float:
        """Seconds until such a request may go out; 0.0: now."""
        now = self._machine()
        return max((w.wait(now, bulk=bulk) for w in self._concerned(lane, message)), default=0.0)

    def take(self, lane: str, message: str) -> Ticket:
        return Ticket(list(self._concerned(lane, message)), self._machine)

    def __len__(self) -> int:
        """How many chats and messages are remembered."""
        return len(self._things)

    def _concerned(self, lane: str, message: str) -> Iterable[Window]:
        yield from self._channel
        if lane:
            yield from self._of("lane", lane, self._limits.chat)
        if message:
            yield from self._of("message", message, self._limits.per_message)

    def _of(self, kind: str, name: str, rates: tuple[Rate, ...]) -> list[Window]:
        found = self._things.get((kind, name))
        if found is None and rates:
            self._forget_idle()
            found = self._things[kind, name] = _windows(rates)
        return found or []

    def _forget_idle(self) -> None:
        if len(self._things) < self._check_at:
            return
        now = self._machine()
        self._things = {k: ws for k, ws in self._things.items() if not all(w.idle(now) for w in ws)}
        self._check_at = max(IDLE_CHECK, 2 * len(self._things))


def _windows(rates: tuple[Rate, ...]) -> list[Window]:
    return [Window(rate) for rate in rates]


class Breaker:
    """How a channel in trouble is left alone.

    The first two failures pause it as long as the messenger asks (else 1 s, 2 s), from the third on at least 30 s;
    after a pause one probe decides. Requests that were under way together fail together: that counts once.
    """

    PATIENCE = 3
    PAUSE = 30.0
    DOUBTS = 5
    """So many requests without any answer, one after the other, are a failure of the channel too."""

    def __init__(self, machine: Callable[[], float] = machine) -> None:
        self._machine = machine
        self._failures = 0
        self._doubts = 0
        self._until = 0.0

    @property
    def probing(self) -> bool:
        """Only one request may be under way, to see whether the channel answers again."""
        return self._failures > 0

    def wait(self) -> float:
        """Seconds the channel is still to be left alone."""
        return max(0.0, self._until - self._machine())

    def failed(self, after: float) -> None:
        now = self._machine()
        if now >= self._until:
            self._failures += 1
        if self._failures < self.PATIENCE:
            pause = after or float(self._failures)
        else:
            pause = max(after, self.PAUSE)
        self._until = max(self._until, now + pause)

    def doubted(self) -> None:
        self._doubts += 1
        if self.probing or self._doubts >= self.DOUBTS:
            self.failed(0.0)

    def passed(self) -> None:
        self._failures = self._doubts = 0
