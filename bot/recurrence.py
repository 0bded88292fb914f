"""What comes again and again, as a value: every day, every working day, on days of the week or of the month, at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import Final, Self

from bot.calendar import WorkCalendar

ONE_DAY: Final = timedelta(days=1)
LAST: Final = -1
"""Among ``on``: the last day, or the last working day, of the month."""
_SPELLED: Final = re.compile(r"(day|workday|week|month|monthwork):([-0-9,]*)@([0-9]{2}:[0-9]{2})")
_WEEKDAYS: Final = "一二三四五六日"


class Every(StrEnum):
    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    MONTH_WORKDAY = "monthwork"
    """Working days of the month, counted from its beginning: the first, the last."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """``on``: for WEEK days from Monday = 0, for MONTH days from 1, for MONTH_WORKDAY the how-manieth; ``LAST`` for the last.

    ``at`` is the time of day in the organisation's zone. A month without a 31st has its last day instead, one with fewer
    working days its last working day. ``str`` is the stored spelling (``week:0,4@15:00``), ``of`` reads it.
    """

    every: Every
    at: time
    on: tuple[int, ...] = ()

    @classmethod
    def of(cls, spelled: str) -> Self:
        """ValueError for anything ``str`` does not write."""
        found = _SPELLED.fullmatch(spelled)
        if found is None:
            raise ValueError(f"no recurrence: {spelled}")
        on = tuple(int(place) for place in found[2].split(",") if place)
        return cls(Every(found[1]), time.fromisoformat(found[3]), on)

    def __str__(self) -> str:
        return f"{self.every}:{','.join(map(str, self.on))}@{self.at:%H:%M}"

    def next(self, after: datetime, calendar: WorkCalendar) -> datetime:
        """The first instant later than ``after``."""
        today = after.astimezone(calendar.zone).date()
        for day in self._days(today, calendar):
            instant = datetime.combine(day, self.at, calendar.zone)
            if instant > after:
                return instant
        raise AssertionError("the days go on for ever")

    def _days(self, first: date, calendar: WorkCalendar) -> Iterator[date]:
        """The days it falls on, in order, none from before ``first``'s month."""
        if self.every in (Every.MONTH, Every.MONTH_WORKDAY):
            for months in count():
                year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
                yield from sorted({self._of_month(date(year, month + 1, 1), place, calendar) for place in self.on})
        for days in count():
            day = first + timedelta(days=days)
            if self.every is Every.WORKDAY:
                day = calendar.next_workday(day)
            if self.every is not Every.WEEK or day.weekday() in self.on:
                yield day

    def _of_month(self, first: date, place: int, calendar: WorkCalendar) -> date:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
        if self.every is Every.MONTH:
            return last if place == LAST else first.replace(day=min(place, last.day))
        last = calendar.previous_workday(last)
        return last if place == LAST else min(calendar.add_workdays(first - ONE_DAY, place), last)

    @property
    def named(self) -> str:
        """As people read it: 每周一、五 15:00."""
        return f"{self._when()} {self.at:%H:%M}"

    def _when(self) -> str:
        match self.every:
            case Every.DAY:
                return "每天"
            case Every.WORKDAY:
                return "每个工作日"
            case Every.WEEK:
                return f"每周{'、'.join(_WEEKDAYS[day] for day in self.on)}"
            case Every.MONTH:
                return f"每月{'、'.join('最后一天' if day == LAST else f'{day} 日' for day in self.on)}"
            case Every.MONTH_WORKDAY:
                return f"每月{'、'.join('最后一个' if nth == LAST else f'第 {nth} 个' for nth in self.on)}工作日"
