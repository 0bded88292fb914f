"""One-line registrations as people write them: every value where it stands, nothing guessed (V6, D10)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import WorkCalendar, seed_days
from bot.cards import Option
from bot.entry import slots_of
from bot.filling import fill
from bot.slots import Context, show
from handlers.deals.entries import DealEntry
from tests.build import SHANGHAI

LINES = ("中央空调", "热泵", "净水", "新风", "智能照明")
CONTEXT = Context(
    date(2026, 3, 2),
    WorkCalendar.of(seed_days(), "09:00-18:00", SHANGHAI),
    {"line": [Option(line, line) for line in LINES]},
)
SLOTS = {slot.name: slot for slot in slots_of(DealEntry)}


def read(words: str) -> tuple[dict[str, str], set[str]]:
    """What was understood (a ? behind what is inferred), and what is asked."""
    reading = fill(tuple(SLOTS.values()), words, CONTEXT)
    shown = {n: show(SLOTS[n], g.raw, CONTEXT) + ("?" if g.inferred else "") for n, g in reading.given.items()}
    return shown, set(reading.unsure)


CASES = {
    "杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签": (
        "杭州云栖湾酒店管理有限公司", "中央空调改造", "中央空调?", "120.00 万元", "2026-06-30"),
    "6月底签 中央空调改造 杭州云栖湾酒店管理有限公司 120万": (
        "杭州云栖湾酒店管理有限公司", "中央空调改造", "中央空调?", "120.00 万元", "2026-06-30"),
    "杭州 云栖湾酒店管理有限公司 中央空调改造 120万 6月底签": (
        "杭州云栖湾酒店管理有限公司", "中央空调改造", "中央空调?", "120.00 万元", "2026-06-30"),
    "上海临港星港物业有限公司热泵项目86万5月20号签": (
        "上海临港星港物业有限公司", "热泵项目", "热泵?", "86.00 万元", "2026-05-20"),
    "客户：成都锦绣里商业管理有限公司 项目：新风机组 金额：两百三十万 签约：下月底": (
        "成都锦绣里商业管理有限公司", "新风机组", "新风?", "230.00 万元", "2026-04-30"),
    "客户：成都锦绣里商业管理有限公司\n项目：新风机组\n产品线：新风\n金额：230万\n签约：2026-04-30": (
        "成都锦绣里商业管理有限公司", "新风机组", "新风", "230.00 万元", "2026-04-30"),
    "深圳湾畔科技园运营有限公司，智能照明升级，预算１２０W，预计下周五签": (
        "深圳湾畔科技园运营有限公司", "智能照明升级", "智能照明?", "120.00 万元", "2026-03-13"),
    "宁波海纳酒店 净水 30万 5月签": ("宁波海纳酒店", "净水?", "净水", "30.00 万元", "2026-05-31?"),
    "杭州市第一人民医院 净水设备 五十五万 节后第一个工作日": (
        "杭州市第一人民医院", "净水设备", "净水?", "55.00 万元", "2026-04-07"),
    "国网杭州供电公司 中央空调 ¥980,000 季末": (
        "国网杭州供电公司", "中央空调?", "中央空调", "98.00 万元", "2026-03-31"),
}  # fmt: skip


@pytest.mark.parametrize("words", CASES)
def test_everything_is_found_where_it_stands(words: str) -> None:
    found, unsure = read(words)
    names = ("customer", "project", "line", "amount", "sign_date")
    assert (tuple(found.get(n) for n in names), unsure) == (CASES[words], set())


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("恒大地产 新风 几十万 6月底", {"amount"}),
        ("某某公司 热泵 120到150万 6月底", {"amount"}),
        ("某某公司 热泵 50万 6月31日", {"sign_date"}),
        ("某某公司 热泵 50万 去年12月", {"sign_date"}),
        ("某某公司 热泵 50万 60万 6月底", {"amount"}),
        ("某某公司 热泵和净水一体机 50万 6月底", {"line"}),
    ],
)
def test_what_has_two_readings_is_asked(words: str, asked: set[str]) -> None:
    found, unsure = read(words)
    assert unsure == asked
    assert not asked & found.keys()


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_exception_and_nothing_comes_from_nowhere(words: str) -> None:
    reading = fill(tuple(SLOTS.values()), words, CONTEXT)
    customer = reading.given.get("customer")
    assert customer is None or all(part in words for part in customer.raw.split())
