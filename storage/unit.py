"""One transaction, as handlers see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot import watching
from bot.messages import Spelling
from storage.audit import Audit
from storage.charges import Charges
from storage.copies import Copies
from storage.dialogue import Dialogue
from storage.files import Files
from storage.identity import Identity
from storage.inbox import Inbox
from storage.jobs import Jobs
from storage.numbers import Numbers
from storage.outbox import Outbox
from storage.prepared import run_text


class Unit:
    """``sql`` is for the capabilities' own queries; ``writing`` is False on a snapshot, where nothing can be locked."""

    def __init__(self, sql: Connection, writing: bool, spelling: Spelling) -> None:
        self.sql = sql
        self.writing = writing
        self._spelling = spelling

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.sql)

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.sql, self._spelling)

    @cached_property
    def copies(self) -> Copies:
        return Copies(self.sql, self.writing)

    @cached_property
    def dialogue(self) -> Dialogue:
        return Dialogue(self.sql, self.writing)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.sql)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.sql)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self.sql)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.sql)

    @cached_property
    def charges(self) -> Charges:
        return Charges(self.sql)

    @cached_property
    def files(self) -> Files:
        return Files(self.sql)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        watch = watching.current()
        noted = len(watch.changes) if watch else 0
        run_text(self.sql, "SAVEPOINT inner_one")
        try:
            yield
        except DBAPIError:
            with suppress(DBAPIError):  # on SQLite's disk errors all of it is gone already
                self._undo()
            raise
        except BaseException:
            self._undo()
            if watch:
                del watch.changes[noted:]
            raise
        run_text(self.sql, "RELEASE SAVEPOINT inner_one")

    def _undo(self) -> None:
        """Of savepoints with the same name the innermost is meant, on both databases; with its connection all is gone."""
        if self.sql.invalidated:
            return
        run_text(self.sql, "ROLLBACK TO SAVEPOINT inner_one")
        run_text(self.sql, "RELEASE SAVEPOINT inner_one")
