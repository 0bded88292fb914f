"""A violated constraint is the same on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    insert,
    literal_column,
)
from sqlalchemy.exc import IntegrityError

from storage import constraints
from storage.constraints import Violation, violated, violates
from storage.store import Database
from storage.tables import index, metadata

sample = MetaData(naming_convention=metadata.naming_convention)
claims = Table(
    "claims",
    sample,
    Column("id", Integer, primary_key=True),
    Column("customer", String, nullable=False),
    Column("line", String, nullable=False),
    Column("code", String, nullable=False),
    Column("state", String, nullable=False),
    Column("before", Integer, ForeignKey("claims.id")),
    UniqueConstraint("code"),
    CheckConstraint("line != '?'", name="line_known"),
)
one_live = index(
    "uq_claims_live", claims.c.customer, claims.c.line, where=claims.c.state == literal_column("'live'"), unique=True
)
(one_code,) = (c for c in claims.constraints if isinstance(c, UniqueConstraint))
STANDING = {"id": 1, "customer": "云栖湾", "line": "中央空调", "code": "c1", "state": "live", "before": None}
FRESH = {"id": 2, "customer": "西溪", "line": "热水", "code": "c2", "state": "live", "before": 1}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a capability had declared the table."""
    monkeypatch.setattr(constraints, "metadata", sample)


def refusal(database: Database, row: dict[str, object]) -> IntegrityError:
    with database.unit() as unit:
        sample.create_all(unit.sql)
        unit.sql.execute(insert(claims), STANDING)
        with pytest.raises(IntegrityError) as refused, unit.savepoint():
            unit.sql.execute(insert(claims), row)
    return refused.value


@pytest.mark.parametrize(
    ("wrong", "violation"),
    [
        ({"id": 1}, Violation("claims", ("id",), "pk_claims")),
        ({"code": "c1"}, Violation("claims", ("code",), "uq_claims_code")),
        ({"customer": "云栖湾", "line": "中央空调"}, Violation("claims", ("customer", "line"), "uq_claims_live")),
        ({"customer": None}, Violation("claims", ("customer",))),
    ],
)
def test_columns_say_which(database: Database, wrong: dict[str, object], violation: Violation) -> None:
    assert violated(refusal(database, FRESH | wrong)) == violation


def test_a_check_is_known_by_its_name(database: Database) -> None:
    assert violated(refusal(database, FRESH | {"line": "?"})).name == "ck_claims_line_known"


def test_a_missing_row_is_nobodys_unique_constraint(database: Database) -> None:
    error = refusal(database, FRESH | {"before": 9})
    assert not violates(error, one_live)
    assert not violates(error, one_code)


def test_a_handler_asks_for_its_own_constraint(database: Database) -> None:
    error = refusal(database, FRESH | {"customer": "云栖湾", "line": "中央空调"})
    assert violates(error, one_live)
    assert not violates(error, one_code)


def test_outside_its_condition_a_partial_index_does_not_bind(database: Database) -> None:
    with database.unit() as unit:
        sample.create_all(unit.sql)
        unit.sql.execute(
            insert(claims), [STANDING, FRESH | {"customer": "云栖湾", "line": "中央空调", "state": "lost"}]
        )
