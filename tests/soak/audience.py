"""Many people to be broadcast to, and a broadcast that waits for its moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.desk import Desk
from bot.permit import Role
from bot.ports import Slot
from handlers.broadcasts.names import START
from handlers.broadcasts.queries import Broadcast, add
from handlers.broadcasts.states import State
from handlers.people.queries import people_with_role
from tests.soak.crowd import Crowd, rep

TITLE = "二季度返利"


@dataclass(frozen=True)
class Audience(Crowd):
    """``people`` reps of as many agents as there are ``reps``; each is known at one of the channels."""

    people: int = 2000

    def _people(self) -> Iterator[dict[str, str]]:
        yield from (row for row in super()._people() if not row["agent"])
        for number in range(self.people):
            yield self._person(
                f"业务员{number}",
                f"137{number:08}",
                "代理商业务员",
                agent=f"A0571-{number % self.reps + 1:02}",
                accounts=f"{self.channels[number % len(self.channels)]}:{rep(number)}",
            )


def publish(desk: Desk) -> None:
    """GG301, as confirming it leaves it: a row and a promise of the clock."""
    with desk.store.unit() as unit:
        author, now = people_with_role(unit, Role.DIRECTOR)[0], desk.clock.now()
        found = Broadcast(
            number=unit.numbers.next("GG"),
            state=State.SCHEDULED,
            title=TITLE,
            body="请各位按时核对返利。",
            category="通知",
            regions=("华东",),
            tiers=(),
            roles=(Role.REP.value,),
            author=author.id,
            created_at=now,
            basis="",
        )
        add(unit, found)
        args = {"number": str(found.number)}
        unit.jobs.promise(Slot(job=START, slot=f"{found.ref}/1", due=now, about=found.ref, args=args))
