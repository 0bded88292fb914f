"""The rules of an outbox row as one table: before it is sent, after an attempt, after its sender died."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cards import Card
from bot.messages import Place
from bot.ports import (
    Capabilities,
    Gone,
    OutboxRow,
    Outcome,
    OutState,
    Receipt,
    Rejected,
    Retry,
    Sending,
    Unknown,
)
from bot.sending.outcomes import MOST_LOSSES, Ruling, after, at_sight, backoff, orphaned, unrenderable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYED = Capabilities(
    answers=True, toasts=True, edits=True, edit_window=timedelta(days=14), repeat_window=timedelta(hours=1)
)
KEYLESS = Capabilities(answers=True, toasts=True, edits=True, edit_window=timedelta(days=14))
DEAR = Capabilities(answers=True, toasts=True, edits=True, edit_window=timedelta(days=3), dear_edits=True)
RIGID = Capabilities(answers=True, toasts=True, edits=False, edit_window=timedelta(0))


TEAM = Place("feishu", "t", "team", group=True)


def row(what: Sending = Sending.SEND, **facts: Any) -> OutboxRow:
    edit = what is not Sending.SEND
    plain: dict[str, Any] = {
        "id": 7,
        "key": "k7",
        "what": what,
        "state": OutState.PENDING,
        "place": Place("feishu", "t", "wang"),
        "content": Card("BB1001 报备审核"),
        "payload": None,
        "target": 3 if edit else None,
        "target_state": OutState.SENT if edit else None,
        "handle": "om_3" if edit else "",
        "copy": 5,
        "attempts": 0,
        "first_sent": None,
        "expires": None,
        "trace": "tr",
    }
    return OutboxRow(**(plain | facts))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("given", "can", "state", "superseded"),
    [
        (row(), KEYED, None, False),
        (row(expires=NOW + timedelta(seconds=1)), KEYED, None, False),
        (row(expires=NOW), KEYED, OutState.EXPIRED, False),
        (row(expires=NOW, first_sent=ago(minutes=1)), KEYED, OutState.UNKNOWN, False),
        (row(first_sent=ago(minutes=59)), KEYED, None, False),
        (row(first_sent=ago(minutes=60)), KEYED, None, False),
        (row(first_sent=ago(seconds=1)), KEYLESS, None, False),
        (row(place=TEAM), KEYLESS, None, False),
        (row(place=TEAM, first_sent=ago(minutes=59)), KEYED, None, False),
        (row(place=TEAM, first_sent=ago(minutes=60)), KEYED, OutState.UNKNOWN, False),
        (row(place=TEAM, first_sent=ago(seconds=1)), KEYLESS, OutState.UNKNOWN, False),
        (row(Sending.CLOSING), KEYED, None, False),
        (row(Sending.CLOSING, first_sent=ago(days=2)), KEYED, None, False),
        (row(Sending.CLOSING, target_state=OutState.DEAD), KEYED, OutState.DROPPED, False),
        (row(Sending.CLOSING, target_state=OutState.EXPIRED), KEYED, OutState.DROPPED, False),
        (row(Sending.RECALL, target_state=OutState.DROPPED), KEYED, OutState.DROPPED, False),
        (row(Sending.CLOSING, handle=""), KEYED, OutState.DROPPED, True),
        (row(Sending.CLOSING, handle="", target_state=OutState.UNKNOWN), KEYED, OutState.DROPPED, True),
        (row(Sending.RECALL, handle=""), KEYED, OutState.DROPPED, False),
        (row(Sending.REFRESH), DEAR, OutState.DROPPED, False),
        (row(Sending.CLOSING), DEAR, None, False),
        (row(Sending.CLOSING), RIGID, OutState.DROPPED, True),
        (row(Sending.RECALL), RIGID, None, False),
    ],
)
def test_at_sight(given: OutboxRow, can: Capabilities, state: OutState | None, superseded: bool) -> None:
    ruling = at_sight(given, NOW, can)

    assert (ruling.settled.state if ruling else None) == state
    assert (ruling.supersede if ruling else False) == superseded
    if ruling:
        assert ruling.settled.reason


@pytest.mark.parametrize(
    ("given", "outcome", "can", "state", "superseded", "wait", "first_sent"),
    [
        (row(), Receipt("om_1"), KEYED, OutState.SENT, False, 0.0, None),
        (row(), Receipt(""), KEYED, OutState.SENT, False, 0.0, None),
        (row(), Retry(17.0, "slow"), KEYED, OutState.PENDING, False, 17.0, None),
        (row(attempts=3), Retry(0.0, "slow"), KEYED, OutState.PENDING, False, 8.0, None),
        (row(), Retry(17.0, "outage", whole_channel=True), KEYED, OutState.PENDING, False, 0.0, None),
        (row(first_sent=ago(minutes=9)), Retry(1.0, "x"), KEYED, OutState.PENDING, False, 1.0, ago(minutes=9)),
        (row(), Gone("user left"), KEYED, OutState.DEAD, False, 0.0, None),
        (row(), Rejected("too big"), KEYED, OutState.DEAD, False, 0.0, None),
        (row(Sending.CLOSING), Gone("14 days"), KEYED, OutState.DEAD, True, 0.0, None),
        (row(Sending.REFRESH), Rejected("bad"), KEYED, OutState.DEAD, False, 0.0, None),
        (row(Sending.RECALL), Gone("14 days"), KEYED, OutState.DEAD, False, 0.0, None),
        (row(), Unknown("reset"), KEYED, OutState.PENDING, False, 1.0, NOW),
        (row(first_sent=ago(minutes=59)), Unknown("r"), KEYED, OutState.PENDING, False, 1.0, ago(minutes=59)),
        (row(first_sent=ago(minutes=60)), Unknown("r"), KEYED, OutState.UNKNOWN, False, 0.0, ago(minutes=60)),
        (row(), Unknown("reset"), KEYLESS, OutState.PENDING, False, 1.0, NOW),
        (row(first_sent=ago(seconds=1)), Unknown("r"), KEYLESS, OutState.UNKNOWN, False, 0.0, ago(seconds=1)),
        (row(place=TEAM), Unknown("reset"), KEYLESS, OutState.UNKNOWN, False, 0.0, None),
        (row(place=TEAM), Unknown("reset"), KEYED, OutState.PENDING, False, 1.0, NOW),
        (row(Sending.CLOSING), Unknown("reset"), KEYLESS, OutState.PENDING, False, 1.0, NOW),
    ],
)
def test_after_an_attempt(
    given: OutboxRow,
    outcome: Outcome,
    can: Capabilities,
    state: OutState,
    superseded: bool,
    wait: float,
    first_sent: datetime | None,
) -> None:
    ruling = after(given, outcome, NOW, can, spread=lambda low, high: high)

    assert (ruling.settled.state, ruling.supersede) == (state, superseded)
    assert (ruling.settled.wait, ruling.settled.first_sent) == (wait, first_sent)
    assert bool(ruling.settled.reason) == (state is not OutState.SENT)


@pytest.mark.parametrize(
    ("given", "can", "state", "word", "superseded"),
    [
        (row(first_sent=ago(minutes=1)), KEYED, OutState.PENDING, "retry", False),
        (row(first_sent=ago(minutes=61)), KEYED, OutState.PENDING, "retry", False),
        (row(first_sent=ago(minutes=61), losses=1), KEYED, OutState.UNKNOWN, "unknown", False),
        (row(first_sent=ago(minutes=59), losses=1), KEYED, OutState.PENDING, "retry", False),
        (row(first_sent=ago(seconds=1)), KEYLESS, OutState.PENDING, "retry", False),
        (row(first_sent=ago(seconds=1), losses=1), KEYLESS, OutState.UNKNOWN, "unknown", False),
        (row(place=TEAM, first_sent=ago(seconds=1)), KEYLESS, OutState.UNKNOWN, "unknown", False),
        (row(place=TEAM, first_sent=ago(minutes=59)), KEYED, OutState.PENDING, "retry", False),
        (row(Sending.CLOSING, first_sent=ago(days=1)), KEYLESS, OutState.PENDING, "retry", False),
        (row(first_sent=ago(minutes=1), losses=MOST_LOSSES - 1), KEYED, OutState.DEAD, "held", False),
        (row(Sending.CLOSING, first_sent=ago(minutes=1), losses=4), KEYED, OutState.DEAD, "held", True),
    ],
)
def test_when_its_sender_died(
    given: OutboxRow, can: Capabilities, state: OutState, word: str, superseded: bool
) -> None:
    ruling: Ruling = orphaned(given, NOW, can)

    assert (ruling.settled.state, ruling.word, ruling.supersede) == (state, word, superseded)
    if state is OutState.PENDING:
        assert (ruling.settled.losses, ruling.settled.first_sent) == (given.losses + 1, given.first_sent)


APART = Capabilities(
    answers=False,
    toasts=False,
    edits=True,
    edit_window=timedelta(days=3),
    repeat_window=timedelta(hours=1),
    in_groups=KEYLESS,
)
"""WeCom: the app knows a body again, the smart bot in groups does not."""


@pytest.mark.parametrize(
    ("place", "state"),
    [(Place("wecom", "t", "team", group=True), OutState.UNKNOWN), (Place("wecom", "", "wang"), OutState.PENDING)],
)
def test_where_groups_differ_theirs_count(place: Place, state: OutState) -> None:
    assert after(row(place=place), Unknown("no answer"), NOW, APART).settled.state is state
    assert orphaned(row(place=place, first_sent=NOW), NOW, APART).settled.state is state
    seen = at_sight(row(place=place, first_sent=ago(minutes=1)), NOW, APART)
    assert (seen.settled.state if seen else OutState.PENDING) is state


def test_a_card_that_cannot_be_drawn_does_not_quote_itself() -> None:
    ruling = unrenderable(row(Sending.CLOSING), KeyError("客户 杭州云栖湾"))

    assert (ruling.settled.state, ruling.supersede) == (OutState.DEAD, True)
    assert ruling.settled.reason == "could not be drawn for feishu: KeyError"


@pytest.mark.parametrize(
    ("given", "outcome", "can", "losses"),
    [
        (row(losses=3, first_sent=ago(minutes=9)), Retry(1.0, "x"), KEYED, 0),
        (row(losses=3, first_sent=ago(minutes=9)), Unknown("r"), KEYED, 0),
        (row(), Retry(1.0, "x"), KEYLESS, 0),
        (row(), Unknown("r"), KEYLESS, 1),
        (row(losses=1, first_sent=ago(seconds=9)), Retry(1.0, "x"), KEYLESS, 1),
        (row(first_sent=ago(minutes=61)), Retry(1.0, "x"), KEYED, 1),
        (row(Sending.CLOSING), Unknown("r"), KEYLESS, 0),
    ],
)
def test_one_death_more_ends_what_went_once_more(
    given: OutboxRow, outcome: Outcome, can: Capabilities, losses: int
) -> None:
    """As if it had been lost by a death already."""
    assert after(given, outcome, NOW, can).settled.losses == losses
    died = orphaned(row(first_sent=ago(seconds=9), losses=losses), NOW, KEYLESS)
    assert (died.settled.state is OutState.UNKNOWN) == bool(losses)


def test_backoff_doubles_up_to_five_minutes() -> None:
    longest = [backoff(attempt, lambda low, high: high) for attempt in range(1, 12)]

    assert longest == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert backoff(10_000, lambda low, high: low) == 0.0
