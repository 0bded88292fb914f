"""When a recurring job is due next: every day at a local time, or every so many minutes."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs import Daily, Every, Recurring

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
MORNING = Daily("deals.morning", time(8, 30), SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "due", "now", "expected"),
    [
        (MORNING, "2026-03-02T08:00+08:00", "2026-03-02T08:00+08:00", "2026-03-02T08:30+08:00"),
        (MORNING, "2026-03-02T08:30+08:00", "2026-03-02T08:30+08:00", "2026-03-03T08:30+08:00"),
        (MORNING, "2026-03-01T16:30+00:00", "2026-03-01T16:30+00:00", "2026-03-02T08:30+08:00"),
        # Days that were missed are made up for one by one.
        (MORNING, "2026-03-02T08:30+08:00", "2026-03-12T10:00+08:00", "2026-03-03T08:30+08:00"),
        (MORNING, "2028-02-28T08:30+08:00", "2028-02-28T08:30+08:00", "2028-02-29T08:30+08:00"),
        # Berlin, summer time begins at 02:00 on 2026-03-29: 02:30 does not exist, the instant still comes once.
        (Daily("x", time(2, 30), BERLIN), "2026-03-28T02:30+01:00", "2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00"),
        (Daily("x", time(2, 30), BERLIN), "2026-03-29T03:30+02:00", "2026-03-29T03:30+02:00", "2026-03-30T02:30+02:00"),
        # And ends at 03:00 on 2026-10-25: 02:30 comes twice, the job once.
        (Daily("x", time(2, 30), BERLIN), "2026-10-24T02:30+02:00", "2026-10-24T02:30+02:00", "2026-10-25T02:30+02:00"),
        (Daily("x", time(2, 30), BERLIN), "2026-10-25T02:30+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
        (Every("y", 15), "2026-03-02T08:07+08:00", "2026-03-02T08:07+08:00", "2026-03-02T08:15+08:00"),
        (Every("y", 15), "2026-03-02T08:15+08:00", "2026-03-02T08:15+08:00", "2026-03-02T08:30+08:00"),
        (Every("y", 15), "2026-03-02T08:15+08:00", "2026-03-09T08:16+08:00", "2026-03-09T08:30+08:00"),
    ],
)
def test_the_next_instant(rule: Recurring, due: str, now: str, expected: str) -> None:
    following = rule.next(datetime.fromisoformat(due), datetime.fromisoformat(now))

    assert following == datetime.fromisoformat(expected)


@given(st.integers(1_500_000_000, 2_500_000_000), st.times(), st.sampled_from([SHANGHAI, BERLIN]))
def test_a_day_never_passes_without_its_instant(start: int, at: time, zone: ZoneInfo) -> None:
    rule = Daily("x", at.replace(second=0, microsecond=0), zone)
    due = datetime.fromtimestamp(start, zone)
    for _ in range(5):
        following = rule.next(due, due)
        assert 0 < (following - due).total_seconds() <= 26 * 3600
        due = following
