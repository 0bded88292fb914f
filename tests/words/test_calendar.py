"""Working time on the official table of 2026, and chinesecalendar as the judge of that table."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import QuietHours, SpecialDay, WorkCalendar, parse_hours, seed_days

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar.of(seed_days(), "09:00-18:00", CHINA)


def at(text: str) -> datetime:
    """``03-02 09:00`` in 2026, or with a year in front."""
    return datetime.fromisoformat(text if len(text) > 11 else f"2026-{text}").replace(tzinfo=CHINA)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("04-03 16:30", 4, "04-07 11:30"),
        ("04-03 16:30", 8, "04-07 15:30"),
        ("04-03 16:30", 16, "04-08 14:30"),
        ("02-13 17:00", 8, "02-14 16:00"),
        ("02-14 17:00", 8, "02-24 16:00"),
        ("09-30 17:59", 2, "10-08 10:59"),
        ("03-02 22:00", 8, "03-03 17:00"),
        ("03-02 09:00", 8, "03-02 17:00"),
        ("03-02 09:00", 9, "03-02 18:00"),
        ("03-02 18:00", 1, "03-03 10:00"),
        ("03-02 06:00", 0, "03-02 09:00"),
    ],
)
def test_add_hours(start: str, hours: int, end: str) -> None:
    reached = CALENDAR.add_hours(at(start), timedelta(hours=hours))
    assert reached == at(end)
    assert CALENDAR.worked(at(start), reached) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("05-08", 1, "05-09"),
        ("04-30", 3, "05-08"),
        ("02-13", 3, "02-25"),
        ("09-30", 1, "10-08"),
        ("05-09", -1, "05-08"),
        ("10-03", -1, "09-30"),
        ("10-03", 0, "10-03"),
    ],
)
def test_add_workdays(start: str, count: int, end: str) -> None:
    assert CALENDAR.add_workdays(day(start), count) == day(end)


@pytest.mark.parametrize(
    ("lead", "sent"),
    [(14, "05-18 09:00"), (7, "05-25 09:00"), (3, "05-28 09:00"), (1, "05-29 09:00"), (0, "05-29 09:00")],
)
def test_reminders_of_a_protection_that_ends_on_a_sunday(lead: int, sent: str) -> None:
    end = day("03-02") + timedelta(days=90)
    assert end == day("05-31")
    assert CALENDAR.shift_reminder(end - timedelta(days=lead), end) == at(sent)


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_table_agrees_with_the_library(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [CALENDAR.is_workday(d) for d in days] == [chinese_calendar.is_workday(d) for d in days]


def test_a_year_without_a_table_is_monday_to_friday_and_says_so() -> None:
    assert CALENDAR.is_workday(date(2027, 10, 1))
    assert not CALENDAR.is_workday(date(2027, 10, 2))
    assert CALENDAR.gap(2026) == ""
    assert "2027 年" in CALENDAR.gap(2027)


@pytest.mark.parametrize(
    ("year", "name", "first", "last", "official"),
    [
        (2026, "清明节", "2026-04-04", "2026-04-06", True),
        (2026, "春节", "2026-02-15", "2026-02-23", True),
        (2025, "中秋节", "2025-10-01", "2025-10-08", True),
        (2027, "春节", "2027-02-05", "2027-02-08", False),
        (2027, "国庆节", "2027-10-01", "2027-10-03", False),
    ],
)
def test_breaks(year: int, name: str, first: str, last: str, official: bool) -> None:
    block = next(b for b in CALENDAR.holidays(year) if name in b.names)
    assert (str(block.first), str(block.last), block.official) == (first, last, official)


def test_a_table_that_leaves_no_workday_is_an_error_and_no_endless_loop() -> None:
    start = date(2026, 1, 1)
    broken = WorkCalendar({start + timedelta(days=n): "holiday" for n in range(500)})
    with pytest.raises(ValueError, match="no working day"):
        broken.next_workday(start)


def test_special_days_can_be_given_row_by_row() -> None:
    calendar = WorkCalendar.of([SpecialDay(day("03-02"), "holiday", "厂庆")], "08:30-17:30", CHINA)
    assert calendar.next_working(at("03-02 10:00")) == at("03-03 08:30")
    assert not calendar.is_working(at("03-03 17:30"))


@given(st.integers(0, 1_000_000), st.timedeltas(timedelta(0), timedelta(hours=200)))
def test_worked_undoes_add_hours(minutes: int, work: timedelta) -> None:
    begin = at("2025-01-02 00:00") + timedelta(minutes=minutes)
    end = CALENDAR.add_hours(begin, work)
    assert end >= begin
    assert CALENDAR.worked(begin, end) == work


@pytest.mark.parametrize(
    ("hours", "instant", "end"),
    [
        ("21:00-08:30", "03-02 22:30", "03-03 08:30"),
        ("21:00-08:30", "03-02 08:29", "03-02 08:30"),
        ("21:00-08:30", "03-02 08:30", "03-02 08:30"),
        ("12:00-14:00", "03-02 13:00", "03-02 14:00"),
        ("12:00-14:00", "03-02 15:00", "03-02 15:00"),
        ("00:00-00:00", "03-02 03:00", "03-02 03:00"),
    ],
)
def test_quiet_hours(hours: str, instant: str, end: str) -> None:
    quiet = QuietHours(hours, CHINA)
    assert quiet.end(at(instant)) == at(end)
    assert quiet.contains(at(instant)) == (instant != end)


@pytest.mark.parametrize("text", ["9-18", "25:00-26:00", "", "09:00"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_hours(text)


def test_a_working_day_must_end_after_it_starts() -> None:
    with pytest.raises(ValueError, match="end after"):
        WorkCalendar({}, "18:00-09:00")


def test_a_reminder_may_go_out_on_the_day_of_the_deadline_itself() -> None:
    assert CALENDAR.shift_reminder(day("03-08"), day("03-09")) == at("03-09 09:00")
