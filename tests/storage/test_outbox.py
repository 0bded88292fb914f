"""What may go out now, who may say how it went, and what an edit makes unnecessary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.cards import Button, Card, Text
from bot.messages import Place
from bot.ports import Outgoing, OutState, Sending, Settled
from storage.leases import hold, release
from storage.store import Database
from storage.tables import leases, outbox
from storage.unit import Unit
from tests.storage.samples import CHAT, HOUR, NOW, chat, edit, send

CARD = Card(
    "报备审核 BB1001", blocks=(Text("杭州云栖湾"),), buttons=(Button("同意", "同意", {"id": "SP2001"}, id="x"),)
)


def due(unit: Unit, channel: str = "feishu", most: int = 10) -> list[int]:
    return [row.id for row in unit.outbox.due(channel, NOW, most)]


def lead(unit: Unit, holder: str = "a", name: str = "sender:feishu") -> int:
    fence = hold(unit.sql, name, holder, 60)
    assert fence is not None
    return fence


def claim(unit: Unit, *rows: int, fence: int | None = None) -> Sequence[int]:
    return unit.outbox.claim([(row, b"%d" % row) for row in rows], fence or lead(unit), NOW)


def settle(unit: Unit, row: int, state: OutState, fence: int | None = None, **facts: object) -> Sequence[int]:
    outcome = Settled(row=row, state=state, **facts)  # type: ignore[arg-type]
    return unit.outbox.settle([outcome], fence or lead(unit), NOW)


def finish(unit: Unit, row: int, state: OutState, handle: str = "") -> None:
    claim(unit, row)
    assert settle(unit, row, state, handle=handle) == [row]


def state(unit: Unit, row: int) -> OutState:
    found: OutState = unit.sql.execute(select(outbox.c.state).where(outbox.c.id == row)).scalar_one()
    return found


# -- what is due -----------------------------------------------------------------------------------------------------


def one_chat(unit: Unit) -> list[int]:
    first, _ = send(unit), send(unit)
    return [first]


def two_chats(unit: Unit) -> list[int]:
    return [send(unit, "wang"), send(unit, "zhao")]


def a_group_and_a_person_of_one_name(unit: Unit) -> list[int]:
    group = Outgoing(what=Sending.SEND, place=Place("feishu", "t1", "ou_wang", group=True), content="各位好")
    return [send(unit), unit.outbox.add(group, NOW)]


def another_channel(unit: Unit) -> list[int]:
    unit.outbox.add(Outgoing(what=Sending.SEND, place=chat("wang", "wecom"), content="您好"), NOW)
    return []


def under_way(unit: Unit) -> list[int]:
    claim(unit, send(unit))
    send(unit)
    return []


def waiting_for_its_retry(unit: Unit) -> list[int]:
    row = send(unit)
    claim(unit, row)
    settle(unit, row, OutState.PENDING, wait=60.0)
    send(unit)
    return []


def retried_at_once(unit: Unit) -> list[int]:
    row = send(unit)
    claim(unit, row)
    settle(unit, row, OutState.PENDING)
    send(unit)
    return [row]


def ended(unit: Unit) -> list[int]:
    for end in (OutState.SENT, OutState.UNKNOWN, OutState.DEAD, OutState.EXPIRED, OutState.DROPPED):
        finish(unit, send(unit), end)
    return [send(unit)]


def for_tomorrow(unit: Unit) -> list[int]:
    send(unit, not_before=NOW + HOUR)
    return [send(unit)]


def since_an_hour(unit: Unit) -> list[int]:
    row = send(unit, not_before=NOW - HOUR)
    send(unit)
    return [row]


def expired(unit: Unit) -> list[int]:
    return [send(unit, expires=NOW - HOUR)]


def an_edit_of_what_was_sent(unit: Unit) -> list[int]:
    row = send(unit)
    finish(unit, row, OutState.SENT, "om_1")
    return [edit(unit, row)]


def an_edit_of_what_waits(unit: Unit) -> list[int]:
    row = send(unit)
    edit(unit, row)
    return [row]


def an_edit_of_what_is_under_way(unit: Unit) -> list[int]:
    row = send(unit)
    edit(unit, row)
    claim(unit, row)
    return []


def an_edit_of_what_died(unit: Unit) -> list[int]:
    row = send(unit)
    finish(unit, row, OutState.DEAD)
    return [edit(unit, row)]


def two_edits_of_one_message(unit: Unit) -> list[int]:
    row = send(unit)
    finish(unit, row, OutState.SENT, "om_1")
    first, _ = edit(unit, row), edit(unit, row, Sending.RECALL)
    return [first]


def edits_of_two_messages(unit: Unit) -> list[int]:
    rows = [send(unit), send(unit)]
    for row in rows:
        finish(unit, row, OutState.SENT, "om_1")
    return [edit(unit, row) for row in rows]


def an_edit_beside_a_waiting_chat(unit: Unit) -> list[int]:
    row = send(unit)
    finish(unit, row, OutState.SENT, "om_1")
    waiting_for_its_retry(unit)
    return [edit(unit, row)]


def a_held_edit(unit: Unit) -> list[int]:
    row = send(unit)
    finish(unit, row, OutState.SENT, "om_1")
    edit(unit, row, hold=60.0)
    return []


CASES = (
    one_chat,
    two_chats,
    a_group_and_a_person_of_one_name,
    another_channel,
    under_way,
    waiting_for_its_retry,
    retried_at_once,
    ended,
    for_tomorrow,
    since_an_hour,
    expired,
    an_edit_of_what_was_sent,
    an_edit_of_what_waits,
    an_edit_of_what_is_under_way,
    an_edit_of_what_died,
    two_edits_of_one_message,
    edits_of_two_messages,
    an_edit_beside_a_waiting_chat,
    a_held_edit,
)


@pytest.mark.parametrize("written", CASES)
def test_what_may_go_now(database: Database, written: Callable[[Unit], list[int]]) -> None:
    with database.unit() as unit:
        expected = written(unit)
        assert due(unit) == expected


def test_only_as_many_as_asked_for_the_oldest_first(database: Database) -> None:
    with database.unit() as unit:
        rows = [send(unit, f"chat{number}") for number in range(5)]
        assert due(unit, most=3) == rows[:3]


def test_a_row_as_delivery_sees_it(database: Database) -> None:
    with database.unit() as unit:
        sent = unit.outbox.add(
            Outgoing(what=Sending.SEND, place=CHAT, content=CARD, copy=7, trace="ab12", expires=NOW + HOUR), NOW
        )
        (row,) = unit.outbox.due("feishu", NOW, 10)
        assert (row.content, row.copy, row.trace, row.place) == (CARD, 7, "ab12", CHAT)
        assert (row.expires, row.created, row.payload, row.attempts, row.first_sent) == (NOW + HOUR, NOW, None, 0, None)
        assert len(row.key) == 32
        finish(unit, sent, OutState.SENT, "om_1")
        edit(unit, sent)
        (row,) = unit.outbox.due("feishu", NOW, 10)
        assert (row.target, row.target_state, row.handle, row.what) == (sent, OutState.SENT, "om_1", Sending.CLOSING)


@pytest.mark.parametrize("end", [OutState.SENT, OutState.UNKNOWN, OutState.DEAD])
def test_an_edit_is_told_that_its_message_has_no_name(database: Database, end: OutState) -> None:
    with database.unit() as unit:
        row = send(unit)
        finish(unit, row, end)
        edit(unit, row)
        (found,) = unit.outbox.due("feishu", NOW, 10)
        assert (found.handle, found.target_state) == ("", end)


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
