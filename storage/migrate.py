"""Migrations: ``storage`` and every capability are an Alembic branch each, upgraded together and only forward.

A capability's revisions lie in ``handlers/<name>/migrations``; they are named ``<name>_0001``, ``<name>_0002`` … and the
first of them carries ``branch_labels = ("<name>",)`` and may depend on other folders' revisions.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select

from bot.errors import OperatorError
from storage.engine import outages, parse, plain_engine, sqlite_path

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent / "migrations"


class SchemaState(StrEnum):
    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


def migrate(url: str) -> None:
    """Brings the database to this version, in one transaction. OperatorError if it is newer than this program.

    An SQLite file is created if it does not exist, readable by its owner only.
    """
    parsed = parse(url)
    if path := sqlite_path(parsed):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    engine = plain_engine(parsed)
    try:
        with outages():
            _upgrade(engine)
    finally:
        engine.dispose()


def current_state(engine: Engine) -> SchemaState:
    scripts = ScriptDirectory.from_config(config())
    with outages(), engine.connect() as sql:
        stamped = MigrationContext.configure(sql).get_current_heads()
    if not stamped:
        return SchemaState.EMPTY
    known = {script.revision: script for script in scripts.walk_revisions()}
    if not known.keys() >= set(stamped):
        return SchemaState.NEWER
    applied = {script.revision for script in scripts.iterate_revisions(stamped, "base", implicit_base=True)}
    return SchemaState.CURRENT if applied == known.keys() else SchemaState.BEHIND


def _upgrade(engine: Engine) -> None:
    if current_state(engine) is SchemaState.NEWER:
        raise OperatorError("数据库比这个程序新，请安装迁移它的那个版本或更新的版本")
    with engine.begin() as sql:
        if sql.dialect.name == "postgresql":
            sql.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("channelops migrate", 0))))
        settings = config()
        settings.attributes["connection"] = sql
        command.upgrade(settings, "heads")
        if sql.dialect.name == "sqlite" and (broken := sql.exec_driver_sql("PRAGMA foreign_key_check").first()):
            raise OperatorError(f"迁移已停止，没有改动：表 {broken[0]} 有一行引用了不存在的行")


def config() -> Config:
    """As an alembic.ini would say it; the folders are found in the file system, so nothing lists capabilities."""
    folders = [HERE / "versions", *sorted((ROOT / "handlers").glob("*/migrations"))]
    settings = Config()
    settings.set_main_option("script_location", _escaped(HERE))
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("version_locations", os.pathsep.join(map(_escaped, folders)))
    return settings


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
