"""The audit trail: digests that anyone can recompute, rows that cannot be changed, a chain that shows every tampering."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.ports import AuditEntry
from storage import audit as trail
from storage.seals import Head, chained, seal
from storage.store import Database
from storage.tables import audit, heads, seals
from storage.unit import Unit
from storage.verify import Broken, Fault, Verdict, verify
from tests.storage.samples import HOUR, NOW, entry

KEY = b"key of the heads"


def sign(message: bytes) -> tuple[str, str]:
    return hmac.new(KEY, message, "sha256").hexdigest(), "k1"


def check(message: bytes, signature: str, key_id: str) -> bool:
    return key_id == "k1" and hmac.compare_digest(sign(message)[0], signature)


def record(unit: Unit, *numbers: int) -> None:
    for number in numbers:
        unit.audit.record(entry(number))


def verdict(database: Database, **period: Any) -> Verdict:
    with database.snapshot() as unit:
        return verify(unit, check, **period)


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


# -- tampering, with plain SQL ---------------------------------------------------------------------------------------


def drop_triggers(unit: Unit) -> None:
    for table in ("audit", "seals", "heads"):
        if unit.sql.dialect.name == "postgresql":
            unit.sql.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
        else:
            unit.sql.execute(text(f"DROP TRIGGER {table}_no_update"))
            unit.sql.execute(text(f"DROP TRIGGER {table}_no_delete"))


def redo_digest(unit: Unit, number: int) -> str:
    row = unit.sql.execute(select(audit).where(audit.c.id == number)).mappings().one()
    digest = trail.digest(row)
    unit.sql.execute(text(f"UPDATE audit SET digest = '{digest}' WHERE id = {number}"))
    return digest


def edit_a_word(unit: Unit) -> None:
    unit.sql.execute(text("UPDATE audit SET actor = '李静' WHERE id = 4"))


def edit_the_instant(unit: Unit) -> None:
    at = "at - interval '1 second'" if unit.sql.dialect.name == "postgresql" else "'2026-03-02 08:59:59.000000'"
    unit.sql.execute(text(f"UPDATE audit SET at = {at} WHERE id = 4"))


def edit_with_its_digest(unit: Unit) -> None:
    edit_a_word(unit)
    redo_digest(unit, 4)


def edit_with_its_seal(unit: Unit) -> None:
    edit_a_word(unit)
    unit.sql.execute(text(f"UPDATE seals SET digest = '{redo_digest(unit, 4)}' WHERE entry = 4"))


def edit_and_rewrite_the_chain(unit: Unit) -> None:
    edit_with_its_seal(unit)
    rewrite_chain(unit)


def rewrite_chain(unit: Unit) -> None:
    hash_ = "0" * 64
    for link in unit.sql.execute(select(seals).order_by(seals.c.sequence)).all():
        hash_ = chained(hash_, link.sequence, link.entry, link.digest)
        unit.sql.execute(text(f"UPDATE seals SET hash = '{hash_}' WHERE sequence = {link.sequence}"))


def rewrite_everything_but_the_signatures(unit: Unit) -> None:
    edit_and_rewrite_the_chain(unit)
    unit.sql.execute(text("UPDATE heads SET hash = (SELECT hash FROM seals WHERE sequence = heads.sequence)"))


def delete_an_entry(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM audit WHERE id = 4"))


def delete_the_first(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM audit WHERE id = 1"))


def delete_the_last_sealed(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM audit WHERE id = 9"))


def delete_with_its_seal(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM audit WHERE id = 4"))
    unit.sql.execute(text("DELETE FROM seals WHERE entry = 4"))


def delete_a_seal(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM seals WHERE entry = 4"))


def truncate_entries_and_seals(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM audit WHERE id IN (8, 9)"))
    unit.sql.execute(text("DELETE FROM seals WHERE entry >= 8"))


def delete_everything_but_the_heads(unit: Unit) -> None:
    unit.sql.execute(text("DELETE FROM audit"))
    unit.sql.execute(text("DELETE FROM seals"))


def insert_a_copy(unit: Unit, number: int) -> None:
    row = dict(unit.sql.execute(select(audit).where(audit.c.id == 2)).mappings().one()) | {
        "id": number,
        "actor": "何欣",
    }
    unit.sql.execute(insert(audit), row | {"digest": trail.digest(row)})


def insert_before_all(unit: Unit) -> None:
    insert_a_copy(unit, 0)


def insert_in_between(unit: Unit) -> None:
    unit.sql.execute(text("UPDATE audit SET id = 104 WHERE id = 4"))
    insert_a_copy(unit, 4)


def insert_and_shift(unit: Unit) -> None:
    for number in range(11, 3, -1):
        unit.sql.execute(text(f"UPDATE audit SET id = {number + 100} WHERE id = {number}"))
    for number in range(11, 3, -1):
        unit.sql.execute(text(f"UPDATE audit SET id = {number + 1} WHERE id = {number + 100}"))
    insert_a_copy(unit, 4)


def insert_with_a_seal_at_the_end(unit: Unit) -> None:
    insert_a_copy(unit, 50)
    last = unit.sql.execute(select(seals).where(seals.c.sequence == 9)).one()
    digest = redo_digest(unit, 50)
    forged = {"sequence": 10, "entry": 50, "digest": digest, "hash": chained(last.hash, 10, 50, digest)}
    unit.sql.execute(insert(seals), forged)


def edit_and_insert_at_the_end(unit: Unit) -> None:
    edit_a_word(unit)
    insert_with_a_seal_at_the_end(unit)


def swap(unit: Unit, table: str, column: str, a: int, b: int) -> None:
    for old, new in ((a, 1000), (b, a), (1000, b)):
        unit.sql.execute(text(f"UPDATE {table} SET {column} = {new} WHERE {column} = {old}"))


def swap_entries(unit: Unit) -> None:
    swap(unit, "audit", "id", 4, 6)


def swap_seals(unit: Unit) -> None:
    swap(unit, "seals", "sequence", 4, 6)


def swap_seals_and_rewrite_the_chain(unit: Unit) -> None:
    swap_seals(unit)
    rewrite_chain(unit)


def move_to_the_tail(unit: Unit) -> None:
    unit.sql.execute(text("UPDATE audit SET id = 40 WHERE id = 4"))


def edit_the_unsealed_tail(unit: Unit) -> None:
    unit.sql.execute(text("UPDATE audit SET actor = '李静' WHERE id = 11"))


TAMPERINGS = [
    (edit_a_word, Broken(4, 4, Fault.EDITED)),
    (edit_the_instant, Broken(4, 4, Fault.EDITED)),
    (edit_with_its_digest, Broken(4, 4, Fault.EDITED)),
    (edit_with_its_seal, Broken(4, 4, Fault.FORGED)),
    (edit_and_rewrite_the_chain, Broken(4, 0, Fault.FORGED)),
    (rewrite_everything_but_the_signatures, Broken(4, 0, Fault.FORGED)),
    (delete_an_entry, Broken(4, 4, Fault.DELETED)),
    (delete_the_first, Broken(1, 1, Fault.DELETED)),
    (delete_the_last_sealed, Broken(9, 9, Fault.DELETED)),
    (delete_with_its_seal, Broken(4, 5, Fault.DELETED)),
    (delete_a_seal, Broken(4, 4, Fault.DELETED)),
    (truncate_entries_and_seals, Broken(8, 10, Fault.TRUNCATED)),
    (delete_everything_but_the_heads, Broken(1, 0, Fault.TRUNCATED)),
    (insert_before_all, Broken(1, 0, Fault.INSERTED)),
    (insert_in_between, Broken(4, 4, Fault.EDITED)),
    (insert_and_shift, Broken(4, 4, Fault.EDITED)),
    (insert_with_a_seal_at_the_end, Broken(10, 10, Fault.FORGED)),
    (edit_and_insert_at_the_end, Broken(4, 4, Fault.EDITED)),
    (swap_entries, Broken(4, 4, Fault.REORDERED)),
    (swap_seals, Broken(4, 4, Fault.REORDERED)),
    (swap_seals_and_rewrite_the_chain, Broken(4, 4, Fault.REORDERED)),
    (move_to_the_tail, Broken(4, 4, Fault.DELETED)),
    (edit_the_unsealed_tail, Broken(11, 11, Fault.EDITED)),
]


@pytest.fixture
def sealed(database: Database) -> Database:
    """Nine entries under three heads, signed an hour apart, and two unsealed ones."""
    with database.unit() as unit:
        record(unit, *range(1, 10))
        for number in range(3):
            assert seal(unit, sign, NOW + number * HOUR, most=3) == 3
        record(unit, 10, 11)
        drop_triggers(unit)
    assert verdict(database).broken is None
    return database


@pytest.mark.parametrize(("tamper", "broken"), TAMPERINGS)
def test_verification_names_the_place(sealed: Database, tamper: Callable[[Unit], None], broken: Broken) -> None:
    with sealed.unit() as unit:
        tamper(unit)
    assert verdict(sealed).broken == broken


def test_another_key_signs_nothing(sealed: Database) -> None:
    with sealed.snapshot() as unit:
        stranger = verify(unit, lambda message, signature, key_id: False)
    assert stranger.broken == Broken(1, 0, Fault.FORGED)


@pytest.mark.parametrize(
    ("start", "end", "count", "unsealed"),
    [
        (None, None, 9, 2),
        (None, 0, 3, 0),
        (1, None, 6, 2),
        (1, 1, 3, 0),
        (0.5, 1, 3, 0),
        (0.5, 1.5, 6, 0),
        (7, None, 0, 2),
        (7, 8, 0, 0),
        (-1, 9, 9, 0),
    ],
)
def test_a_period_lies_between_signed_heads(
    sealed: Database, start: float | None, end: float | None, count: int, unsealed: int
) -> None:
    """Heads are signed at hour 0, 1 and 2, over three entries each."""
    found = verdict(
        sealed,
        start=None if start is None else NOW + timedelta(hours=start),
        end=None if end is None else NOW + timedelta(hours=end),
    )
    assert (found.count, found.unsealed, found.broken) == (count, unsealed, None)


@pytest.mark.parametrize(("start", "broken"), [(0, Broken(4, 4, Fault.EDITED)), (2, None)])
def test_a_period_knows_of_its_own_tampering_only(sealed: Database, start: int, broken: Broken | None) -> None:
    with sealed.unit() as unit:
        edit_a_word(unit)
    assert verdict(sealed, start=NOW + start * HOUR).broken == broken


def test_every_head_is_one_that_was_signed(sealed: Database) -> None:
    with sealed.unit() as unit:
        signed = unit.sql.execute(select(heads).order_by(heads.c.sequence)).all()
        assert [row.sequence for row in signed] == [3, 6, 9]
        assert all(check(Head(row.sequence, row.hash, row.at).spelled(), row.signature, row.key_id) for row in signed)
        assert unit.sql.execute(select(func.count()).select_from(seals)).scalar_one() == 9
