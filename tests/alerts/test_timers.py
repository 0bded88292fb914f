"""The clock's reminders as transcripts: who is told what and when, and why something was not said."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert

from handlers.alerts import queries
from storage.tables import JobState, jobs
from tests.alerts.office import Office, at

ABOUT = "（提交选型表）"


async def test_j07_over_a_holiday_and_a_make_up_saturday(office: Office) -> None:
    """Due on Friday 05-08: T-3 falls into the holiday, the first overdue day is a Saturday on which people work."""
    office.given(612, "赵敏", "05-08 18:00")

    pushed = [line for line in await office.until("05-12 09:00") if "摘要" not in line]

    assert pushed == [
        f"05-06 09:00 赵敏 XM612 还有 2 天到期{ABOUT}",
        f"05-07 09:00 赵敏 XM612 明天到期{ABOUT}",
        f"05-08 09:00 赵敏 XM612 今天 18:00 到期{ABOUT}",
        f"05-08 17:00 赵敏 XM612 今天 18:00 到期{ABOUT}",
        f"05-09 09:00 赵敏 XM612 已逾期 1 个工作日{ABOUT}",
        f"05-12 09:00 李静 赵敏的 XM612 已逾期 3 个工作日{ABOUT}，仍未办结，请您协调。",
    ]
    assert office.why(612) == ["T-3 sent", "T-1 sent", "T-0 sent", "T-0/17 sent", "+1 sent", "+3 sent"]


async def test_the_manager_reads_of_it_in_the_digest_before_a_card_comes(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")

    pushed = await office.until("05-09 08:50")

    of_li = [line for line in pushed if "李静" in line]
    assert of_li == [
        "05-09 08:45 李静 2026-05-09 周六 摘要\n"
        "团队逾期 1 件：\n赵敏的 XM612 已逾期 1 个工作日（提交选型表）\n发送「待办」逐件处理。"
    ]


async def test_after_a_jump_only_the_newest_that_still_matters_is_sent(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")

    assert await office.jumps("05-08 10:00") == [
        f"05-08 10:00 赵敏 XM612 今天 18:00 到期{ABOUT}",
        "05-08 10:00 赵敏 2026-05-08 周五 摘要\n今天到期 1 件：\nXM612 今天 18:00 到期（提交选型表）\n发送「待办」逐件处理。",
    ]
    assert office.why(612) == ["T-3 replaced", "T-1 replaced", "T-0 sent"]


async def test_however_far_the_clock_jumps_no_level_is_skipped(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")

    jumped = [line for line in await office.jumps("05-25 10:00") if "摘要" not in line]
    assert jumped == [f"05-25 10:00 赵敏 XM612 已逾期 12 个工作日{ABOUT}"]
    later = [line for line in await office.until("05-28 10:00") if "摘要" not in line]
    assert later == ["05-27 09:00 李静 赵敏的 XM612 已逾期 14 个工作日（提交选型表），仍未办结，请您协调。"]


async def test_a_day_passes_in_one_step(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    await office.until("05-06 10:00")

    assert [line for line in await office.jumps("05-07 10:00") if "摘要" not in line] == [
        f"05-07 10:00 赵敏 XM612 明天到期{ABOUT}"
    ]
    assert await office.until("05-07 23:00") == [], "neither again nor later"


async def test_at_night_nothing_rings_and_the_morning_tells_it_once(office: Office) -> None:
    """J07: at 22:30 nothing, next 08:45 one digest that contains it once."""
    office.given(612, "赵敏", "05-08 18:00")
    with office.database.unit() as unit:
        office.turn(unit).promise("errands.says", "1", at("05-06 22:30"), about="")
    await office.until("05-06 22:00")

    assert await office.until("05-06 23:59") == []
    digest = (await office.until("05-07 08:50"))[0]

    assert digest.startswith("05-07 08:45 赵敏 2026-05-07 周四 摘要")
    assert digest.count("夜里的一句话") == 1
    assert digest.count("XM612") == 1
    assert "夜里的一句话" not in "".join(await office.until("05-08 23:00"))


@pytest.mark.parametrize(
    ("hours", "first"),
    [
        ("21:00-08:30", "05-06 09:00 赵敏 XM612 还有 2 天到期（提交选型表）"),
        ("20:00-10:00", "05-06 10:00 赵敏 2026-05-06 周三 摘要\n即将到期 1 件：\nXM612 还有 2 天到期（提交选型表）"),
    ],
)
async def test_own_quiet_hours(office: Office, hours: str, first: str) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    _set_hours(office, "赵敏", hours)

    pushed = [line for line in await office.until("05-06 12:00") if "08:45" not in line]

    assert pushed[0].startswith(first)
    assert len(pushed) == 1, "what was held is told with everything else"
    assert pushed[0].count("XM612") == 1, "and once"


async def test_own_quiet_hours_at_noon_end_with_what_was_held(office: Office) -> None:
    _set_hours(office, "赵敏", "12:00-14:00")
    with office.database.unit() as unit:
        office.turn(unit).promise("errands.says", "1", at("05-06 12:30"), about="")

    assert await office.until("05-06 18:00") == ["05-06 14:00 赵敏 免打扰期间的消息\n其他消息 1 件：\n夜里的一句话"]


async def test_the_company_sets_quiet_hours_and_whoever_set_their_own_keeps_them(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    office.given(613, "王磊", "05-08 18:00", "测量现场")
    _set_hours(office, "", "18:00-09:30")
    _set_hours(office, "王磊", "21:00-08:30")

    pushed = await office.until("05-06 09:30")

    assert [line.splitlines()[0] for line in pushed] == [
        "05-06 08:45 王磊 2026-05-06 周三 摘要",
        "05-06 09:00 王磊 XM613 还有 2 天到期（测量现场）",
        "05-06 09:30 赵敏 2026-05-06 周三 摘要",
    ]


async def test_no_more_than_five_messages_a_day_and_the_rest_in_the_next_digest(office: Office) -> None:
    for number in range(601, 609):
        office.given(number, "赵敏", "05-07 18:00", f"第 {number} 件")

    first = await office.until("05-06 23:00")

    assert len(first) == 5, "the digest and four cards"
    assert office.recorded() == {"budget": 4, "sent": 5}
    assert "即将到期 8 件：" in first[0]


async def test_what_is_urgent_costs_no_budget(office: Office) -> None:
    for number in range(601, 609):
        office.given(number, "赵敏", "05-07 18:00", urgent=True)

    assert len(await office.until("05-06 23:00")) == 9


async def test_done_meanwhile(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    await office.until("05-07 12:00")
    office.done(612)

    assert await office.until("05-15 12:00") == []
    assert office.why(612)[-1] == " done"


async def test_a_deadline_that_moves_takes_its_reminders_along(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    await office.until("05-07 12:00")
    office.moved(612, "05-22 18:00")

    assert [line for line in await office.until("05-20 12:00") if "摘要" not in line] == [
        "05-19 09:00 赵敏 XM612 还有 3 天到期（提交选型表）"
    ]


async def test_a_sign_of_life_holds_the_ladder_up(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    await office.until("05-11 12:00")
    office.updated(612)

    assert [line[:15] for line in await office.until("05-15 12:00") if "摘要" not in line] == [
        "05-12 09:00 赵敏 ",
        "05-14 09:00 李静 ",
    ]


async def test_after_a_sign_of_life_the_ladder_begins_anew_also_over_a_jump(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    await office.until("05-11 12:00")
    office.updated(612)

    assert [line[:14] for line in await office.jumps("05-20 12:00") if "摘要" not in line] == ["05-20 12:00 赵敏"]


async def test_whatever_happens_one_promise_stands_for_an_object(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    office.moved(612, "05-22 18:00")
    office.moved(612, "05-15 18:00")
    office.updated(612)

    with office.database.unit() as unit:
        promised = [slot for slot in unit.jobs.next_due(99) if slot.about == "XM612"]

    assert [(slot.due, slot.args["why"]) for slot in promised] == [(at("05-12 09:00"), "还有 3 天到期，提醒负责人")]


async def test_not_today(office: Office) -> None:
    """Not at five either; tomorrow goes on, and what is overdue goes upward in its time."""
    office.given(612, "赵敏", "05-08 18:00")
    office.given(613, "赵敏", "05-08 18:00", "测量现场")
    await office.until("05-08 08:50")
    with office.database.unit() as unit:
        queries.mute(unit, office.people["赵敏"], "XM", 612, at("05-08 00:00").date())

    pushed = await office.until("05-12 10:00")

    assert [line[:14] for line in pushed if "XM612" in line and "摘要" not in line] == [
        "05-09 09:00 赵敏",
        "05-12 09:00 李静",
    ]
    assert office.why(612)[2:] == ["T-0 muted", "T-0/17 muted", "+1 sent", "+3 sent"]
    assert office.why(613)[2:4] == ["T-0 sent", "T-0/17 sent"]


async def test_a_restart_in_the_middle(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    before = await office.until("05-07 09:00")
    office.database, office.ticker = office.process()

    after = await office.until("05-12 09:00")

    lines = [line[:14] for line in (*before, *after) if "摘要" not in line]
    assert lines == [
        "05-06 09:00 赵敏",
        "05-07 09:00 赵敏",
        "05-08 09:00 赵敏",
        "05-08 17:00 赵敏",
        "05-09 09:00 赵敏",
        "05-12 09:00 李静",
    ]


async def test_two_processes_remind_once(office: Office) -> None:
    for number in range(601, 641):
        office.given(number, ("赵敏", "王磊")[number % 2], "05-08 18:00", urgent=True)
    _, other = office.process()
    office.clock.set(at("05-06 09:00"))

    await asyncio.gather(office.ticker.tick(), other.tick())

    reminded = [str(push) for push in office.news() if "摘要" not in push.text]
    assert len(reminded) == len(set(reminded)) == 40


async def test_what_an_older_program_promised_is_kept(office: Office) -> None:
    """Before there was anything to watch, reminders were slots of the capability; migrations renamed them."""
    office.given(612, "赵敏", "05-08 18:00")
    with office.database.unit() as unit:
        unit.sql.execute(jobs.delete())
        unit.sql.exec_driver_sql("DELETE FROM alert_watched")
        old = {"job": "alerts.ring", "slot": "XM612/T-3", "due": at("05-06 09:00"), "about": "XM612", "args": {}}
        unit.sql.execute(insert(jobs).values(**old, state=JobState.PROMISED))

    assert [line[:14] for line in await office.until("05-07 10:00") if "摘要" not in line] == [
        "05-06 09:00 赵敏",
        "05-07 09:00 赵敏",
    ]


def _set_hours(office: Office, name: str, hours: str) -> None:
    with office.database.unit() as unit:
        by = office.people[name or "林岚"]
        queries.set_hours(unit, office.people[name] if name else None, hours, office.clock.now(), by)
