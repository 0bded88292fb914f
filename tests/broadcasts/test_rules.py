"""Who is meant, who may speak to whom, when a second person is needed, how counts read (R3.1, R3.2)."""

from __future__ import annotations

import pytest

from bot.messages import Place
from bot.permit import Person, Role
from handlers.broadcasts.rules import (
    Audience,
    Reached,
    ReachedGroup,
    Roster,
    audience,
    beyond,
    count_lines,
    delivered_line,
    group_fits,
    needs_second,
    spaced,
)

EAST = Audience(("华东",), (), ("rep", "owner"))
GOLD = Audience(("华东", "华南"), ("金牌", "铂金"), ("rep",))
EVERYWHERE = audience(("华东", "华南", "华北", "华中", "西南", "西北", "东北"), None, ("hq", "rep"))


@pytest.mark.parametrize(
    ("meant", "role", "region", "tier", "fits"),
    [
        (EAST, Role.REP, "华东", "普通", True),
        (EAST, Role.OWNER, "华东", "金牌", True),
        (EAST, Role.REP, "华南", "普通", False),
        (EAST, Role.MANAGER, "华东", "", False),
        (GOLD, Role.REP, "华南", "铂金", True),
        (GOLD, Role.REP, "华南", "银牌", False),
        (GOLD, Role.OWNER, "华南", "金牌", False),
        (Audience(("华东",), ("金牌",), ("manager",)), Role.MANAGER, "华东", "", False),
        (Audience(("华东",), (), ("manager",)), Role.MANAGER, "华东", "", True),
        (EVERYWHERE, Role.HQ, "", "", True),
        (Audience(("华东",), (), ("hq",)), Role.HQ, "", "", False),
    ],
)
def test_every_part_has_to_fit(meant: Audience, role: Role, region: str, tier: str, fits: bool) -> None:
    assert meant.fits(role, region, tier) is fits


@pytest.mark.parametrize(
    ("chosen", "tiers"),
    [
        (None, ()),
        (("金牌",), ("金牌",)),
        (("金牌及以上",), ("金牌", "铂金")),
        (("银牌及以上", "金牌"), ("银牌", "金牌", "铂金")),
        (("铂金", "普通"), ("普通", "铂金")),
        (("普通", "银牌及以上"), ()),
    ],
)
def test_tiers_as_people_choose_them(chosen: tuple[str, ...] | None, tiers: tuple[str, ...]) -> None:
    """All of them is no condition, and none chosen is all."""
    assert audience(("华东",), chosen, None) == Audience(("华东",), tiers, ("rep", "owner"))


@pytest.mark.parametrize(
    ("role", "region", "regions", "strange"),
    [
        (Role.HQ, "", ("华东", "华南"), ()),
        (Role.DIRECTOR, "华东", ("华东",), ()),
        (Role.DIRECTOR, "华东", ("华东", "华南"), ("华南",)),
        (Role.DIRECTOR, "", ("华东",), ("华东",)),
    ],
)
def test_a_director_speaks_to_their_region(
    role: Role, region: str, regions: tuple[str, ...], strange: tuple[str, ...]
) -> None:
    assert beyond(Person(1, "某某", role, region=region), Audience(regions)) == strange


@pytest.mark.parametrize(
    ("category", "people", "second"),
    [("通知", 500, False), ("通知", 501, True), ("政策", 1, True), ("价格", 1, True), ("", 1, False)],
)
def test_a_second_person(category: str, people: int, second: bool) -> None:
    assert needs_second(category, people) is second


@pytest.mark.parametrize(
    ("meant", "agent_side", "region", "tier", "fits"),
    [
        (EAST, True, "华东", "普通", True),
        (EAST, True, "华南", "普通", False),
        (GOLD, True, "华东", "银牌", False),
        (GOLD, True, "华东", "金牌", True),
        (EAST, False, "华东", "", True),
        pytest.param(GOLD, False, "华东", "", False, id="a region's group holds companies of every tier"),
        pytest.param(Audience(("华东",), (), ("manager",)), True, "华东", "金牌", False, id="not for the agents"),
    ],
)
def test_which_groups(meant: Audience, agent_side: bool, region: str, tier: str, fits: bool) -> None:
    assert group_fits(meant, agent_side, region, tier) is fits


def person(number: int, channel: str, agent: str = "A1", company: str = "杭州启明") -> Reached:
    place = Place(channel, "", f"u{number}") if channel else None
    return Reached(number, f"某{number}", Role.REP, agent, company, "华东", "浙江", place)


CHANNELS = {"feishu": "飞书", "partner": "飞书", "wecom": "企业微信"}
ROSTER = Roster(
    (person(1, "feishu"), person(2, "partner"), person(3, "wecom", "A2", "宁波甬诚"), person(4, "", "A2", "宁波甬诚")),
    (ReachedGroup(Place("feishu", "t", "oc_1", group=True), "项目群"),),
)


def test_the_counts_before_anything_is_sent() -> None:
    """As J06 prints them; two apps of one messenger are one messenger to people."""
    assert count_lines(ROSTER, CHANNELS) == [
        "共 2 家 / 4 人:飞书 2 企业微信 1",
        "不可达 1 人:某4（宁波甬诚）（没有绑定账号）",
        "另发 1 个群:项目群",
    ]
    assert count_lines(Roster((person(1, "feishu"),)), CHANNELS) == ["共 1 家 / 1 人:飞书 1"]


@pytest.mark.parametrize(
    "other",
    [
        Roster(ROSTER.people[1:], ROSTER.groups),
        Roster((person(5, "feishu"), *ROSTER.people[1:]), ROSTER.groups),
        Roster((person(1, "wecom"), *ROSTER.people[1:]), ROSTER.groups),
        Roster(ROSTER.people, ()),
    ],
    ids=["one less", "somebody else", "another messenger", "no group"],
)
def test_what_a_preview_stands_for(other: Roster) -> None:
    assert ROSTER.basis == Roster(ROSTER.people[::-1], ROSTER.groups).basis
    assert other.basis != ROSTER.basis


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (999, "999"), (1812, "1 812"), (12000, "12 000")])
def test_counts_are_spaced(number: int, words: str) -> None:
    assert spaced(number) == words


def test_delivered_as_the_product_prints_it() -> None:
    assert delivered_line(1812, 2000, 7) == "已送达 1 812/2 000, 失败 7"
