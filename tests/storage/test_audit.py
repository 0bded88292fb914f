"""The audit trail: digests that anyone can recompute, rows that cannot be changed, seals in order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.ports import AuditEntry
from storage import audit as trail
from storage.seals import Head, chained, seal
from storage.store import Database
from storage.tables import audit, seals
from storage.verify import Verdict
from tests.storage.samples import HOUR, NOW, entry
from tests.storage.sealing import record, sign, verdict

# -- entries ---------------------------------------------------------------------------------------------------------


def test_a_digest_can_be_recomputed_with_nothing_but_sha256(database: Database) -> None:
    with database.unit() as unit:
        digest = unit.audit.record(
            AuditEntry(
                at=NOW.astimezone(),
                actor="系统机器人",
                on_behalf_of="王磊",
                channel="feishu",
                object="BB1001",
                action="报备",
                before={},
                after={"b": [1, None], "a": {"y": True, "x": "云栖湾\x00"}},
                request="ab12",
            )
        )
        salt = unit.sql.execute(select(audit.c.salt)).scalar_one()
    spelled = (
        '{"action":"报备","actor":"系统机器人","after":{"a":{"x":"云栖湾\\u0000","y":true},"b":[1,null]},'
        '"at":"2026-03-02T09:00:00.000000+00:00","before":{},"channel":"feishu","object":"BB1001",'
        '"on_behalf_of":"王磊","request":"ab12"}'
    )
    assert len(salt) == 16
    assert digest == hashlib.sha256(salt + spelled.encode()).hexdigest()


def test_what_is_read_back_has_the_same_digest(database: Database) -> None:
    with database.unit() as unit:
        given = [unit.audit.record(entry(number, after={"n": number, "t": "x" * number})) for number in range(5)]
        rows = unit.sql.execute(select(audit).order_by(audit.c.id)).mappings().all()
    assert [trail.digest(row) for row in rows] == [row["digest"] for row in rows] == given


def test_the_same_entry_twice_has_two_digests(database: Database) -> None:
    with database.unit() as unit:
        assert unit.audit.record(entry(1)) != unit.audit.record(entry(1))


@pytest.mark.parametrize("odd", [1.5, b"x", {1, 2}, NOW, {1: "x"}, [0.1], {"deep": [{"deeper": 2.0}]}])
def test_what_has_no_one_spelling_is_refused(odd: object) -> None:
    with pytest.raises(TypeError, match="audit"):
        trail.canonical({"x": odd})


@pytest.mark.parametrize("table", ["audit", "seals", "heads"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_rows_cannot_be_changed(database: Database, table: str, change: str) -> None:
    column = {"audit": "actor", "seals": "digest", "heads": "signature"}[table]
    with database.unit() as unit:
        record(unit, 1, 2)
        seal(unit, sign, NOW)
        with pytest.raises(DBAPIError, match="append-only"), unit.savepoint():
            unit.sql.execute(text(change.format(table, column, f"'{'0' * 64}'")))
    assert verdict(database).broken is None


# -- the chain -------------------------------------------------------------------------------------------------------


def test_entries_are_sealed_in_order_and_the_tail_is_named(database: Database) -> None:
    with database.unit() as unit:
        assert seal(unit, sign, NOW) == 0
        record(unit, *range(5))
        assert [seal(unit, sign, NOW, most=3), seal(unit, sign, NOW + HOUR), seal(unit, sign, NOW)] == [3, 2, 0]
        record(unit, 6, 7)
        chain = unit.sql.execute(select(seals).order_by(seals.c.sequence)).all()
    hash_ = "0" * 64
    for number, link in enumerate(chain, start=1):
        hash_ = chained(hash_, number, link.entry, link.digest)
        assert (link.sequence, link.hash) == (number, hash_)
    assert verdict(database) == Verdict(5, Head(5, hash_, NOW + HOUR), 2, None)


def test_an_empty_trail_is_whole(database: Database) -> None:
    assert verdict(database) == Verdict(0, None, 0, None)


def test_two_processes_seal_each_entry_once_while_others_write(open_database: Callable[[], Database]) -> None:
    processes = [open_database(), open_database()]

    def work(number: int) -> int:
        with processes[number % 2].unit() as unit:
            if number % 4 < 2:
                record(unit, number)
                return 0
            return seal(unit, sign, NOW, patience=5)

    with ThreadPoolExecutor(8) as threads:
        sealed = sum(threads.map(work, range(120)))
    with processes[0].unit() as unit:
        sealed += seal(unit, sign, NOW)
    assert sealed == 60
    assert verdict(processes[0]) == Verdict(60, verdict(processes[1]).head, 0, None)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_sealing_waits_for_no_turn_that_takes_long(open_database: Callable[[], Database]) -> None:
    """An id taken by a turn under way might become visible after a greater one was sealed."""
    process, other = open_database(), open_database()
    with process.unit() as turn:
        record(turn, 1)
        with other.unit() as unit:
            record(unit, 2)
        with other.unit() as unit:
            assert seal(unit, sign, NOW, patience=0.01) == 0
    with other.unit() as unit:
        assert seal(unit, sign, NOW) == 2
    assert verdict(process).broken is None
