"""``python -m bot alerts``: what the timers would send at an instant, and nothing is different afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.errors import OperatorError
from storage.tables import metadata
from tests.alerts.office import Office, at


def everything(office: Office) -> dict[str, list[str]]:
    with office.database.unit() as unit:
        return {table.name: sorted(map(repr, unit.sql.execute(select(table)))) for table in metadata.sorted_tables}


@pytest.mark.parametrize(
    ("instant", "lines"),
    [
        ("05-06 08:00", ["没有要发的"]),
        (
            "05-06 08:45",
            [
                "赵敏#1 摘要：",
                "  2026-05-06 周三 摘要",
                "  即将到期 1 件：",
                "  XM612 还有 2 天到期（提交选型表）",
                "  发送「待办」逐件处理。",
            ],
        ),
        ("05-08 17:00", ["不发送 赵敏#1 XM612（到期前 3 天）：被更新的提醒代替", "赵敏#1 XM612 今天 18:00 到期（提交选型表）"]),
        ("05-09 03:00", ["不发送 赵敏#1 XM612（当天 17:00）：期限已过，不再提醒"]),
        ("05-10 10:00", ["不发送 赵敏#1 XM612（逾期 1 个工作日）：免打扰时段，并入摘要"]),
    ],
)  # fmt: skip
async def test_what_would_be_sent(office: Office, instant: str, lines: list[str]) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    await office.ticker.tick()
    before = everything(office)

    said = office.forecast(instant)

    assert [line for line in lines if line not in said] == []
    assert everything(office) == before


@pytest.mark.parametrize(
    "instant",
    ["05-06 08:45", "05-06 09:00", "05-07 09:00", "05-08 17:00", "05-09 09:00", "05-09 21:30", "05-10 10:00", "05-20 12:00"],
)  # fmt: skip
async def test_it_says_what_a_jump_of_the_clock_then_does(office: Office, instant: str) -> None:
    for number in range(601, 608):
        office.given(number, ("赵敏", "王磊")[number % 2], f"05-{number - 593:02} 18:00", f"第 {number} 件")
    office.given(612, "李静", "05-08 18:00", urgent=True)
    office.leaves("王磊")
    await office.ticker.tick()
    told = [line for line in office.forecast(instant) if not line.startswith(("不发送", " ", "没有"))]

    pushed = [line.splitlines()[0].split(" ", 2)[2] for line in await office.jumps(instant)]

    cards = [
        f"{name.split('#')[0]} {text}" for name, text in (line.split(" ", 1) for line in told if "摘要：" not in line)
    ]
    digests = [line.split("#")[0] for line in told if "摘要：" in line]
    assert sorted(line for line in pushed if "摘要" not in line) == sorted(cards)
    assert sorted(line.split()[0] for line in pushed if "摘要" in line) == sorted(digests)


async def test_what_else_the_timers_would_send(office: Office) -> None:
    """Not only reminders: a broadcast that goes out then."""
    with office.database.unit() as unit:
        office.turn(unit).promise("broadcasts.start", "GG301/1", at("05-06 10:00"), about="GG301", number="301")

    assert office.forecast("05-06 09:59") == ["没有要发的"]
    assert office.forecast("05-06 10:00") == ["GG301 到了公告的发送时间（2026-05-06 10:00）"]


@pytest.mark.parametrize(("instant", "why"), [("5月6日", "应写作 2026-03-06T09:00"), ("2026-05-01", "早于现在")])
def test_an_instant_that_cannot_be(office: Office, instant: str, why: str) -> None:
    from bot.desk import Desk
    from handlers.alerts import forecast
    from tests.alerts.office import HOUSE, KEYS

    desk = Desk(office.database, office.clock, HOUSE, KEYS, office.catalog, print)
    with pytest.raises(OperatorError, match=why):
        forecast.alerts(desk, at=instant)
