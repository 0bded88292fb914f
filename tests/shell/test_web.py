"""The HTTP side: routes and limits of contract 3, what health and metrics say, and that errors say nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.http import read_body
from adapters.web import BACK_PAGE, build
from bot.errors import Unavailable
from bot.health import ChannelState, Health, watch_loop
from bot.metrics import Metrics
from bot.ports import Store


class Database:
    """A store that answers, is gone, or hangs."""

    def __init__(self) -> None:
        self.gone = False
        self.hangs = False
        self.outbox = self
        self.inbox = self
        self.identity = self

    def person(self, person_id: int) -> None:
        return None

    def state_counts(self) -> dict[tuple[str, str], int]:
        return {("feishu", "pending"): 3}

    def failure_counts(self) -> dict[str, int]:
        return {"feishu": 2}

    async def read(self, work: Callable[[Any], Any]) -> Any:
        if self.gone:
            raise Unavailable
        if self.hangs:
            await asyncio.Event().wait()
        return work(self)


class Process:
    """What the web server is told about the rest of the process."""

    def __init__(self) -> None:
        self.database = Database()
        self.tick_age: float | None = 1.04
        self.channels = {"feishu": ChannelState(True), "east": ChannelState(False, "凭证被拒绝")}
        self.metrics = Metrics()
        self.metrics.tick_age(lambda: self.tick_age or float("inf"))

    def app(self) -> web.Application:
        health = Health(
            cast(Store, self.database), lambda: self.tick_age, lambda: self.channels, lambda: ("clock.file 已设置",)
        )
        handlers = {"feishu": echo, "broken": broken, "away": away}
        return build(health, self.metrics, handlers)


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.method} {len(await read_body(request))}")


async def broken(request: web.Request) -> web.Response:
    raise ValueError("a secret detail")


async def away(request: web.Request) -> web.Response:
    raise Unavailable


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
async def client(process: Process) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    async with TestClient(TestServer(process.app())) as client:
        yield client


Client = TestClient[web.Request, web.Application]


@pytest.mark.parametrize(
    ("method", "path", "size", "status", "body"),
    [
        ("POST", "/channels/feishu/callback", 10, 200, "POST 10"),
        ("GET", "/channels/feishu/callback", 0, 200, "GET 0"),
        ("POST", "/channels/feishu/callback", 256 * 1024, 200, "POST 262144"),
        ("POST", "/channels/feishu/callback", 256 * 1024 + 1, 413, None),
        ("POST", "/channels/nobody/callback", 1, 404, "404: Not Found"),
        ("POST", "/channels/feishu/callback/more", 1, 404, "404: Not Found"),
        ("POST", "/channels/broken/callback", 1, 503, '{"error": "unavailable"}'),
        ("POST", "/channels/away/callback", 1, 503, '{"error": "unavailable"}'),
        ("GET", "/", 0, 404, "404: Not Found"),
        ("POST", "/health/live", 0, 405, "405: Method Not Allowed"),
        ("GET", "/health/live", 0, 200, '{"live":true}'),
        ("GET", "/back", 0, 200, BACK_PAGE),
    ],
)
async def test_routes(client: Client, method: str, path: str, size: int, status: int, body: str | None) -> None:
    answer = await client.request(method, path, data=b"x" * size)
    text = await answer.text()
    assert answer.status == status
    assert body is None or text == body
    assert "secret" not in text
    assert answer.headers["Server"] == "channelops"


async def test_a_body_without_a_length_ends_at_the_limit(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    answer = await client.post("/channels/feishu/callback", data=endless())
    assert answer.status == 413


READY = {
    "ready": True,
    "reasons": [],
    "warnings": ["clock.file 已设置"],
    "database": True,
    "tick_age": 1.0,
    "channels": {"feishu": {"up": True, "why": ""}, "east": {"up": False, "why": "凭证被拒绝"}},
}


@pytest.mark.parametrize(
    ("tick_age", "gone", "status", "changes"),
    [
        pytest.param(1.04, False, 200, {}, id="ready, though a channel is down"),
        pytest.param(30.0, False, 200, {"tick_age": 30.0}, id="slow tick"),
        pytest.param(
            31.0, False, 503, {"ready": False, "tick_age": 31.0, "reasons": ["定时器已停 31 秒"]}, id="dead tick"
        ),
        pytest.param(
            None, False, 503, {"ready": False, "tick_age": None, "reasons": ["定时器尚未开始"]}, id="before the first"
        ),
        pytest.param(
            1.04, True, 503, {"ready": False, "database": False, "reasons": ["数据库没有应答"]}, id="no database"
        ),
    ],
)
async def test_ready(
    client: Client, process: Process, tick_age: float | None, gone: bool, status: int, changes: dict[str, object]
) -> None:
    process.tick_age, process.database.gone = tick_age, gone
    answer = await client.get("/health/ready")
    assert (answer.status, await answer.json()) == (status, READY | changes)


async def test_a_database_that_hangs_is_not_waited_for(
    client: Client, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.health.DATABASE_PATIENCE", 0.01)
    process.database.hangs = True
    assert (await client.get("/health/ready")).status == 503
    assert (await client.get("/metrics")).status == 200
    assert (await client.get("/health/live")).status == 200


async def test_metrics(client: Client, process: Process) -> None:
    process.metrics.turn("feishu", "done", 0.2)
    process.metrics.ended("feishu", "sent")
    process.metrics.queue_age("feishu", 2.0)
    for cause in ("taken", "bad_signature", "stale"):
        process.metrics.door("feishu")(cause)

    answer = await client.get("/metrics")
    shown = set((await answer.text()).splitlines())

    assert answer.content_type == "text/plain"
    assert shown >= {
        'bot_inbound_total{channel="feishu",end="done"} 1.0',
        'bot_turn_seconds_bucket{channel="feishu",le="0.25"} 1.0',
        'bot_outbox_rows{channel="feishu",state="pending"} 3.0',
        'bot_deliveries_total{channel="feishu",outcome="sent"} 1.0',
        'bot_failed_pushes{channel="feishu"} 2.0',
        'bot_queue_age_seconds{channel="feishu"} 2.0',
        'bot_callbacks_total{cause="taken",channel="feishu"} 1.0',
        'bot_security_rejections_total{channel="feishu",reason="bad_signature"} 1.0',
        'bot_security_rejections_total{channel="feishu",reason="stale"} 1.0',
        'bot_channel_up{channel="feishu"} 1.0',
        'bot_channel_up{channel="east"} 0.0',
        "bot_tick_age_seconds 1.04",
    }


async def test_loop_lag_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.health.LAG_SAMPLE", 0.001)
    measured: asyncio.Queue[float] = asyncio.Queue()
    watching = asyncio.create_task(watch_loop(measured.put_nowait))
    await measured.get()
    time.sleep(0.02)  # noqa: ASYNC251 - a blocked loop is the point
    assert await measured.get() > 0.015
    watching.cancel()
