"""The house as it is now: built from the configuration, its calendar following the stored holiday table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bot.calendar import QuietHours, SpecialDay, WorkCalendar
from bot.clock import Clock, FileClock, WallClock
from bot.config import Config, Organization
from bot.errors import OperatorError
from bot.house import House


def open_clock(config: Config) -> Clock:
    if not config.clock.file:
        return WallClock()
    try:
        return FileClock(config.clock.file)
    except ValueError as fault:
        raise OperatorError(
            f"clock.file：文件里应是一个带时区的时刻，例如 2026-03-02T09:00:00+08:00（{fault}）"
        ) from None


class Premises:
    """Calling it gives the house. ``read`` gets the holiday table from a unit, ``channels`` are the house's own."""

    def __init__(
        self,
        organization: Organization,
        read: Callable[[Any], Sequence[SpecialDay]],
        channels: Mapping[str, str] = MappingProxyType({}),
        public_url: str = "",
    ) -> None:
        self._organization = organization
        self._channels = channels
        self._public_url = public_url
        self._read = read
        self._days: Sequence[SpecialDay] = ()
        self._house = self._built()

    def __call__(self) -> House:
        return self._house

    def refresh(self, unit: Any) -> bool:
        """Whether the table had changed. At the start and with every tick, so that all processes see an import."""
        days = self._read(unit)
        changed = days != self._days
        if changed:
            self._days = days
            self._house = self._built()
        return changed

    def _built(self) -> House:
        zone = self._organization.zone
        calendar = WorkCalendar.of(self._days, self._organization.working_hours, zone)
        quiet = QuietHours(self._organization.quiet_hours, zone)
        return House(self._organization.name, zone, calendar, quiet, self._channels, self._public_url)
