"""What may go out now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.cards import Button, Card, Text
from bot.messages import Place
from bot.ports import Outgoing, OutState, Sending
from storage.store import Database
from storage.unit import Unit
from tests.storage.samples import CHAT, HOUR, NOW, chat, edit, send
from tests.storage.sending import claim, due, finish, settle

CARD = Card(
    "报备审核 BB1001", blocks=(Text("杭州云栖湾"),), buttons=(Button("同意", "同意", {"id": "SP2001"}, id="x"),)
)


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


def bulk_comes_last(unit: Unit) -> list[int]:
    many = [send(unit, name, bulk=True) for name in ("wang", "zhao")]
    return [send(unit, "liu"), *many]


def a_reply_beside_the_same_chats_bulk(unit: Unit) -> list[int]:
    bulk, _ = send(unit, bulk=True), send(unit, bulk=True)
    return [send(unit), bulk]


def edits_among_bulk(unit: Unit) -> list[int]:
    row = send(unit)
    finish(unit, row, OutState.SENT, "om_1")
    bulk = edit(unit, row, bulk=True)
    other = send(unit, "zhao")
    return [other, bulk]


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
    bulk_comes_last,
    a_reply_beside_the_same_chats_bulk,
    edits_among_bulk,
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
