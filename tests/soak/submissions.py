"""One customer, registered by many agents at the same moment in many spellings: one gets it, nobody learns who."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from bot.config import Config
from tests.soak.crowd import Crowd, customers, rep
from tests.soak.ledger import Ledger, drained
from tests.soak.scene import Rep, Scene, scene
from tests.soak.serving import Indoors

SPELLINGS = (
    "杭州{}酒店管理有限公司",
    "（杭州）{}酒店管理有限公司",
    "{}酒店管理（杭州）有限公司",
    "{}酒店管理(杭州)有限公司",
    "杭州市{}酒店管理有限公司",
    "杭州{}酒店管理有限责任公司",
    "浙江省杭州市{}酒店管理有限公司",
    "杭州{}酒店管理公司",
    "杭州　{}酒店管理有限公司",
    "杭州{}酒店管理有限公司（筹）",
)
TRADITIONAL = str.maketrans("云栖湾锦远恒启晨丰泽鼎华庭悦澜", "雲棲灣錦遠恆啟晨豐澤鼎華庭悅瀾")
NEUTRAL = "与已保护报备高度相似"


def spelled(customer: str, number: int) -> str:
    """The n-th agent's way to write it; every second one in traditional characters."""
    core = customer.removeprefix("杭州").removesuffix("酒店管理有限公司")
    core = core.translate(TRADITIONAL) if number % 2 else core
    return SPELLINGS[number % len(SPELLINGS)].format(core)


async def submitted_at_once(database_url: str, folder: Path, agents: int, rounds: int, seed: int) -> None:
    """Another customer each round; by one process on SQLite, by two on PostgreSQL."""

    def houses(config: Config) -> Sequence[Indoors]:
        return [Indoors(config) for _ in range(1 if config.database.file else 2)]

    async with scene(Crowd(reps=agents, managers=2), folder, database_url, seed, houses) as stage:
        for house in stage.houses:
            assert isinstance(house, Indoors)
            await house.start()
        for customer in itertools.islice(customers(), rounds):
            await _everybody_wants(stage, customer, agents)
        Ledger(stage).check()


async def _everybody_wants(scene: Scene, customer: str, agents: int) -> None:
    reps = [Rep(scene, rep(n)) for n in range(agents)]
    names = [spelled(customer, n) for n in range(agents)]
    await asyncio.gather(*(each.previews(name) for each, name in zip(reps, names, strict=True)))
    await drained(scene)
    before = [len(each.messages) for each in reps]
    toasts = await asyncio.gather(*(each.submits() for each in reps))
    await drained(scene)
    heard = [
        "\n".join([toast, *(message.text for message in each.messages[: len(each.messages) - seen])])
        for toast, each, seen in zip(toasts, reps, before, strict=True)
    ]
    won = [number for number, words in enumerate(heard) if re.search(r"BB\d+ 已提交", words)]
    assert len(won) == 1, f"{[names[n] for n in won]} all got it"
    for number, words in enumerate(heard):
        if number not in won:
            assert NEUTRAL in words, f"{names[number]}: {words}"
            assert not re.search(rf"渠道{won[0]}(?!\d)|业务员|机电|BB|{names[won[0]]}", words), words
