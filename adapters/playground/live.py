"""The state of the page, live: what changes at the emulators or on the clock is told to every browser."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic

from aiohttp import web
from msgspec import json

from adapters.playground.activity import Activity
from adapters.playground.faults import Board
from adapters.playground.heldup import HeldUp
from adapters.playground.looking import Looking
from adapters.playground.messengers.messenger import Messenger
from adapters.playground.outcome import Outcomes, Wording
from adapters.playground.people import people, populate
from adapters.playground.repeating import Repeating
from adapters.playground.trace import Steps
from adapters.playground.values import Changes, Clock, Due, Jump, Message, State, Told, Trouble, Walking
from adapters.playground.walk import Walk
from adapters.playground.watch import Look, Watch, stamp
from adapters.playground.week import Week, mode
from bot.errors import Unavailable
from bot.ports import Rehearsal

log = logging.getLogger(__name__)

TOGETHER = 0.03
"""Seconds in which changes are collected before browsers hear of them."""
HEARTBEAT = 1.0
MOST_DUE = 60
GOING_AWAY = 1012
"""WebSocket close code: the service restarts, come back."""


class Live:
    """``messengers`` by channel; the mapping may hold other ones after a restart."""

    def __init__(self, messengers: Mapping[str, Messenger], rehearsal: Rehearsal, steps: Steps, words: Wording) -> None:
        self.messengers, self.rehearsal = messengers, rehearsal
        self._order = itertools.count(1).__next__
        self.activity = Activity(self._order, self.now, monotonic)
        self.repeating = Repeating(messengers.values)
        self.walk = Walk(rehearsal, self.repeating, self._moved)
        self.faults = Board(messengers, rehearsal)
        self.held_up = HeldUp(steps, messengers, self._messages, self.faults)
        self.outcomes = Outcomes(steps, messengers, words)
        self.looking = Looking(steps, self.activity, messengers, self._messages)
        self.week = Week()
        self.run = 0
        self._watches: list[Watch] = []
        self._unsubscribe: list[Callable[[], None]] = []
        self._jumps: list[Jump] = []
        self._jumps_told: list[Jump] = []
        self._browsers: set[web.WebSocketResponse] = set()
        self._dirty = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._repeats: asyncio.Task[None] | None = None
        self._told = Clock(now="", due=[])
        self._trouble_told = Trouble(switches=[], waiting=[])
        self._present = asyncio.Event()
        self._present.set()

    def now(self) -> str:
        return stamp(self.rehearsal.now())

    def poke(self) -> None:
        """Something may have changed."""
        self._dirty.set()

    # -- browsers ----------------------------------------------------------------------------------------------------

    async def join(self, browser: web.WebSocketResponse) -> None:
        """The browser gets everything now and what changes from now on; during a restart it waits."""
        await self._present.wait()
        if self._pump is None:
            self._attach()
            self.looking.lines.attach()
            self._pump = asyncio.create_task(self._keep_telling())
            self._repeats = asyncio.create_task(self._keep_repeating())
        await self._tell_changes()
        self._told, self._trouble_told = await self._clock(), self._trouble()
        await _send(browser, json.encode(self._state()))
        self._browsers.add(browser)

    def leave(self, browser: web.WebSocketResponse) -> None:
        self._browsers.discard(browser)

    async def close(self) -> None:
        """Browsers are sent away, to come back by themselves; nothing is subscribed any more."""
        for task in (self._pump, self._repeats):
            if task is not None:
                task.cancel()
        self._pump = self._repeats = None
        self.looking.lines.detach()
        self._detach()
        for browser in tuple(self._browsers):
            await browser.close(code=GOING_AWAY)

    # -- a new run ---------------------------------------------------------------------------------------------------

    async def restart(self) -> None:
        """The demo begins anew; what was said before is not shown any more, wherever it still lies."""
        self.walk.stop()
        await self.faults.all_off()
        for watch in self._watches:
            watch.forget()
        self._present.clear()
        try:
            await self.rehearsal.restart()
        finally:
            self._present.set()
        self._jumps.clear()
        self.activity.clear()
        self.looking.forget()
        self.faults.forget()
        self.week.forget()
        self._attach()
        self._told, self._trouble_told = await self._clock(), self._trouble()
        await self._tell(self._state())

    def _attach(self) -> None:
        self._detach()
        self.run += 1
        populate(self.messengers)
        old = {watch.messenger: watch for watch in self._watches}
        here = list(self.messengers.values())
        self._watches = [old.get(messenger) or Watch(messenger, self._order) for messenger in here]
        self._unsubscribe = [messenger.emulator.subscribe(self.poke) for messenger in here]
        self._look()

    def _detach(self) -> None:
        for leave in self._unsubscribe:
            leave()
        self._unsubscribe = []

    # -- telling -----------------------------------------------------------------------------------------------------

    async def jumped(self) -> Jump:
        """The clock begins to move here, after what was said so far; its end follows."""
        await self._tell_changes()
        jump = Jump(order=self._order(), start=self.now(), end="")
        self._jumps.append(jump)
        return jump

    def landed(self, jump: Jump) -> None:
        self._jumps = [
            Jump(order=one.order, start=one.start, end=self.now()) if one.order == jump.order else one
            for one in self._jumps
        ]
        self.poke()

    def _moved(self) -> None:
        self.poke()

    async def _keep_telling(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), HEARTBEAT)
            self._dirty.clear()
            await asyncio.sleep(TOGETHER)
            await self._present.wait()
            try:
                await self._tell_changes()
                await self._tell_clock()
                await self._tell_trouble()
            except Exception:
                log.exception("the page could not be told what changed")

    async def _keep_repeating(self) -> None:
        """What platforms repeat while time just passes; a walk sees to it by itself."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._present.wait()
            try:
                await self.repeating.repeat()
            except Exception:
                log.exception("a push could not be repeated")

    async def _tell_changes(self) -> None:
        look, events, jumps = self._look(), self.activity.news(), self._jumps[-1:]
        if look.messages or events or jumps != self._jumps_told:
            self._jumps_told = jumps
            await self._tell(Changes(messages=look.messages, jumps=jumps, events=events))

    async def _tell_trouble(self) -> None:
        trouble = self._trouble()
        if trouble != self._trouble_told:
            self._trouble_told = trouble
            await self._tell(trouble)

    def _trouble(self) -> Trouble:
        return Trouble(switches=self.faults.seen(), waiting=self.held_up.seen())

    def _messages(self) -> list[Message]:
        return [message for watch in self._watches for message in watch.everything()]

    def _look(self) -> Look:
        look = Look()
        for watch in self._watches:
            watch.look(look)
        sent = {name: len(messages) for name, messages in look.sent.items()}
        changed = {name: len(messages) for name, messages in look.changed.items()}
        self.activity.came(sent, changed)
        self.looking.join()
        self.activity.tell(self.outcomes.told)
        return look

    async def _tell_clock(self) -> None:
        clock = await self._clock()
        if clock != self._told:
            self._told = clock
            await self._tell(clock)

    async def _clock(self) -> Clock:
        walk = self.walk
        walking = Walking(stamp(walk.to), walk.done, walk.total) if walk.to else None
        now, house = self.rehearsal.now(), self.rehearsal.house()
        due = await self._due()
        days = list(self.week.days(house, now))
        return Clock(now=stamp(now), due=due, walking=walking, mode=mode(house, now), week=days)

    async def _due(self) -> list[Due]:
        """While the database is away, what was known last."""
        try:
            due = await self.rehearsal.due()
        except Unavailable:
            return self._told.due
        self.week.follow(self.rehearsal.house(), self.rehearsal.now(), (one.at for one in due))
        return [
            Due(
                stamp(one.at),
                one.what,
                one.about,
                one.why,
                one.moved,
                [(name, self._skin(at)) for name, at in one.whom],
            )
            for one in due[:MOST_DUE]
        ]

    def _skin(self, channel: str) -> str:
        messenger = self.messengers.get(channel)
        return messenger.skin if messenger else ""

    def _state(self) -> State:
        names = {messenger.emulator.bot_name for messenger in self.messengers.values()}
        return State(
            run=self.run,
            bot=next(iter(sorted(names)), ""),
            people=people(self.messengers),
            messages=sorted(self._messages(), key=lambda message: message.order),
            jumps=self._jumps,
            events=self.activity.everything(),
            clock=self._told,
            trouble=self._trouble_told,
        )

    async def _tell(self, told: Told) -> None:
        data = json.encode(told)
        for browser in tuple(self._browsers):
            await _send(browser, data)


async def _send(browser: web.WebSocketResponse, data: bytes) -> None:
    with suppress(ConnectionError):
        await browser.send_str(data.decode())
