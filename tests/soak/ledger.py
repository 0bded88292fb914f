"""After everything has come to rest: what people were told, what the database says, what the platform shows."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import msgspec
from sqlalchemy import func, select

from adapters.feishu.emulator import Message
from adapters.feishu.render import card_json
from bot.app import all_features, open_desk
from bot.config import Config
from bot.copies import Copyist
from bot.desk import Desk
from bot.keys import head_checker
from bot.ports import End, OutState, Sending
from bot.turn import Turn
from handlers.alerts.states import Outcome
from handlers.alerts.tables import reminders
from handlers.approvals.tables import approvals
from handlers.deals.states import LIVE
from handlers.deals.tables import deals
from storage.copies import Copies
from storage.tables import JobState, audit, copies, inbox, jobs, outbox
from storage.unit import Unit
from storage.verify import verify
from tests.soak.scene import GLANCE, PATIENCE, Scene

SENT = (reminders.c.outcome == Outcome.SENT).label("sent")
UNFINISHED = (OutState.PENDING, OutState.SENDING)
ANSWER = re.compile(r"请核对|回执码|^SP\d+ 已(?:同意|驳回)，|^已处理:")
"""A preview (or the registration it became), and what is said to a typed decision."""
EDITS = (Sending.CLOSING, Sending.REFRESH)


class Configured(Protocol):
    config: Config


def unfinished(desk: Desk) -> int:
    """Messages and edits on their way."""
    with desk.store.unit() as unit:
        waiting = select(func.count()).where(outbox.c.state.in_(UNFINISHED))
        return int(unit.sql.execute(waiting).scalar_one())


def overdue(desk: Desk) -> int:
    """Promises of the clock that should have been kept by now."""
    with desk.store.unit() as unit:
        due = (jobs.c.state == JobState.PROMISED) & (jobs.c.due <= desk.clock.now())
        return int(unit.sql.execute(select(func.count()).where(due)).scalar_one())


async def drained(scene: Configured) -> None:
    await becomes_zero(scene, unfinished)


async def due_has_run(scene: Configured) -> None:
    await becomes_zero(scene, overdue)


async def becomes_zero(scene: Configured, counted: Callable[[Desk], int]) -> None:
    await comes_true(scene, lambda desk: not counted(desk))


async def comes_true(scene: Configured, wanted: Callable[[Desk], bool]) -> None:
    with open_desk(scene.config) as desk:
        async with asyncio.timeout(PATIENCE):
            while not wanted(desk):  # noqa: ASYNC110 - a database tells of no changes
                await asyncio.sleep(GLANCE)


def undated(card: object) -> str:
    """A card is not drawn anew because another day has come."""
    return re.sub(r"剩 \d+ 天", "", msgspec.json.encode(card).decode())


async def orphans_sent(scene: Scene) -> None:
    """Whatever is in a sender's hands now, or was when one died, has come to its end."""
    ours = select(outbox.c.id).where(outbox.c.state.in_(UNFINISHED))
    in_hand = ours.where((outbox.c.state == OutState.SENDING) | (outbox.c.losses > 0))
    with open_desk(scene.config) as desk, desk.store.unit() as unit:
        rows = set(unit.sql.execute(in_hand).scalars())

    def ended(desk: Desk) -> bool:
        with desk.store.unit() as unit:
            return rows.isdisjoint(unit.sql.execute(ours).scalars())

    await comes_true(scene, ended)


