"""Turns and senders work on the same copies and rows: neither may wait for the other in a circle."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from bot.ports import CopyState, Outgoing, OutState, Sending, Settled
from bot.sending.outcomes import Ruling
from bot.sending.settler import record
from storage.store import Database
from tests.delivery.office import DECIDED, START, copy_state, edit, place, post_card, until

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


async def test_a_turn_that_redraws_what_is_being_superseded(open_database: Callable[[], Database]) -> None:
    """Both lock the copy first; the other way round PostgreSQL would undo one of them after a second."""
    turn, sender = open_database(), open_database()
    if turn.path:
        pytest.skip("SQLite has one writer: nothing can wait in a circle")
    sent = post_card(turn, "li", "BB1001 待审核")
    edited = edit(turn, sent, "li", DECIDED)
    with turn.unit() as unit:
        unit.outbox.settle([Settled(row=sent, state=OutState.SENT, handle="om_1")], 1, START)
    drawn, go_on = threading.Event(), threading.Event()
    runs: list[str] = []

    def redraw(unit: Any) -> None:
        runs.append("redraw")
        unit.copies.lock(77)
        drawn.set()
        go_on.wait(10)
        again = Outgoing(what=Sending.CLOSING, place=place("li"), content=DECIDED, target=sent, copy=77)
        unit.outbox.add(again, START)

    def supersede_it(unit: Any) -> Sequence[int]:
        runs.append("supersede")
        (row,) = unit.outbox.due("feishu", START, 10)
        gone = Settled(row=edited, state=OutState.DEAD, reason="too old")
        return record(unit, [Ruling(row, gone, "dead", supersede=True)], fence=1, now=START)

    redrawing = asyncio.create_task(turn.write(redraw, turn=True))
    await asyncio.to_thread(drawn.wait, 10)
    superseding = asyncio.create_task(sender.write(supersede_it))
    await until(lambda: waiting(turn) == 1)
    go_on.set()

    await redrawing
    assert await superseding == (), "the turn has replaced the edit meanwhile"
    assert copy_state(turn) is CopyState.LIVE
    assert runs == ["redraw", "supersede"], "neither was undone and run again"


def waiting(database: Database) -> int:
    with database.unit() as unit:
        return int(unit.sql.execute(WAITING).scalar_one())
