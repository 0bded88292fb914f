"""Deciders at the same moment: one decision, one entry in the trail, one line to the rep, an honest answer to the rest."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.app import open_desk
from bot.config import Config
from handlers.approvals.states import State
from handlers.approvals.tables import approvals
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS
from tests.soak.crowd import Crowd, customers, manager, rep
from tests.soak.ledger import Ledger, drained
from tests.soak.scene import Rep, Scene, Somebody, scene
from tests.soak.serving import Indoors

BATCH = 5
"""Approvals raced over side by side, each by another manager."""
CROWD = Crowd(reps=BATCH, managers=BATCH, channels=("feishu", "feishu2"))
WON, LOST, WORKING = "已通知对方", "已处理:", "已收到，正在处理，结果马上发给您。"
NO = "请先补充联系人"


class Decider(Somebody):
    """A manager on one messenger, and what the bot answered there."""

    def __init__(self, scene: Scene, open_id: str, channel: str) -> None:
        super().__init__(scene, open_id, channel)
        self.toasts: list[str] = []
        self.read = len(self.lines)

    @property
    def lines(self) -> list[str]:
        return [message.text for message in self.messages if message.msg_type == "text"]

    @property
    def heard(self) -> list[str]:
        """Toasts and lines since then. One that was too slow for its toast is told so, and then in the chat."""
        news = self.lines[: len(self.lines) - self.read]
        return [*news, *(toast for toast in self.toasts if toast != WORKING)]

    async def clicks(self, ref: str, label: str, *, drawing: int = -1) -> None:
        """A click that gets no answer is a failure here: nothing dies in a race."""
        card = next(m for m in self.messages if ref in m.text and m.msg_type == "interactive")
        self.scene.route()
        form = {"驳回理由": NO} if label == "驳回" else None
        click = await self.feishu.press(self.open_id, card.message_id, label, form, drawing=drawing)
        assert click.error_code is None, f"{label} {ref}: the client shows {click.error_code}"
        self.toasts += [click.toast.content] if click.toast else []


Contest = Callable[[str, Decider, Decider], Sequence[Coroutine[Any, Any, None]]]
"""(approval, its manager where the card is, the same manager on the other messenger) → what happens at once."""


def three_clicks(ref: str, here: Decider, there: Decider) -> Sequence[Coroutine[Any, Any, None]]:
    return [here.clicks(ref, "同意") for _ in range(3)]


def agree_against_refuse(ref: str, here: Decider, there: Decider) -> Sequence[Coroutine[Any, Any, None]]:
    return [here.clicks(ref, "同意"), here.clicks(ref, "驳回")]


def click_against_words(ref: str, here: Decider, there: Decider) -> Sequence[Coroutine[Any, Any, None]]:
    return [here.clicks(ref, "同意"), there.says(f"驳回 {ref} {NO}")]


def words_against_words(ref: str, here: Decider, there: Decider) -> Sequence[Coroutine[Any, Any, None]]:
    return [there.says(f"同意 {ref}"), here.says(f"驳回 {ref} {NO}")]


def two_cards(ref: str, here: Decider, there: Decider) -> Sequence[Coroutine[Any, Any, None]]:
    return [here.clicks(ref, "同意"), there.clicks(ref, "驳回")]


CONTESTS: tuple[Contest, ...] = (
    three_clicks,
    agree_against_refuse,
    click_against_words,
    words_against_words,
    two_cards,
)


@asynccontextmanager
async def served(database_url: str, folder: Path) -> AsyncIterator[Scene]:
    """By one process on SQLite, by two on PostgreSQL."""

    def houses(config: Config) -> Sequence[Indoors]:
        return [Indoors(config) for _ in range(1 if config.database.file else 2)]

    async with scene(CROWD, folder, database_url, COUNTS.seed, houses) as stage:
        for each in apps(stage):
            await each.start()
        yield stage


def apps(scene: Scene) -> list[Indoors]:
    return [each for each in scene.houses if isinstance(each, Indoors)]


async def asked(scene: Scene, names: Sequence[str]) -> dict[str, tuple[Decider, Decider]]:
    """Registers these customers; the approvals, each with its manager where the card is, and on the other messenger.

    On the other one they have asked for the card, too.
    """
    await asyncio.gather(*(Rep(scene, rep(n)).registers(name) for n, name in enumerate(names)))
    await drained(scene)
    found: dict[str, tuple[Decider, Decider]] = {}
    for number, _ in enumerate(names):
        one, other = (Decider(scene, manager(number), channel) for channel in CROWD.channels)
        here, there = (one, other) if one.card("同意") else (other, one)
        card = here.card("同意")
        assert card is not None
        ref = re.search(r"SP\d+", card.text)
        assert ref is not None
        await there.says(f"审批 {ref[0]}")
        found[ref[0]] = (here, there)
    await drained(scene)
    return found


async def test_two_deciders(database_url: str, tmp_path: Path, say: Say) -> None:
    names, told = customers(), Counter[str]()
    async with served(database_url, tmp_path) as stage:
        for number in range(COUNTS.races // BATCH * 4 // 5):
            contest = CONTESTS[number % len(CONTESTS)]
            cards = await asked(stage, [next(names) for _ in range(BATCH)])
            acts = [contest(ref, *both) for ref, both in cards.items()]
            at_once = [*itertools.chain(*acts)]
            stage.rng.shuffle(at_once)
            await asyncio.gather(*at_once)
            await drained(stage)
            for (ref, (here, there)), act in zip(cards.items(), acts, strict=True):
                heard = here.heard + there.heard
                won = sum(WON in line for line in heard)
                lost = sum(LOST in line for line in heard)
                assert (won, lost) == (1, len(act) - 1), f"{contest.__name__} {ref}: {heard}"
                told["agreed" if any(f"{ref} 已同意" in line for line in heard) else "refused"] += 1
        Ledger(stage).check()
    say(", ".join(f"{times} {what}" for what, times in told.items()))


async def test_a_decider_against_the_clock(database_url: str, tmp_path: Path, say: Say) -> None:
    """At the end of the working hours an approval is handed on: agreed or handed on, never both."""
    names, told = customers(), Counter[str]()
    async with served(database_url, tmp_path) as stage:
        for _ in range(max(1, COUNTS.races // BATCH // 5)):
            cards = await asked(stage, [next(names) for _ in range(BATCH)])
            due_now(stage)
            clicks = [hesitant(stage, here.clicks(ref, "同意", drawing=0)) for ref, (here, _) in cards.items()]
            await asyncio.gather(*clicks, *(each.app.tick() for each in apps(stage)))
            await drained(stage)
            for ref, (late, _) in cards.items():
                won = any(WON in line for line in late.heard)
                told["agreed" if won else "handed on"] += 1
                if not won:
                    await handed_on(stage, ref, late)
            await drained(stage)
        Ledger(stage).check()
    say(", ".join(f"{times} {what}" for what, times in told.items()))


async def test_one_draft_from_two_messengers(database_url: str, tmp_path: Path, say: Say) -> None:
    """The same preview is on both; whoever is second hears what came of the first."""
    names, drafts = customers(), max(1, COUNTS.races // BATCH // 5) * BATCH
    async with served(database_url, tmp_path) as stage:
        for number in range(drafts):
            here, there = (Rep(stage, rep(number % BATCH), channel) for channel in CROWD.channels)
            await here.previews(next(names))
            await there.says("继续")
            await drained(stage)
            toasts = await asyncio.gather(here.submits(), there.submits())
            assert all("已提交" in toast or toast == WORKING for toast in toasts), toasts
        await drained(stage)
        Ledger(stage).check()
        with open_desk(stage.config) as desk, desk.store.unit() as unit:
            assert unit.sql.execute(select(func.count()).select_from(approvals)).scalar_one() == drafts
    say(f"{drafts} drafts")


async def hesitant(scene: Scene, act: Coroutine[Any, Any, None]) -> None:
    """About as long as the clock needs for all five."""
    await asyncio.sleep(scene.rng.uniform(0.0, 0.3))
    await act


async def handed_on(scene: Scene, ref: str, late: Decider) -> None:
    """The superior decides while the slow one presses what they still have before them."""
    director = [Decider(scene, "ou_director", channel) for channel in CROWD.channels]
    above = next(each for each in director if each.card("同意", ref))
    await asyncio.gather(above.clicks(ref, "同意"), late.clicks(ref, "同意", drawing=0))
    await drained(scene)
    assert sum(WON in line for line in above.heard) == 1, f"{ref}: {above.heard}"
    assert not any(WON in line for line in late.heard), f"{ref}: {late.heard}"


def due_now(scene: Scene) -> None:
    """Business time moves to the end of what is waiting."""
    with open_desk(scene.config) as desk, desk.store.unit() as unit:
        waiting = (
            select(approvals.c.due_at).where(approvals.c.state == State.PENDING).order_by(approvals.c.due_at.desc())
        )
        scene.clock(unit.sql.execute(waiting.limit(1)).scalar_one().isoformat())
