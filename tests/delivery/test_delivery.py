"""Outbox to messenger, on both databases: order, the same bytes, no doubles, nothing lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.ports import Limits, Outgoing, OutState, Rate, Sending
from bot.sending.sender import Pace
from storage.store import Database
from tests.delivery.messenger import Attempt, Fate, Messenger
from tests.delivery.office import START, TEAM, delivering, finished, place, post, reason, state, states, until

TROUBLE = [Fate.TAKEN] * 6 + [Fate.ANSWER_LOST, Fate.LOST, Fate.BUSY, Fate.DOWN]
KEYLESS = timedelta(0)


def by_chance(seed: int, fates: list[Fate]) -> Messenger:
    chance = random.Random(seed)
    return Messenger(fate=lambda attempt: chance.choice(fates))


@pytest.mark.parametrize("seed", range(3))
async def test_chats_keep_their_order_through_200_random_outcomes(database: Database, seed: int) -> None:
    feishu = by_chance(seed, [fate for fate in TROUBLE if fate is not Fate.DOWN])
    chats = [f"chat{number}" for number in range(5)]
    said = {chat: [f"{chat} {number:02}" for number in range(40)] for chat in chats}
    for chat in chats:
        post(database, chat, *said[chat])

    async with delivering(database, feishu):
        await until(lambda: finished(database))

    assert {chat: feishu.seen_in(chat) for chat in chats} == said
    assert states(database) == {"sent": 200}


async def test_every_attempt_sends_the_bytes_that_were_stored_first(database: Database) -> None:
    drawings = iter(range(100))

    class Fickle(Messenger):
        def render(self, row: object) -> bytes:
            return b"drawing %d" % next(drawings)

    fates = iter([Fate.LOST, Fate.BUSY, Fate.ANSWER_LOST, Fate.DOWN, Fate.TAKEN])
    feishu = Fickle(fate=lambda attempt: next(fates))
    post(database, "wang", "您好")

    async with delivering(database, feishu):
        await until(lambda: finished(database))

    assert [attempt.payload for attempt in feishu.attempts] == [b"drawing 0"] * 5
    assert len({attempt.row.key for attempt in feishu.attempts}) == 1
    assert feishu.seen_in("wang") == ["drawing 0"]


@pytest.mark.parametrize(
    ("fate", "end", "because"),
    [
        (Fate.TAKEN, OutState.SENT, ""),
        (Fate.NAMELESS, OutState.SENT, ""),
        (Fate.REFUSED, OutState.DEAD, "the card is too big"),
        (Fate.GONE, OutState.DEAD, "the message is older than 14 days"),
    ],
)
async def test_how_a_message_ends(database: Database, fate: Fate, end: OutState, because: str) -> None:
    feishu = Messenger(fate=lambda attempt: fate)
    (row,) = post(database, "wang", "您好")

    async with delivering(database, feishu):
        await until(lambda: finished(database))

    assert (state(database, row), reason(database, row)) == (end, because)
    assert len(feishu.attempts) == 1


@pytest.mark.parametrize("fate", [Fate.ANSWER_LOST, Fate.LOST])
@pytest.mark.parametrize(("chat", "times"), [("wang", 2), (TEAM, 1)])
async def test_without_a_window_silence_is_tried_once_more_in_a_single_chat(
    database: Database, fate: Fate, chat: str, times: int
) -> None:
    dingtalk = Messenger("dingtalk", window=KEYLESS, fate=lambda attempt: fate)
    first, second = post(database, chat, "一", "二", channel="dingtalk")

    async with delivering(database, dingtalk):
        await until(lambda: finished(database))

    assert {state(database, first), state(database, second)} == {OutState.UNKNOWN}
    assert len(dingtalk.attempts) == 2 * times
    assert max(dingtalk.everything().values(), default=0) <= times


async def test_without_a_window_a_person_who_missed_a_line_gets_it(database: Database) -> None:
    fates = [Fate.LOST]
    dingtalk = Messenger("dingtalk", window=KEYLESS, fate=lambda attempt: fates.pop() if fates else Fate.TAKEN)
    post(database, "wang", "一", "二", channel="dingtalk")

    async with delivering(database, dingtalk):
        await until(lambda: finished(database))

    assert dingtalk.seen_in("wang") == ["一", "二"]


@pytest.mark.parametrize(("chat", "attempts"), [("wang", 4), (TEAM, 3)])
async def test_beyond_the_window_a_lost_answer_is_asked_for_once_more_in_a_single_chat(
    database: Database, chat: str, attempts: int
) -> None:
    clock = ManualClock(START)

    def fate(attempt: Attempt) -> Fate:
        clock.advance(timedelta(minutes=25))
        return Fate.ANSWER_LOST

    feishu = Messenger(fate=fate, clock=clock)
    (row,) = post(database, chat, "您好")

    async with delivering(database, feishu, clock=clock):
        await until(lambda: finished(database))

    assert state(database, row) is OutState.UNKNOWN
    assert len(feishu.attempts) == attempts, "at 0, 25 and 50 minutes; at 75 the key is no longer known"
    assert feishu.everything() == Counter({"您好": attempts - 2})


async def test_a_card_that_cannot_be_drawn_dies_alone(database: Database) -> None:
    feishu = Messenger()
    bad, good = post(database, "wang", "cannot be drawn", "您好")

    async with delivering(database, feishu):
        await until(lambda: finished(database))

    assert (state(database, bad), state(database, good)) == (OutState.DEAD, OutState.SENT)
    assert reason(database, bad) == "could not be drawn for feishu: ValueError"


async def test_what_has_expired_is_marked_and_not_sent(database: Database) -> None:
    clock = ManualClock(START)
    feishu = Messenger()
    (old,) = post(database, "wang", "会议五分钟后开始", expires=START + timedelta(minutes=5))
    (new,) = post(database, "wang", "您好")
    clock.advance(timedelta(hours=1))

    async with delivering(database, feishu, clock=clock):
        await until(lambda: finished(database))

    assert (state(database, old), state(database, new)) == (OutState.EXPIRED, OutState.SENT)
    assert feishu.seen_in("wang") == ["您好"]


async def test_what_is_to_come_later_waits_for_business_time_and_blocks_nobody(database: Database) -> None:
    clock = ManualClock(START)
    feishu = Messenger()
    (later,) = post(database, "wang", "提醒", not_before=START + timedelta(hours=12))
    (now,) = post(database, "wang", "您好")

    async with delivering(database, feishu, clock=clock) as delivery:
        await until(lambda: state(database, now) is OutState.SENT)
        assert state(database, later) is OutState.PENDING
        clock.advance(timedelta(hours=12))
        delivery.wake()
        await until(lambda: finished(database))

    assert feishu.seen_in("wang") == ["您好", "提醒"]


async def test_a_commit_wakes_the_sender(database: Database) -> None:
    feishu = Messenger()

    async with delivering(database, feishu, pace=Pace(poll=3600.0)):
        for number in range(20):
            await asyncio.to_thread(post, database, "wang", f"第{number}条")
            await until(lambda sent=number + 1: len(feishu.messages) == sent)  # type: ignore[misc]


async def test_a_chat_that_waits_holds_up_no_other(database: Database) -> None:
    """200 chats at their own limit stand before one that is not."""
    feishu = Messenger(limits=Limits(channel=(), chat=(Rate(1, 3600.0),)))
    with database.unit() as unit:
        for again in range(2):
            for number in range(200):
                unit.outbox.add(Outgoing(what=Sending.SEND, place=place(f"c{number}"), content=f"{again}"), START)
    post(database, "wang", "您好")

    async with delivering(database, feishu):
        await until(lambda: len(feishu.attempts) == 201)

    assert feishu.seen_in("wang") == ["您好"]
    assert states(database) == {"sent": 201, "pending": 200}


async def test_many_are_under_way_at_once(database: Database) -> None:
    feishu = Messenger(gate=asyncio.Event())
    for number in range(100):
        post(database, f"chat{number}", "您好")

    async with delivering(database, feishu):
        await until(lambda: feishu.under_way == 64)
        assert feishu.gate
        feishu.gate.set()
        await until(lambda: finished(database))

    assert feishu.most_under_way == 64
    assert states(database) == {"sent": 100}
