"""``python -m bot check``: one line for each thing that must be right, with what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.calendar import WorkCalendar
from bot.clock import Clock, FileClock
from bot.feature import CheckLine, Level

SOON = timedelta(days=60)
"""How far ahead a year without its official holiday table is worth a warning (it is published in November)."""


def clock_line(clock: Clock) -> CheckLine:
    now = clock.now().isoformat(timespec="seconds")
    if isinstance(clock, FileClock):
        return CheckLine(Level.WARN, f"时钟：业务时间取自 clock.file（{now}），仅限演练与验收，正式运行请清空")
    return CheckLine(Level.OK, f"时钟：{now}，请确认与实际一致")


def gaps(calendar: WorkCalendar, now: datetime) -> list[str]:
    """A sentence for each year up to ``SOON`` that has no official table."""
    today = now.astimezone(calendar.zone).date()
    return [gap for year in sorted({today.year, (today + SOON).year}) if (gap := calendar.gap(year))]


def calendar_lines(calendar: WorkCalendar, now: datetime) -> list[CheckLine]:
    missing = gaps(calendar, now)
    if missing:
        return [CheckLine(Level.WARN, f"假期表：{gap}（import holidays）") for gap in missing]
    return [CheckLine(Level.OK, f"假期表：{len(calendar.days)} 个特殊日期")]


def written(line: CheckLine) -> str:
    return f"{line.level:<4} {line.text}"


def failed(lines: Iterable[CheckLine]) -> bool:
    return any(line.level == Level.FAIL for line in lines)
