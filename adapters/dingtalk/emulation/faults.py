"""Faults on demand: what goes wrong at a real platform, as switches and as "the next n times"."""

from collections.abc import Callable

from adapters.emulation.switches import Gate, Switches


class Faults(Switches):
    """Mutable switches. Counted faults of calls strike writes only, so that a token refresh never uses one up.

    duplicate_pushes      every push comes twice: the same msgId or eventId, another messageId (1.5)
    odd_shapes            createAt and durations as strings, fields nobody documented (2.1, 2.4)
    unauthorized_status   of a refused token: 400 by the table, 401 by the SDK (5.2, 8)
    gateway_slow_seconds  connections/open answers so many seconds later
    """

    __slots__ = (
        "_gateway",
        "_revoke",
        "duplicate_pushes",
        "gateway_slow_seconds",
        "odd_shapes",
        "unauthorized_status",
    )

    def __init__(self, revoke: Callable[[], None], changed: Callable[[], None]) -> None:
        super().__init__(changed)
        self._revoke, self._gateway = revoke, Gate()
        self.duplicate_pushes = self.odd_shapes = False
        self.gateway_slow_seconds = 0.0
        self.unauthorized_status = 400

    @property
    def gateway_hang(self) -> bool:
        """connections/open never answers; switching it off breaks the held connections."""
        return self._gateway.closed

    @gateway_hang.setter
    def gateway_hang(self, on: bool) -> None:
        self._gateway.closed = on

    async def gateway_held(self) -> bool:
        if self.gateway_hang:
            self.strike("gateway_hang")
        return await self._gateway.held()

    def gateway_refuse_next(self, n: int = 1) -> None:
        """connections/open answers 503."""
        self.set_next("gateway_refuse", n)

    def rate_limit_next(self, n: int = 1) -> None:
        """403 …QpsLimitForAppkeyAndApi, as over 20 calls of one API a second."""
        self.set_next("rate_limit", n)

    def minute_limit_next(self, n: int = 1) -> None:
        """403 …QpmLimitForAppkeyAndApi."""
        self.set_next("minute_limit", n)

    def too_fast_next(self, n: int = 1) -> None:
        """400 send.too.fast, as too many messages for one group."""
        self.set_next("too_fast", n)

    def ban_next(self, n: int = 1) -> None:
        """The ban of an address (x5): by turns HTML and JSON of another shape; nothing was taken."""
        self.set_next("ban", n)

    def server_error_next(self, n: int = 1) -> None:
        """502 with HTML, then by turns 500 system.error; nothing was taken."""
        self.set_next("server_error", n)

    def gateway_timeout_next(self, n: int = 1) -> None:
        """504 after 3 s of the platform's own: the first of two was taken, the second not."""
        self.set_next("gateway_timeout", n)

    def html_next(self, n: int = 1) -> None:
        """200 with an HTML page; nothing was taken."""
        self.set_next("html", n)

    def lose_receipts_next(self, n: int = 1) -> None:
        """The platform does what was asked, then the connection breaks before the answer."""
        self.set_next("lose_receipts", n)

    def reset_before_next(self, n: int = 1) -> None:
        """The connection breaks before the platform took anything."""
        self.set_next("reset_before", n)

    def flow_control_next(self, n: int = 1) -> None:
        """The next n receivers of a batchSend are in flowControlledStaffIdList."""
        self.set_next("flow_control", n)

    def fail_delivery_next(self, n: int = 1) -> None:
        """The next n deliveries of cards have success false, in an answer of HTTP 200."""
        self.set_next("fail_delivery", n)

    def reorder_next(self, n: int = 1) -> None:
        """The next push is held until another one was delivered."""
        self.set_next("reorder", n)

    def lose_answers_next(self, n: int = 1) -> None:
        """The answer to a card callback does not reach the client: its failure toast, the old card."""
        self.set_next("lose_answers", n)

    def revoke_tokens(self) -> None:
        """Every token handed out so far is refused from now on."""
        self.strike("revoke_tokens")
        self._revoke()

    def clear(self) -> None:
        super().clear()
        self.duplicate_pushes = self.odd_shapes = self.gateway_hang = False
        self.gateway_slow_seconds = 0.0
        self.unauthorized_status = 400
