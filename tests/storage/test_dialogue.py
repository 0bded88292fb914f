"""Copies, questions and drafts come back as they were written."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.messages import Place
from bot.ports import Copy, CopyState, Draft, DraftState, Given, OutState, StoredButton, Talk
from storage.store import Database
from storage.unit import Unit
from tests.storage.samples import CHAT, HOUR, NOW, WANG, a_copy, send
from tests.storage.sending import finish


def write_copy(unit: Unit, copy_id: int, **facts: object) -> Copy:
    copy = a_copy(send(unit), copy_id, **facts)
    unit.copies.add(copy, NOW)
    return copy


def test_a_copy_comes_back_by_id_and_by_the_row_that_sent_it(database: Database) -> None:
    with database.unit() as unit:
        copy = write_copy(unit, 7)
        assert unit.copies.get(7) == unit.copies.by_send(copy.send) == copy
        assert unit.copies.get(8) is None
        assert unit.copies.by_send(copy.send + 1) is None


def test_a_copy_is_found_by_the_message_it_stands_in(database: Database) -> None:
    """What somebody replies to; neither another channel's message nor one whose handle is unknown."""
    with database.unit() as unit:
        row = send(unit, copy=7)
        copy = a_copy(row, 7)
        unit.copies.add(copy, NOW)
        assert unit.copies.by_handle("feishu", "") is None
        finish(unit, row, OutState.SENT, handle="om_1")
        assert unit.copies.by_handle("feishu", "om_1") == copy
        assert unit.copies.by_handle("feishu", "om_2") is None
        assert unit.copies.by_handle("wecom", "om_1") is None


def test_a_saved_copy_is_what_a_snapshot_sees(database: Database) -> None:
    with database.unit() as unit:
        copy = write_copy(unit, 7)
        more = replace(copy, buttons=copy.buttons | {3: StoredButton("撤回", "撤回", {})}, current=3, digest="e")
        unit.copies.save(more)
    with database.snapshot() as unit:
        assert unit.copies.get(7) == more
        assert unit.copies.live("BB", 1001) == [more]


def test_live_copies_are_those_of_the_object_the_oldest_first(database: Database) -> None:
    with database.unit() as unit:
        second_id = [write_copy(unit, 30), write_copy(unit, 20)]
        write_copy(unit, 5, state=CopyState.CLOSED)
        write_copy(unit, 6, number=1002)
        write_copy(unit, 8, kind="SP")
        assert unit.copies.live("BB", 1001) == second_id


def test_each_chat_has_its_own_talk(database: Database) -> None:
    group = Place("feishu", "t1", "ou_wang", group=True)
    talk = Talk(draft=3, asked_at=NOW, focus=("详情 BB1001", "详情 BB1002"), focus_at=NOW)
    with database.unit() as unit:
        wang = unit.identity.add_person(WANG)
        unit.dialogue.save_talk(wang, CHAT, Talk(focus=("BB1",)))
        unit.dialogue.save_talk(wang, CHAT, talk)
        assert [unit.dialogue.talk(wang, place) for place in (CHAT, group)] == [talk, Talk()]


def test_drafts_are_replaced_and_the_latest_open_one_comes_first(database: Database) -> None:
    with database.unit() as unit:
        wang = unit.identity.add_person(WANG)
        first = Draft(id=2**52, person=wang, command="报备", given={"customer": Given("云栖湾", True)}, updated=NOW)
        second = replace(first, id=2, updated=NOW + HOUR, lines=("客户重名",), question="哪一家")
        done = replace(first, id=3, state=DraftState.DONE)
        for draft in (first, second, done):
            unit.dialogue.save_draft(draft)
        assert unit.dialogue.open_drafts(wang, NOW) == [second, first]
        assert unit.dialogue.open_drafts(wang, NOW + HOUR) == [second]
        unit.dialogue.save_draft(replace(second, state=DraftState.DONE, result="BB1001", updated=NOW))
        assert unit.dialogue.open_drafts(wang, NOW) == [first]
        stored = unit.dialogue.draft(2)
        assert stored is not None
        assert stored.result == "BB1001"


@pytest.mark.parametrize("naive", [NOW.replace(tzinfo=None)])
def test_an_instant_without_zone_is_a_mistake(database: Database, naive: object) -> None:
    with pytest.raises(Exception, match="time zone"), database.unit() as unit:
        unit.inbox.purge(naive, naive)  # type: ignore[arg-type]
