"""The same turn over a small and over a large database, and finding what is due among what is not."""

from __future__ import annotations

import itertools
import os
import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event, text

from adapters.feishu.adapter import CAN
from bot.app import all_features
from bot.config import Config
from bot.converse import Conversation
from bot.copies import Copyist
from bot.keys import open_keyring
from bot.messages import Account, Say, single_chat
from bot.premises import Premises
from storage import holidays
from storage.store import Database
from storage.unit import Unit
from tests.bench.load import quantile
from tests.bench.rows import fill, make_due
from tests.bench.served import CROWD, REPS, configuration, databases
from tests.bench.table import Table, ms
from tests.bench.turn import LINE, TURNS
from tests.soak.crowd import customers

SMALL = 10_000
LARGE = int(os.environ.get("BENCH_ROWS", "1000000"))
DUE, LOOKS = 100, 30
ROUNDS, TIMES = 12, 25
NAMES = ("SQLite", "PostgreSQL")


def measure(table: Table) -> None:
    with databases(NAMES) as small, databases(NAMES) as large:
        for name in small:
            few, many = (Talk(configuration(urls[name], "http://127.0.0.1:9")) for urls in (small, large))
            for talk in (few, many):
                talk.register_everybody()
                talk.grow(1, SMALL)
            many.grow(SMALL + 1, LARGE)
            for words, title in TURNS.items():
                less, more = by_turns((few, many), words)
                against = f"{more / less:.2f} x of {SMALL:,} rows ({ms(less)}), aim: 1.2"
                table.add("growth", f"{title}; {LARGE:,} rows in each large table, {name}", ms(more), against)
            many.due(table, name)
            for talk in (few, many):
                talk.store.close()


def by_turns(talks: Sequence[Talk], words: str) -> list[float]:
    """What a turn takes in each of them, in seconds: what a quarter stayed below, since others use the machine as well.

    A few on the one, a few on the other, so that both meet the same moments.
    """
    took: list[list[float]] = [[] for _ in talks]
    for _ in range(ROUNDS):
        for talk, its in zip(talks, took, strict=True):
            its += [talk.say(words) for _ in range(TIMES)]
    return [quantile(each, 25) for each in took]


class Undone(Exception):
    """Leaves a transaction as it was."""


class Talk:
    """Turns without the wire: what the store and the conversation cost."""

    def __init__(self, config: Config) -> None:
        self.store = Database(config.database.url.get_secret_value())
        keys, catalog = open_keyring(config), all_features()
        house = Premises(config.organization, lambda unit: holidays.read(unit.sql))
        self.conversation = Conversation(catalog, Copyist(catalog, keys, {"feishu": CAN}), keys, house, {"feishu": CAN})
        self._names = customers()
        self._numbers = itertools.count()

    def register_everybody(self) -> None:
        for words in (LINE, "提交"):
            for _ in range(CROWD.reps):
                self.say(words)
        with self.store.unit() as unit:
            assert unit.sql.execute(text("SELECT count(*) FROM deals")).scalar_one() == CROWD.reps

    def say(self, words: str) -> float:
        """Seconds of one turn, its commit included."""
        number, now = next(self._numbers), datetime.now(UTC)
        sender = Account("feishu", "", REPS[number % len(REPS)])
        said = Say(
            key=f"b{number}",
            sender=sender,
            place=single_chat(sender),
            sent_at=now,
            trace=secrets.token_hex(8),
            text=words.format(next(self._names)) if words == LINE else words,
        )
        began = time.perf_counter()
        with self.store.unit() as unit:
            self.conversation.turn(unit, said, now, lambda: True)
        return time.perf_counter() - began

    def grow(self, first: int, last: int) -> None:
        for work in (lambda sql: fill(sql, first, last), lambda sql: sql.execute(text("ANALYZE"))):
            with self.store.unit() as unit:
                if unit.sql.dialect.name == "postgresql":
                    unit.sql.execute(text("SET LOCAL statement_timeout = 0"))
                work(unit.sql)

    def due(self, table: Table, name: str) -> None:
        with self.store.unit() as unit:
            make_due(unit.sql, DUE)
        looks: dict[str, Callable[[Unit], Any]] = {
            "messages": lambda unit: unit.outbox.due("feishu", datetime.now(UTC), DUE),
            "promises of the clock": lambda unit: unit.jobs.claim_due(datetime.now(UTC), 1),
        }
        for what, look in looks.items():
            took = statistics.median(self._in_the_database(look) for _ in range(LOOKS))
            table.add("growth", f"{DUE} {what} due among {LARGE:,}, {name}", ms(took), "in the database, aim: 1 ms")

    def _in_the_database(self, look: Callable[[Unit], Any]) -> float:
        """Seconds the driver waits for the statement; whatever it changes is undone."""
        with suppress(Undone), self.store.unit() as unit, _statements() as took:
            assert look(unit)
            raise Undone
        return sum(took)


@contextmanager
def _statements() -> Iterator[list[float]]:
    took: list[float] = []

    def before(*_: Any) -> None:
        took.append(-time.perf_counter())

    def after(*_: Any) -> None:
        took[-1] += time.perf_counter()

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield took
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)
