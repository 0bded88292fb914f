"""M01: one approval open on three messengers, clicks and words from all of them at once; decided once, closed everywhere."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select

from bot.app import App
from bot.entry import CustomerName
from bot.messages import Account, Place, single_chat
from bot.permit import Person
from bot.turn import Turn
from bot.values import Money
from handlers.approvals.actions import TASK
from handlers.approvals.states import State
from handlers.approvals.tables import approvals
from handlers.deals.commands import register
from handlers.deals.entries import DealEntry
from handlers.deals.states import LIVE
from handlers.deals.tables import deals
from storage.tables import audit
from storage.unit import Unit
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS
from tests.soak.crowd import Crowd, customers, manager, rep
from tests.soak.messengers import CHANNELS, Seat, Stage, indoors, served, stage
from tests.soak.scene import organise
from tests.soak.serving import Indoors

SIDE_BY_SIDE = 12
"""Approvals raced over at once, each another manager's."""
CROWD = Crowd(reps=SIDE_BY_SIDE, managers=SIDE_BY_SIDE, channels=CHANNELS)
A_VERDICT = 10 * SIDE_BY_SIDE
"""Races until everything is waited for and judged: an edit that was held for a click in vain goes 3 s later."""
A_STAGE = 5 * A_VERDICT
"""Races until the emulators, which forget nothing, are replaced."""
NO = "请先补充联系人"


@dataclass(eq=False)
class Race:
    """``deal`` and ``number`` are BB's and SP's; ``cards`` the manager's copy on each messenger."""

    deal: int
    number: int
    seats: list[Seat]
    reps: list[Seat]
    cards: dict[str, str] = field(default_factory=dict)
    toasts: list[str] = field(default_factory=list)

    async def find_cards(self) -> None:
        for seat in self.seats:
            self.cards[seat.channel] = (await seat.gets(f"SP{self.number}")).message_id

    async def acts(self, seat: Seat, how: str) -> None:
        ref, card = f"SP{self.number}", self.cards[seat.channel]
        match how:
            case "agrees":
                self.toasts.append(await seat.presses(card, "同意", {}))
            case "agrees in words":
                await seat.says(f"同意 {ref}")
            case "refuses in words":
                await seat.says(f"驳回 {ref} {NO}")
            case _ if seat.channel == "wecom":  # asks for the reason in the chat
                self.toasts.append(await seat.presses(card, "驳回", {}))
                await seat.says(NO)
            case _:
                self.toasts.append(await seat.presses(card, "驳回", {"驳回理由": NO}))


HOW = ("agrees", "agrees", "refuses", "agrees in words", "refuses in words")


def asked(app: App, unit: Unit, *, customer: str, number: int) -> tuple[int, int]:
    """A registration as its command makes it, its card in three chats of the manager's."""
    turn = _turn(app, unit, _person(unit, rep(number)))
    entry = DealEntry(
        customer=CustomerName(customer),
        project="中央空调改造",
        line="中央空调",
        amount=Money(120_000_000),
        sign_date=date(2026, 6, 30),
    )
    register.handler(turn, unit, entry)
    copyist = app.dispatcher.conversation.copyist
    for message in turn.messages:
        copyist.deliver(turn, message)
    deal = int(unit.sql.execute(select(func.max(deals.c.number))).scalar_one())
    found = unit.sql.execute(select(approvals.c.number).where(approvals.c.subject == deal)).scalar_one()
    approver = _person(unit, manager(number))
    sent_to = unit.identity.accounts(approver.id)[0]
    for account in unit.identity.accounts(approver.id):
        if account != sent_to:
            copyist.show(turn, single_chat(account), TASK, found, approver)
    return deal, found


def _person(unit: Unit, user: str) -> Person:
    person = unit.identity.person_of(Account("feishu", "", user))
    assert person is not None
    return person


def _turn(app: App, unit: Unit, person: Person) -> Turn:
    copyist = app.dispatcher.conversation.copyist
    return Turn(
        now=app.clock.now(),
        trace="race",
        house=app.premises(),
        catalog=app.catalog,
        unit=unit,
        signer=copyist.signer,
        person=person,
        account=Account("feishu", "", rep(0)),
        place=Place("feishu", "", rep(0)),
    )


def apps(on: Stage) -> list[Indoors]:
    return [house for house in on.houses if isinstance(house, Indoors)]


async def prepared(on: Stage, names: Iterator[str]) -> list[Race]:
    app, races = apps(on)[0].app, []
    for number in range(SIDE_BY_SIDE):
        deal, found = await app.store.write(partial(asked, app, customer=next(names), number=number))
        seats, reps = ([Seat(on, channel, who(number)) for channel in CHANNELS] for who in (manager, rep))
        races.append(Race(deal, found, seats, reps))
    for race in races:
        await race.find_cards()
    return races


