"""When somebody is reminded, what a reminder says, and when nobody is disturbed (R4.7–R4.10). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from msgspec import Struct

from bot.calendar import QuietHours, WorkCalendar
from bot.deadlines import Deadline
from bot.house import House

ONE_DAY = timedelta(days=1)
BEFORE = (3, 1, 0)
"""Days before the deadline, each at the start of work."""
LAST_CALL = time(17)
_DAYS_BEFORE = re.compile(r"T-(\d+)")
"""On the day itself once more, where the deadline is later."""
LAST_CALL_STEP = "T-0/17"
"""The one reminder that may be the object's second of a day: afterwards it is too late."""
OWNER_AFTER = 1
MANAGER_AFTER = 3
"""Working days after the deadline (R4.8)."""
MOST_A_DAY = 5
"""Unsolicited messages to a person, the digest among them."""
MORNING = time(8, 45)
EXPIRING = timedelta(days=7)
LONGEST_QUIET = timedelta(hours=16)


class Part(IntEnum):
    """What a rung of the ladder is for; the more weighty goes first where a day's budget does not do for all."""

    END = 0
    """The deadline itself: the capability says what comes of it."""
    MANAGER = 1
    OWNER = 2
    BEFORE = 3


class Rung(Struct, frozen=True):
    name: str
    at: datetime
    part: Part


class Watch(Struct, frozen=True, kw_only=True):
    """What is known of an object that something is due of. ``until``: rungs up to there are dealt with."""

    kind: str
    number: int
    owner: int
    manager: int | None
    deadline: datetime
    updated: datetime | None
    until: datetime
    told: datetime | None = None
    again: datetime | None = None

    @property
    def ref(self) -> str:
        return f"{self.kind}{self.number}"

    def fits(self, due: Deadline) -> bool:
        """Whether the rungs that were climbed are still those of this deadline."""
        return (self.owner, self.deadline, self.updated) == (due.owner, due.at, due.updated)


# -- the ladder ----------------------------------------------------------------------------------------------------


def ladder(due: Deadline, watch: Watch, calendar: WorkCalendar, *, ends: bool) -> list[Rung]:
    """All rungs in order of their instants. ``ends``: something comes of the deadline itself.

    The manager's stands there only once the owner was told: no level is skipped, however far the clock jumped.
    """
    rungs = list(_own(due) if due.steps is not None else _house_rungs(due, watch, calendar))
    if ends:
        rungs.append(Rung("end", watch.again or due.at, Part.END))
    return sorted(rungs, key=lambda rung: (rung.at, -rung.part))


def passed(rungs: Sequence[Rung], watch: Watch, now: datetime) -> list[Rung]:
    return [rung for rung in rungs if watch.until < rung.at <= now]


def following(rungs: Sequence[Rung], watch: Watch) -> Rung | None:
    """The next one; of two at the same instant the last."""
    ahead = [rung for rung in rungs if rung.at > watch.until]
    return next((rung for rung in reversed(ahead) if rung.at == ahead[0].at), None) if ahead else None


def last_day(at: datetime, calendar: WorkCalendar) -> date:
    """Midnight still belongs to the day that ends with it."""
    return (at.astimezone(calendar.zone) - timedelta(microseconds=1)).date()


def _own(due: Deadline) -> Iterator[Rung]:
    for step in due.steps or ():
        if step.at < due.at:
            yield Rung(step.name, step.at, Part.BEFORE)


