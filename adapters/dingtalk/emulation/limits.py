"""Rates and tokens in machine time, the month's quota in business time (5.1, 3.1)."""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.dingtalk.emulation.errors import ApiError
from adapters.emulation.rates import Rates

_CHINA = ZoneInfo("Asia/Shanghai")


class Limits(Rates):
    """Set a figure to change a limit for the whole emulator.

    20 messages a minute for a group are documented for custom robots only; for this kind the page assumes the same (5.1).
    """

    def __init__(self, machine: Callable[[], float]) -> None:
        super().__init__(machine)
        self.api_per_second = 20
        self.group_per_minute = 20

    def api(self, name: str) -> None:
        if self.wait("api", name, self.api_per_second, 1.0):
            raise ApiError("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", status=403)

    def group(self, chat_id: str) -> bool:
        """Whether this group may get one more message now."""
        return not self.wait("group", chat_id, self.group_per_minute, 60.0)


class Quota:
    """What the whole company may spend in a month: calls of APIs, and messages pushed (standard edition)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._spent: Counter[tuple[str, str]] = Counter()
        self.api_per_month = 5000
        self.pushes_per_month = 3000

    @property
    def api(self) -> int:
        """Counted calls of this month."""
        return self._spent[self._month(), "api"]

    @property
    def pushes(self) -> int:
        """Events, robot messages, card callbacks and session webhooks of this month."""
        return self._spent[self._month(), "push"]

    def call(self) -> None:
        if self.api >= self.api_per_month:
            raise ApiError("Forbidden.AccessDenied.ApiCountLimitForOrg", status=403)
        self._spent[self._month(), "api"] += 1

    def push(self) -> bool:
        """Counts one; False when the month has none left."""
        if self.pushes >= self.pushes_per_month:
            return False
        self._spent[self._month(), "push"] += 1
        return True

    def _month(self) -> str:
        return self._now().astimezone(_CHINA).strftime("%Y-%m")


class Tokens:
    """accessToken: within its life the same one is returned, and its life starts anew (3.1)."""

    def __init__(self, client_id: str, client_secret: str, machine: Callable[[], float]) -> None:
        self._app, self._machine = (client_id, client_secret), machine
        self._token, self._end = "", 0.0
        self.lifetime_seconds = 7200.0

    def issue(self, client_id: object, client_secret: object) -> tuple[str, int]:
        self.credentials(client_id, client_secret)
        if not self.valid(self._token):
            self._token = secrets.token_hex(16)
        self._end = self._machine() + self.lifetime_seconds
        return self._token, int(self.lifetime_seconds)

    def credentials(self, client_id: object, client_secret: object) -> None:
        if (client_id, client_secret) != self._app:
            raise ApiError("invalidClientIdOrSecret")

    def valid(self, token: str | None) -> bool:
        return bool(token) and token == self._token and self._end > self._machine()

    def revoke(self) -> None:
        self._token = ""
