"""A state machine over what can happen to messages: fates, deaths, time, changes. Whatever comes, at the end it is even.

Chats keep their order, no group is told anything twice, a person only what a doubt or a death left uncertain (with a key
that was forgotten meanwhile, even that once more), nothing waits for ever, and the last version of a card is what people
see, or a line tells them.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import count, groupby
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from bot.cards import Card, Decided
from bot.clock import ManualClock
from bot.messages import Place
from bot.ports import Copy, CopyState, Lease, Outgoing, OutState, Sending
from bot.sending.sender import Pace
from storage.store import Database
from storage.tables import copies, outbox
from tests.delivery.messenger import Attempt, Fate, Messenger
from tests.delivery.office import START, TEAM, delivering, place, until
from tests.delivery.process import Process
from tests.delivery.virtual import VirtualLoop

STEADY = Pace(poll=30.0, lease=7200.0, spread=lambda low, high: 0.0)
CHATS = ("wang", "li", TEAM)
_numbers = count(1)


class Traffic(RuleBasedStateMachine):
    """One channel of its own in a database that all examples share."""

    database: Database
    window = timedelta(hours=1)

    def __init__(self) -> None:
        super().__init__()
        self.channel = f"feishu{next(_numbers)}"
        self.clock = ManualClock(START)
        self.fates: list[Fate] = []
        self.messenger = Messenger(self.channel, window=self.window, fate=self._fate, clock=self.clock)
        self.said: dict[str, list[str]] = defaultdict(list)
        self.cards: dict[int, tuple[int, str, list[str]]] = {}
        self.closing: set[int] = set()
        """The copies whose last change has to arrive; a refresh that fails is no news."""
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)

    def _fate(self, attempt: Attempt) -> Fate:
        return self.fates.pop(0) if self.fates else Fate.TAKEN

    def _place(self, chat: str) -> Place:
        return place(chat, self.channel)

    @rule(chat=st.sampled_from(CHATS), lines=st.integers(1, 3))
    def say(self, chat: str, lines: int) -> None:
        with self.database.unit() as unit:
            for _ in range(lines):
                self.said[chat].append(f"{chat} {len(self.said[chat])}")
                unit.outbox.add(self._send(chat, self.said[chat][-1]), self.clock.now())

    @rule(chat=st.sampled_from(CHATS))
    def show(self, chat: str) -> None:
        title = f"{chat} {len(self.said[chat])}"
        self.said[chat].append(title)
        with self.database.unit() as unit:
            copy = next(_numbers)
            row = unit.outbox.add(self._send(chat, Card(title), copy), self.clock.now())
            unit.copies.add(self._copy(copy, chat, row), self.clock.now())
            self.cards[copy] = (row, chat, [title])

    @precondition(lambda self: self.cards)
    @rule(pick=st.randoms(use_true_random=False), what=st.sampled_from([Sending.CLOSING, Sending.REFRESH]))
    def change(self, pick: Any, what: Sending) -> None:
        copy = pick.choice(sorted(self.cards))
        row, chat, versions = self.cards[copy]
        versions.append(f"{versions[0]} 第{len(versions)}版")
        card = Card(versions[-1], decided=Decided("已同意", "李静", "13:05"))
        self.closing = self.closing | {copy} if what is Sending.CLOSING else self.closing - {copy}
        edit = Outgoing(what=what, place=self._place(chat), content=card, target=row, copy=copy)
        with self.database.unit() as unit:
            unit.outbox.add(edit, self.clock.now())

    @rule(minutes=st.sampled_from([1, 20, 50, 90]))
    def pass_time(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule(fates=st.lists(st.sampled_from(Fate), max_size=8))
    def deliver(self, fates: list[Fate]) -> None:
        self.fates = list(fates)
        self._run(self._deliver_all)

    @rule(fates=st.lists(st.sampled_from(Fate), max_size=8), requests=st.integers(1, 4))
    def die_on_the_way(self, fates: list[Fate], requests: int) -> None:
        self.fates = list(fates)
        self._run(lambda: self._die_after(requests))

    def teardown(self) -> None:
        self.fates = []
        self._run(self._deliver_all)
        self.runner.close()
        self._check()

    # -- what happens ------------------------------------------------------------------------------------------------

    def _run(self, what: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.runner.run(what())

    async def _deliver_all(self) -> None:
        async with delivering(self.database, self.messenger, clock=self.clock, pace=STEADY):
            await until(lambda: not self._unfinished(), seconds=3600.0, look=0.25)

    async def _die_after(self, requests: int) -> None:
        process = Process(self.database, self.messenger, self.clock, STEADY)
        already = len(self.messenger.attempts)
        await process.start()
        await until(
            lambda: len(self.messenger.attempts) >= already + requests or not self._unfinished(),
            seconds=3600,
            look=0.02,
        )
        fence = process.die()
        await process.stop()
        await self.database.release(Lease(f"sender:{self.channel}", fence))  # as if its time had passed

    def _unfinished(self) -> bool:
        with self.database.unit() as unit:
            counts = unit.outbox.state_counts()
        return any(counts.get((self.channel, word)) for word in ("pending", "sending"))

    # -- what must hold ----------------------------------------------------------------------------------------------

    def _check(self) -> None:
        first_versions = defaultdict(list)
        for versions in self.messenger.messages.values():
            chat, payload = versions[0]
            first_versions[chat].append(payload.decode())
        for chat, said in self.said.items():
            seen = [text for text, _ in groupby(text for text in first_versions[chat] if text in said)]
            assert seen == [text for text in said if text in seen], "a chat lost its order"
        self._check_rows()
        for copy in self.cards:
            self._check_card(copy)

    def _check_rows(self) -> None:
        whole = self.messenger.everything()
        payloads: dict[int, set[bytes]] = defaultdict(set)
        for attempt in self.messenger.attempts:
            payloads[attempt.row.id].add(attempt.payload)
        assert all(len(bytes_sent) == 1 for bytes_sent in payloads.values())
        with self.database.unit() as unit:
            sends = select(outbox.c.content, outbox.c.state, outbox.c.reason, outbox.c.is_group).where(
                outbox.c.channel == self.channel, outbox.c.what == Sending.SEND
            )
            for content, state, reason, is_group in unit.sql.execute(sends):
                text = content.title if isinstance(content, Card) else content
                most = 1 if is_group else 3 if self.window else 2
                assert (state is OutState.SENT) <= whole[text] <= most, (text, state, reason)
                assert state in (OutState.SENT, OutState.UNKNOWN, OutState.DEAD), (text, state)

    def _check_card(self, copy: int) -> None:
        row, _, versions = self.cards[copy]
        with self.database.unit() as unit:
            state = unit.sql.execute(select(copies.c.state).where(copies.c.id == copy)).scalar_one()
            send = unit.sql.execute(select(outbox.c.state, outbox.c.handle).where(outbox.c.id == row)).one()
        if copy in self.closing and state is CopyState.LIVE and send.state is not OutState.DEAD:
            assert self.messenger.messages[send.handle][-1][1].decode() == versions[-1]

    def _send(self, chat: str, content: Card | str, copy: int | None = None) -> Outgoing:
        return Outgoing(what=Sending.SEND, place=self._place(chat), content=content, copy=copy)

    def _copy(self, copy: int, chat: str, row: int) -> Copy:
        return Copy(
            id=copy,
            view="v",
            kind="BB",
            number=copy,
            person=None,
            place=self._place(chat),
            send=row,
            state=CopyState.LIVE,
            buttons={},
            current=1,
            digest="",
        )


def test_traffic_with_a_key(database: Database) -> None:
    run(database, timedelta(hours=1))


def test_traffic_without_a_key(database: Database) -> None:
    run(database, timedelta(0))


def run(database: Database, window: timedelta) -> None:
    machine = type("TrafficHere", (Traffic,), {"database": database, "window": window})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
