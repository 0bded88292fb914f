"""A push is taken once, by key or alias, by whichever process comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import msgspec
import pytest
from sqlalchemy import select

from bot.messages import NOTHING, Answer, AnyInbound, FileKind, Say, Toast, Upload
from bot.ports import End, Seen
from storage.store import Database
from storage.tables import inbox
from storage.unit import Unit
from tests.storage.samples import ACCOUNT, CHAT, NOW, say

DONE = Answer(Toast("已提交"))
WHY = "KeyError in commands.py:80"


def take(unit: Unit, inbound: AnyInbound, answer: Answer = DONE) -> Seen | None:
    seen = unit.inbox.enter(inbound, NOW)
    if seen is None:
        unit.inbox.close(inbound, End.DONE, answer, None)
    return seen


@pytest.mark.parametrize(
    ("first", "second", "repeated"),
    [
        pytest.param(say("k1"), say("k1"), True, id="the same key"),
        pytest.param(say("k1", "m1"), say("k2", "m1"), True, id="the same alias"),
        pytest.param(say("k1"), say("k2"), False, id="two pushes without alias"),
        pytest.param(say("k1"), say("k1", channel="wecom"), False, id="another channel"),
        pytest.param(say("k1", "m1"), say("k2", "m2"), False, id="nothing in common"),
    ],
)
def test_what_counts_as_a_repetition(database: Database, first: Say, second: Say, repeated: bool) -> None:
    with database.unit() as unit:
        assert take(unit, first) is None
    with database.unit() as unit:
        assert take(unit, second) == (Seen(End.DONE, DONE) if repeated else None)


def test_a_repetition_writes_nothing(database: Database) -> None:
    with database.unit() as unit:
        take(unit, say("k1", "m1"))
        take(unit, say("k2", "m1"))
        assert unit.sql.execute(select(inbox.c.key)).scalars().all() == ["k1"]


def test_two_processes_take_one_push(open_database: Callable[[], Database]) -> None:
    processes = [open_database() for _ in range(2)]
    for number in range(20):
        inbound, together = say(f"k{number}", f"m{number}"), Barrier(2)

        def one(database: Database, inbound: Say = inbound, together: Barrier = together) -> Seen | None:
            together.wait()
            with database.unit() as unit:
                return take(unit, inbound)

        with ThreadPoolExecutor(2) as threads:
            ends = list(threads.map(one, processes))
        assert sorted(ends, key=str) == [None, Seen(End.DONE, DONE)]


def test_a_failed_push_is_kept_without_its_secret(database: Database) -> None:
    upload = Upload(
        key="k1", sender=ACCOUNT, place=CHAT, sent_at=NOW, trace="t", kind=FileKind.FILE, handle="secret", name="a.pdf"
    )
    with database.unit() as unit:
        unit.inbox.fail(upload, NOW, DONE, "ab12", WHY)
    with database.unit() as unit:
        assert unit.inbox.enter(upload, NOW) == Seen(End.FAILED, DONE)
        kept, reference = unit.sql.execute(select(inbox.c.push, inbox.c.reference)).one()
    assert (kept, reference) == (msgspec.structs.replace(upload, handle=""), "ab12")


def test_what_ended_cannot_fail_any_more(database: Database) -> None:
    with database.unit() as unit:
        take(unit, say("k1"))
        unit.inbox.fail(say("k1"), NOW, NOTHING, "ab12", WHY)
        assert unit.inbox.enter(say("k1"), NOW) == Seen(End.DONE, DONE)


def test_a_rolled_back_turn_leaves_the_push_to_the_next_one(database: Database) -> None:
    with suppress(KeyError), database.unit() as unit:
        take(unit, say("k1"))
        raise KeyError
    with database.unit() as unit:
        assert take(unit, say("k1")) is None


def test_any_text_can_be_kept(database: Database) -> None:
    odd = say("k1", text='\x00 \u202e ‎ 🐛 "quoted" \\ </script>')
    with database.unit() as unit:
        unit.inbox.fail(odd, NOW, NOTHING, "ab12", WHY)
        assert unit.sql.execute(select(inbox.c.push)).scalar_one() == odd


def test_what_failed_waits_for_a_replay_the_oldest_first(database: Database) -> None:
    with database.unit() as unit:
        unit.inbox.fail(say("k2"), NOW, NOTHING, "cd34", WHY)
        unit.inbox.fail(say("k1"), NOW - timedelta(hours=1), NOTHING, "ab12", WHY)
        take(unit, say("k3"))
    with database.snapshot() as unit:
        assert [(f.reference, f.push.key, f.reason) for f in unit.inbox.failures()] == [
            ("ab12", "k1", WHY),
            ("cd34", "k2", WHY),
        ]
        assert unit.inbox.failure_counts() == {"feishu": 2}
        assert not unit.inbox.has_been_replayed("ab12")


def test_a_failed_push_ends_once(database: Database) -> None:
    with database.unit() as unit:
        unit.inbox.fail(say("k1"), NOW, NOTHING, "ab12", WHY)
    with database.unit() as unit:
        assert unit.inbox.reopen(say("k1"))
        unit.inbox.close(say("k1"), End.DONE, DONE, None)
    with database.unit() as unit:
        assert not unit.inbox.reopen(say("k1"))
        assert not unit.inbox.reopen(say("never came"))
        assert unit.inbox.enter(say("k1"), NOW) == Seen(End.DONE, DONE)
        assert unit.inbox.failures() == []
        assert unit.inbox.has_been_replayed("ab12")


def test_a_second_failure_says_why_anew(database: Database) -> None:
    with database.unit() as unit:
        unit.inbox.fail(say("k1"), NOW, DONE, "ab12", WHY)
    with database.unit() as unit:
        unit.inbox.fail(say("k1"), NOW + timedelta(hours=1), NOTHING, "ab12", "ValueError in rules.py:9")
    with database.snapshot() as unit:
        (kept,) = unit.inbox.failures()
        assert (kept.received, kept.reason) == (NOW, "ValueError in rules.py:9")
    with database.unit() as unit:
        assert unit.inbox.enter(say("k1"), NOW) == Seen(End.FAILED, DONE)


def test_old_keys_are_purged_what_failed_later(database: Database) -> None:
    with database.unit() as unit:
        for days in (1, 3, 31):
            unit.inbox.enter(say(f"{days} days"), NOW - timedelta(days=days))
            unit.inbox.fail(say(f"failed {days} days"), NOW - timedelta(days=days), NOTHING, "ab12", WHY)
        assert unit.inbox.purge(NOW - timedelta(days=2), NOW - timedelta(days=30)) == 3
        kept = unit.sql.execute(select(inbox.c.key).order_by(inbox.c.key)).scalars().all()
        assert kept == ["1 days", "failed 1 days", "failed 3 days"]
