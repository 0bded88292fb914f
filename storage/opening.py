"""The configured database, brought to this program's version before anybody works with it."""

from __future__ import annotations

from bot.config import Config
from bot.errors import OperatorError
from bot.messages import Spelling
from storage.engine import parse, plain_engine
from storage.migrate import SchemaState, current_state, migrate
from storage.store import Database


def open_database(
    config: Config, spelling: Spelling | None = None, *, alone: bool = False, migrating: bool = False
) -> Database:
    """At this program's version. ``alone``: keeps the lock of an SQLite file, which one process at a time may have.

    An SQLite file is migrated by whoever opens it first while nobody has the lock; PostgreSQL only if ``migrating``.
    """
    file = config.database.file
    url = config.database.url.get_secret_value()
    database = Database(url, spelling=spelling) if spelling else Database(url)
    try:
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
        if alone:
            database.lock_file()
        _bring_up_to_date(config, database, migrating=migrating or file is not None)
        if not alone:
            database.unlock()
    except OSError as error:
        database.close()
        raise OperatorError(f"database.url：无法使用 {error.filename}（{error.strerror}），请检查路径与权限") from None
    except BaseException:
        database.close()
        raise
    return database


def _bring_up_to_date(config: Config, database: Database, *, migrating: bool) -> None:
    state = schema_state(config)
    if state is SchemaState.CURRENT:
        return
    if state is SchemaState.NEWER:
        raise OperatorError("数据库比这个程序新，请安装迁移它的那个版本或更新的版本")
    if not migrating:
        raise OperatorError("数据库还不是这个版本，请先运行 python -m bot migrate")
    database.lock_file()
    migrate(config.database.url.get_secret_value())


def schema_state(config: Config) -> SchemaState:
    """EMPTY also for an SQLite file that does not exist; it is not made by looking."""
    file = config.database.file
    if file and not file.exists():
        return SchemaState.EMPTY
    engine = plain_engine(parse(config.database.url.get_secret_value()))
    try:
        return current_state(engine)
    finally:
        engine.dispose()
