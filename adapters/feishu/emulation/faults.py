"""Faults on demand: what goes wrong at a real platform, as switches and as "the next n times"."""

import asyncio
from collections import Counter
from collections.abc import Callable

COUNTED = (
    "rate_limit",
    "chat_limit",
    "lose_receipts",
    "reset_before",
    "html",
    "server_error",
    "lock_cards",
    "reorder",
    "lose_answers",
)


class Faults:
    """Mutable switches. Counted faults strike writes to messages only, so that a token refresh never uses one up.

    slow_seconds       every call answers so many seconds later; its `uuid` is in flight meanwhile
    hang               no call is answered; switching it off breaks the held connections, nothing of them was taken
    duplicate_pushes   every event comes twice: by turns with the same event_id, and (messages) with a new one
    cards_immutable    updates answer 230031, as after 14 days
    """

    __slots__ = (
        "_changed",
        "_left",
        "_open",
        "_revoke",
        "cards_immutable",
        "duplicate_pushes",
        "slow_seconds",
        "struck",
    )

    def __init__(self, revoke: Callable[[], None], changed: Callable[[], None]) -> None:
        self._left: Counter[str] = Counter()
        self._revoke, self._changed = revoke, changed
        self._open: asyncio.Event | None = None
        self.struck: Counter[str] = Counter()
        self.slow_seconds = 0.0
        self.duplicate_pushes = False
        self.cards_immutable = False

    @property
    def hang(self) -> bool:
        return self._open is not None

    @hang.setter
    def hang(self, on: bool) -> None:
        if on and self._open is None:
            self._open = asyncio.Event()
        elif not on and self._open is not None:
            self._open.set()
            self._open = None

    async def held(self) -> bool:
        """Waits while the platform hangs; True if it did."""
        if self._open is None:
            return False
        self.strike("hang")
        await self._open.wait()
        return True

    def rate_limit_next(self, n: int = 1) -> None:
        """429 with x-ogw-ratelimit headers, as over the API's tier."""
        self._left["rate_limit"] = n

    def chat_limit_next(self, n: int = 1) -> None:
        """230020 without any header, as over 5 messages a second for one person or group."""
        self._left["chat_limit"] = n

    def lose_receipts_next(self, n: int = 1) -> None:
        """The platform does what was asked, then the connection breaks before the answer."""
        self._left["lose_receipts"] = n

    def reset_before_next(self, n: int = 1) -> None:
        """The connection breaks before the platform took anything."""
        self._left["reset_before"] = n

    def html_next(self, n: int = 1) -> None:
        """200 with an HTML page of some gateway; nothing was taken."""
        self._left["html"] = n

    def server_error_next(self, n: int = 1) -> None:
        """502 with HTML, then by turns 500 with code 2200; nothing was taken."""
        self._left["server_error"] = n

    def lock_cards_next(self, n: int = 1) -> None:
        """Updates answer "card action is lock" (sub-code by turns 11310 and 200810)."""
        self._left["lock_cards"] = n

    def reorder_next(self, n: int = 1) -> None:
        """The next event is held until another one was delivered."""
        self._left["reorder"] = n

    def lose_answers_next(self, n: int = 1) -> None:
        """The answer to a card callback does not arrive: the client shows 200341 and keeps the old card."""
        self._left["lose_answers"] = n

    def revoke_tokens(self) -> None:
        """Every token handed out so far is refused from now on (99991663)."""
        self.strike("revoke_tokens")
        self._revoke()

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
        return {name: self._left[name] for name in COUNTED if self._left[name] > 0}

    def clear(self) -> None:
        """All switches off."""
        self._left.clear()
        self.hang = False
        self.slow_seconds = 0.0
        self.duplicate_pushes = self.cards_immutable = False
