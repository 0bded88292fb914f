"""Tampering with plain SQL: verification names the first broken place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text

from storage import audit as trail
from storage.seals import Head, chained, seal
from storage.store import Database
from storage.tables import audit, heads, seals
from storage.unit import Unit
from storage.verify import Broken, Fault, verify
from tests.storage.samples import HOUR, NOW
from tests.storage.sealing import check, record, sign, verdict


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
