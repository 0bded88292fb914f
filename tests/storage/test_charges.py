"""What messengers charge by the month: over processes, restarts and transactions that were lost, on both databases."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.usage import Usage
from storage.store import Database

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Month:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def month() -> Month:
    return Month()


def process(month: Month) -> Usage:
    return Usage(month.now, SHANGHAI)


def exchange(database: Database, usage: Usage) -> None:
    with database.unit() as unit:
        usage.exchange(unit, datetime.now(UTC))


class Lost(Exception):
    """A transaction that is not committed."""


def loses(database: Database, usage: Usage) -> None:
    with database.unit() as unit:
        usage.exchange(unit, datetime.now(UTC))
        raise Lost


def test_processes_know_of_each_other_once_they_wrote(database: Database, month: Month) -> None:
    first, second = process(month), process(month)
    for _ in range(3):
        first.meter("dingtalk").spend("send")
    second.meter("dingtalk").spend("send")
    second.meter("other").spend("send")
    for usage in (first, second, first):
        exchange(database, usage)
    assert first.spent() == second.spent() == {("dingtalk", "send"): 4, ("other", "send"): 1}
    assert first.meter("dingtalk").spent() == {"send": 4}


def test_a_restart_forgets_nothing_that_was_written(database: Database, month: Month) -> None:
    before = process(month)
    before.spend("dingtalk", "card")
    exchange(database, before)
    after = process(month)
    exchange(database, after)
    after.spend("dingtalk", "card")
    assert after.spent() == {("dingtalk", "card"): 2}


def test_a_lost_transaction_is_made_up_for(database: Database, month: Month) -> None:
    usage, other = process(month), process(month)
    usage.spend("dingtalk", "send")
    with pytest.raises(Lost):
        loses(database, usage)
    exchange(database, usage)
    exchange(database, other)
    assert other.spent() == {("dingtalk", "send"): 1}


def test_what_is_written_twice_counts_once(database: Database, month: Month) -> None:
    usage, other = process(month), process(month)
    usage.spend("dingtalk", "send")
    for each in (usage, usage, usage, other):
        exchange(database, each)
    assert other.spent() == {("dingtalk", "send"): 1}


def test_a_month_begins_in_the_organisations_zone(database: Database, month: Month) -> None:
    usage, other = process(month), process(month)
    usage.spend("dingtalk", "send")
    other.spend("dingtalk", "send")
    exchange(database, other)
    exchange(database, usage)
    assert usage.spent() == {("dingtalk", "send"): 2}
    month.at = datetime(2026, 3, 31, 16, 1, tzinfo=UTC)
    assert usage.spent() == {}
    usage.spend("dingtalk", "send")
    exchange(database, usage)
    assert usage.spent() == {("dingtalk", "send"): 1}
