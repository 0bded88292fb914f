"""What nothing could be faster than: aiohttp that verifies, decrypts, parses and answers, and does nothing else."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from aiohttp import web

from adapters.feishu.crypto import decrypt, same, signature
from tests.bench import load
from tests.bench.load import drive, message
from tests.bench.served import OTHERS, REPS, SERVER
from tests.bench.stub import SPAWN
from tests.bench.table import Table, ms, rate

REQUESTS = 8000


def measure(table: Table) -> dict[int, float]:
    """Requests a second by concurrency."""
    found: dict[int, float] = {}
    with _serving() as address:
        for concurrency in (1, 32):
            raws = [message(n, REPS[n % len(REPS)], "帮助") for n in range(REQUESTS // (1 if concurrency > 1 else 4))]
            ended = drive(address, raws, concurrency, OTHERS)
            assert not ended.failed
            found[concurrency] = ended.per_second
            times = f"p50 {ms(ended.at(50))}, p99 {ms(ended.at(99))}"
            table.add("floor", f"verify, decrypt, parse, answer; {concurrency} at once", rate(ended.per_second), times)
    return found


@contextmanager
def _serving() -> Iterator[str]:
    here, there = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=_main, args=(there,), daemon=True)
    process.start()
    try:
        yield str(here.recv())
    finally:
        process.terminate()
        process.join()


def _main(pipe: Connection) -> None:
    os.sched_setaffinity(0, {SERVER})
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    app = web.Application()
    app.router.add_post("/channels/feishu/callback", _answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


async def _answer(request: web.Request) -> web.Response:
    body = await request.read()
    head = request.headers
    mac = signature(head["X-Lark-Request-Timestamp"], head["X-Lark-Request-Nonce"], load.KEY, body)
    if not same(head["X-Lark-Signature"], mac):
        return web.Response(status=401)
    payload = json.loads(decrypt(json.loads(body)["encrypt"], load.KEY))
    return web.json_response({"seen": payload["header"]["event_id"]})
