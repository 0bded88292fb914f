"""kill -9 over registration, decision and delivery: nothing lost, nothing doubled, no edit that waits for ever."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from bot.config import Config
from bot.sending.sender import Pace
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS
from tests.soak.crowd import Crowd, customers, manager, rep
from tests.soak.ledger import Ledger, drained, due_has_run, orphans_sent
from tests.soak.scene import Manager, Rep, Scene, scene
from tests.soak.serving import Process

CROWD = Crowd(reps=6, managers=2)
LIFE = 0.6
"""Seconds a process lives at most, but for those that finish what others died over."""
MOST_DEATHS = 2
HALF, END = "2026-03-02T13:00:00+08:00", "2026-03-02T17:00:00+08:00"
"""Of the eight working hours in which a registration is to be decided."""
LEASE = 0.6
"""Seconds until another process takes over what a dead or frozen one was sending."""
SLOW = 0.01
"""Seconds the platform takes for a call: what was accepted and not yet recorded is where a crash would double it."""


def processes(config: Config, folder: Path) -> Sequence[Process]:
    """One on SQLite; two on PostgreSQL, where the other one takes the lease over."""
    if config.database.file:
        return [Process(config, folder / "bot.log")]
    return [Process(config, folder / "bot.log", Pace(poll=0.2, lease=LEASE)) for _ in range(2)]


def processes_of(scene: Scene) -> list[Process]:
    return [house for house in scene.houses if isinstance(house, Process)]


async def kill_at_random(scene: Scene, kills: int) -> None:
    """Some while they serve, some while they start; of two, one is now and then only frozen for longer than its lease.

    After two deaths a process lives until it has sent what the others died over: a row whose sender died five times in
    a row would rightly be set aside.
    """
    deaths = 0
    for number in range(kills):
        process = scene.rng.choice(processes_of(scene))
        if process.is_alive:
            if deaths >= MOST_DEATHS:
                await orphans_sent(scene)
                deaths = 0
            if number % 4 == 1 and len(scene.houses) > 1:
                await process.freeze(LEASE * 1.5)
            await asyncio.sleep(scene.rng.uniform(0.0, LIFE))
            process.kill()
            await process.gone()
            deaths += 1
        starting = asyncio.create_task(process.start())
        if deaths < MOST_DEATHS and scene.rng.random() < 0.15:
            await asyncio.sleep(scene.rng.uniform(0.0, 0.1))
            process.kill()
            await starting
            await process.gone()
            deaths += 1
        await starting


async def everyone_up(scene: Scene) -> None:
    for process in processes_of(scene):
        if not process.is_alive:
            assert await process.start()


async def keep_registering(somebody: Rep, names: Iterator[str], over: asyncio.Event) -> None:
    while not over.is_set():
        await somebody.registers(next(names))


async def test_at_random_instants(database_url: str, tmp_path: Path, say: Say) -> None:
    async with scene(CROWD, tmp_path, database_url, COUNTS.seed, lambda c: processes(c, tmp_path)) as stage:
        stage.feishu.faults.slow_seconds = SLOW
        await everyone_up(stage)
        await work_through(stage, COUNTS.kills * 4 // 5)
        await let_time_pass(stage, COUNTS.kills // 5)
        for process in processes_of(stage):
            assert await process.stop() == 0
        Ledger(stage).check()
        say(what_happened(stage))


def what_happened(scene: Scene) -> str:
    pushes = scene.feishu.pushes
    sends = [call for call in scene.feishu.calls if call.method == "POST" and call.code == 0 and "uuid" in call.body]
    again = len(sends) - len({call.body["uuid"] for call in sends})
    return (
        f"{COUNTS.kills} kills, {len(scene.registered)} registrations and {len(scene.decided)} decisions acknowledged, "
        f"{sum(push.attempts > 1 for push in pushes)} of {len(pushes)} pushes repeated, "
        f"{again} of {len(sends)} messages sent again"
    )


async def work_through(scene: Scene, kills: int) -> None:
    """Registrations and decisions go on while processes die; afterwards everybody finishes what they began."""
    names, over, closed = customers(), asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as deciding:
        for number in range(CROWD.managers):
            deciding.create_task(Manager(scene, manager(number)).decides(closed.is_set))
        async with asyncio.TaskGroup() as registering:
            for number in range(CROWD.reps):
                registering.create_task(keep_registering(Rep(scene, rep(number)), names, over))
            await kill_at_random(scene, kills)
            over.set()
            await everyone_up(scene)
        await drained(scene)
        closed.set()
        scene.feishu.world.changed()
    await drained(scene)


async def let_time_pass(scene: Scene, kills: int) -> None:
    """Nobody decides any more: the clock's own messages, reminder and escalation, while processes die."""
    names = reversed([*customers()])
    async with asyncio.TaskGroup() as registering:
        for number in range(CROWD.reps):
            registering.create_task(Rep(scene, rep(number)).registers(next(names)))
    await drained(scene)
    for at in (HALF, END):
        scene.clock(at)
        await kill_at_random(scene, kills // 2)
        await everyone_up(scene)
        await due_has_run(scene)
        await drained(scene)


@pytest.mark.parametrize("where", ["commit", "platform"])
async def test_at_each_point(where: str, database_url: str, tmp_path: Path, say: Say) -> None:
    """One registration and its decision again and again, each time dying one point later, until it gets through.

    ``commit``: just before and just after each commit; ``platform``: when the platform has taken a message or an edit,
    and its answer is not yet written.
    """
    names = customers()
    async with scene(
        Crowd(reps=1, managers=1), tmp_path, database_url, COUNTS.seed, lambda c: one(c, tmp_path)
    ) as stage:
        deaths = 0
        for point in points(stage, where):
            died = await dies_once(stage, next(names), where, point)
            deaths += died
            if not died and not COUNTS.points:
                break
        Ledger(stage).check()
        say(f"died at {deaths} points")


def one(config: Config, folder: Path) -> Sequence[Process]:
    return processes(config, folder)[:1]


def points(scene: Scene, where: str) -> Iterable[int]:
    """All there are, or some of those that certainly are."""
    sure = range(1, 24) if where == "commit" else range(1, 4)
    return sorted(scene.rng.sample(sure, min(COUNTS.points, len(sure)))) if COUNTS.points else itertools.count(1)


async def dies_once(scene: Scene, customer: str, where: str, point: int) -> bool:
    """From the first word to the last edit; whether it came to the point."""
    (process,) = processes_of(scene)
    deaths = 0

    async def keep_up() -> None:
        nonlocal deaths
        while True:
            await process.gone()
            deaths += 1
            await process.start()

    await process.start(point if where == "commit" else 0)
    unsubscribe = scene.feishu.subscribe(killing(scene, process, point)) if where == "platform" else lambda: None
    up = asyncio.create_task(keep_up())
    await Rep(scene, rep(0)).registers(customer)
    await drained(scene)
    await Manager(scene, manager(0)).decides(lambda: True)  # what waits for them is there already
    await drained(scene)
    up.cancel()
    unsubscribe()
    process.kill()
    await process.gone()
    return deaths > 0


def killing(scene: Scene, process: Process, point: int) -> Callable[[], None]:
    """Kills when the platform has taken so many writes from now on."""
    before, once = taken(scene), iter([True])

    def look() -> None:
        if taken(scene) == before + point and next(once, False):
            process.kill()

    return look


def taken(scene: Scene) -> int:
    return sum(call.code == 0 and "/im/v1/messages" in call.path for call in scene.feishu.calls)
