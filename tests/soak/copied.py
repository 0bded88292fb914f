"""A database of its own for each conversation: a copy of one that was prepared once."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

_numbers = itertools.count()
LIMIT = "-c statement_timeout=20s"
"""A copy waits for whoever is still connected to the original; it fails rather than wait for ever."""


@contextmanager
def copied(database_url: str) -> Iterator[str]:
    """The address of a copy of a database that nobody is using."""
    url, name = make_url(database_url), f"copy_{next(_numbers)}"
    if url.get_backend_name() == "sqlite":
        original = Path(url.database or "")
        copy = original.with_name(f"{name}.db")
        shutil.copy(original, copy)
        try:
            yield f"sqlite:///{copy}"
        finally:
            for file in copy.parent.glob(f"{name}.db*"):
                file.unlink()
        return
    admin = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True, connect_timeout=10, options=LIMIT) as sql:
        sql.execute(f"CREATE DATABASE {name} TEMPLATE {url.database} STRATEGY file_copy")
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            sql.execute(f"DROP DATABASE {name} WITH (FORCE)")
