"""What goes wrong on demand at any platform: "the next n times", every call late, no call answered at all."""

import asyncio
from collections import Counter
from collections.abc import Callable


class Gate:
    """Holds whoever comes while it is closed; opening it lets them go on."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: asyncio.Event | None = None

    @property
    def closed(self) -> bool:
        return self._open is not None

    @closed.setter
    def closed(self, on: bool) -> None:
        if on and self._open is None:
            self._open = asyncio.Event()
        elif not on and self._open is not None:
            self._open.set()
            self._open = None

    async def held(self) -> bool:
        """Waits while the gate is closed; True if it was."""
        if self._open is None:
            return False
        await self._open.wait()
        return True


class Switches:
    """Mutable. A platform's faults add their own.

    slow_seconds      every call answers so many seconds later
    hang              no call is answered; switching it off breaks the held connections, nothing of them was taken
    nameless_clicks   who pressed is missing in the callback of a card
    """

    __slots__ = ("_changed", "_gate", "_left", "nameless_clicks", "slow_seconds", "struck")

    def __init__(self, changed: Callable[[], None]) -> None:
        self._left: Counter[str] = Counter()
        self._changed = changed
        self._gate = Gate()
        self.struck: Counter[str] = Counter()
        self.slow_seconds = 0.0
        self.nameless_clicks = False

    @property
    def hang(self) -> bool:
        return self._gate.closed

    @hang.setter
    def hang(self, on: bool) -> None:
        self._gate.closed = on

    async def held(self) -> bool:
        """Waits while the platform hangs; True if it did."""
        if self.hang:
            self.strike("hang")
        return await self._gate.held()

    async def slowed(self) -> None:
        if self.slow_seconds:
            self.strike("slow_seconds")
            await asyncio.sleep(self.slow_seconds)

    def clicked_by(self, who: str) -> str:
        """Who pressed, as a callback says it."""
        if not self.nameless_clicks:
            return who
        self.strike("nameless_clicks")
        return ""

    def set_next(self, name: str, times: int) -> None:
        """The counted fault of this name strikes so many times."""
        self._left[name] = times

    def take(self, name: str) -> bool:
        """Uses up one of a counted fault, if one is left."""
        if self._left[name] <= 0:
            return False
        self._left[name] -= 1
        self.strike(name)
        return True

    def strike(self, name: str) -> None:
        """Counts in `struck`, how often each fault did something."""
        self.struck[name] += 1
        self._changed()

    def pending(self) -> dict[str, int]:
        """Counted faults that still wait to strike."""
        return {name: left for name, left in self._left.items() if left > 0}

    def clear(self) -> None:
        """All switches off."""
        self._left.clear()
        self.hang = self.nameless_clicks = False
        self.slow_seconds = 0.0
