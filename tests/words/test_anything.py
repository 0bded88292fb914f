"""Whatever is typed: no recogniser raises, none sees what is not there, none takes long, none takes another's words."""

import subprocess
import sys
import time as machine
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import names, parse, text
from bot.parse import Found, Unsure
from tests.words.days import CALENDAR, MONDAY

NOW = datetime.combine(MONDAY, time(10, 20), CALENDAR.zone)
Hits = Sequence[Found[object] | Unsure]

FINDERS: dict[str, Callable[[str], Hits]] = {
    "money": parse.find_money,
    "dates": lambda words: parse.find_dates(words, MONDAY, CALENDAR),
    "moments": lambda words: parse.find_moments(words, NOW, CALENDAR),
    "days as moments": lambda words: parse.find_moments(words, NOW, CALENDAR, by_day=True),
    "recurrences": lambda words: parse.find_recurrences(words, CALENDAR),
    "ids": parse.find_ids,
    "phones": parse.find_phones,
    "credit codes": parse.find_credit_codes,
    "discounts": parse.find_discount,
    "percentages": parse.find_percent,
    "counts": parse.find_counts,
}
READERS: dict[str, Callable[[str], Found[object] | Unsure | None]] = {
    "money": parse.read_money,
    "date": lambda words: parse.read_date(words, MONDAY, CALENDAR),
    "moment": lambda words: parse.read_moment(words, NOW, CALENDAR),
    "recurrence": lambda words: parse.read_recurrence(words, CALENDAR),
    "phone": parse.read_phone,
    "credit code": parse.read_credit_code,
    "discount": parse.read_discount,
    "count": parse.read_count,
}
OTHERS: dict[str, Callable[[str], object]] = {
    "clean": text.clean,
    "fold": text.fold,
    "company": names.company,
    "project": names.project_core,
    "split": names.split_company,
    "likeness": names.company_likeness,
}

# Pieces that mean something, so that random text comes near the rules.
WORDS = """
120 万 w 亿 千 百 十 元 块 ¥ , . - ~ 到 / : 多 几 半 来 余 约 左右 以上 1.2 0 一 二 三 五 两 〇 一百二十万
6月 6月30日 底 初 号 日 周五 下 下下 个月 年 2026 2026-06-30 6/30 6.30 Q2 季度 末 国庆 春节 五一 节 前 后 内 签
预计 明天 三天 工作日 第一个 折 % 台 楼 VRV-16 BB1001 bb 13800000001 0571- 91330106MA0TEXT01T 信用代码 电话
3点 下午 15:30 点半 每周 每天 每月 一、三 最后一个 早上 下班前 小时后
有限公司 杭州 市 集团 ( ) （ ， 。 1. 2. １２０ 萬 報備 🎉 1️⃣ Dec next in
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\u200b", "\ud800", "\x00"])
ANYTHING = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map(" ".join))


@pytest.mark.parametrize("finder", FINDERS)
@given(words=ANYTHING)
def test_hits_are_stretches_of_the_text_in_order(finder: str, words: str) -> None:
    reached = 0
    for hit in FINDERS[finder](words):
        assert reached <= hit.start < hit.end <= len(words)
        assert hit.text == words[hit.start : hit.end]
        assert hit.text == hit.text.strip()
        reached = hit.end


@pytest.mark.parametrize("reader", READERS)
@given(words=ANYTHING)
def test_answers_are_stretches_of_the_text(reader: str, words: str) -> None:
    hit = READERS[reader](words)
    if hit is not None:
        assert hit.text == words[hit.start : hit.end]


@given(words=ANYTHING, days=st.integers(0, 2000))
def test_a_date_is_never_in_the_past_nor_money_below_a_fen(words: str, days: int) -> None:
    today = MONDAY + timedelta(days=days)
    for hit in parse.find_dates(words, today, CALENDAR):
        assert isinstance(hit, Unsure) or today <= hit.value < date(2101, 1, 1)
    for amount in parse.find_money(words):
        assert isinstance(amount, Unsure) or amount.value.fen > 0


@given(words=ANYTHING)
def test_what_cannot_be_seen_does_not_matter(words: str) -> None:
    folded = text.fold(words).text
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and char != "," else char for char in folded)
    for find in (parse.find_money, parse.find_ids, parse.find_percent):
        assert [_value(hit) for hit in find(wide)] == [_value(hit) for hit in find(folded)]


def _value(hit: Found[object] | Unsure) -> object:
    return hit.value if isinstance(hit, Found) else "asked"


@pytest.mark.parametrize(
    "piece",
    ["1", "1,", "0.", "一", "万", "1万", "120-", "1 000", "6月", "6月到", "月底", "周", "前", "签", "国庆", "三天内"],
)
def test_fifty_thousand_characters_take_less_than_50_ms(piece: str) -> None:
    _all_fast(piece)


@pytest.mark.parametrize(
    "piece",
    [" ", "的", "a", "bb1", "１，", "2026-", "公司", "集团", "(杭州)", "第一", "😀", "過", "\u0301", "\n1.", "可以"],
)
def test_nor_do_other_letters(piece: str) -> None:
    _all_fast(piece)


def _all_fast(piece: str) -> None:
    words = (piece * 50_000)[:50_000]
    for name, do in (FINDERS | READERS | OTHERS).items():
        # A slow first time may be the machine's; three slow times are ours.
        assert any(_seconds(do, words) < 0.05 for _ in range(3)), name


def _seconds(do: Callable[[str], object], words: str) -> float:
    text.fold.cache_clear()
    text.prepare.cache_clear()
    names.company.cache_clear()
    start = machine.process_time()
    do(words)
    return machine.process_time() - start


SENTENCE = (
    "报备 杭州云栖湾酒店管理有限公司 3号楼中央空调改造 VRV-16 20台 预计120万元 6月底前签"
    " 张工 13800000001 82折 信用代码 91330106MA0TEXT01T BB1001 60%"
)


def test_every_value_of_a_sentence_has_its_own_words() -> None:
    hits = {name: find(SENTENCE) for name, find in FINDERS.items()}
    assert {name: [hit.text for hit in found] for name, found in hits.items()} == {
        "money": ["预计120万元"],
        "moments": [],
        "days as moments": ["6月底前签"],
        "recurrences": [],
        "dates": ["6月底前签"],
        "ids": ["BB1001"],
        "phones": ["13800000001"],
        "credit codes": ["91330106MA0TEXT01T"],
        "discounts": ["82折"],
        "percentages": ["60%"],
        "counts": ["20台"],
    }


def test_the_heavy_dictionaries_are_not_loaded_with_the_parser() -> None:
    code = (
        "import sys, bot.parse, bot.names; print(*(m for m in ('opencc', 'pypinyin', 'rapidfuzz') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
