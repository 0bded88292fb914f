"""What an edit makes unnecessary, and who may say how a message went."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.ports import Outgoing, OutState, Sending, Settled
from storage.leases import release
from storage.store import Database
from storage.tables import leases, outbox
from storage.unit import Unit
from tests.storage.samples import CHAT, HOUR, NOW, edit, send
from tests.storage.sending import claim, due, finish, lead, settle, state

# -- edits make earlier ones unnecessary -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "later", "becomes"),
    [
        (Sending.REFRESH, Sending.REFRESH, Sending.REFRESH),
        (Sending.REFRESH, Sending.CLOSING, Sending.CLOSING),
        (Sending.CLOSING, Sending.REFRESH, Sending.CLOSING),
    ],
)
def test_the_later_edit_of_a_copy_stands_for_both(
    database: Database, earlier: Sending, later: Sending, becomes: Sending
) -> None:
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, OutState.SENT, "om_1")
        first = edit(unit, row, earlier, copy=7)
        other_copy = edit(unit, row, earlier, copy=8)
        second = edit(unit, row, later, "最新", copy=7)
        assert (state(unit, first), state(unit, other_copy)) == (OutState.DROPPED, OutState.PENDING)
        finish(unit, other_copy, OutState.SENT)
        assert [(found.id, found.what, found.content) for found in unit.outbox.due("feishu", NOW, 10)] == [
            (second, becomes, "最新")
        ]


def test_an_edit_under_way_is_not_replaced(database: Database) -> None:
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, OutState.SENT, "om_1")
        first = edit(unit, row, copy=7)
        claim(unit, first)
        edit(unit, row, copy=7)
        assert state(unit, first) is OutState.SENDING
        assert due(unit) == []


def test_an_edit_in_doubt_is_not_replaced(database: Database) -> None:
    """It may have used up the code of the click that the next one would inherit (WeCom)."""
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, OutState.SENT, "om_1")
        first = edit(unit, row, copy=7, via="code of a click")
        claim(unit, first)
        settle(unit, first, OutState.PENDING, first_sent=NOW)
        second = edit(unit, row, copy=7)
        assert state(unit, first) is OutState.PENDING
        assert due(unit) == [first]
        finish(unit, first, OutState.SENT)
        assert [(found.id, found.handle) for found in unit.outbox.due("feishu", NOW, 10)] == [(second, "om_1")]


def test_an_edit_is_held_as_long_as_the_one_it_replaces(database: Database) -> None:
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, OutState.SENT, "om_1")
        held = edit(unit, row, copy=7, hold=60.0)
        until = unit.sql.execute(select(outbox.c.wait_until).where(outbox.c.id == held)).scalar_one()
        edit(unit, row, copy=7)
        assert due(unit) == []
        assert unit.sql.execute(select(outbox.c.wait_until).where(outbox.c.id == held + 1)).scalar_one() == until


def test_a_held_edit_is_dropped_only_while_it_waits(database: Database) -> None:
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, OutState.SENT, "om_1")
        held, gone = edit(unit, row, copy=7, hold=60.0), edit(unit, row, copy=8)
        finish(unit, gone, OutState.SENT)
        unit.outbox.drop_held([held, gone])
        assert (state(unit, held), state(unit, gone)) == (OutState.DROPPED, OutState.SENT)


def test_a_held_edit_stays_behind_an_older_one_that_is_being_sent(database: Database) -> None:
    """「已等待 4 小时」 on its way, 同意 pressed: the answer draws 已同意, the older card may arrive after it."""
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, OutState.SENT, "om_1")
        older = edit(unit, row, Sending.REFRESH, copy=7)
        claim(unit, older)
        held = edit(unit, row, copy=7, hold=60.0)
        unit.outbox.drop_held([held])
        assert state(unit, held) is OutState.PENDING


# -- claims, outcomes, fences ----------------------------------------------------------------------------------------


def test_the_first_payload_stays_and_attempts_count(database: Database) -> None:
    with database.unit() as unit:
        row = send(unit)
        fence = lead(unit)
        assert unit.outbox.claim([(row, b"first")], fence, NOW) == [row]
        settle(unit, row, OutState.PENDING, first_sent=NOW, reason="429", losses=2)
        assert unit.outbox.claim([(row, b"second")], fence, NOW + HOUR) == [row]
        (found,) = unit.outbox.orphans("feishu", fence + 1)
        assert (found.payload, found.attempts, found.first_sent, found.losses) == (b"first", 2, NOW, 2)


def test_what_surely_was_not_taken_is_drawn_anew(database: Database) -> None:
    with database.unit() as unit:
        row = send(unit)
        fence = lead(unit)
        unit.outbox.claim([(row, b"first")], fence, NOW)
        settle(unit, row, OutState.PENDING, reason="429")
        unit.outbox.claim([(row, b"second")], fence, NOW + HOUR)
        (found,) = unit.outbox.orphans("feishu", fence + 1)
        assert found.payload == b"second"


def test_a_clear_refusal_does_not_use_up_the_window(database: Database) -> None:
    with database.unit() as unit:
        row = send(unit)
        claim(unit, row)
        settle(unit, row, OutState.PENDING)
        unit.outbox.claim([(row, b"")], lead(unit), NOW + HOUR)
        (found,) = unit.outbox.orphans("feishu", lead(unit) + 1)
        assert found.first_sent == NOW + HOUR


def test_only_pending_rows_are_claimed_and_only_once(database: Database) -> None:
    with database.unit() as unit:
        rows = [send(unit, f"chat{number}") for number in range(3)]
        assert claim(unit, rows[1]) == [rows[1]]
        assert claim(unit, *rows) == [rows[0], rows[2]]
        assert claim(unit, *rows) == []


def expire(unit: Unit) -> int:
    fence = lead(unit)
    unit.sql.execute(update(leases).values(expires=0.0))
    return fence


def give_back(unit: Unit) -> int:
    fence = lead(unit)
    release(unit.sql, "sender:feishu", fence)
    return fence


def lose(unit: Unit) -> int:
    fence = give_back(unit)
    lead(unit, "b")
    return fence


def never_had(unit: Unit) -> int:
    return lead(unit) + 1


@pytest.mark.parametrize("unfit", [expire, give_back, lose, never_had])
def test_without_the_lease_nothing_can_be_claimed(database: Database, unfit: Callable[[Unit], int]) -> None:
    with database.unit() as unit:
        row = send(unit)
        assert unit.outbox.claim([(row, b"")], unfit(unit), NOW) == []
        assert state(unit, row) is OutState.PENDING


def test_the_next_sender_finds_what_the_last_one_left(database: Database) -> None:
    with database.unit() as unit:
        left, waiting = send(unit, "wang"), send(unit, "zhao")
        claim(unit, left)
        old = give_back(unit)
        new = lead(unit, "b")
        assert [row.id for row in unit.outbox.orphans("feishu", new)] == [left]
        assert due(unit) == [waiting]
        assert settle(unit, left, OutState.PENDING, new, first_sent=NOW, losses=1) == [left]
        assert settle(unit, left, OutState.SENT, old, handle="om_late") == [], "a row with a newer fence"
        assert [row.id for row in unit.outbox.orphans("feishu", new)] == []
        assert due(unit) == [left, waiting]


def test_outcomes_are_recorded_once(database: Database) -> None:
    with database.unit() as unit:
        rows = [send(unit, f"chat{number}") for number in range(3)]
        fence = lead(unit)
        claim(unit, *rows[:2])
        outcomes = [Settled(row=row, state=OutState.SENT, handle=f"om_{row}") for row in rows]
        assert unit.outbox.settle(outcomes[:1], fence, NOW) == rows[:1]
        assert unit.outbox.settle(outcomes, fence, NOW) == rows[1:], "one under way, one never claimed"
        assert unit.outbox.settle(outcomes, fence, NOW) == []
        assert unit.outbox.settle([], fence, NOW) == []
        assert unit.outbox.state_counts() == {("feishu", "sent"): 3}


def test_an_edit_without_a_message_is_refused(database: Database) -> None:
    with database.unit() as unit, pytest.raises(IntegrityError), unit.savepoint():
        unit.outbox.add(Outgoing(what=Sending.CLOSING, place=CHAT, content="已同意"), NOW)
