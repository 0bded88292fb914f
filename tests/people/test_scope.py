"""Who sees which agent: everything else does not exist for them (C04, R12.3)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Refusal
from bot.messages import Account
from bot.permit import Person, Role, scope_of
from handlers.people import queries, rules
from handlers.people.queries import Agent
from storage.store import Database
from storage.unit import Unit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AGENTS = (
    Agent(code="A0571-01", name="杭州启明机电有限公司", short_name="杭州启明", region="华东", province="浙江"),
    Agent(code="A0574-03", name="宁波甬诚暖通工程有限公司", region="华东", province="浙江", status="停用"),
    Agent(code="A0512-02", name="苏州恒川设备有限公司", region="华东", province="江苏"),
    Agent(code="A0000-01", name="华东大区直属_50%", region="华东"),
    Agent(code="A0755-05", name="深圳前湾智能科技有限公司", region="华南", province="广东"),
)
QIMING, NINGBO, SUZHOU, EAST, SHENZHEN = (agent.code for agent in AGENTS)
EVERYTHING = sorted(agent.code for agent in AGENTS)


@pytest.fixture
def db_with_agents(database: Database) -> Database:
    with database.unit() as db:
        for agent in AGENTS:
            queries.save_agent(db, agent, new=True)
    return database


def someone(role: Role, **place: str) -> Person:
    return Person(1, "某人", role, **place)  # type: ignore[arg-type]


def seen_by(database: Database, person: Person | None, words: str = "") -> list[str]:
    with database.snapshot() as db:
        return [agent.code for agent in queries.agents_like(db, scope_of(person), words, 100)]


def test_the_matrix(db_with_agents: Database) -> None:
    matrix: list[tuple[Person | None, list[str]]] = [
        (None, []),
        (someone(Role.REP, agent=QIMING), [QIMING]),
        (someone(Role.OWNER, agent=QIMING), [QIMING]),
        (someone(Role.OWNER, agent=NINGBO), [NINGBO]),
        (someone(Role.REP), []),
        (someone(Role.OWNER), []),
        (someone(Role.MANAGER, province="浙江", region="华东"), [QIMING, NINGBO]),
        (someone(Role.MANAGER, region="华东"), sorted([QIMING, NINGBO, SUZHOU, EAST])),
        (someone(Role.MANAGER), []),
        (someone(Role.DIRECTOR, region="华南"), [SHENZHEN]),
        (someone(Role.CHECKER, region="华东"), sorted([QIMING, NINGBO, SUZHOU, EAST])),
        (someone(Role.CHECKER), []),
        (someone(Role.HQ), EVERYTHING),
        (someone(Role.AUDITOR), EVERYTHING),
        (someone(Role.EXECUTIVE), EVERYTHING),
        (someone(Role.FINANCE), EVERYTHING),
        (Person(1, "某人", Role.HQ, active=False), []),
    ]
    for person, expected in matrix:
        assert seen_by(db_with_agents, person) == expected, person
        for code in EVERYTHING:
            assert seen_by(db_with_agents, person, code) == ([code] if code in expected else []), (person, code)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("A0571-01", [QIMING]),
        ("启明", [QIMING]),
        ("杭州启明", [QIMING]),
        ("有限公司", [QIMING, NINGBO, SUZHOU, SHENZHEN]),
        ("没有这家", []),
        ("%", [EAST]),
        ("_", [EAST]),
        ("'; DROP TABLE agents; --", []),
        ("\\", []),
    ],
)
def test_by_name_or_code(db_with_agents: Database, words: str, found: list[str]) -> None:
    assert seen_by(db_with_agents, someone(Role.HQ), words) == sorted(found)


# -- responsible people, read from the database --------------------------------------------------------------------


def add(db: Unit, name: str, role: Role, *, bound: bool = True, **more: object) -> Person:
    number = db.identity.add_person(Person(0, name, role, **more))  # type: ignore[arg-type]
    if bound:
        db.identity.bind_account(Account("feishu", "", f"ou_{number}"), number, NOW)
    found = queries.person(db, number)
    assert found is not None
    return found


def test_who_is_responsible_for_a_rep(db_with_agents: Database) -> None:
    with db_with_agents.unit() as db:
        rep = add(db, "王磊", Role.REP, agent=QIMING)
        with pytest.raises(Refusal, match="还没有能审批的负责人"):
            queries.responsible_manager(db, rep)
        hq = add(db, "林岚", Role.HQ)
        assert queries.responsible_manager(db, rep) == hq
        director = add(db, "周强", Role.DIRECTOR, region="华东")
        assert queries.responsible_manager(db, rep) == director
        add(db, "未绑定", Role.MANAGER, bound=False, region="华东", province="浙江")
        assert queries.responsible_manager(db, rep) == director
        li = add(db, "李静", Role.MANAGER, region="华东", province="浙江")
        assert queries.responsible_manager(db, rep) == li
        assert queries.superior_of(db, li) == director
        assert queries.superior_of(db, hq) is None


def test_agent_codes_everywhere() -> None:
    assert all(rules.agent_code(agent.code) == agent.code for agent in AGENTS)
