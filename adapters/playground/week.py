"""The week around the clock: which days people work, what has run and what is due on them, and what time of day it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from adapters.playground.values import Day
from bot.house import House

DAYS = 7


def mode(house: House, now: datetime) -> str:
    """安静时段 comes first: on a day off too, nobody is rung up at night."""
    calendar, today = house.calendar, house.today(now)
    if house.quiet.contains(now):
        return "安静时段"
    if not calendar.is_workday(today):
        return "休息日"
    if not calendar.is_working(now):
        return "非工作时间"
    return "调休上班" if calendar.days.get(today) == "workday" else "工作时间"


class Week:
    """Remembers what was due and is not any more: it has run."""

    def __init__(self) -> None:
        self._ran: Counter[date] = Counter()
        self._due: Counter[datetime] = Counter()

    def forget(self) -> None:
        self._ran.clear()
        self._due.clear()

    def follow(self, house: House, now: datetime, due: Iterable[datetime]) -> None:
        ahead = Counter(due)
        for at, count in self._due.items():
            if at <= now:
                self._ran[house.today(at)] += max(0, count - ahead[at])
        self._due = ahead

    def days(self, house: House, now: datetime) -> Sequence[Day]:
        """Monday to Sunday."""
        today = house.today(now)
        monday = today - timedelta(days=today.weekday())
        due = Counter(house.today(at) for at in self._due.elements())
        return [self._day(house, monday + timedelta(days=number), due) for number in range(DAYS)]

    def _day(self, house: House, day: date, due: Counter[date]) -> Day:
        calendar = house.calendar
        name = calendar.names.get(day, "")
        return Day(day.isoformat(), calendar.is_workday(day), name, ran=self._ran[day], due=due[day])
