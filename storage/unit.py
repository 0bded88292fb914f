"""One transaction, as handlers see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection

from storage.audit import Audit
from storage.copies import Copies
from storage.dialogue import Dialogue
from storage.identity import Identity
from storage.inbox import Inbox
from storage.jobs import Jobs
from storage.numbers import Numbers
from storage.outbox import Outbox


class Unit:
    """``sql`` is for the capabilities' own queries; ``writing`` is False on a snapshot, where nothing can be locked."""

    def __init__(self, sql: Connection, writing: bool) -> None:
        self.sql = sql
        self.writing = writing

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.sql)

    @cached_property
    def identity(self) -> Identity:
        return Identity(self.sql)

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

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        with self.sql.begin_nested():
            yield
