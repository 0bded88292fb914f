"""Access tokens (91039, 97213) and rates (90312, 90236, 101463). All is machine time: the business clock changes nothing."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from adapters.emulation.rates import Rates
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.world import Corp

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Limits:
    """Set a figure to change a limit for the whole emulator.

    An API over its calls a minute is blocked for 60 s, over its calls an hour for 60 min (90313).
    """

    def __init__(self, machine: Callable[[], float]) -> None:
        self._machine = machine
        self._rates = Rates(machine)
        self._blocked: dict[str, float] = {}
        self.api_per_minute, self.api_per_hour = 10_000, 150_000
        self.tokens_per_hour = 300
        self.member_per_minute, self.member_per_hour = 30, 1000
        self.person_times_per_day = 1000 * 200
        """For an app: 200 for each member the corp paid for (90236)."""
        self.chat_per_minute, self.chat_per_hour = 30, 1000
        self.subscribes_per_minute = 20
        """"Rate-protected", says the page, without a figure."""
        self.uploads_per_minute, self.uploads_per_hour = 30, 1000

    def api(self, corp_id: str, name: str) -> None:
        self._with_block(f"{corp_id} {name}", self.api_per_minute, self.api_per_hour)

    def token(self) -> None:
        if self._rates.wait("gettoken", "", self.tokens_per_hour, HOUR):
            raise ApiError(45009, "gettoken")

    def member(self, agent: int, user: str) -> str:
        """Why a message to this member is lost without a word, "" if it is not."""
        key = f"{agent} {user}"
        if self._rates.wait("member/hour", key, self.member_per_hour, HOUR):
            return f"over {self.member_per_hour} an hour"
        if self._rates.wait("member/minute", key, self.member_per_minute, MINUTE):
            return f"over {self.member_per_minute} a minute"
        return ""

    def person_times(self, agent: int, count: int) -> None:
        """One person-time for every member of a send."""
        for _ in range(count):
            if self._rates.wait("day", str(agent), self.person_times_per_day, DAY):
                raise ApiError(45009, "person-times a day")

    def chat(self, chat_id: str) -> None:
        """Replies, stream frames and pushes of the smart bot in one conversation."""
        if self._rates.wait("chat/hour", chat_id, self.chat_per_hour, HOUR):
            raise ApiError(45009, f"{self.chat_per_hour} an hour in a conversation")
        if self._rates.wait("chat/minute", chat_id, self.chat_per_minute, MINUTE):
            raise ApiError(45009, f"{self.chat_per_minute} a minute in a conversation")

    def subscribe(self) -> None:
        if self._rates.wait("subscribe", "", self.subscribes_per_minute, MINUTE):
            raise ApiError(45009, "aibot_subscribe")

    def upload(self) -> None:
        for limit, seconds in ((self.uploads_per_hour, HOUR), (self.uploads_per_minute, MINUTE)):
            if self._rates.wait(f"upload/{seconds:g}", "", limit, seconds):
                raise ApiError(45009, "uploads of the smart bot")

    def _with_block(self, key: str, per_minute: int, per_hour: int) -> None:
        if self._machine() < self._blocked.get(key, 0.0):
            raise ApiError(45009)
        for limit, seconds in ((per_hour, HOUR), (per_minute, MINUTE)):
            if self._rates.wait(f"api/{seconds:g}", key, limit, seconds):
                self._blocked[key] = self._machine() + seconds
                raise ApiError(45009)


@dataclass(frozen=True, slots=True)
class Access:
    """Whom a token speaks for."""

    corp: Corp
    end: float


class Tokens:
    """The same token while it is valid; its length is that of the platform's, over 200 characters."""

    def __init__(self, corp: Corp, secret: str, machine: Callable[[], float]) -> None:
        self._corp, self._secret, self._machine = corp, secret, machine
        self._accesses: dict[str, Access] = {}
        self.lifetime_seconds = 7200.0

    def issue(self, corp_id: str | None, secret: str | None) -> tuple[str, int]:
        """A token and its remaining seconds."""
        if corp_id != self._corp.corp_id:
            raise ApiError(40013)
        if secret != self._secret or self._corp.disabled:
            raise ApiError(40001)
        return self.for_corp(self._corp)

    def for_corp(self, corp: Corp) -> tuple[str, int]:
        now = self._machine()
        for token, access in self._accesses.items():
            if access.corp is corp and access.end > now:
                return token, int(access.end - now)
        token = secrets.token_urlsafe(160)
        self._accesses[token] = Access(corp, now + self.lifetime_seconds)
        return token, int(self.lifetime_seconds)

    def corp_of(self, token: str | None) -> Corp:
        if not token:
            raise ApiError(41001)
        access = self._accesses.get(token)
        if access is None:
            raise ApiError(40014)
        if access.end <= self._machine():
            raise ApiError(42001)
        if access.corp.disabled:
            raise ApiError(50003)
        return access.corp

    def expire(self) -> None:
        """All tokens end now: they answer 42001."""
        self._accesses = {token: Access(access.corp, self._machine()) for token, access in self._accesses.items()}

    def revoke(self) -> None:
        """All tokens are forgotten: they answer 40014."""
        self._accesses.clear()
