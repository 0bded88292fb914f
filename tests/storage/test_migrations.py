"""Migrations: one branch a folder, and in the end exactly the tables the code knows."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, inspect, text

from bot.errors import OperatorError
from storage import migrate as migrating
from storage.engine import parse, plain_engine
from storage.migrate import SchemaState, current_state, migrate
from storage.store import Database
from storage.tables import metadata
from tests.databases import Postgres

ROOT = Path(__file__).parent.parent.parent
FOLDERS = {"storage": ROOT / "storage/migrations/versions"} | {
    path.parent.name: path for path in sorted((ROOT / "handlers").glob("*/migrations"))
}
for tables in sorted((ROOT / "handlers").glob("*/tables.py")):
    importlib.import_module(f"handlers.{tables.parent.name}.tables")


def state(url: str) -> SchemaState:
    engine = plain_engine(parse(url))
    try:
        return current_state(engine)
    finally:
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/folder/bot.db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database("template1") as url:
            yield url


# -- the folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_one_branch_of_its_own(folder: str) -> None:
    scripts = ScriptDirectory.from_config(migrating.config())
    files = {path.stem for path in FOLDERS[folder].glob("*.py")}
    branch = [script for script in scripts.walk_revisions() if script.path.endswith(tuple(f"{f}.py" for f in files))]
    assert {script.revision for script in branch} == files, "a file is named as its revision"
    assert sorted(files) == [f"{folder}_{number:04}" for number in range(1, len(files) + 1)]
    assert [script.branch_labels for script in branch if not script.down_revision] == [{folder}]
    assert all(script.down_revision is None or str(script.down_revision) in files for script in branch)
    assert len(branch) - len({script.down_revision for script in branch} - {None}) == 1, "one head"


def described(inspector: Inspector) -> set[tuple[str, str]]:
    """All that the database says about its tables."""
    found: set[tuple[str, str]] = set()
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        columns = [
            (c["name"], str(c["type"]), c["nullable"], c["default"], c.get("autoincrement"))
            for c in inspector.get_columns(table)
        ]
        constraints = [
            inspector.get_pk_constraint(table),
            *inspector.get_unique_constraints(table),
            *inspector.get_foreign_keys(table),
            *inspector.get_check_constraints(table),
            *inspector.get_indexes(table),
        ]
        found |= {(table, str(column)) for column in columns} | {(table, spelled(each)) for each in constraints}
    return found


def spelled(constraint: Any) -> str:
    """A partial index's condition is an object that equals nothing but itself."""
    options = {name: str(value) for name, value in constraint.get("dialect_options", {}).items()}
    return str(sorted((name, str(value)) for name, value in (constraint | {"dialect_options": options}).items()))


def sequences(inspector: Inspector) -> list[str]:
    return sorted(inspector.get_sequence_names()) if inspector.dialect.supports_sequences else []


def test_the_migrated_schema_is_what_the_code_knows(database: Database) -> None:
    """As Alembic compares, and against the same tables made from the code."""
    with database.unit() as unit:
        assert compare_metadata(MigrationContext.configure(unit.sql), metadata) == []
        migrated = inspect(unit.sql)
        ours, our_sequences = described(migrated), sequences(migrated)
        metadata.drop_all(unit.sql)
        metadata.create_all(unit.sql)
        made = inspect(unit.sql)
        assert ours == described(made)
        assert our_sequences == sequences(made)


# -- the way there ---------------------------------------------------------------------------------------------------


def test_an_empty_database_becomes_current_and_stays_so(empty_url: str) -> None:
    migrate(empty_url)
    assert state(empty_url) is SchemaState.CURRENT
    migrate(empty_url)
    assert state(empty_url) is SchemaState.CURRENT


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/var/bot.db")
    assert (tmp_path / "var/bot.db").stat().st_mode & 0o777 == 0o600


def test_before_the_first_migration_it_is_empty(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    assert state(empty_url) is SchemaState.EMPTY


def test_an_unknown_revision_means_a_newer_program(database_url: str) -> None:
    engine = plain_engine(parse(database_url))
    with engine.begin() as sql:
        sql.execute(text("INSERT INTO alembic_version VALUES ('deals_9999')"))
    engine.dispose()
    assert state(database_url) is SchemaState.NEWER
    with pytest.raises(OperatorError, match="数据库比这个程序新") as refused:
        migrate(database_url)
    assert len(str(refused.value).splitlines()) == 1


GIFTS = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = {labels}
depends_on = {needs}

def upgrade():
    {upgrade}
"""
FIRST_GIFTS = GIFTS.format(
    revision="gifts_0001",
    down=None,
    labels=("gifts",),
    needs=("storage_0001",),
    upgrade="op.create_table('gifts', sa.Column('id', sa.Integer, sa.ForeignKey('persons.id'), primary_key=True))",
)
SECOND_GIFTS = GIFTS.format(
    revision="gifts_0002",
    down="'gifts_0001'",
    labels=None,
    needs=None,
    upgrade="op.execute(\"INSERT INTO persons SELECT 1, 'x', 'rep', '', '', '', '', NULL, 'zh-CN', true\"); {broken}",
)


@pytest.fixture
def add_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """A program with one capability more than this one."""
    root = tmp_path / "installed with 100 % care"
    for folder in (ROOT / "handlers").glob("*/migrations"):
        shutil.copytree(folder, root / "handlers" / folder.parent.name / "migrations")
    monkeypatch.setattr(migrating, "ROOT", root)

    def add(name: str, source: str) -> None:
        folder = root / "handlers/gifts/migrations"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(source, encoding="utf-8")

    return add


def people(url: str) -> int:
    engine = plain_engine(parse(url))
    with engine.connect() as sql:
        found: int = sql.execute(text("SELECT count(*) FROM persons")).scalar_one()
    engine.dispose()
    return found


def test_a_capability_brings_its_migrations(database_url: str, add_revision: Callable[[str, str], None]) -> None:
    assert state(database_url) is SchemaState.CURRENT
    add_revision("gifts_0001", FIRST_GIFTS)
    assert state(database_url) is SchemaState.BEHIND
    migrate(database_url)
    assert state(database_url) is SchemaState.CURRENT
    add_revision("gifts_0002", SECOND_GIFTS.format(broken=""))
    assert state(database_url) is SchemaState.BEHIND
    migrate(database_url)
    assert (state(database_url), people(database_url)) == (SchemaState.CURRENT, 1)


def test_a_migration_that_fails_changes_nothing(database_url: str, add_revision: Callable[[str, str], None]) -> None:
    add_revision("gifts_0001", FIRST_GIFTS)
    add_revision("gifts_0002", SECOND_GIFTS.format(broken="raise ZeroDivisionError"))
    with pytest.raises(ZeroDivisionError):
        migrate(database_url)
    assert (state(database_url), people(database_url)) == (SchemaState.BEHIND, 0)
    add_revision("gifts_0002", SECOND_GIFTS.format(broken=""))
    migrate(database_url)
    assert (state(database_url), people(database_url)) == (SchemaState.CURRENT, 1)


def test_a_migration_that_leaves_rows_without_their_parents_is_undone(
    database_url: str, add_revision: Callable[[str, str], None]
) -> None:
    add_revision("gifts_0001", FIRST_GIFTS)
    orphan = "op.execute('INSERT INTO gifts VALUES (99)')"
    add_revision("gifts_0002", SECOND_GIFTS.format(broken=orphan))
    with pytest.raises(Exception, match="gifts"):
        migrate(database_url)
    assert (state(database_url), people(database_url)) == (SchemaState.BEHIND, 0)
