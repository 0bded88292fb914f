"""The composition root: with ``__main__`` the only place that knows every part."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime

from aiohttp import web

from adapters import web as pages
from adapters.channel import Channel
from adapters.handing import HandingPages
from adapters.opening import open_channel, spelling
from adapters.silence import Silence
from bot import doctor, health, holidays, imports, sheets
from bot.cabinet import Cabinet
from bot.calendar import seed_days
from bot.clock import Clock, FileClock, machine
from bot.clockwork import Clockwork
from bot.config import Config
from bot.converse import Conversation
from bot.copies import Copyist
from bot.delivery import Delivery
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.draft_card import core_feature
from bot.errors import OperatorError, Unavailable
from bot.feature import Catalog, Imported, Importer, Row
from bot.fetching import Fetcher
from bot.handover import Handover
from bot.health import ChannelState
from bot.house import House
from bot.jobs import PURGE_INBOX, Chore, Ticker
from bot.keys import Keyring, head_signer, open_keyring
from bot.links import Links
from bot.metrics import Metrics
from bot.ports import OutState, Trace
from bot.premises import Premises, open_clock
from bot.sending.observed import Observed
from bot.sending.sender import Files, Pace
from bot.shelf import Shelf
from bot.spool import Spool, folder_of
from bot.usage import WRITE_EVERY, Usage
from handlers.catalog import features
from handlers.channels.jobs import NEWS as CHANNEL_NEWS
from storage import holidays as holiday_table
from storage import seals
from storage.opening import open_database
from storage.unit import Unit

log = logging.getLogger(__name__)

CLOCK_WARNING = "业务时间取自 clock.file，仅限演练与验收"
SETTLED_POLL = 0.01


# -- what the commands share -----------------------------------------------------------------------------------------


def all_features() -> Catalog:
    return Catalog([core_feature(), *features()])


def importers(catalog: Catalog) -> dict[str, Importer]:
    """What ``import`` takes: each capability's kinds, and the calendar's own."""
    own = Importer("holidays", holidays.HEADERS, holidays.REQUIRED, _import_holidays)
    return {each.name: each for feature in catalog.features for each in feature.importers} | {own.name: own}


def _import_holidays(unit: Unit, rows: Sequence[Row], now: datetime) -> Imported:
    days, imported = holidays.merge(holiday_table.read(unit.sql), rows)
    if not imported.problems:
        holiday_table.replace(unit.sql, days)
    return imported


def _prepare(unit: Unit, premises: Premises) -> None:
    """Before the first use: the official holidays, unless there is a table already."""
    if not holiday_table.read(unit.sql):
        holiday_table.replace(unit.sql, seed_days())
    premises.refresh(unit)


def _premises(config: Config) -> Premises:
    url = config.server.public_url
    return Premises(config.organization, lambda unit: holiday_table.read(unit.sql), config.messengers, url)


@contextmanager
def open_desk(config: Config) -> Iterator[Desk]:
    """For a command line: a short reader or writer that works while ``serve`` runs."""
    clock, premises = open_clock(config), _premises(config)
    database = open_database(config, spelling(config.channels))
    try:
        with database.unit() as unit:
            _prepare(unit, premises)
        yield Desk(database, clock, premises(), open_keyring(config), all_features(), print)
    finally:
        database.close()


def dispatcher_at(desk: Desk, config: Config) -> Dispatcher:
    """Turns from a command line, as ``serve`` would run them; what they send, ``serve`` delivers."""
    usage = Usage(desk.clock.now, config.organization.zone)
    can = {channel.channel: channel.can for channel in channels(config, desk.clock, Metrics(), usage)}
    copyist = Copyist(desk.catalog, desk.keys, can)
    return Dispatcher(desk.store, Conversation(desk.catalog, copyist, desk.keys, lambda: desk.house, can), desk.clock)


# -- the channels ----------------------------------------------------------------------------------------------------


def channels(config: Config, clock: Clock, metrics: Metrics, usage: Usage) -> list[Channel]:
    return [
        open_channel(name, channel, clock.now, metrics.door(name), usage.meter(name), config.server.public_url)
        for name, channel in config.channels.items()
    ]


# -- the process -----------------------------------------------------------------------------------------------------


class App:
    """One ``serve``: web server, delivery and timers, started and stopped together."""

    def __init__(
        self,
        config: Config,
        clock: Clock | None = None,
        page: pages.Page | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.config = config
        self.clock = clock or open_clock(config)
        self.metrics = Metrics()
        self.catalog = all_features()
        self.premises = _premises(config)
        self.usage = Usage(self.clock.now, config.organization.zone, CHANNEL_NEWS)
        self.channels = channels(config, self.clock, self.metrics, self.usage)
        self.address = ""
        self._page = page
        self._trace = trace
        self._started = AsyncExitStack()

    async def start(self) -> None:
        """OperatorError if something that an operator can put right is in the way; then nothing stays open."""
        try:
            await self._start(self._started)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Takes nothing more, lets turns and what is being sent end, seals the audit trail, closes the database."""
        await self._started.aclose()

    async def tick(self) -> int:
        """Runs what is due now instead of with the next tick; how many slots ran."""
        return await self.ticker.tick()

    async def settled(self) -> None:
        """Returns once nothing is being sent, nor could be sent now."""
        while await self.store.read(self._unsettled):  # noqa: ASYNC110 - a store tells of no arrivals
            await asyncio.sleep(SETTLED_POLL)

    def house(self) -> House:
        """As it is now."""
        return self.premises()

    def without_database(self, away: bool) -> None:
        """As if it could not be reached, until told otherwise."""
        self.store.away = away

    async def import_sheet(self, kind: str, name: str, data: bytes) -> Imported:
        """``import KIND`` for a file's bytes; with problems nothing was written."""
        importer = importers(self.catalog)[kind]
        sheet = sheets.parse(name, data, importer.headers, importer.required)
        try:
            return await self.store.write(lambda unit: imports.load(unit, importer, sheet, self.clock.now()))
        except imports.Undone as undone:
            return undone.imported

    # -- starting ----------------------------------------------------------------------------------------------------

    async def _start(self, started: AsyncExitStack) -> None:
        """In this order; ``stop`` goes backwards."""
        self.store = open_database(self.config, spelling(self.config.channels), alone=True)
        started.callback(self.store.close)
        await self.store.write(lambda unit: _prepare(unit, self.premises))
        self._compose(open_keyring(self.config))
        started.push_async_callback(self._seal_all)
        started.push_async_callback(self._write_usage)
        for channel in self.channels:
            await channel.start()
            started.push_async_callback(channel.stop)
        await self.delivery.start()
        started.push_async_callback(self.delivery.stop)
        await self.ticker.start()
        started.push_async_callback(self.ticker.stop)
        started.push_async_callback(self.dispatcher.drain)
        await self.spool.start()
        started.push_async_callback(self.spool.stop)
        await self.fetcher.start(self.dispatcher)
        started.push_async_callback(self.fetcher.stop)
        watching = asyncio.create_task(health.watch_loop(self.metrics.loop_lag))
        started.callback(watching.cancel)
        self._say_what_is_unusual()
        await self._serve(started)
        for channel in self.channels:
            started.push_async_callback(channel.leave)
            await channel.listen(self.spool)

    def _compose(self, keys: Keyring) -> None:
        config, store, clock, metrics = self.config, self.store, self.clock, self.metrics
        self._sign = head_signer(keys)
        self.cabinet = Cabinet(config.database.files)
        can = {channel.channel: channel.can for channel in self.channels}
        copyist = Copyist(self.catalog, keys, can)
        conversation = Conversation(self.catalog, copyist, keys, self.premises, can)
        self.dispatcher = Dispatcher(store, conversation, clock, metrics.turn)
        self.dispatcher.trace = self._trace
        by_name = {channel.channel: channel for channel in self.channels}
        self.fetcher = Fetcher(store, by_name, self.cabinet, keys, clock, config.scheduler.tick_seconds)
        self.dispatcher.file_wanted = self.fetcher.wake
        links = Links(keys, config.server.public_url)
        self.handover = Handover(store, self.dispatcher, self.cabinet, self.catalog, links, self.premises, clock)
        self.spool = Spool(self.dispatcher, can, clock, Shelf(folder_of(config)), keys)
        self.delivery = self._delivery(Pace(poll=config.delivery.poll_seconds))
        clockwork = Clockwork(self.catalog, copyist, self.premises)
        clockwork.trace = self._trace
        self.ticker = Ticker(
            store,
            clock,
            clockwork.runs(),
            recurring=clockwork.daily(config.organization.zone),
            chores=(
                PURGE_INBOX,
                Chore("delivery reports", clockwork.report),
                Chore("calendar", self._follow_calendar),
                Chore("seal", self._seal),
                Chore("usage", self.usage.exchange, every=WRITE_EVERY),
                Chore("channel news", self.usage.promise_news),
            ),
            tick_seconds=config.scheduler.tick_seconds,
        )
        metrics.tick_age(lambda: math.inf if (age := self._tick_age()) is None else age)

    def _delivery(self, pace: Pace) -> Delivery:
        elected = {channel.channel: channel.elected for channel in self.channels}
        return Delivery(
            self.store,
            [Observed(channel, self._trace) if self._trace else channel for channel in self.channels],
            self.clock,
            meter=self.metrics,
            pace=pace,
            elected=lambda name, is_sender: elected[name](is_sender),
            files=Files(self.cabinet, {channel.channel: channel for channel in self.channels}),
        )

    async def _serve(self, started: AsyncExitStack) -> None:
        checks = health.Health(self.store, self._tick_age, self._channels, self._warnings, self.usage.spent)
        handlers = {channel.channel: channel.callback(self.spool) for channel in self.channels}
        callbacks = {name: handler for name, handler in handlers.items() if handler}
        handed = HandingPages(self.handover).routes()
        silence = Silence()
        runner = pages.runner(pages.build(checks, self.metrics, callbacks, self._page, handed, silence))
        await runner.setup()
        started.push_async_callback(runner.cleanup)
        ending = asyncio.create_task(silence.end(runner))
        started.callback(ending.cancel)
        server = self.config.server
        try:
            await web.TCPSite(runner, server.host, server.port, backlog=pages.BACKLOG).start()
        except OSError as error:
            raise OperatorError(f"server.port：无法监听 {server.host}:{server.port}（{error.strerror}）") from None
        host = f"[{server.host}]" if ":" in server.host else server.host
        self.address = f"http://{host}:{runner.addresses[0][1]}"
        log.info("serving on %s", self.address)

    # -- what it says of itself --------------------------------------------------------------------------------------

    def _say_what_is_unusual(self) -> None:
        for warning in self._warnings():
            log.warning("%s", warning)
        if not self.channels:
            log.warning("没有可用的渠道：请在 bot.toml 里填写 [channels.…]")

    # -- what it does by itself --------------------------------------------------------------------------------------

    def _seal(self, unit: Unit, now: datetime) -> int:
        return seals.seal(unit, self._sign, now)

    async def _seal_all(self) -> None:
        """On a clean stop no entry stays unsealed; if the database is gone, the next start catches up."""
        try:
            while await self.store.write(lambda unit: self._seal(unit, self.clock.now())) == seals.MOST:
                pass
        except Unavailable as error:
            log.warning("the audit trail could not be sealed: %s", error)

    async def _write_usage(self) -> None:
        try:
            await self.store.write(lambda unit: self.usage.exchange(unit, self.clock.now()))
        except Unavailable as error:
            log.warning("what the messengers charged lately could not be written: %s", error)

    def _follow_calendar(self, unit: Unit, now: datetime) -> None:
        if self.premises.refresh(unit):
            for gap in doctor.gaps(self.premises().calendar, now):
                log.warning("%s", gap)

    def _tick_age(self) -> float | None:
        return None if self.ticker.last_tick is None else machine() - self.ticker.last_tick

    def _channels(self) -> dict[str, ChannelState]:
        return {channel.channel: channel.state for channel in self.channels}

    def _warnings(self) -> tuple[str, ...]:
        clock = (CLOCK_WARNING,) if isinstance(self.clock, FileClock) else ()
        kept = (f"{n} 条消息暂存在本机，等数据库恢复后处理",) if (n := self.spool.waiting) else ()
        return *clock, *kept, *doctor.gaps(self.premises().calendar, self.clock.now())

    def _unsettled(self, unit: Unit) -> bool:
        now = self.clock.now()
        under_way = any(state == OutState.SENDING for _, state in unit.outbox.state_counts())
        return under_way or any(unit.outbox.due(channel.channel, now, 1) for channel in self.channels)
