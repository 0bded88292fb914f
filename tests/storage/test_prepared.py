"""Statements run by the driver's own cursor: the same values, counts and errors as through SQLAlchemy."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import Unavailable
from bot.messages import Answer, Toast
from bot.permit import Role
from bot.ports import End
from storage.constraints import violates
from storage.prepared import Prepared
from storage.store import Database
from storage.tables import holidays, inbox, outbox, persons
from storage.unit import Unit
from tests.storage.samples import NOW, add, people, postgres_only, send

CAME = {"channel": "feishu", "key": "k1", "alias": "", "received": NOW, "end": End.DONE, "answer": Answer(Toast("好"))}
ADD = Prepared(insert(inbox))
BOSS = {"name": "林岚", "phone": "", "agent": "", "region": "", "province": "", "language": "", "active": True}


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (select(inbox.c.key, inbox.c.received, inbox.c.end, inbox.c.answer, inbox.c.push), {}),
        (select(inbox.c.key).where(inbox.c.received == bindparam("at")), {"at": NOW}),
        (select(inbox.c.key).where(inbox.c.answer == bindparam("said")), {"said": CAME["answer"]}),
        (select(inbox.c.key).where(inbox.c.end == End.DONE).limit(bindparam("most")), {"most": 1}),
        (select(inbox.c.key).where(inbox.c.end.in_([End.OPEN, End.DONE])).limit(1), {}),
        (select(inbox.c.key).where(inbox.c.key == bindparam("of")), {"of": "k2"}),
    ],
    ids=["types", "instant", "json", "a word of its own", "several of its own", "none"],
)
def test_rows_are_those_of_sqlalchemy(database: Database, statement: Any, values: dict[str, Any]) -> None:
    with database.unit() as unit:
        ADD.run(unit.sql, CAME)
        expected = [tuple(row) for row in unit.sql.execute(statement, values)]
        prepared = Prepared(statement)
        for _ in range(2):
            assert prepared.all(unit.sql, values) == expected
        assert prepared.first(unit.sql, values) == (expected[0] if expected else None)
        assert prepared.scalar(unit.sql, values) == (expected[0][0] if expected else None)
        names = [column.key for column in statement.exported_columns]
        assert prepared.named(unit.sql, values) == [dict(zip(names, row, strict=True)) for row in expected]


def test_what_is_written_depends_on_the_columns_given(database: Database) -> None:
    change = Prepared(update(persons).where(persons.c.name == bindparam("of")))
    added = Prepared(insert(persons).returning(persons.c.id, persons.c.role))
    with database.unit() as unit:
        ((number, role),) = added.all(unit.sql, BOSS | {"role": Role.HQ})
        assert role is Role.HQ
        assert change.run(unit.sql, {"of": "林岚", "region": "华东"}) == 1
        assert change.run(unit.sql, {"of": "林岚", "active": False, "role": Role.AUDITOR}) == 1
        assert change.run(unit.sql, {"of": "谁", "active": True}) == 0
        found = unit.identity.person(number)
    assert found is not None
    assert (found.region, found.active, found.role) == ("华东", False, Role.AUDITOR)


def test_a_violated_constraint_is_recognised(database: Database) -> None:
    with database.unit() as unit:
        ADD.run(unit.sql, CAME)
        with pytest.raises(IntegrityError) as raised, unit.savepoint():
            ADD.run(unit.sql, CAME)
        assert violates(raised.value, inbox.primary_key)
        assert unit.sql.execute(select(inbox.c.key)).scalars().all() == ["k1"]


def test_the_values_stay_out_of_an_error(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised, database.unit() as unit:
        ADD.run(unit.sql, CAME | {"key": None, "answer": Answer(Toast("秘密"))})
    assert "秘密" not in str(raised.value).replace(str(raised.value.orig), "")


def test_savepoints_within_each_other(database: Database) -> None:
    with database.unit() as unit:
        add(unit)
        with unit.savepoint():
            add(unit)
            with suppress(ZeroDivisionError), unit.savepoint():
                add(unit)
                raise ZeroDivisionError
            add(unit)
        assert people(unit) == 3
        with suppress(ZeroDivisionError), unit.savepoint():
            with unit.savepoint():
                add(unit)
            raise ZeroDivisionError
        assert people(unit) == 3


@postgres_only
@pytest.mark.parametrize("savepoints", range(3))
async def test_a_connection_that_is_gone_is_an_outage_once(database: Database, savepoints: int) -> None:
    def work(unit: Unit) -> None:
        with ExitStack() as inside:
            for _ in range(savepoints):
                inside.enter_context(unit.savepoint())
            pid = unit.sql.execute(text("SELECT pg_backend_pid()")).scalar_one()
            url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
            with unit.savepoint():
                send(unit)

    with pytest.raises(Unavailable):
        await database.write(work)
    await database.write(send)
    assert await database.read(lambda unit: len(unit.sql.execute(select(outbox.c.id)).all())) == 1


def test_a_statement_without_values(database: Database) -> None:
    with database.snapshot() as unit:
        assert Prepared(select(holidays.c.date).where(holidays.c.name == "没有")).all(unit.sql) == []