async def run(races: Sequence[Race], rng: random.Random) -> Counter[str]:
    """Two to five acts on each approval, from any messenger, all at the same moment."""
    done: Counter[str] = Counter()
    acts = []
    for race in races:
        for _ in range(rng.randint(2, 5)):
            seat, how = rng.choice(race.seats), rng.choice(HOW)
            done[f"{how} on {seat.channel}"] += 1
            acts.append(race.acts(seat, how))
    rng.shuffle(acts)
    await asyncio.gather(*acts)
    return done


class Shown(NamedTuple):
    """A message of the bot's as it looks now."""

    text: str
    buttons: frozenset[str]


class Verdict(NamedTuple):
    """``times``: how often the trail says that it was decided; ``standing``: the deal's state."""

    times: int
    state: State
    standing: str


def verdicts(races: Sequence[Race], unit: Unit) -> list[Verdict]:
    return [Verdict(*_verdict(race, unit)) for race in races]


def _verdict(race: Race, unit: Unit) -> tuple[int, State, str]:
    decisions = audit.c.action.in_(("approval.agreed", "approval.refused"))
    entries = select(func.count()).where(decisions, audit.c.object == f"SP{race.number}")
    state = select(approvals.c.state).where(approvals.c.number == race.number)
    standing = select(deals.c.state).where(deals.c.number == race.deal)
    times, now, deal = (unit.sql.execute(asked).scalar_one() for asked in (entries, state, standing))
    return times, now, deal


def judged(races: Sequence[Race], verdicts: Sequence[Verdict]) -> list[str]:
    """What is wrong: decided more than once or not at all, a copy that can be pressed or shows something else."""
    everybody = {(s.channel, s.user): s for race in races for s in (*race.seats, *race.reps)}
    shown = {who: [Shown(m.text, frozenset(m.buttons)) for m in seat.messages] for who, seat in everybody.items()}
    return [problem for race, verdict in zip(races, verdicts, strict=True) for problem in _judged(race, verdict, shown)]


def _judged(race: Race, verdict: Verdict, shown: Mapping[tuple[str, str], Sequence[Shown]]) -> Iterator[str]:
    if verdict.times != 1 or verdict.state is State.PENDING:
        yield f"SP{race.number} is {verdict.state} and was decided {verdict.times} times"
    elif (verdict.standing in LIVE) is not (verdict.state is State.AGREED):
        yield f"SP{race.number} {verdict.state}, BB{race.deal} {verdict.standing}"
    else:
        said = {State.AGREED: "已同意", State.REFUSED: "已驳回"}[verdict.state]
        managers, reps = ([shown[s.channel, s.user] for s in seats] for seats in (race.seats, race.reps))
        yield from _closed_everywhere(race, said, managers)
        yield from _told_once(race, said, managers, reps)


def _closed_everywhere(race: Race, verdict: str, managers: Sequence[Sequence[Shown]]) -> Iterator[str]:
    ref = f"SP{race.number}"
    for seat, messages in zip(race.seats, managers, strict=True):
        for message in messages:
            if ref in message.text and {"同意", "驳回"} & message.buttons:
                yield f"{ref} can still be pressed on {seat.channel}: {message.text}"
        card = seat.phone.emulator.message(race.cards[seat.channel])
        if verdict not in card.text:
            yield f"{ref} is {verdict}, {seat.channel} shows {card.text}"


def _told_once(
    race: Race, verdict: str, managers: Sequence[Sequence[Shown]], reps: Sequence[Sequence[Shown]]
) -> Iterator[str]:
    ref = f"SP{race.number}"
    heard = [line for line in (*race.toasts, *(m.text for messages in managers for m in messages)) if ref in line]
    won = sum(f"{ref} {verdict}，" in line for line in heard)
    if won > 1 or any(
        f"{ref} {other}，" in line for line in heard for other in ("已同意", "已驳回") if other != verdict
    ):
        yield f"{ref}: who was told that they had decided? {heard}"
    starts = (f"BB{race.deal} 已通过，", f"BB{race.deal} 已驳回。")
    told = sum(m.text.startswith(starts) for messages in reps for m in messages)
    if told != 1:
        yield f"the rep of BB{race.deal} was told {told} times"


async def test_one_decision_from_three_messengers(database_url: str, tmp_path: Path, say: Say) -> None:
    rng, names, told, left = random.Random(COUNTS.seed), customers(), Counter[str](), COUNTS.across
    raced = 0
    while left > 0:
        async with stage(tmp_path, database_url, rng, indoors) as on:
            if not raced:
                organise(on.config, CROWD)
            on.peopled(CROWD)
            for house in apps(on):
                await house.start()
            await served(on)
            for _ in range(-(-min(A_STAGE, left) // A_VERDICT)):
                races: list[Race] = []
                while len(races) < min(A_VERDICT, left):
                    these = await prepared(on, names)
                    told += await run(these, rng)
                    races += these
                await on.drained()
                wrong = judged(races, await apps(on)[0].app.store.read(partial(verdicts, races)))
                assert not wrong, "\n".join(wrong)
                raced += len(races)
                left -= len(races)
    clicks = sum(n for how, n in told.items() if "words" not in how)
    say(f"{raced} races, {clicks} clicks and {sum(told.values()) - clicks} typed decisions from three messengers")
