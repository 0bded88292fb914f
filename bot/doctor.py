"""``python -m bot check``: one line for each thing that must be right, with what to do where it is not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from bot.calendar import WorkCalendar
from bot.clock import Clock, FileClock
from bot.feature import CheckLine, Level

SOON = timedelta(days=60)
"""How far ahead a year without its official holiday table is worth a warning (it is published in November)."""


STATES = {
    "current": (Level.OK, "已是本版本"),
    "empty": (Level.WARN, "还是空的"),
    "behind": (Level.WARN, "还是旧版本"),
    "newer": (Level.FAIL, "比这个程序新，请安装迁移它的那个版本或更新的版本"),
}


def database_line(state: str, file: Path | None) -> CheckLine:
    """``state`` is one of ``STATES``; ``file`` is SQLite's, None with PostgreSQL."""
    level, text = STATES[state]
    name = f"SQLite {file}" if file else "PostgreSQL"
    if level != Level.WARN:
        return CheckLine(level, f"数据库：{name} {text}")
    if file:
        return CheckLine(level, f"数据库：{name} {text}，serve 启动时会自动升级")
    return CheckLine(Level.FAIL, f"数据库：{name} {text}，请运行 python -m bot migrate")


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


def failure_lines(waiting: int) -> list[CheckLine]:
    """``waiting``: how many pushes failed and were not replayed."""
    text = f"未办成的请求：{waiting} 条，查看并重放：python -m bot replay"
    return [CheckLine(Level.WARN, text)] if waiting else []


def written(line: CheckLine) -> str:
    return f"{line.level:<4} {line.text}"


def failed(lines: Iterable[CheckLine]) -> bool:
    return any(line.level == Level.FAIL for line in lines)
