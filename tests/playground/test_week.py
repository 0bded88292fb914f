"""What time of day it is, and what a week holds."""

from datetime import date, datetime

import pytest

from adapters.playground.week import Week, mode
from bot.calendar import CHINA, QuietHours, WorkCalendar, seed_days
from bot.house import House

HOUSE = House("示例集团", CHINA, WorkCalendar.of(seed_days(), "09:00-18:00", CHINA), QuietHours())


def at(written: str) -> datetime:
    return datetime.fromisoformat(f"2026-{written}+08:00")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("03-02T09:00", "工作时间"),
        ("03-02T18:00", "非工作时间"),
        ("03-02T08:45", "非工作时间"),
        ("03-02T22:00", "安静时段"),
        ("03-07T10:00", "休息日"),
        ("03-07T23:00", "安静时段"),
        ("02-28T10:00", "调休上班"),
        ("02-28T19:00", "非工作时间"),
        ("05-01T10:00", "休息日"),
    ],
)
def test_the_kind_of_time(written: str, said: str) -> None:
    assert mode(HOUSE, at(written)) == said


def test_a_week_from_monday_with_its_days_off() -> None:
    week = Week()
    week.follow(HOUSE, at("05-06T09:00"), [at("05-08T09:00"), at("05-08T17:00"), at("05-18T09:00")])
    days = week.days(HOUSE, at("05-06T09:00"))
    assert [day.date for day in days] == [date(2026, 5, number).isoformat() for number in range(4, 11)]
    assert [day.works for day in days] == [False, False, True, True, True, True, False]  # worked on Saturday the 9th
    assert [day.due for day in days] == [0, 0, 0, 0, 2, 0, 0]
    assert days[0].name


def test_what_is_not_due_any_more_has_run() -> None:
    week = Week()
    week.follow(HOUSE, at("03-02T09:00"), [at("03-02T13:00"), at("03-02T17:00"), at("03-03T09:00")])
    week.follow(HOUSE, at("03-02T13:00"), [at("03-03T09:00")])  # the one at 17:00 was called off
    assert [(day.ran, day.due) for day in week.days(HOUSE, at("03-02T13:00"))][:2] == [(1, 0), (0, 1)]
    week.forget()
    assert not any(day.ran or day.due for day in week.days(HOUSE, at("03-02T13:00")))
