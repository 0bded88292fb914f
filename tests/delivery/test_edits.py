"""Cards that change after they were sent: an edit waits for its send, dies with it, coalesces, is superseded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.cards import Button, Card
from bot.ports import CopyState, OutState, Sending
from bot.sending.supersede import line, supersede
from storage.store import Database
from tests.delivery.messenger import Attempt, Fate, Messenger
from tests.delivery.office import (
    DECIDED,
    START,
    TEAM,
    copy_state,
    delivering,
    edit,
    finished,
    post_card,
    reason,
    state,
    states,
    until,
)

TOLD = "BB1001 报备审核：已同意 李静 13:05"


def only(what: Sending, fate: Fate) -> Callable[[Attempt], Fate]:
    return lambda attempt: fate if attempt.row.what is what else Fate.TAKEN


async def test_an_edit_waits_until_its_message_has_a_name(database: Database) -> None:
    feishu = Messenger(gate=asyncio.Event())
    sent = post_card(database, "li", "BB1001 待审核")
    edited = edit(database, sent, "li", DECIDED)

    async with delivering(database, feishu):
        await until(lambda: feishu.under_way == 1)
        assert state(database, edited) is OutState.PENDING
        assert feishu.gate
        feishu.gate.set()
        await until(lambda: finished(database))

    assert [attempt.row.what for attempt in feishu.attempts] == [Sending.SEND, Sending.CLOSING]
    assert feishu.attempts[1].row.handle == "om_1"
    assert feishu.seen_in("li") == ["BB1001 报备审核"]
    assert copy_state(database) is CopyState.LIVE


async def test_edits_that_wait_become_one(database: Database) -> None:
    feishu = Messenger(gate=asyncio.Event())
    sent = post_card(database, "li", "BB1001 待审核")

    async with delivering(database, feishu):
        await until(lambda: feishu.under_way == 1)
        edits = [edit(database, sent, "li", Card(f"第{n}版"), what=Sending.REFRESH) for n in range(5)]
        assert feishu.gate
        feishu.gate.set()
        await until(lambda: finished(database))

    assert [state(database, row) for row in edits] == [OutState.DROPPED] * 4 + [OutState.SENT]
    assert feishu.seen_in("li") == ["第4版"]
    assert len(feishu.attempts) == 2


async def test_a_held_edit_goes_when_the_callback_did_not_take_the_answer(database: Database) -> None:
    feishu = Messenger()
    sent = post_card(database, "li", "BB1001 待审核")
    held = edit(database, sent, "li", DECIDED, hold=0.2)

    async with delivering(database, feishu):
        await until(lambda: state(database, sent) is OutState.SENT)
        assert state(database, held) is OutState.PENDING
        await until(lambda: finished(database))

    assert feishu.seen_in("li") == ["BB1001 报备审核"]


async def test_a_held_edit_is_dropped_when_the_callback_took_it(database: Database) -> None:
    feishu = Messenger()
    sent = post_card(database, "li", "BB1001 待审核")
    held = edit(database, sent, "li", DECIDED, hold=3600.0)

    async with delivering(database, feishu):
        await until(lambda: state(database, sent) is OutState.SENT)
        await database.write(lambda unit: unit.outbox.drop_held([held]))
        await until(lambda: finished(database))

    assert state(database, held) is OutState.DROPPED
    assert len(feishu.attempts) == 1


@pytest.mark.parametrize(
    ("fate", "end"),
    [
        (only(Sending.CLOSING, Fate.GONE), OutState.DEAD),
        (only(Sending.CLOSING, Fate.REFUSED), OutState.DEAD),
        (only(Sending.SEND, Fate.NAMELESS), OutState.DROPPED),
    ],
    ids=["too old to be changed", "refused", "sent, and nobody knows its name"],
)
async def test_a_card_beyond_reach_is_superseded_by_a_line(
    database: Database, fate: Callable[[Attempt], Fate], end: OutState
) -> None:
    feishu = Messenger(fate=lambda attempt: Fate.TAKEN if attempt.row.copy is None else fate(attempt))
    sent = post_card(database, "li", "BB1001 待审核")
    edited = edit(database, sent, "li", DECIDED)

    async with delivering(database, feishu):
        await until(lambda: finished(database))

    assert state(database, edited) is end
    assert reason(database, edited)
    assert copy_state(database) is CopyState.SUPERSEDED
    assert feishu.seen_in("li") == ["BB1001 待审核", TOLD]


async def test_a_message_that_may_have_arrived_is_superseded_too(database: Database) -> None:
    dingtalk = Messenger(window=START - START, fate=only(Sending.SEND, Fate.ANSWER_LOST))
    sent = post_card(database, TEAM, "BB1001 待审核")
    edit(database, sent, TEAM, DECIDED)

    async with delivering(database, dingtalk):
        await until(lambda: finished(database))

    assert state(database, sent) is OutState.UNKNOWN
    assert copy_state(database) is CopyState.SUPERSEDED
    assert dingtalk.everything() == {"BB1001 待审核": 1, TOLD: 1}


@pytest.mark.parametrize("what", [Sending.CLOSING, Sending.REFRESH, Sending.RECALL])
async def test_edits_die_with_their_message(database: Database, what: Sending) -> None:
    feishu = Messenger(fate=only(Sending.SEND, Fate.REFUSED))
    sent = post_card(database, "li", "BB1001 待审核")
    edited = edit(database, sent, "li", DECIDED, what=what)

    async with delivering(database, feishu):
        await until(lambda: finished(database))

    assert (state(database, sent), state(database, edited)) == (OutState.DEAD, OutState.DROPPED)
    assert reason(database, edited) == "the message it is about was never sent"
    assert copy_state(database) is CopyState.LIVE
    assert states(database) == {"dead": 1, "dropped": 1}


async def test_an_edit_whose_answer_is_lost_goes_again_even_without_a_window(database: Database) -> None:
    fates = iter([Fate.TAKEN, Fate.ANSWER_LOST, Fate.LOST, Fate.TAKEN])
    dingtalk = Messenger(window=START - START, fate=lambda attempt: next(fates))
    sent = post_card(database, "li", "BB1001 待审核")
    edited = edit(database, sent, "li", DECIDED)

    async with delivering(database, dingtalk):
        await until(lambda: finished(database))

    assert state(database, edited) is OutState.SENT
    assert dingtalk.seen_in("li") == ["BB1001 报备审核"]


def test_nobody_is_told_twice(database: Database) -> None:
    post_card(database, "li", "BB1001 待审核")

    with database.unit() as unit:
        first = supersede(unit, 77, DECIDED, START)
        second = supersede(unit, 77, DECIDED, START)
        missing = supersede(unit, 78, DECIDED, START)

    assert first is not None
    assert (second, missing) == (None, None)
    assert states(database) == {"pending": 2}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (DECIDED, TOLD),
        (Card("BB1001 报备审核", tag="已撤回"), "BB1001 报备审核：已撤回"),
        (Card("BB1001 报备审核", buttons=(Button("同意", ""),)), "BB1001 报备审核"),
        ("已同意", "已同意"),
    ],
)
def test_the_line(content: Card | str, expected: str) -> None:
    assert line(content) == expected
