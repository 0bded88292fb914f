"""Rates (LIMIT, CREATE) and tokens (TOKEN). Both are machine time: moving the business clock changes neither."""

import math
import secrets
from collections.abc import Callable

from adapters.emulation.rates import Rates
from adapters.feishu.emulation.errors import ApiError


class Limits(Rates):
    """Set a figure to change a limit for the whole emulator."""

    def __init__(self, machine: Callable[[], float]) -> None:
        super().__init__(machine)
        self.chat_per_second = 5
        self.message_per_second = 5
        self.api_per_second = 50
        self.api_per_minute = 1000

    def chat(self, chat_id: str) -> None:
        """Sends to one person or group, over all bots in it."""
        if self.wait("chat", chat_id, self.chat_per_second, 1.0):
            raise ApiError(230020)

    def message(self, message_id: str) -> None:
        """Updates of one card."""
        if self.wait("message", message_id, self.message_per_second, 1.0):
            raise ApiError(230020)

    def api(self, name: str) -> None:
        """Calls of one API by this app; the refusal says how many seconds to wait."""
        for limit, seconds in ((self.api_per_second, 1.0), (self.api_per_minute, 60.0)):
            if wait := self.wait(f"api/{seconds:g}", name, limit, seconds):
                raise too_many(limit, wait)


def too_many(limit: int, wait_seconds: float) -> ApiError:
    headers = {"x-ogw-ratelimit-limit": str(limit), "x-ogw-ratelimit-reset": str(max(1, math.ceil(wait_seconds)))}
    return ApiError(99991400, status=429, headers=headers)


class Tokens:
    """tenant_access_token: the same one while 30 minutes are left, then a new one; the old stays valid to its end."""

    RENEW_SECONDS = 1800.0

    def __init__(self, app_id: str, app_secret: str, machine: Callable[[], float]) -> None:
        self._app = (app_id, app_secret)
        self._machine = machine
        self._ends: dict[str, float] = {}
        self.lifetime_seconds = 7200.0

    def issue(self, app_id: object, app_secret: object) -> tuple[str, int]:
        """A token and its remaining seconds. Wrong credentials are answered with HTTP 200, as older APIs do."""
        if not isinstance(app_id, str) or not isinstance(app_secret, str):
            raise ApiError(10003, status=200)
        if (app_id, app_secret) != self._app:
            raise ApiError(10014, status=200)
        now = self._machine()
        for token, end in self._ends.items():
            if end - now >= self.RENEW_SECONDS:
                return token, int(end - now)
        token = "t-" + secrets.token_hex(16)
        self._ends[token] = now + self.lifetime_seconds
        return token, int(self.lifetime_seconds)

    def check(self, authorization: str | None) -> None:
        if not authorization or not authorization.startswith("Bearer ") or len(authorization) == len("Bearer "):
            raise ApiError(99991661)
        token = authorization.removeprefix("Bearer ")
        if not token.startswith(("t-", "u-")):
            raise ApiError(99991671)
        if self._ends.get(token, 0.0) <= self._machine():
            raise ApiError(99991663)

    def revoke(self) -> None:
        self._ends.clear()
