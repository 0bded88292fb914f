"""The calendar and the day most tests of words live on."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.calendar import WorkCalendar, seed_days

CALENDAR = WorkCalendar.of(seed_days(), "09:00-18:00", ZoneInfo("Asia/Shanghai"))
MONDAY = date(2026, 3, 2)
