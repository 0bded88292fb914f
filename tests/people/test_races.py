"""Two at the same moment: one wins, the other is told, nothing is counted twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.messages import Account
from bot.permit import Person, Role
from handlers.people import code_queries, inviting, rules
from handlers.people.code_queries import Invitation
from handlers.people.tables import InvitationState, invitations
from storage.store import Database
from storage.unit import Unit
from tests.chat import World
from tests.people.conftest import invited

ROUNDS = 4
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
T = TypeVar("T")


async def test_two_accounts_confirm_one_invitation(world: World) -> None:
    world.person("陈启明", "ou_chenqiming"), world.person("李静", "ou_lijing")
    for number in range(ROUNDS):
        phone = f"138000001{number:02}"
        code = await invited(world, f"邀请 代理商 A0571-01 业务员 新人{number} {phone}")
        both = [world.person("甲", f"ou_a{number}"), world.person("乙", f"ou_b{number}")]
        for each in both:
            await each.says(f"绑定 {code}").sees("确认绑定")
        await asyncio.gather(*(each.presses("确认绑定") for each in both))
        await world.settled()
        seen = [each.news for each in both]
        assert sorted("绑定成功" in news for news in seen) == [False, True], seen
        assert sorted("邀请码已被使用" in news for news in seen) == [False, True], seen


Work = Callable[[Unit], T]


@pytest.fixture
def crowd(open_database: Callable[[], Database]) -> list[Database]:
    """Four processes on one database."""
    return [open_database() for _ in range(4)]


def at_once(crowd: Sequence[Database], work: Callable[[Unit, int], T]) -> list[T]:
    """``work(db, who)`` of everybody in a transaction of their own, as good as at the same moment."""
    start = threading.Barrier(len(crowd))

    def run(who: int) -> T:
        start.wait()
        with crowd[who].unit() as db:
            return work(db, who)

    with ThreadPoolExecutor(len(crowd)) as threads:
        return list(threads.map(run, range(len(crowd))))


def invitation(phone: str) -> Invitation:
    return Invitation(role=Role.HQ, name="新人", phone=phone, created=NOW, expires=NOW + rules.INVITATION_LIFE)


def test_invitations_for_one_phone(crowd: list[Database]) -> None:
    """A later one replaces an earlier one, or is told of it; never are two open."""

    def invite(db: Unit, who: int) -> bool:
        return code_queries.add_invitation(db, f"{phone}/{who}", invitation(phone)) is not None

    for number in range(ROUNDS):
        phone = f"139000001{number:02}"
        assert any(at_once(crowd, invite))
        with crowd[0].snapshot() as db:
            still_open = (invitations.c.phone == phone) & (invitations.c.state == InvitationState.OPEN)
            assert db.sql.execute(select(func.count()).where(still_open)).scalar_one() == 1


def test_one_code_used_by_many(crowd: list[Database]) -> None:
    def use(db: Unit, who: int) -> bool:
        return code_queries.use_invitation(db, number, person, NOW)

    with crowd[0].unit() as db:
        person = db.identity.add_person(Person(0, "新人", Role.HQ))
        numbers = [inviting.issue(db, invitation(f"139000002{n:02}"))[1] for n in range(ROUNDS)]
    while numbers:
        number = numbers.pop()
        assert sorted(at_once(crowd, use)) == [False, False, False, True]


def test_one_link_claimed_and_used_by_many(crowd: list[Database]) -> None:
    def claim(db: Unit, who: int) -> bool:
        return code_queries.claim_link(db, link, people[who])

    def use(db: Unit, who: int) -> bool:
        return code_queries.use_link(db, link, people[who], NOW)

    with crowd[0].unit() as db:
        people = [db.identity.add_person(Person(0, f"人{n}", Role.HQ)) for n in range(len(crowd))]
    for number in range(ROUNDS):
        with crowd[0].unit() as db:
            code_queries.add_link(db, f"k{number}", Account("feishu", "", f"ou_{number}"), NOW, NOW + rules.LINK_LIFE)
            found = code_queries.link_by_code(db, f"k{number}", NOW)
        assert found is not None
        link = found.id
        winner = at_once(crowd, claim)
        assert sorted(winner) == [False, False, False, True]
        assert at_once(crowd, use) == winner
