"""A broadcast on its way: it takes as long as the messenger's limits do, and nobody's reply waits behind it."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards import Card, Text
from bot.ports import Limits, Outgoing, Rate, Sending
from storage.store import Database
from tests.delivery.messenger import Messenger
from tests.delivery.office import START, delivering, finished, place, post, until
from tests.delivery.virtual import virtually

NOTICE = Card("GG301 通知", blocks=(Text("各位好"),))
FEISHU = Limits(channel=(Rate(1000, 60.0), Rate(50, 1.0)), chat=(Rate(5, 1.0),))
DINGTALK = Limits(channel=(Rate(15, 1.0),))


def post_many(database: Database, people: int) -> None:
    with database.unit() as unit:
        for number in range(people):
            row = Outgoing(what=Sending.SEND, place=place(f"chat{number}"), content=NOTICE, bulk=True)
            unit.outbox.add(row, START)


@pytest.mark.parametrize(
    ("limits", "people", "bound"),
    [
        pytest.param(FEISHU, 667, 666 / 50, id="feishu within its minute"),
        pytest.param(FEISHU, 2000, 2 * 60 + 199 / 50, id="feishu over minutes, a tenth left to others"),
        pytest.param(DINGTALK, 300, 299 / 15, id="dingtalk"),
    ],
)
def test_it_takes_what_the_limits_take_and_replies_go_first(
    database: Database, limits: Limits, people: int, bound: float
) -> None:
    """``bound`` in seconds. Whoever is answered still has their own notice to come."""
    messenger = Messenger(limits=limits)
    post_many(database, people)
    waited: list[float] = []

    async def reply_now_and_then() -> None:
        loop, number = asyncio.get_running_loop(), 0
        while not finished(database):
            number += 1
            asked, reply = loop.time(), f"reply {number}"
            post(database, f"chat{people - number}", reply)
            await until(lambda: reply in messenger.everything(), look=0.01)  # noqa: B023 - awaited at once
            waited.append(loop.time() - asked)
            await asyncio.sleep(3.0)

    async def broadcast() -> float:
        loop = asyncio.get_running_loop()
        async with delivering(database, messenger):
            began = loop.time()
            await reply_now_and_then()
        return max(a.at for a in messenger.attempts if a.payload == NOTICE.title.encode()) - began

    took = virtually(broadcast)

    assert sum(a.payload == NOTICE.title.encode() for a in messenger.attempts) == people
    assert took <= 1.05 * bound + 3.0 + len(waited) / 15, (took, bound)
    assert max(waited) <= 1.2, waited
