"""An office whose errands are due: the clock's side of the bot on a real database, without a messenger.

The capability under test sees errands through the contribution every capability makes; they live in a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from bot.calendar import QuietHours, WorkCalendar, seed_days
from bot.cards import Button, Card, Text
from bot.clock import ManualClock
from bot.clockwork import Clockwork
from bot.copies import Copyist
from bot.deadlines import Deadline
from bot.desk import Desk
from bot.draft_card import core_feature
from bot.feature import Catalog, Feature, ToDo
from bot.house import House
from bot.jobs import Ticker
from bot.keys import Keyring
from bot.permit import Person, Role
from bot.ports import Capabilities, Sending
from bot.turn import Turn, Viewer
from handlers.alerts import forecast, queries
from handlers.alerts.tables import reminders
from handlers.catalog import features
from storage.store import Database
from storage.tables import accounts, outbox, persons
from storage.unit import Unit
from tests.build import SHANGHAI

CAN = Capabilities(answers=True, toasts=True, edits=True, edit_window=timedelta(days=14), most_buttons=6)
KEYS = Keyring(["timers-only-0123456789abcdefghij"])
HOUSE = House("示例集团", SHANGHAI, WorkCalendar.of(seed_days(), "09:00-18:00", SHANGHAI), QuietHours(zone=SHANGHAI))
WHO = {"赵敏": Role.REP, "王磊": Role.REP, "李静": Role.MANAGER, "周强": Role.DIRECTOR, "林岚": Role.HQ}
ABOVE = {"赵敏": "李静", "王磊": "李静", "李静": "周强", "周强": "林岚"}


def at(written: str) -> datetime:
    """``05-08 18:00`` of the year all transcripts are in, or a whole instant."""
    return datetime.fromisoformat(f"2026-{written}" if len(written) < 16 else written).replace(tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Errand:
    owner: int
    due: datetime
    about: str
    urgent: bool = False
    updated: datetime | None = None
    manager: int | None = None


@dataclass(frozen=True)
class Push:
    """A message that reached somebody: from when on it could ring, and what stood first."""

    at: datetime
    to: str
    text: str

    def __str__(self) -> str:
        return f"{self.at.astimezone(SHANGHAI):%m-%d %H:%M} {self.to} {self.text}"


@dataclass
class Office:
    """Everybody of ``WHO`` works here, with an account unless they are ``unbound``."""

    open_database: Callable[[], Database]
    clock: ManualClock
    unbound: tuple[str, ...] = ()
    errands: dict[int, Errand] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    _told: int = 0

    def __post_init__(self) -> None:
        self.catalog = Catalog([core_feature(), *features(), self._feature()])
        self.copyist = Copyist(self.catalog, KEYS, {"feishu": CAN})
        self.database, self.ticker = self.process()
        with self.database.unit() as unit:
            for name, role in WHO.items():
                self.joins(unit, name, role)

    def process(self) -> tuple[Database, Ticker]:
        """One more process on the same database."""
        database = self.open_database()
        clockwork = Clockwork(self.catalog, self.copyist, lambda: HOUSE)
        daily = clockwork.daily(SHANGHAI)
        return database, Ticker(database, self.clock, clockwork.runs(), recurring=daily, chores=())

    def joins(self, unit: Unit, name: str, role: Role, above: str = "") -> int:
        row: dict[str, object] = {
            "name": name,
            "role": role,
            "phone": f"138{len(self.people):08}",
            "agent": "",
            "region": "华东",
        }
        row |= {"province": "浙江", "manager": self.people.get(above or ABOVE.get(name, "")), "language": "zh-CN"}
        number = unit.sql.execute(insert(persons).values(**row, active=True).returning(persons.c.id)).scalar_one()
        if name not in self.unbound:
            account = {"channel": "feishu", "tenant": "t", "user_id": f"ou_{number}", "person": number}
            unit.sql.execute(insert(accounts).values(**account, bound_at=self.clock.now(), used_at=self.clock.now()))
        self.people[name] = int(number)
        for below, boss in ABOVE.items():
            if boss == name and below in self.people:
                unit.sql.execute(update(persons).where(persons.c.id == self.people[below]).values(manager=number))
        return int(number)

    def leaves(self, name: str) -> None:
        with self.database.unit() as unit:
            unit.sql.execute(update(persons).where(persons.c.name == name).values(active=False))

    # -- errands -----------------------------------------------------------------------------------------------------

    def given(self, number: int, owner: str, due: str, about: str = "提交选型表", *, urgent: bool = False) -> None:
        self.errands[number] = Errand(self.people[owner], at(due), about, urgent)
        self.said_changed(number)

    def moved(self, number: int, due: str) -> None:
        self.errands[number] = replace(self.errands[number], due=at(due))
        self.said_changed(number)

    def updated(self, number: int) -> None:
        self.errands[number] = replace(self.errands[number], updated=self.clock.now())
        self.said_changed(number)

    def done(self, number: int) -> None:
        del self.errands[number]
        self.said_changed(number)

    def said_changed(self, number: int) -> None:
        """What every capability says in the turn in which an object is new or different."""
        with self.database.unit() as unit:
            turn = self.turn(unit)
            turn.changed("XM", number)
            turn.follow()

    def turn(self, unit: Unit, person: Person | None = None) -> Turn:
        return Turn(
            now=self.clock.now(),
            trace="t",
            house=HOUSE,
            catalog=self.catalog,
            unit=unit,
            signer=KEYS,
            person=person,
        )

    def person(self, unit: Unit, name: str) -> Person:
        found = unit.identity.person(self.people[name])
        assert found is not None
        return found

    def _feature(self) -> Feature:
        feature = Feature("errands", "差事")

        @feature.view("errands.card", of="XM")
        def card(db: Unit, number: int, viewer: Viewer) -> Card:
            errand = self.errands.get(number)
            if errand is None:
                return Card(f"XM{number}", tag="已办结")
            done = Button("完成", "errands.done", {"errand": str(number)})
            return Card(f"XM{number}", blocks=(Text(errand.about),), buttons=(done,))

        @feature.alert("XM", view="errands.card")
        def due(db: Unit, number: int, house: House, now: datetime) -> Deadline | None:
            errand = self.errands.get(number)
            if errand is None:
                return None
            return Deadline(
                owner=errand.owner,
                at=errand.due,
                about=errand.about,
                manager=errand.manager,
                urgent=errand.urgent,
                updated=errand.updated,
            )

        @feature.todo
        def waiting(db: Unit, person: Person, now: datetime) -> Sequence[ToDo]:
            mine = [(n, errand) for n, errand in self.errands.items() if errand.owner == person.id]
            return [ToDo(f"XM{n}", f"XM{n} {errand.about}", f"XM{n}", errand.due) for n, errand in mine]

        @feature.job("says", why="试一句")
        def says(turn: Turn, db: Unit, slot: object) -> None:
            turn.tell(self.person(db, "赵敏"), "夜里的一句话")

        return feature

    # -- the clock ---------------------------------------------------------------------------------------------------

    async def until(self, written: str) -> list[str]:
        """Walks there, stopping wherever something is due, as time does; what was pushed on the way."""
        end = at(written)
        await self.ticker.tick()
        while ahead := [due for due in self.dues() if self.clock.now() < due <= end]:
            self.clock.set(min(ahead))
            await self.ticker.tick()
        return await self.jumps(written)

    async def jumps(self, written: str) -> list[str]:
        """The clock stands there at once, as after an outage."""
        await self.ticker.tick()
        self.clock.set(max(at(written), self.clock.now()))
        await self.ticker.tick()
        return [str(push) for push in self.news()]

    def dues(self) -> list[datetime]:
        with self.database.unit() as unit:
            return [slot.due for slot in unit.jobs.next_due(200)]

    def news(self) -> list[Push]:
        """What was written to the outbox since the last look."""
        names = {f"ou_{number}": name for name, number in self.people.items()}
        with self.database.unit() as unit:
            found = select(outbox).where(outbox.c.id > self._told, outbox.c.what == Sending.SEND).order_by(outbox.c.id)
            rows = unit.sql.execute(found).all()
        self._told = max((row.id for row in rows), default=self._told)
        return [Push(row.not_before or row.created, names[row.chat], _said(row.content)) for row in rows]

    def why(self, number: int) -> list[str]:
        """What became of each reminder about an errand."""
        with self.database.unit() as unit:
            return [f"{each.step} {each.outcome.value}" for each in reversed(queries.history(unit, "XM", number, 50))]

    def recorded(self) -> dict[str, int]:
        with self.database.unit() as unit:
            outcomes = [str(each) for each in unit.sql.execute(select(reminders.c.outcome)).scalars()]
        return {each: outcomes.count(each) for each in sorted(set(outcomes))}

    def forecast(self, written: str) -> list[str]:
        """``python -m bot alerts --at …``: its lines without the heading."""
        lines: list[str] = []
        desk = Desk(self.database, self.clock, HOUSE, KEYS, self.catalog, lines.append)
        assert forecast.alerts(desk, at=at(written).isoformat(), dry_run=True) == 0
        return lines[1:]


def _said(content: Card | str) -> str:
    if isinstance(content, str):
        return content
    first = content.blocks[0] if content.blocks else None
    return first.text if isinstance(first, Text) else content.title
