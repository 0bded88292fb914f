"""R4.4 as tables: who may give whom a task, what may be done with one, and what people's words mean."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.permit import Person, Role
from bot.values import Percent
from handlers.tasks import rules
from handlers.tasks.rules import STEPS, Home, Part, Step, next_state, part_for
from handlers.tasks.states import LIVE, OPEN, State

ZHEJIANG, JIANGSU, GUANGDONG = Home("华东", "浙江"), Home("华东", "江苏"), Home("华南", "广东")
NOWHERE = Home()


def person(number: int, role: Role, **more: object) -> Person:
    return Person(number, f"某{number}", role, **more)  # type: ignore[arg-type]


WU = person(1, Role.EXECUTIVE)
LIN = person(2, Role.HQ)
ZHOU = person(3, Role.DIRECTOR, region="华东", manager=1)
LI = person(4, Role.MANAGER, region="华东", province="浙江", manager=3)
SUN = person(5, Role.FINANCE)
HE = person(6, Role.CHECKER, region="华东")
ZHENG = person(7, Role.AUDITOR)
CHEN = person(8, Role.OWNER, agent="A0571-01")
WANG = person(9, Role.REP, agent="A0571-01")
ZHAO = person(10, Role.REP, agent="A0574-03")
FAR = person(11, Role.REP, agent="A0755-05")
GONE = person(12, Role.REP, agent="A0571-01", active=False)
SOUTH = person(13, Role.MANAGER, region="华南")
LOST = person(14, Role.MANAGER)
HOMES = {
    **dict.fromkeys((CHEN.id, WANG.id, ZHAO.id, GONE.id), ZHEJIANG),
    FAR.id: GUANGDONG,
    **{p.id: Home(p.region, p.province) for p in (WU, LIN, ZHOU, LI, SUN, HE, ZHENG, SOUTH, LOST)},
}
EVERYBODY = (WU, LIN, ZHOU, LI, SUN, HE, ZHENG, CHEN, WANG, ZHAO, FAR, GONE, SOUTH, LOST)
ACTIVE = tuple(p for p in EVERYBODY if p.active)


@pytest.mark.parametrize(
    ("giver", "to"),
    [
        (WU, [p for p in ACTIVE if p is not WU]),
        (LIN, [p for p in ACTIVE if p not in (WU, LIN)]),
        (ZHOU, [LI, HE, CHEN, WANG, ZHAO]),
        (LI, [CHEN, WANG, ZHAO]),
        (SOUTH, [FAR]),
        (LOST, []),
        (CHEN, [WANG]),
        (WANG, []),
        (SUN, []),
        (HE, []),
        (ZHENG, []),
        (GONE, []),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_who_may_give_whom(giver: Person, to: list[Person]) -> None:
    assert [p for p in EVERYBODY if rules.may_give(giver, p, HOMES[p.id])] == to


@pytest.mark.parametrize(
    ("person", "owners"),
    [
        (WU, EVERYBODY),
        (LIN, EVERYBODY),
        (ZHENG, EVERYBODY),
        (SUN, EVERYBODY),
        (ZHOU, [LI, HE, CHEN, WANG, ZHAO, GONE]),
        (LI, [CHEN, WANG, ZHAO, GONE]),
        (CHEN, [WANG, GONE]),
        (WANG, []),
        (HE, []),
        (LOST, []),
    ],
    ids=lambda value: value.name if isinstance(value, Person) else "",
)
def test_whose_tasks_are_seen_besides_ones_own(person: Person, owners: list[Person]) -> None:
    """What somebody may give they see, also of people who left; everything else does not exist for them (R12.3)."""
    assert [p for p in EVERYBODY if rules.may_see(person, p, HOMES[p.id])] == list(owners)


def test_an_owner_without_an_agent_directs_nobody() -> None:
    stray, rep = person(20, Role.OWNER), person(21, Role.REP)
    assert not rules.may_give(stray, rep, NOWHERE)


# -- steps -----------------------------------------------------------------------------------------------------------

OWNER, GIVER = Part.OWNER, Part.GIVER


@pytest.mark.parametrize(
    ("step", "part", "leads"),
    [
        (Step.ACCEPT, OWNER, {State.OFFERED: State.WORKING}),
        (Step.ACCEPT, GIVER, {}),
        (Step.PROGRESS, OWNER, dict.fromkeys(OPEN, State.WORKING)),
        (Step.PROGRESS, GIVER, {}),
        (Step.HELP, OWNER, dict.fromkeys(OPEN, State.BLOCKED)),
        (Step.HELP, GIVER, {}),
        (Step.REPORT, OWNER, dict.fromkeys(OPEN, State.REPORTED)),
        (Step.REPORT, GIVER, dict.fromkeys(OPEN, State.DONE)),
        (Step.CHECK, OWNER, {}),
        (Step.CHECK, GIVER, {State.REPORTED: State.DONE}),
        (Step.RETURN, OWNER, {}),
        (Step.RETURN, GIVER, {State.REPORTED: State.WORKING}),
        (Step.CANCEL, OWNER, {}),
        (Step.CANCEL, GIVER, dict.fromkeys(LIVE, State.CANCELLED)),
        (Step.HAND_OVER, OWNER, {}),
        (Step.HAND_OVER, GIVER, dict.fromkeys(OPEN, State.OFFERED)),
        (Step.POSTPONE, OWNER, {state: state for state in OPEN}),
        (Step.POSTPONE, GIVER, {state: state for state in OPEN}),
    ],
)
def test_what_a_step_leads_to(step: Step, part: Part, leads: dict[State, State]) -> None:
    found = {state: after for state in State if (after := next_state(step, part, state)) is not None}
    assert found == leads


def test_as_the_giver_where_one_is_both() -> None:
    both = frozenset(Part)
    assert {step: part_for(step, both) for step in (Step.REPORT, Step.POSTPONE, Step.CHECK, Step.ACCEPT)} == {
        Step.REPORT: GIVER,
        Step.POSTPONE: GIVER,
        Step.CHECK: GIVER,
        Step.ACCEPT: OWNER,
    }
    assert part_for(Step.ACCEPT, frozenset({GIVER})) is None
    assert not any(part_for(step, frozenset()) for step in Step)


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Part)), max_size=40))
def test_what_is_over_stays_over_and_only_the_giver_ends_it(steps: list[tuple[Step, Part]]) -> None:
    state = State.OFFERED
    for step, part in steps:
        after = next_state(step, part, state)
        if after is None:
            continue
        assert state in LIVE
        assert after in LIVE or part is GIVER
        assert part in STEPS[step].leads
        state = after


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "words", "understood"),
    [
        (None, "60", (Percent(6000), "")),
        (None, "60.5", (Percent(6050), "")),
        (None, " 100 ", (Percent(10_000), "")),
        (None, "101", (None, "101")),
        (None, "主机已到场", (None, "主机已到场")),
        (Percent(6000), "60", (Percent(6000), "60")),
        (None, "", (None, "")),
    ],
)
def test_a_number_alone_is_the_percentage(
    percent: Percent | None, words: str, understood: tuple[Percent | None, str]
) -> None:
    assert rules.progress_said(percent, words) == understood


@given(st.decimals(0, 100, places=2))
def test_every_share_is_understood(share: Decimal) -> None:
    assert rules.progress_said(None, str(share)) == (Percent.of(share), "")


@pytest.mark.parametrize(
    ("words", "asking"),
    [
        ("怎么样了", True), ("到哪一步了", True), ("做完了吗", True), ("多少了？", True),
        ("主机已到场", False), ("等客户确认", False), ("", False),
    ],
)  # fmt: skip
def test_a_question_tells_nothing(words: str, asking: bool) -> None:
    assert rules.asks(words) is asking


@pytest.mark.parametrize(
    ("words", "announced", "kept"),
    [
        ("了", False, ""), ("了，见照片", True, "见照片"), ("已安装调试", False, "已安装调试"), ("啦。", False, ""),
        ("见附件", True, "见附件"), ("如图", True, "如图"), ("", False, ""),
    ],
)  # fmt: skip
def test_what_is_said_behind_done(words: str, announced: bool, kept: str) -> None:
    assert (rules.announces_a_file(words), rules.done_words(words)) == (announced, kept)
