"""Faults on demand: what goes wrong at a real platform, as switches and as "the next n times"."""

from collections.abc import Callable

from adapters.emulation.switches import Switches


class Faults(Switches):
    """Mutable switches. Counted faults strike writes to messages only, so that a token refresh never uses one up.

    slow_seconds       a call that waits keeps its `uuid` in flight
    duplicate_pushes   every event comes twice: by turns with the same event_id, and (messages) with a new one
    cards_immutable    updates answer 230031, as after 14 days
    """

    __slots__ = ("_revoke", "cards_immutable", "duplicate_pushes")

    def __init__(self, revoke: Callable[[], None], changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._revoke = revoke
        self.duplicate_pushes = False
        self.cards_immutable = False

    def rate_limit_next(self, n: int = 1) -> None:
        """429 with x-ogw-ratelimit headers, as over the API's tier."""
        self.set_next("rate_limit", n)

    def chat_limit_next(self, n: int = 1) -> None:
        """230020 without any header, as over 5 messages a second for one person or group."""
        self.set_next("chat_limit", n)

    def lose_receipts_next(self, n: int = 1) -> None:
        """The platform does what was asked, then the connection breaks before the answer."""
        self.set_next("lose_receipts", n)

    def reset_before_next(self, n: int = 1) -> None:
        """The connection breaks before the platform took anything."""
        self.set_next("reset_before", n)

    def html_next(self, n: int = 1) -> None:
        """200 with an HTML page of some gateway; nothing was taken."""
        self.set_next("html", n)

    def server_error_next(self, n: int = 1) -> None:
        """502 with HTML, then by turns 500 with code 2200; nothing was taken."""
        self.set_next("server_error", n)

    def lock_cards_next(self, n: int = 1) -> None:
        """Updates answer "card action is lock" (sub-code by turns 11310 and 200810)."""
        self.set_next("lock_cards", n)

    def reorder_next(self, n: int = 1) -> None:
        """The next event is held until another one was delivered."""
        self.set_next("reorder", n)

    def lose_answers_next(self, n: int = 1) -> None:
        """The answer to a card callback does not arrive: the client shows 200341 and keeps the old card."""
        self.set_next("lose_answers", n)

    def revoke_tokens(self) -> None:
        """Every token handed out so far is refused from now on (99991663)."""
        self.strike("revoke_tokens")
        self._revoke()

    def clear(self) -> None:
        super().clear()
        self.duplicate_pushes = self.cards_immutable = False
