"""The ladder, the words and the quiet hours as tables; 2026 with its holidays and make-up workdays (V3, R4.7–R4.10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import QuietHours
from bot.deadlines import Deadline, Step
from bot.errors import Refusal
from handlers.alerts import rules
from handlers.alerts.entries import read_hours
from handlers.alerts.rules import Watch
from tests.alerts.office import HOUSE, at
from tests.build import SHANGHAI

CALENDAR = HOUSE.calendar
NIGHT = QuietHours("21:00-08:30", SHANGHAI)


def deadline(due: str, **more: object) -> Deadline:
    return Deadline(owner=1, at=at(due), about="提交选型表", **more)  # type: ignore[arg-type]


def watch(due: Deadline, **more: object) -> Watch:
    given = {"kind": "XM", "number": 612, "owner": 1, "manager": 3, "deadline": due.at, "updated": due.updated}
    return Watch(**(given | {"until": at("01-01 00:00")} | more))  # type: ignore[arg-type]


def climbed(due: Deadline, *, ends: bool = False, **more: object) -> list[str]:
    rungs = rules.ladder(due, watch(due, **more), CALENDAR, ends=ends)
    return [f"{rung.name} {rung.at.astimezone(SHANGHAI):%m-%d %H:%M}" for rung in rungs]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        # J07: 05-05 is a holiday.
        ("05-08 18:00", ["T-3 05-06 09:00", "T-1 05-07 09:00", "T-0 05-08 09:00", "T-0/17 05-08 17:00", "+1 05-09 09:00"]),
        # V3: 05-08 +1 is Saturday 05-09; here everything before falls on working days.
        ("03-05 18:00", ["T-3 03-02 09:00", "T-1 03-04 09:00", "T-0 03-05 09:00", "T-0/17 03-05 17:00", "+1 03-06 09:00"]),
        # A Sunday: what would come too late goes out on Friday, and T-1 and T-0 are one.
        ("05-31 18:00", ["T-3 05-28 09:00", "T-0 05-29 09:00", "+1 06-01 09:00"]),
        # V3: 09-30 +1 is 10-08, +3 would be the make-up Saturday 10-10.
        ("09-30 18:00", ["T-3 09-28 09:00", "T-1 09-29 09:00", "T-0 09-30 09:00", "T-0/17 09-30 17:00", "+1 10-08 09:00"]),
        # Due before work begins: Friday is the last day on which anything can be done.
        ("03-09 08:00", ["T-1 03-06 09:00", "+1 03-10 09:00"]),
        ("03-05 15:00", ["T-3 03-02 09:00", "T-1 03-04 09:00", "T-0 03-05 09:00", "+1 03-06 09:00"]),
        # Midnight belongs to the day that ends with it.
        ("03-06 00:00", ["T-3 03-02 09:00", "T-1 03-04 09:00", "T-0 03-05 09:00", "T-0/17 03-05 17:00", "+1 03-06 09:00"]),
    ],
)  # fmt: skip
def test_the_ladder_before_anybody_was_told(due: str, expected: list[str]) -> None:
    assert climbed(deadline(due)) == expected


@pytest.mark.parametrize(
    ("due", "why"),
    [
        ("03-05 18:00", ["", "", "", "", ""]),
        ("05-08 18:00", ["原定 2026-05-05 周二，顺延", "", "", "", ""]),
        ("05-31 18:00", ["", "原定 2026-05-31 周日，提前", ""]),
    ],
)
def test_a_reminder_on_another_day_says_which_was_its_own(due: str, why: list[str]) -> None:
    rungs = rules.ladder(deadline(due), watch(deadline(due)), CALENDAR, ends=False)
    assert [rules.moved(rung, deadline(due), HOUSE) for rung in rungs] == why


@pytest.mark.parametrize(
    ("due", "told", "updated", "expected"),
    [
        ("05-08 18:00", "05-09 09:00", None, "+3 05-12 09:00"),
        ("09-30 18:00", "10-08 09:00", None, "+3 10-10 09:00"),
        ("04-30 18:00", "05-06 09:00", None, "+3 05-08 09:00"),
        # The owner was told late: two working days are theirs all the same.
        ("05-08 18:00", "05-20 09:00", None, "+3 05-22 09:00"),
        # A sign of life: the ladder counts from it.
        ("05-08 18:00", "05-12 09:00", "05-11 12:00", "+3 05-14 09:00"),
        ("05-08 18:00", "05-09 09:00", "05-07 12:00", "+3 05-12 09:00"),
    ],
)
def test_the_manager_comes_after_the_owner(due: str, told: str, updated: str | None, expected: str) -> None:
    found = deadline(due, updated=at(updated) if updated else None)
    assert climbed(found, told=at(told))[-1] == expected


def test_own_steps_and_what_comes_of_the_deadline() -> None:
    found = deadline("03-02 17:00", steps=(Step("等待过半", at("03-02 13:00")), Step("too late", at("03-02 17:00"))))
    assert climbed(found, ends=True) == ["等待过半 03-02 13:00", "end 03-02 17:00"]
    assert climbed(found, ends=True, again=at("03-03 16:00")) == ["等待过半 03-02 13:00", "end 03-03 16:00"]


@given(st.integers(0, 300 * 24 * 4), st.integers(0, 30))
def test_no_reminder_before_a_deadline_comes_after_it_or_on_a_day_off(quarters: int, late: int) -> None:
    due = deadline("01-05 00:00")
    due = Deadline(owner=1, at=due.at + timedelta(minutes=15 * quarters), about="x")
    told = due.at + timedelta(days=late)
    rungs = rules.ladder(due, watch(due, told=told), CALENDAR, ends=False)
    before = [rung for rung in rungs if rung.part is rules.Part.BEFORE]
    after = [rung for rung in rungs if rung.part is not rules.Part.BEFORE]
    assert all(rung.at < due.at for rung in before)
    assert all(rung.at > due.at for rung in after)
    assert all(CALENDAR.is_workday(rung.at.astimezone(SHANGHAI).date()) for rung in rungs)
    assert len({rung.at for rung in rungs}) == len(rungs)
    assert [rung.part for rung in after] == [rules.Part.OWNER, rules.Part.MANAGER]


@pytest.mark.parametrize(
    ("due", "now", "words"),
    [
        ("05-08 18:00", "05-01 12:00", "还有 7 天到期"),
        ("05-08 18:00", "05-06 09:00", "还有 2 天到期"),
        ("05-08 18:00", "05-07 23:59", "明天到期"),
        ("05-08 18:00", "05-08 00:00", "今天 18:00 到期"),
        ("05-09 00:00", "05-08 09:00", "今天到期"),
        ("05-08 18:00", "05-08 18:00", "已逾期"),
        ("05-08 18:00", "05-09 09:00", "已逾期 1 个工作日"),
        ("05-08 18:00", "05-11 09:00", "已逾期 2 个工作日"),
    ],
)
def test_how_it_stands(due: str, now: str, words: str) -> None:
    assert rules.standing(at(due), HOUSE, at(now)) == words


@pytest.mark.parametrize(
    ("hours", "now", "audible", "digest"),
    [
        ("21:00-08:30", "05-06 12:00", "05-06 12:00", "05-06 12:00"),
        ("21:00-08:30", "05-06 08:30", "05-06 08:30", "05-06 08:45"),
        ("21:00-08:30", "05-06 08:29", "05-06 08:30", "05-06 08:45"),
        ("21:00-08:30", "05-06 22:30", "05-07 08:30", "05-07 08:45"),
        # Friday night before a Saturday that is worked, and before one that is not.
        ("21:00-08:30", "05-08 22:00", "05-09 08:30", "05-09 08:45"),
        ("21:00-08:30", "05-15 22:00", "05-18 08:30", "05-18 08:45"),
        # All of the holiday.
        ("21:00-08:30", "04-30 22:00", "05-06 08:30", "05-06 08:45"),
        ("21:00-10:00", "05-06 22:00", "05-07 10:00", "05-07 10:00"),
        ("12:00-14:00", "05-06 12:30", "05-06 14:00", "05-06 14:00"),
        ("12:00-14:00", "05-05 12:30", "05-06 00:00", "05-06 08:45"),
        ("00:00-00:00", "05-06 03:00", "05-06 03:00", "05-06 08:45"),
    ],
)
def test_when_it_may_ring_again(hours: str, now: str, audible: str, digest: str) -> None:
    quiet = QuietHours(hours, SHANGHAI)
    assert rules.audible(at(now), quiet, CALENDAR) == at(audible)
    assert rules.digest_at(at(now), quiet, CALENDAR) == at(digest)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("21:00-8:30", "21:00-08:30"),
        ("２１：００－８：３０", "21:00-08:30"),
        ("21:00到8:30", "21:00-08:30"),
        ("晚上9点到早上8点半", "21:00-08:30"),
        ("晚上10点至早上7点", "22:00-07:00"),
        ("12点-13点30分", "12:00-13:30"),
        ("关", ""),
        ("恢复", ""),
    ],
)
def test_hours_as_people_write_them(said: str, hours: str) -> None:
    assert read_hours(said, HOUSE) == hours


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("晚上", "没有看懂"),
        ("25:00-8:30", "没有"),
        ("8:30-8:30", "最长 16 小时"),
        ("8:00-7:00", "最长 16 小时"),
        ("21:00-8:30 谢谢", "没有看懂"),
    ],
)
def test_hours_that_cannot_be(said: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_hours(said, HOUSE)
    assert why in refused.value.sentence


@given(st.integers(0, 300 * 24 * 4), st.integers(1, 60))
def test_working_hours_counted_backwards_undo_what_was_counted_forward(quarters: int, hours: int) -> None:
    start = at("01-05 00:00") + timedelta(minutes=15 * quarters)
    work = timedelta(hours=hours)
    due = CALENDAR.add_hours(start, 2 * work)
    assert CALENDAR.less_hours(due, work) == CALENDAR.add_hours(start, work)
