"""response_codes: each works once, within 72 hours of business time (3.4, 94888)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from adapters.wecom.emulation.errors import CODE_USED_UP, ApiError

T = TypeVar("T")


@dataclass(slots=True)
class _Code(Generic[T]):
    value: T
    issued: datetime
    used: bool = False


class Codes(Generic[T]):
    def __init__(self, now: Callable[[], datetime], new_id: Callable[[str], str], life: timedelta) -> None:
        self._now, self._new_id, self._life = now, new_id, life
        self._codes: dict[str, _Code[T]] = {}

    def issue(self, value: T) -> str:
        code = self._new_id("RC") + self._new_id("")
        self._codes[code] = _Code(value, self._now())
        return code

    def look(self, code: object) -> T:
        """What the code stands for; it is not used yet."""
        found = self._codes.get(code) if isinstance(code, str) else None
        if found is None:
            raise ApiError(CODE_USED_UP, "unknown")
        if found.used:
            raise ApiError(CODE_USED_UP, "used")
        if self._now() - found.issued > self._life:
            raise ApiError(CODE_USED_UP, "expired")
        return found.value

    def use(self, code: str) -> None:
        self._codes[code].used = True
