"""The organisation the bot works for: its name, zone, working calendar and quiet hours; how it writes days and times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.calendar import QuietHours, WorkCalendar

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class House:
    name: str
    zone: ZoneInfo
    calendar: WorkCalendar
    quiet: QuietHours
    channels: Mapping[str, str] = field(default_factory=dict)
    """What people call the messenger of each channel, by the channel's name: feishu → 飞书."""
    public_url: str = ""
    """Where people's browsers reach this server."""

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def clock(self, at: datetime) -> str:
        """``13:05``, in the organisation's zone."""
        return at.astimezone(self.zone).strftime("%H:%M")

    def moment(self, at: datetime) -> str:
        """``2026-03-02 17:00``."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def day(self, day: date) -> str:
        """``2026-06-30 周二``: with the weekday, because the day was inferred from somebody's words."""
        return f"{day.isoformat()} 周{WEEKDAYS[day.weekday()]}"

    def audible(self, at: datetime) -> datetime:
        """The first instant from ``at`` on at which an unsolicited message may ring: a working day, not quiet (R4.10)."""
        if self.quiet.contains(at) or not self.calendar.is_workday(self.today(at)):
            return self.calendar.next_working(at)
        return at