class Ledger:
    """Everything is asserted at once, so that a failure shows all that is wrong."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.problems: list[str] = []

    def check(self) -> None:
        with open_desk(self.scene.config) as desk, desk.store.unit() as unit:
            self._pushes(unit)
            self._answers()
            self._registrations(unit)
            self._decisions(unit)
            self._messages(unit)
            self._copies(desk, unit)
            self._jobs(unit)
            self._trail(desk, unit)
        assert not self.problems, "\n".join(self.problems[:30])

    def wrong(self, *what: object) -> None:
        self.problems.append(" ".join(map(str, what)))

    def _pushes(self, unit: Unit) -> None:
        """Whatever was acknowledged is in the database, and no turn failed."""
        rows = unit.sql.execute(select(inbox.c.key, inbox.c.alias, inbox.c.end)).all()
        known = {row.key for row in rows} | {row.alias for row in rows}
        for push in (push for emulator in self.scene.emulators.values() for push in emulator.pushes):
            if push.delivered and not {push.event_id, push.message_id} & known:
                self.wrong("acknowledged and lost:", push.event_type, push.event_id)
        for row in rows:
            if row.end not in (End.DONE, End.REFUSED):
                self.wrong("a push ended", row.end, row.key)

    def _answers(self) -> None:
        """Nobody is answered more often than they spoke: a repeated push has one answer."""
        for emulator in self.scene.emulators.values():
            for chat in emulator.world.chats:
                messages = emulator.messages(chat)
                said = sum(message.sender != "bot" for message in messages)
                answers = sum(bool(ANSWER.search(message.text)) for message in messages if message.sender == "bot")
                if answers > said:
                    self.wrong(emulator.world.chats[chat].name, "spoke", said, "times and got", answers, "answers")

    def _registrations(self, unit: Unit) -> None:
        found = Counter(unit.sql.execute(select(deals.c.customer)).scalars())
        numbers = {f"BB{n}": customer for n, customer in unit.sql.execute(select(deals.c.number, deals.c.customer))}
        for customer, times in found.items():
            if times != 1:
                self.wrong(customer, "is registered", times, "times")
        for customer, ref in self.scene.registered.items():
            if numbers.get(ref) != customer:
                self.wrong("acknowledged", ref, customer, "but the database has", numbers.get(ref))
        self._times(unit, ("deal.registered",), dict.fromkeys(numbers, 1))

    def _decisions(self, unit: Unit) -> None:
        """One each, as acknowledged, with one entry in the trail, one verdict on the deal, one line to the rep."""
        states = {f"SP{a.number}": a for a in unit.sql.execute(select(approvals))}
        for ref, verdict in self.scene.decided.items():
            if ref not in states or states[ref].state != verdict:
                self.wrong("acknowledged", ref, verdict, "but it is", states.get(ref))
        settled = {ref for ref, approval in states.items() if approval.decided_by is not None}
        self._times(unit, ("approval.agreed", "approval.refused"), dict.fromkeys(settled, 1))
        standing = {d.number: d.state for d in unit.sql.execute(select(deals.c.number, deals.c.state))}
        for ref in settled:
            number, agreed = states[ref].subject, states[ref].state == "agreed"
            if (standing[number] in LIVE) is not agreed:
                self.wrong(ref, states[ref].state, "but BB", number, "is", standing[number])
            if (told := self._told(number)) != 1:
                self.wrong("the rep of BB", number, "was told", told, "times")

    def _told(self, number: int) -> int:
        starts = (f"BB{number} 已通过，", f"BB{number} 已驳回。")
        return sum(m.text.startswith(starts) for m in self._ours() if m.msg_type == "text")

    def _messages(self, unit: Unit) -> None:
        """Every message of the rows is on the platform once, under its key; nothing else is; no row waits."""
        rows = {row.key: row for row in unit.sql.execute(select(outbox))}
        shown = Counter(message.uuid or "" for message in self._ours())
        for key, row in rows.items():
            if row.state in UNFINISHED:
                self.wrong(row.what, row.id, "waits for ever:", row.reason)
            elif row.what is Sending.SEND and (row.state is not OutState.SENT or shown[key] != 1):
                self.wrong("message", row.id, row.state, row.reason, "is shown", shown[key], "times")
            elif row.what in EDITS and row.state not in (OutState.SENT, OutState.DROPPED):
                self.wrong("edit", row.id, row.state, row.reason)
        for key in shown.keys() - rows.keys():
            self.wrong("a message that no row knows:", key)

    def _copies(self, desk: Desk, unit: Unit) -> None:
        """Each card shows what its view draws now, with the buttons of its present drawing."""
        copyist = Copyist(all_features(), desk.keys, {})
        turn = Turn(
            now=desk.clock.now(), trace="", house=desk.house, catalog=copyist.catalog, unit=unit, signer=desk.keys
        )
        shown = {message.uuid: message for message in self._ours()}
        keys = {row.id: row.key for row in unit.sql.execute(select(outbox.c.id, outbox.c.key))}
        for copy_id in unit.sql.execute(select(copies.c.id)).scalars():
            copy = Copies(unit.sql, writing=False).get(copy_id)
            message = shown.get(keys[copy.send]) if copy else None
            card = copyist.current(turn, copy) if copy and copy.state != "closed" else None
            if (
                copy
                and card
                and message
                and undated(message.content) != undated(card_json(card, group=copy.place.group))
            ):
                self.wrong("a live copy of", f"{copy.kind}{copy.number}", "shows an old state:", message.text[:80])
        for message in self._ours():
            self._looks_current(unit, message)

    def _looks_current(self, unit: Unit, message: Message) -> None:
        """Also without our own drawing: nothing that was decided can still be decided."""
        ref = re.search(r"SP(\d+)", message.text)
        if ref and "同意" in message.buttons:
            number = int(ref[1])
            state = unit.sql.execute(select(approvals.c.state).where(approvals.c.number == number)).scalar_one()
            if state != "pending":
                self.wrong(
                    "SP",
                    number,
                    "is",
                    state,
                    "and its card can still be pressed:",
                    len(message.history),
                    message.text[-60:],
                )

    def _jobs(self, unit: Unit) -> None:
        """What is due has run, once: each reminder and each escalation is in the trail once."""
        due = unit.sql.execute(select(jobs).where(jobs.c.due <= self.scene.feishu.now())).all()
        for job in due:
            if job.state not in (JobState.DONE, JobState.CANCELLED):
                self.wrong("job", job.job, job.slot, "is", job.state, job.reason)
        rungs = Counter(unit.sql.execute(select(reminders.c.kind, reminders.c.number, reminders.c.step, SENT)).all())
        reminded = Counter(f"{kind}{number}" for kind, number, _, sent in rungs.elements() if sent and number)
        handed_on = {
            f"SP{n}": times for n, times in unit.sql.execute(select(approvals.c.number, approvals.c.escalations))
        }
        for (kind, number, step, _), times in rungs.items():
            if kind == "SP" and times > 1 + handed_on[f"SP{number}"]:
                self.wrong(kind, number, "came to", step, times, "times")
        self._times(unit, ("alert.reminded",), reminded, exactly=reminded.keys())
        self._times(unit, ("approval.escalated",), handed_on)

    def _trail(self, desk: Desk, unit: Unit) -> None:
        verdict = verify(unit, head_checker(desk.keys))
        if verdict.broken:
            self.wrong("the audit trail is broken:", verdict.broken)

    def _times(
        self, unit: Unit, actions: Sequence[str], expected: Mapping[str, int], exactly: Collection[str] | None = None
    ) -> None:
        """How often the trail has these actions, by object. ``exactly``: those of which fewer are wrong as well."""
        entries = select(audit.c.object).where(audit.c.action.in_(actions))
        found = Counter(unit.sql.execute(entries).scalars())
        for ref in sorted(expected.keys() | found.keys()):
            wanted = expected.get(ref, 0)
            fewer = exactly is None or ref in exactly
            if found[ref] > wanted or (fewer and found[ref] < wanted):
                self.wrong(ref, "has", found[ref], "entries of", *actions, "instead of", wanted)

    def _ours(self) -> list[Message]:
        shown = [message for each in self.scene.emulators.values() for message in each.world.messages.values()]
        return [message for message in shown if message.sender == "bot"]
