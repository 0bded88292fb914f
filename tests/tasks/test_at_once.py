"""Many at the same moment: every update counts once, and of two that exclude each other one wins."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from handlers.tasks.states import State
from handlers.tasks.tables import tasks
from storage.tables import audit
from storage.unit import Unit
from tests.chat import Person, World

MANY = 50


async def insists(person: Person, words: str) -> None:
    """As Feishu does: what one person sends faster than it is worked on is refused, and pushed again."""
    push = await person.feishu.say(person.user, words)
    while push.status != 200:
        await person.feishu.pusher.repeat(push)


async def test_fifty_updates_of_one_task(world: World, lin: Person, wang: Person) -> None:
    await lin.says("任务 王磊 周五前 更新报价单").sees("任务 RW601")
    await wang.looks().sees("任务 RW601")
    await asyncio.gather(*(insists(wang, f"进度 RW601 {n}% 第{n}步") for n in range(1, MANY + 1)))
    await world.settled()

    def kept(db: Unit) -> tuple[int, int, int]:
        row = db.sql.execute(select(tasks.c.version, tasks.c.progress)).one()
        told = db.sql.execute(select(func.count()).where(audit.c.action == "task.progress")).scalar_one()
        return row.version, row.progress, told

    version, progress, told = await world.app.store.read(kept)
    assert (version, told) == (1 + MANY, MANY)
    last = wang.card("进度").text
    assert f"进度 {progress // 100}/100" in last
    answers = [m.text for m in wang.messages if "RW601 已更新" in m.text]
    assert len(answers) == MANY


async def test_done_and_taken_back_at_the_same_moment(world: World, lin: Person, wang: Person) -> None:
    """Whoever is later is told what became of it; nobody reads two ends."""
    rounds = 8
    for number in range(601, 601 + rounds):
        await lin.says(f"任务 王磊 周五前 更新报价单{number}").sees(f"任务 RW{number}")
    await world.settled()
    numbers = range(601, 601 + rounds)
    both = [(wang, f"完成 RW{n}") for n in numbers] + [(lin, f"撤回 RW{n} 不需要了") for n in numbers]
    await asyncio.gather(*(insists(*each) for each in both))
    await world.settled()

    def ends(db: Unit) -> tuple[list[State], int]:
        found = db.sql.execute(select(tasks.c.state)).scalars().all()
        cancelled = db.sql.execute(select(func.count()).where(audit.c.action == "task.cancelled")).scalar_one()
        return list(found), cancelled

    states, cancelled = await world.app.store.read(ends)
    assert set(states) == {State.CANCELLED}, "what is reported done may still be taken back, never the other way round"
    assert cancelled == rounds
    for number in numbers:
        mine = [m.text for m in wang.messages if m.text.startswith(f"RW{number} ")]
        assert any("已提交完成" in text or "不能再完成" in text for text in mine), number
    assert not any("接受" in m.buttons for m in wang.messages)


async def test_two_give_one_task_to_two_others(world: World, lin: Person, wang: Person, zhao: Person) -> None:
    """The same press repeated by the messenger, and two transfers: one owner in the end, and both old copies rest."""
    await lin.says("任务 王磊 周五前 更新报价单").sees("任务 RW601")
    await wang.looks().sees("任务 RW601")
    liu = world.member("刘洋")
    await asyncio.gather(*(insists(lin, f"转交 RW601 给 {name}") for name in ("赵敏", "刘洋")))
    await world.settled()
    holding = [p.name for p in (wang, zhao, liu) if any("接受" in m.buttons for m in p.messages)]
    assert len(holding) == 1
    owner = await world.app.store.read(lambda db: db.sql.execute(select(tasks.c.owner)).scalar_one())
    assert isinstance(owner, int)
