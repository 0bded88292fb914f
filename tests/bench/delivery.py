"""What waits in the outbox goes out: how fast, at what cost, and how close to a messenger's own limit."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import aiohttp

from adapters.feishu.render import render
from bot.cards import Button, Card, Fields
from bot.messages import Place
from bot.ports import Limits, OutboxRow, Outgoing, OutState, Rate, Sending
from storage.store import Database
from tests.bench import load
from tests.bench.served import OTHERS, SERVER, databases, serving
from tests.bench.stub import SPAWN, Stub, stub
from tests.bench.table import Table, ms, rate

MESSAGES, LIMITED, LIMIT = 4000, 500, 50
CARD = Card(
    "新报备 BB1001",
    tag="待审批",
    blocks=(Fields((("客户", "杭州云栖湾酒店管理有限公司"), ("项目", "中央空调改造"), ("金额", "120.00 万元"))),),
    buttons=(Button("同意", "", id="demo.1.abcdefghijkl"),),
)


def measure(table: Table) -> None:
    with databases(("SQLite", "PostgreSQL")) as urls, stub(OTHERS) as platform:
        bare = _bare(table, platform)
        for name, url in urls.items():
            _raw(table, name, url, platform, bare)
        _limited(table, urls["SQLite"], platform)


def _raw(table: Table, name: str, url: str, platform: Stub, bare: float) -> None:
    _fill(url, MESSAGES)
    platform.forget()
    with serving(url, platform.base_url) as served:
        before = served.cpu()
        arrivals = _until(platform, MESSAGES)
        cpu = (served.cpu() - before) / MESSAGES
    per_second = MESSAGES / (arrivals[-1] - arrivals[0])
    table.add(
        "delivery",
        f"{MESSAGES} cards to as many chats, {name}",
        rate(per_second),
        f"{per_second / bare:.2f} of the bare loop, cpu {ms(cpu)} each",
    )


def _limited(table: Table, url: str, platform: Stub) -> None:
    """The first second's burst does not count: it is what the limit allows at once."""
    _fill(url, LIMITED)
    platform.forget()
    with serving(url, platform.base_url, Limits(channel=(Rate(LIMIT, 1.0),))):
        arrivals = _until(platform, LIMITED)
    per_second = (LIMITED - LIMIT) / (arrivals[-1] - arrivals[0])
    table.add(
        "delivery",
        f"a channel of {LIMIT}/s",
        f"{per_second:.1f}/s",
        f"{per_second / LIMIT:.3f} of its limit, aim: 0.95",
    )


def _fill(url: str, messages: int) -> None:
    database = Database(url)
    now = datetime.now(UTC)
    with database.unit() as unit:
        for number in range(messages):
            place = Place("feishu", load.TENANT, f"ou_{number}")
            unit.outbox.add(Outgoing(what=Sending.SEND, place=place, content=CARD), now)
    database.close()


def _until(platform: Stub, messages: int) -> list[float]:
    while platform.count() < messages:
        time.sleep(0.05)
    return platform.arrivals()


def _bare(table: Table, platform: Stub) -> float:
    """64 connections that post the same bytes and read the answer."""
    here, there = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_post, args=(platform.base_url, there))
    process.start()
    per_second, cpu = here.recv()
    process.join()
    table.add("delivery", "bare aiohttp, 64 connections", rate(per_second), f"cpu {ms(cpu)} each")
    return float(per_second)


def _post(base_url: str, pipe: Connection) -> None:
    os.sched_setaffinity(0, {SERVER})
    asyncio.run(_post_all(base_url, pipe))


async def _post_all(base_url: str, pipe: Connection) -> None:
    place = Place("feishu", load.TENANT, "ou_1")
    waiting = iter(range(MESSAGES))
    payload = render(_row(place))

    async def one(session: aiohttp.ClientSession) -> None:
        for _ in waiting:
            async with session.post(f"{base_url}/open-apis/im/v1/messages", data=payload) as answer:
                await answer.read()

    async with aiohttp.ClientSession() as session:
        began, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(*(one(session) for _ in range(64)))
        pipe.send((MESSAGES / (time.monotonic() - began), (time.process_time() - cpu) / MESSAGES))


def _row(place: Place) -> OutboxRow:
    return OutboxRow(
        id=1,
        key="0" * 32,
        what=Sending.SEND,
        state=OutState.PENDING,
        place=place,
        content=CARD,
        payload=None,
        target=None,
        target_state=None,
        handle="",
        copy=None,
        attempts=0,
        first_sent=None,
        expires=None,
        trace="",
    )
