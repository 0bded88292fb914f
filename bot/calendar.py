"""The working calendar: workdays with holidays and make-up days, working hours, quiet hours (product R4.9, R4.10).

All instants are aware; days and hours are those of the calendar's zone. Years without an official table count Monday to
Friday, and ``gap`` says so.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.festivals import festivals_of

DayKind = Literal["holiday", "workday"]
ONE_DAY: Final = timedelta(days=1)
CHINA: Final = ZoneInfo("Asia/Shanghai")
LONGEST_BREAK: Final = 366
"""Days searched for the next working day before the table is called broken."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A row of the holiday table (contract 4): a day off, or a day worked to make up for one."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Block:
    """Days off in a row that hold at least one holiday. ``official`` is False while the year's table is missing."""

    first: date
    last: date
    names: tuple[str, ...]
    official: bool = True


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """``days`` is the holiday table by date, ``names`` what its days are called, ``hours`` like "09:00-18:00"."""

    days: Mapping[date, DayKind]
    hours: str = "09:00-18:00"
    zone: ZoneInfo = CHINA
    names: Mapping[date, str] = field(default_factory=dict)
    _start: time = field(init=False, repr=False)
    _end: time = field(init=False, repr=False)
    _years: frozenset[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        start, end = parse_hours(self.hours)
        if start >= end:
            raise ValueError(f"working hours must end after they start: {self.hours}")
        object.__setattr__(self, "_start", start)
        object.__setattr__(self, "_end", end)
        object.__setattr__(self, "_years", frozenset(day.year for day in self.days))

    @classmethod
    def of(cls, rows: Iterable[SpecialDay], hours: str, zone: ZoneInfo) -> WorkCalendar:
        table = list(rows)
        return cls({row.day: row.kind for row in table}, hours, zone, {row.day: row.name for row in table})

    def knows(self, year: int) -> bool:
        return year in self._years

    def gap(self, year: int) -> str:
        """The warning for a year without an official table; empty when there is one."""
        if self.knows(year):
            return ""
        return f"还没有 {year} 年的放假安排，暂按周一至周五为工作日，请总部导入假期表"

    def is_workday(self, day: date) -> bool:
        kind = self.days.get(day)
        return day.weekday() < 5 if kind is None else kind == "workday"

    def is_working(self, instant: datetime) -> bool:
        """Hours are half open: 18:00 sharp is after work."""
        local = instant.astimezone(self.zone)
        return self.is_workday(local.date()) and self._start <= local.time() < self._end

    def opens(self, day: date) -> datetime:
        return datetime.combine(day, self._start, self.zone)

    def closes(self, day: date) -> datetime:
        return datetime.combine(day, self._end, self.zone)

    def next_workday(self, day: date) -> date:
        """``day`` itself when it is one."""
        return self._search(day, ONE_DAY)

    def previous_workday(self, day: date) -> date:
        """``day`` itself when it is one."""
        return self._search(day, -ONE_DAY)

    def _search(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_BREAK):
            if self.is_workday(day):
                return day
            day += step
        raise ValueError(f"the holiday table leaves no working day within a year of {day}")

    def next_working(self, instant: datetime) -> datetime:
        """``instant`` when it is working time, else the next start of work."""
        local = instant.astimezone(self.zone)
        if self.is_working(local):
            return local
        late = local.time() >= self._start
        return self.opens(self.next_workday(local.date() + ONE_DAY if late else local.date()))

    def add_hours(self, instant: datetime, work: timedelta) -> datetime:
        """``work`` of working time after ``instant``. Work that ends with the day ends at 18:00, not next morning."""
        at = self.next_working(instant)
        while work > self.closes(at.date()) - at:
            work -= self.closes(at.date()) - at
            at = self.opens(self.next_workday(at.date() + ONE_DAY))
        return at + work

    def less_hours(self, instant: datetime, work: timedelta) -> datetime:
        """``work`` of working time before ``instant``: what ``add_hours`` undoes, at the end of a day, not the next start."""
        at = instant.astimezone(self.zone)
        while True:
            day = self.previous_workday(at.date())
            at = min(at, self.closes(day))
            if work < at - self.opens(day):
                return at - work
            work -= max(timedelta(), at - self.opens(day))
            at = self.closes(self.previous_workday(day - ONE_DAY))

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; none when ``end`` is not later."""
        start, end = start.astimezone(self.zone), end.astimezone(self.zone)
        total = timedelta()
        for day in _days(start.date(), end.date()):
            if self.is_workday(day):
                total += max(timedelta(), min(end, self.closes(day)) - max(start, self.opens(day)))
        return total

    def add_workdays(self, day: date, count: int) -> date:
        """The ``count``-th workday after ``day``, before it when negative; 0 is ``day`` itself, working or not."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._search(day + step, step)
        return day

    def shift_reminder(self, day: date, deadline: date) -> datetime:
        """When a reminder for ``day`` goes out: at the start of that or the next workday, or before the deadline."""
        later = self.next_workday(day)
        return self.opens(later if later <= deadline else self.previous_workday(day))

    def holidays(self, year: int) -> tuple[Block, ...]:
        """The year's breaks in order. Without an official table: the statutory days with their weekends, a guess."""
        if self.knows(year):
            named = {d: self.names.get(d, "") for d, kind in self.days.items() if d.year == year and kind == "holiday"}
        else:
            named = {d: name for name, days in festivals_of(year).items() for d in days}
        return tuple(self._blocks(named, official=self.knows(year)))

    def _blocks(self, named: Mapping[date, str], *, official: bool) -> Iterator[Block]:
        def off(day: date) -> bool:
            return day in named or not self.is_workday(day)

        reached = date.min
        for first in sorted(named):
            if first <= reached:
                continue
            start = reached = first
            while off(start - ONE_DAY):
                start -= ONE_DAY
            while off(reached + ONE_DAY):
                reached += ONE_DAY
            names = dict.fromkeys(named[day] for day in _days(start, reached) if named.get(day))
            yield Block(start, reached, tuple(names), official)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nobody is disturbed, like "21:00-08:30"; it may pass midnight. Equal ends: never quiet."""

    hours: str = "21:00-08:30"
    zone: ZoneInfo = CHINA
    _start: time = field(init=False, repr=False)
    _end: time = field(init=False, repr=False)

    def __post_init__(self) -> None:
        start, end = parse_hours(self.hours)
        object.__setattr__(self, "_start", start)
        object.__setattr__(self, "_end", end)

    @property
    def lasts(self) -> timedelta:
        first = datetime.combine(date.min, self._start)
        last = datetime.combine(date.min if self._start <= self._end else date.min + ONE_DAY, self._end)
        return last - first

    def contains(self, instant: datetime) -> bool:
        at = instant.astimezone(self.zone).time()
        if self._start <= self._end:
            return self._start <= at < self._end
        return at >= self._start or at < self._end

    def end(self, instant: datetime) -> datetime:
        """When quiet ends for ``instant``; ``instant`` itself when it is not quiet."""
        local = instant.astimezone(self.zone)
        if not self.contains(local):
            return local
        day = local.date() if local.time() < self._end else local.date() + ONE_DAY
        return datetime.combine(day, self._end, self.zone)


def parse_hours(text: str) -> tuple[time, time]:
    """``HH:MM-HH:MM``. ValueError says what to write."""
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})\s*", text)
    if not found:
        raise ValueError(f"hours are written 09:00-18:00, not {text!r}")
    try:
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        return time(start_hour, start_minute), time(end_hour, end_minute)
    except ValueError as fault:
        raise ValueError(f"no such time of day in {text!r}") from fault


def seed_days() -> list[SpecialDay]:
    """The official tables that come with the program: the State Council's notices for 2025 and 2026."""
    table = files("bot").joinpath("holidays.csv").read_text("utf-8")
    return [
        SpecialDay(date.fromisoformat(row["date"]), "holiday" if row["kind"] == "holiday" else "workday", row["name"])
        for row in csv.DictReader(table.splitlines())
    ]