def _house_rungs(due: Deadline, watch: Watch, calendar: WorkCalendar) -> Iterator[Rung]:
    day = last_day(due.at, calendar)
    last = day if due.at > calendar.opens(day) else day - ONE_DAY
    found: dict[datetime, str] = {}
    for days in BEFORE:
        at = calendar.shift_reminder(day - timedelta(days=days), last)
        if at < due.at:
            found[at] = f"T-{days}"
    call = datetime.combine(day, LAST_CALL, calendar.zone)
    if call < due.at and calendar.is_workday(day):
        found[call] = LAST_CALL_STEP
    yield from (Rung(name, at, Part.BEFORE) for at, name in found.items())
    base = last_day(max(due.at, due.updated or due.at), calendar)
    yield Rung(f"+{OWNER_AFTER}", calendar.opens(calendar.add_workdays(base, OWNER_AFTER)), Part.OWNER)
    if watch.told is not None:
        told = calendar.add_workdays(last_day(watch.told, calendar), MANAGER_AFTER - OWNER_AFTER)
        third = max(calendar.add_workdays(base, MANAGER_AFTER), told)
        yield Rung(f"+{MANAGER_AFTER}", calendar.opens(third), Part.MANAGER)


def moved(rung: Rung, due: Deadline, house: House) -> str:
    """原定 2026-05-17 周日，顺延: where the day of a reminder is no working day; "" where it is its own."""
    days = _DAYS_BEFORE.fullmatch(rung.name)
    if rung.part is not Part.BEFORE or days is None:
        return ""
    day, on = last_day(due.at, house.calendar) - timedelta(days=int(days[1])), house.today(rung.at)
    return "" if day == on else f"原定 {house.day(day)}，{'顺延' if on > day else '提前'}"


# -- the words -----------------------------------------------------------------------------------------------------


def line(ref: str, due: Deadline, house: House, now: datetime) -> str:
    """What a reminder says to the owner now."""
    return due.line or f"{ref} {standing(due.at, house, now)}（{due.about}）"


def line_for_manager(ref: str, due: Deadline, owner: str, house: House, now: datetime) -> str:
    """It says why it comes to them."""
    return f"{owner}的 {ref} {standing(due.at, house, now)}（{due.about}），仍未办结，请您协调。"


def standing(at: datetime, house: House, now: datetime) -> str:
    """今天 18:00 到期, 明天到期, 还有 3 天到期, 已逾期 2 个工作日."""
    day, today = last_day(at, house.calendar), house.today(now)
    if now >= at:
        days = workdays_between(day, today, house.calendar)
        return f"已逾期 {days} 个工作日" if days else "已逾期"
    left = (day - today).days
    if left > 1:
        return f"还有 {left} 天到期"
    if left == 1:
        return "明天到期"
    return f"今天 {house.clock(at)} 到期" if house.today(at) == day else "今天到期"


def step_words(name: str) -> str:
    """What people call a rung."""
    if name == "T-0":
        return "当天"
    if name == LAST_CALL_STEP:
        return f"当天 {LAST_CALL:%H:%M}"
    if name.startswith("T-"):
        return f"到期前 {name[2:]} 天"
    return f"逾期 {name[1:]} 个工作日" if name.startswith("+") else name


def workdays_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """Working days after ``first`` up to ``last``."""
    return sum(calendar.is_workday(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


# -- quiet ---------------------------------------------------------------------------------------------------------


def is_quiet(at: datetime, hours: QuietHours, calendar: WorkCalendar) -> bool:
    """At night, and on days without work."""
    return hours.contains(at) or not calendar.is_workday(at.astimezone(calendar.zone).date())


def audible(at: datetime, hours: QuietHours, calendar: WorkCalendar) -> datetime:
    """The first instant from ``at`` on that is not quiet; ``at`` itself if it is not."""
    while is_quiet(at, hours, calendar):
        if hours.contains(at):
            at = hours.end(at)
        else:
            at = datetime.combine(
                calendar.next_workday(at.astimezone(calendar.zone).date() + ONE_DAY), time(), calendar.zone
            )
    return at


def digest_at(at: datetime, hours: QuietHours, calendar: WorkCalendar) -> datetime:
    """When what is held now is told: as soon as it may ring again, in the morning with everything else."""
    found = audible(at, hours, calendar)
    morning = datetime.combine(found.astimezone(calendar.zone).date(), MORNING, calendar.zone)
    return audible(max(found, morning), hours, calendar)
