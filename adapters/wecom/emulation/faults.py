"""Faults on demand at WeCom: what every platform can get wrong, and what only this one has."""

import asyncio
from collections.abc import Callable

from adapters.emulation.switches import Switches


class Faults(Switches):
    """Mutable switches. Counted faults strike sends, updates and recalls, and the smart bot's frames that write: a token
    refresh or a ping never uses one up.

    slow_seconds           every call and every ack comes so many seconds later
    hang                   no call is answered; switching it off breaks the held connections, nothing of them was taken
    duplicate_pushes       every push comes twice, the second one with a fresh envelope
    cards_immutable        updates are refused as after 72 hours
    untrusted_ip           every call but gettoken answers 60020, with this address; "" is off
    unreachable            keys of members for whom nothing is taken: they come back in invaliduser
    gateway_slow_seconds   the smart bot's gateway answers the handshake so many seconds later
    gateway_black_hole     the smart bot's gateway takes connections and never answers the handshake
    """

    __slots__ = (
        "_gateway_open",
        "_revoke",
        "cards_immutable",
        "duplicate_pushes",
        "gateway_slow_seconds",
        "unreachable",
        "untrusted_ip",
    )

    def __init__(self, revoke: Callable[[], None], changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._revoke = revoke
        self._gateway_open: asyncio.Event | None = None
        self.unreachable: set[str] = set()
        self._off()

    def _off(self) -> None:
        self.duplicate_pushes = self.cards_immutable = False
        self.gateway_black_hole = False
        self.gateway_slow_seconds = 0.0
        self.untrusted_ip = ""
        self.unreachable.clear()

    @property
    def gateway_black_hole(self) -> bool:
        return self._gateway_open is not None

    @gateway_black_hole.setter
    def gateway_black_hole(self, on: bool) -> None:
        if on and self._gateway_open is None:
            self._gateway_open = asyncio.Event()
        elif not on and self._gateway_open is not None:
            self._gateway_open.set()
            self._gateway_open = None

    async def swallowed(self) -> bool:
        """Waits while the gateway is a black hole; True if it was: nobody is there any more then."""
        if self._gateway_open is None:
            return False
        self.strike("gateway_black_hole")
        await self._gateway_open.wait()
        return True

    def rate_limit_next(self, n: int = 1) -> None:
        """45009, as over the API's calls a minute."""
        self.set_next("rate_limit", n)

    def busy_next(self, n: int = 1) -> None:
        """-1, system busy."""
        self.set_next("busy", n)

    def concurrent_next(self, n: int = 1) -> None:
        """45033, too many calls at once."""
        self.set_next("concurrent", n)

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
        """502 with HTML; nothing was taken."""
        self.set_next("server_error", n)

    def drop_next(self, n: int = 1) -> None:
        """The next messages are lost in silence, as over 30 a minute for a member: errcode 0, and nobody gets them."""
        self.set_next("drop", n)

    def reorder_next(self, n: int = 1) -> None:
        """The next push is held until another one was delivered."""
        self.set_next("reorder", n)

    def lose_pushes_next(self, n: int = 1) -> None:
        """The next pushes are never delivered: delivery is not guaranteed (1.4)."""
        self.set_next("lose_pushes", n)

    def revoke_tokens(self) -> None:
        """Every token handed out so far is refused from now on (40014)."""
        self.strike("revoke_tokens")
        self._revoke()

    def clear(self) -> None:
        super().clear()
        self._off()
