"""Whoever cannot be told is passed over, never silently: the next one upward hears of it, and the record names both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.alerts.office import Office


async def test_the_owner_has_left(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")
    office.leaves("赵敏")

    pushed = [line for line in await office.until("05-07 09:00") if "摘要" not in line]

    assert pushed == [
        "05-06 09:00 李静 赵敏的 XM612 还有 2 天到期（提交选型表），仍未办结，请您协调。",
        "05-07 09:00 李静 赵敏的 XM612 明天到期（提交选型表），仍未办结，请您协调。",
    ]
    assert office.why(612) == ["T-3 left", "T-3 sent", "T-1 left", "T-1 sent"]


@pytest.mark.parametrize("named", [False, True])
async def test_the_manager_has_left_as_well(office: Office, named: bool) -> None:
    """Whether the capability says who it is, or the organisation."""
    office.given(612, "赵敏", "05-08 18:00")
    office.errands[612] = replace(office.errands[612], manager=office.people["李静"] if named else None)
    await office.until("05-09 10:00")
    office.leaves("李静")

    assert [line[:14] for line in await office.until("05-12 10:00") if "摘要" not in line] == ["05-12 09:00 周强"]
    assert office.why(612)[-2:] == (["+3 left", "+3 sent"] if named else ["+1 sent", "+3 sent"])


@pytest.mark.parametrize("unbound", [("赵敏",)])
async def test_the_owner_has_no_account(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")

    pushed = [line for line in await office.until("05-06 09:00") if "摘要" not in line]

    assert [line[:14] for line in pushed] == ["05-06 09:00 李静"]
    assert office.why(612) == ["T-3 unreachable", "T-3 sent"]


@pytest.mark.parametrize("unbound", [("赵敏", "李静", "周强", "林岚")])
async def test_nobody_can_be_told(office: Office) -> None:
    office.given(612, "赵敏", "05-08 18:00")

    assert await office.until("05-06 09:00") == []
    assert set(office.why(612)) == {"T-3 unreachable"}
