"""What the tests of delivery do with the store: put something in the outbox, wait, read how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bot.cards import Button, Card, Decided
from bot.clock import ManualClock
from bot.delivery import Delivery
from bot.messages import Place
from bot.ports import Adapter, Copy, CopyState, Outgoing, OutState, Sending
from bot.sending.sender import Pace
from storage.store import Database
from storage.tables import copies, outbox

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
AT_ONCE = Pace(spread=lambda low, high: 0.0)
QUICK = Pace(poll=0.05, lease=0.6, spread=AT_ONCE.spread)
DECIDED = Card("BB1001 报备审核", tag="已同意", decided=Decided("已同意", "李静", "13:05"))


TEAM = "team"
"""The one chat that is a group."""


def place(chat: str, channel: str = "feishu") -> Place:
    return Place(channel, "t", chat, group=chat == TEAM)


def post(database: Database, chat: str, *texts: str | Card, channel: str = "feishu", **facts: Any) -> list[int]:
    """Messages for one chat, in one commit."""
    with database.unit() as unit:
        rows = [Outgoing(what=Sending.SEND, place=place(chat, channel), content=text, **facts) for text in texts]
        return [unit.outbox.add(row, START) for row in rows]


def sends(chats: Iterable[str], channel: str = "feishu", **facts: Any) -> list[Outgoing]:
    return [
        Outgoing(what=Sending.SEND, place=place(chat, channel), content=f"{chat} {number}", **facts)
        for number, chat in enumerate(chats)
    ]


def post_card(database: Database, chat: str, title: str, copy: int = 77) -> int:
    """A card that is a live copy."""
    card = Card(title, buttons=(Button("同意", "", id="b1"),))
    with database.unit() as unit:
        row = unit.outbox.add(Outgoing(what=Sending.SEND, place=place(chat), content=card, copy=copy), START)
        unit.copies.add(
            Copy(
                id=copy,
                view="deal.review",
                kind="BB",
                number=1001,
                person=None,
                place=place(chat),
                send=row,
                state=CopyState.LIVE,
                buttons={},
                current=1,
                digest="",
            ),
            START,
        )
    return row


def edit(database: Database, target: int, chat: str, card: Card, *, copy: int = 77, **facts: Any) -> int:
    what = facts.pop("what", Sending.CLOSING)
    with database.unit() as unit:
        row = Outgoing(what=what, place=place(chat), content=card, target=target, copy=copy, **facts)
        return unit.outbox.add(row, START)


def state(database: Database, row: int) -> OutState:
    return OutState(_column(database, row, "state"))


def reason(database: Database, row: int) -> str:
    return str(_column(database, row, "reason"))


def _column(database: Database, row: int, name: str) -> Any:
    with database.unit() as unit:
        return unit.sql.execute(select(outbox.c[name]).where(outbox.c.id == row)).scalar_one()


def copy_state(database: Database, copy: int = 77) -> CopyState:
    with database.unit() as unit:
        found: CopyState = unit.sql.execute(select(copies.c.state).where(copies.c.id == copy)).scalar_one()
    return found


def states(database: Database) -> dict[str, int]:
    """How many rows are in each state, over all channels."""
    counted: dict[str, int] = {}
    with database.unit() as unit:
        for (_, word), number in unit.outbox.state_counts().items():
            counted[word] = counted.get(word, 0) + number
    return counted


def finished(database: Database) -> bool:
    return not {"pending", "sending"} & states(database).keys()


async def until(condition: Callable[[], bool], seconds: float = 30.0, look: float = 0.003) -> None:
    """Waits for something to become true: most of it lies in a database, where nobody calls."""
    for _ in range(round(seconds / look)):
        if condition():
            return
        await asyncio.sleep(look)
    raise TimeoutError(f"not within {seconds:g} s")


@asynccontextmanager
async def delivering(
    database: Any, *adapters: Adapter, clock: ManualClock | None = None, pace: Pace = AT_ONCE, **facts: Any
) -> AsyncIterator[Delivery]:
    delivery = Delivery(database, adapters, clock or ManualClock(START), pace=pace, **facts)
    await delivery.start()
    try:
        yield delivery
    finally:
        await delivery.stop()
