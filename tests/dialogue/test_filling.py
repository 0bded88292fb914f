"""One-line registrations as people write them: every value where it stands, nothing guessed (V6, D10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import WorkCalendar, seed_days
from bot.cards import Option
from bot.entry import ask, slots_of
from bot.filling import fill
from bot.ports import Given
from bot.recurrence import Every, Recurrence
from bot.slots import Context, show, value
from bot.slots import read as read_answer
from handlers.deals.entries import DealEntry
from tests.build import MONDAY, SHANGHAI

LINES = ("中央空调", "热泵", "净水", "新风", "智能照明")
CONTEXT = Context(
    MONDAY,
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
    "苏州金鸡湖会展服务有限公司，做新风系统，大概 200 万，7 月中旬能签": (
        "苏州金鸡湖会展服务有限公司", "做新风系统", "新风?", "200.00 万元?", "2026-07-20?"),
    "客户 苏州金鸡湖会展服务有限公司 新风系统 200万 7 月底": (
        "苏州金鸡湖会展服务有限公司", "新风系统", "新风?", "200.00 万元", "2026-07-31"),
    "1. 无锡太湖饭店 2. 中央空调更换 3. 180万 4. 5月20号": (
        "无锡太湖饭店", "中央空调更换", "中央空调?", "180.00 万元", "2026-05-20"),
    "①无锡太湖饭店 ②中央空调更换 ③180万 ④5月20号": (
        "无锡太湖饭店", "中央空调更换", "中央空调?", "180.00 万元", "2026-05-20"),
    "客户叫杭州湘湖度假村有限公司 项目是热泵采暖 金额大约80万 预计7月1日签": (
        "杭州湘湖度假村有限公司", "热泵采暖", "热泵?", "80.00 万元?", "2026-07-01"),
    "客户:杭州钱江新城建设开发有限公司 地址:杭州市江干区富春路58号 项目:写字楼中央空调 金额:880万 预计:8月底": (
        "杭州钱江新城建设开发有限公司", "写字楼中央空调", "中央空调?", "880.00 万元", "2026-08-31"),
    "客户：宁波余姚四明山宾馆，净水设备，12万，4月底签单。谢谢！": (
        "宁波余姚四明山宾馆", "净水设备", "净水?", "12.00 万元", "2026-04-30"),
    "宁波老外滩印象酒店，联系人王总13900000088，热泵热水，预算55万左右，预计5月下旬签": (
        "宁波老外滩印象酒店", "热泵热水", "热泵?", "55.00 万元?", "2026-05-31?"),
    "嘉兴南湖国际俱乐部 热泵 张经理 13800000033 50万 6月的15号": (
        "嘉兴南湖国际俱乐部", "热泵?", "热泵", "50.00 万元", "2026-06-15"),
    "杭州市拱墅区教育局 12所学校新风 合计 186 万 7月15号": (
        "杭州市拱墅区教育局", "12所学校新风", "新风?", "186.00 万元", "2026-07-15"),
    "宁波7天连锁酒店有限公司 热泵 三十万零五千 4月5号": (
        "宁波7天连锁酒店有限公司", "热泵?", "热泵", "30.50 万元", "2026-04-05"),
    "青岛胶州湾冷链有限公司/热泵烘干/六十万/6.30": (
        "青岛胶州湾冷链有限公司", "热泵烘干", "热泵?", "60.00 万元", "2026-06-30?"),
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
        ("重庆解放碑威斯汀酒店 热泵 四十万 尽快", {"sign_date"}),
        ("重庆解放碑威斯汀酒店 热泵 四十万 待定", {"sign_date"}),
        ("宁波港集团 热泵 净水 80万 8月底", {"line"}),
        ("宁波港集团 热泵 80万 5月20或21", {"sign_date"}),
        ("某某公司 热泵和净水一体机 50万 6月底", {"line"}),
    ],
)
def test_what_has_two_readings_is_asked(words: str, asked: set[str]) -> None:
    found, unsure = read(words)
    assert unsure == asked
    assert not asked & found.keys()


PRIORITIES = [Option(word, word) for word in ("紧急", "高", "中", "低")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEntry:
    """As tasks and reminders will ask (R4.4, C57): a deadline by day or by the hour, or again and again; a priority."""

    due: datetime | None = ask("最迟", optional=True, by_day=True)
    every: Recurrence | None = ask("重复", optional=True)
    priority: str | None = ask("优先级", optional=True, options=lambda _: PRIORITIES)
    what: str = ask("事项")


TASKS = {
    "周五前 提交选型表 高": ("2026-03-06 18:00", None, "高", "提交选型表"),
    "明天下午3点前 提交选型表": ("2026-03-03 15:00", None, None, "提交选型表"),
    "提交选型表 紧急 后天晚上8点": ("2026-03-04 20:00", None, "紧急", "提交选型表"),
    "每周五下午3点 汇总跟进": (None, "每周五 15:00", None, "汇总跟进"),
    "每月最后一个工作日 核对回款 中": (None, "每月最后一个工作日 09:00?", "中", "核对回款"),
    "任务说明 月底前": ("2026-03-31 18:00", None, None, "任务说明"),
}


@pytest.mark.parametrize("words", TASKS)
def test_instants_recurrences_and_priorities(words: str) -> None:
    slots = {slot.name: slot for slot in slots_of(TaskEntry)}
    reading = fill(tuple(slots.values()), words, replace(CONTEXT, options={"priority": PRIORITIES}))
    shown = {n: show(slots[n], g.raw, CONTEXT) + ("?" if g.inferred else "") for n, g in reading.given.items()}
    assert (tuple(shown.get(name) for name in slots), reading.unsure) == (TASKS[words], {})


def test_what_a_handler_gets() -> None:
    slots = {slot.name: slot for slot in slots_of(TaskEntry)}
    due, every = (read_answer(slots[n], w, CONTEXT) for n, w in (("due", "明天下午3点"), ("every", "每周五15:00")))
    assert isinstance(due, Given)
    assert isinstance(every, Given)
    assert value(slots["due"], due.raw) == datetime(2026, 3, 3, 15, tzinfo=SHANGHAI)
    assert value(slots["every"], every.raw) == Recurrence(Every.WEEK, time(15), (4,))


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_exception_and_nothing_comes_from_nowhere(words: str) -> None:
    reading = fill(tuple(SLOTS.values()), words, CONTEXT)
    customer = reading.given.get("customer")
    assert customer is None or all(part in words for part in customer.raw.split())
