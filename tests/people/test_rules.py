"""The rules of joining as tables of cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.permit import Person, Role
from bot.tally import row_numbers
from handlers.people import places, rules
from handlers.people.rules import Failures, Superior

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("QM7F-29KD", "QM7F29KD"),
        ("qm7f-29kd", "QM7F29KD"),
        ("ＱＭ７Ｆ－２９ＫＤ", "QM7F29KD"),
        ("QM7F 29KD", "QM7F29KD"),
        ("QM7F29KD。", "QM7F29KD"),
        ("+ QM7F-29KD", "QM7F29KD"),
        ("K7Q2", "K7Q2"),
        ("0000-0000", "00000000"),
        ("飞书账号", ""),
        ("ab", ""),
        ("", ""),
        ("A" * 17, ""),
    ],
)
def test_a_code_is_read_as_people_type_it(words: str, code: str) -> None:
    assert rules.code_in(words) == code


@pytest.mark.parametrize("length", [4, 8] * 50)
def test_what_is_printed_can_be_typed(length: int) -> None:
    code = rules.new_code(length)
    assert rules.code_in(rules.printed(code)) == code
    assert not set(code) & set("01OI")


@given(st.text())
def test_no_words_break_the_reading_of_a_code(words: str) -> None:
    code = rules.code_in(words)
    assert code == "" or (code.isascii() and code.isalnum() and 3 <= len(code) <= 16)


def test_a_hash_gives_nothing_away_and_is_always_the_same() -> None:
    assert rules.hashed("QM7F29KD") == rules.hashed("QM7F29KD") != rules.hashed("QM7F29KE")
    assert "QM7F" not in rules.hashed("QM7F29KD").upper()


def test_the_fifth_wrong_code_blocks_for_half_an_hour() -> None:
    failures: Failures | None = None
    for count in range(1, 6):
        assert not rules.is_blocked(failures, NOON)
        failures = rules.after_wrong(failures, NOON)
        assert failures.count == count
    assert rules.is_blocked(failures, NOON + 29 * MINUTE)
    assert not rules.is_blocked(failures, NOON + 30 * MINUTE)


@pytest.mark.parametrize(
    ("before", "at", "count"),
    [
        (None, NOON, 1),
        (Failures(3, NOON), NOON + 29 * MINUTE, 4),
        (Failures(3, NOON), NOON + 31 * MINUTE, 1),
        (Failures(5, NOON, NOON + 30 * MINUTE), NOON + 30 * MINUTE, 1),
    ],
)
def test_wrong_codes_are_forgotten(before: Failures | None, at: datetime, count: int) -> None:
    assert rules.after_wrong(before, at).count == count


CHANNELS = {"feishu": "飞书", "partner": "飞书", "wecom": "企业微信"}


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("飞书账号", "飞书"),
        ("飞书", "飞书"),
        ("飞书 账号", "飞书"),
        ("飛書帳號", "飞书"),
        ("Feishu", "飞书"),
        ("partner", "飞书"),
        ("我的partner账号", ""),
        ("企业微信账号", "企业微信"),
        ("企微", "企业微信"),
        ("钉钉账号", ""),
        ("QM7F-29KD", ""),
        ("账号", ""),
        ("", ""),
    ],
)
def test_the_messenger_somebody_means(words: str, title: str) -> None:
    assert rules.messenger_in(words, CHANNELS) == title


@pytest.mark.parametrize(
    ("words", "phone"),
    [
        ("13800000001", "13800000001"),
        ("138 0000 0001", "13800000001"),
        ("+8613800000001", "13800000001"),
        ("0086-138-0000-0001", "13800000001"),
        ("１３８０００００００１", "13800000001"),
        ("8613800000001", "13800000001"),
        ("1380000000", ""),
        ("23800000001", ""),
        ("0571-88888888", ""),
        ("", ""),
    ],
)
def test_phones(words: str, phone: str) -> None:
    assert rules.phone_of(words) == phone


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("A0571-01", "A0571-01"),
        ("a0571-01", "A0571-01"),
        ("Ａ０５７１－０１", "A0571-01"),
        ("启明 A028-04", "A028-04"),
        ("启明", ""),
    ],
)
def test_agent_codes(words: str, code: str) -> None:
    assert rules.agent_code(words) == code


@pytest.mark.parametrize(
    ("territory", "parts"),
    [
        ("华东", ("华东", "")),
        ("浙江", ("华东", "浙江")),
        ("浙江省", ("华东", "浙江")),
        ("上海市", ("华东", "上海")),
        ("火星", ("", "")),
    ],
)
def test_territories(territory: str, parts: tuple[str, str]) -> None:
    assert places.parts(territory) == parts


@pytest.mark.parametrize(
    ("rows", "text"), [([2], "2"), ([2, 3, 4], "2-4"), ([8, 2, 3, 10, 11], "2-3、8、10-11"), ([], "")]
)
def test_row_numbers(rows: list[int], text: str) -> None:
    assert row_numbers(rows) == text


# -- who is responsible --------------------------------------------------------------------------------------------


def someone(number: int, role: Role, *, bound: bool = True, active: bool = True, **place: object) -> Superior:
    return Superior(Person(number, f"p{number}", role, active=active, **place), bound)  # type: ignore[arg-type]


LI = someone(1, Role.MANAGER, province="浙江", region="华东")
EAST = someone(2, Role.MANAGER, region="华东")
ZHOU = someone(3, Role.DIRECTOR, region="华东")
LIN = someone(4, Role.HQ)
WU = someone(5, Role.EXECUTIVE)
SOUTH = someone(6, Role.MANAGER, region="华南")


def gone(superior: Superior) -> Superior:
    return Superior(
        Person(superior.person.id, superior.person.name, superior.person.role, active=False), superior.bound
    )


def unbound(superior: Superior) -> Superior:
    return Superior(superior.person, bound=False)


REP = Person(9, "rep", Role.REP, agent="A0571-01")


@pytest.mark.parametrize(
    ("below", "deciders", "expected"),
    [
        pytest.param(REP, [LI, EAST, ZHOU, LIN], LI, id="the manager of the province"),
        pytest.param(REP, [EAST, ZHOU, LIN], EAST, id="else of the region"),
        pytest.param(REP, [SOUTH, ZHOU, LIN], ZHOU, id="else the director of the region"),
        pytest.param(REP, [SOUTH, LIN], LIN, id="else HQ"),
        pytest.param(REP, [SOUTH, WU], None, id="nobody is nobody"),
        pytest.param(REP, [unbound(LI), ZHOU, LIN], ZHOU, id="who cannot be reached is skipped upward"),
        pytest.param(REP, [unbound(LI), unbound(LIN)], LI, id="unless nobody can be reached"),
        pytest.param(REP, [gone(LI), EAST, LIN], EAST, id="who is inactive is skipped"),
        pytest.param(
            Person(9, "rep", Role.REP, manager=6), [LI, SOUTH, LIN], SOUTH, id="the person's own manager comes first"
        ),
        pytest.param(
            Person(9, "rep", Role.REP, manager=7),
            [LI, someone(7, Role.MANAGER, active=False, manager=3), ZHOU],
            ZHOU,
            id="an inactive manager's manager before the territory's",
        ),
        pytest.param(
            Person(9, "rep", Role.REP, manager=7),
            [someone(7, Role.MANAGER, active=False, manager=8), someone(8, Role.MANAGER, active=False, manager=7), LIN],
            LIN,
            id="managers in a circle",
        ),
        pytest.param(LI.person, [LI, EAST, ZHOU, LIN], ZHOU, id="a manager's superior is no other manager"),
        pytest.param(ZHOU.person, [LI, ZHOU, LIN], LIN, id="a director's is HQ"),
        pytest.param(LIN.person, [LI, ZHOU, LIN], None, id="above HQ is nobody"),
    ],
)
def test_who_is_responsible(below: Person, deciders: list[Superior], expected: Superior | None) -> None:
    found = rules.superior(below, "浙江", "华东", deciders)
    assert found == (expected.person if expected else None)
