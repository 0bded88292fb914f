"""A virtual month: people have things due, some do them, some do not, and every push of the month is checked.

None in quiet hours, no level skipped, none doubled, five a day each at most, and each that was not sent says why.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.calendar import QuietHours
from bot.clock import ManualClock
from bot.permit import Role
from handlers.alerts import queries, rules
from handlers.alerts.states import Outcome
from handlers.alerts.tables import reminders
from storage.store import Database
from storage.tables import persons
from tests.alerts.office import HOUSE, Office, Push, at
from tests.build import SHANGHAI
from tests.soak.conftest import Say
from tests.soak.counts import COUNTS

START, END = "04-27 09:00", "05-27 09:00"
EACH = 6
"""Errands a person: three in ten are done in time, five late, two never."""
TEAM = 10
HOURS = ("", "", "20:00-10:00", "12:00-14:00", "22:30-07:00")


class Month(Office):
    """``COUNTS.people`` of them, ten to a manager; some have hours of their own, some have no account, some leave."""

    def peopled(self, chance: random.Random) -> None:
        self.hours: dict[str, QuietHours] = dict.fromkeys((*self.people,), HOUSE.quiet)
        self.unbound = tuple(f"业务{n}" for n in range(COUNTS.people) if chance.random() < 0.05)
        with self.database.unit() as unit:
            for n in range(COUNTS.people):
                if n % TEAM == 0:
                    self.joins(unit, f"经理{n // TEAM}", Role.MANAGER, "周强")
                    self.hours[f"经理{n // TEAM}"] = HOUSE.quiet
                name, hours = f"业务{n}", chance.choice(HOURS)
                number = self.joins(unit, name, Role.REP, f"经理{n // TEAM}")
                self.hours[name] = QuietHours(hours, SHANGHAI) if hours else HOUSE.quiet
                if hours:
                    queries.set_hours(unit, number, hours, self.clock.now(), number)

    def plans(self, chance: random.Random) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What people do, each at its instant."""
        first, days = at(START), (at(END) - at(START)).days
        for number in range(601, 601 + COUNTS.people * EACH):
            owner = f"业务{(number - 601) % COUNTS.people}"
            given = first + timedelta(days=chance.uniform(0, days - 10), hours=chance.choice((0, 3, 12)))
            due = (given + timedelta(days=chance.uniform(0.2, 9))).replace(minute=0, second=0, microsecond=0)
            yield given, lambda n=number, o=owner, d=due: self.begins(n, o, d)  # type: ignore[misc]
            done = chance.choices(
                (due - timedelta(hours=5), due + timedelta(days=chance.uniform(0, 7)), None), (3, 5, 2)
            )[0]
            if done is not None:
                yield max(done, given), lambda n=number: self.done(n)  # type: ignore[misc]
        for n in chance.sample(range(COUNTS.people), COUNTS.people // 20):
            yield first + timedelta(days=chance.uniform(1, days)), lambda n=n: self.leaves(f"业务{n}")  # type: ignore[misc]

    def begins(self, number: int, owner: str, due: datetime) -> None:
        self.given(number, owner, due.strftime("%m-%d %H:%M"), f"第 {number} 件")


async def test_every_push_of_a_month(open_database: Callable[[], Database], say: Say) -> None:
    chance = random.Random(COUNTS.seed)
    month = Month(open_database, ManualClock(at(START)))
    month.peopled(chance)
    pushes: list[Push] = []
    for instant, act in sorted(month.plans(chance), key=lambda plan: plan[0]):
        pushes += await walked(month, instant)
        act()
    pushes += await walked(month, at(END))

    assert [str(push) for push in pushes if is_quiet(month, push)] == []
    a_day = Counter((push.to, HOUSE.today(push.at)) for push in pushes)
    assert max(a_day.values()) <= rules.MOST_A_DAY
    same = Counter((push.to, HOUSE.today(push.at), push.text) for push in pushes if "今天" not in push.text)
    assert [key for key, times in same.items() if times > 1] == []
    checked(month)
    say(f"{COUNTS.people} people, {len(pushes)} pushes, {month.recorded()}")


async def walked(month: Month, to: datetime) -> list[Push]:
    while ahead := [due for due in month.dues() if month.clock.now() < due <= to]:
        month.clock.set(min(ahead))
        await month.ticker.tick()
    month.clock.set(max(to, month.clock.now()))
    await month.ticker.tick()
    return month.news()


def is_quiet(month: Month, push: Push) -> bool:
    return rules.is_quiet(push.at, month.hours[push.to], HOUSE.calendar)


def checked(month: Month) -> None:
    """Each rung once for a person; the manager after the owner; an owner who was passed over is named."""
    with month.database.unit() as unit:
        rows = unit.sql.execute(select(reminders).where(reminders.c.kind == "XM").order_by(reminders.c.id)).all()
        left = set(unit.sql.execute(select(persons.c.id).where(~persons.c.active)).scalars())
    once = Counter((row.number, row.step, row.person) for row in rows if row.step)
    assert [key for key, times in once.items() if times > 1] == []
    told: set[int] = set()
    for row in rows:
        if row.step == "+1":
            told.add(row.number)
        assert row.step != "+3" or row.number in told, f"XM{row.number} went to the manager before its owner was told"
        assert row.outcome is not Outcome.LEFT or row.person in left
    assert told
