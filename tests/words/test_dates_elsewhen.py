"""The same words on other days: a Saturday in November, the Monday before a long holiday, the end of the year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parse import Found, Unsure, find_dates
from tests.words.days import CALENDAR, MONDAY
from tests.words.writing import chinese

SATURDAY_IN_NOVEMBER = {
    "2026-11-22": ["明天下午3点", "明早九点半", "周日", "tomorrow", "tomorrow 3pm"],
    "2026-11-27": ["下周五前", "周五", "5个工作日内", "next Friday", "Friday"],
    "2026-11-30": ["月底前", "这个月内", "11-30", "11/30 18:00", "end of month", "end of this month"],
    "2026-12-15": ["下个月15号"],
    "2026-11-24": ["三天后", "3天内", "in 3 days"],
    "2026-12-05": ["12月5日", "两周后", "Dec 5", "December 5", "5 Dec", "by Dec 5", "within 2 weeks", "2026-12-05"],
    "2026-12-10": ["截止到12月10号"],
    "2026-11-25": ["周三上午"],
    "2026-12-31": ["季末", "Q4末", "年底", "end of year"],
    "2027-03-31": ["下季度末"],
    "2027-05-21": ["半年后"],
    "about 2027-09-30": ["国庆前"],
    "about 2027-02-09": ["春节后"],
    "about 2027-02-04": ["年前"],
    "about 2027-03-15": ["3月15日"],
    "about 2027-01-31": ["1月底签", "一月签", "下下个月"],
    "about 2026-12-31": ["元旦前", "next month"],
    "about 2027-01-04": ["元旦后", "节后第一个工作日"],
    "about 2027-06-30": ["明年6月"],
    "about 2027-03-31": ["一季度末"],
    "about 2026-11-29": ["下周"],
    "about 2026-12-15": ["15号"],
    "asked": ["本周五", "这周五", "周六", "6月底", "11月20日", "10月底", "三季度", "31号", "Nov 31", "Nov 20"],
}
BEFORE_THE_LONG_HOLIDAY = {
    "2026-09-30": ["国庆前", "节前", "月底", "周三", "季末", "2天后", "本周最后一个工作日"],
    "2026-10-08": ["节后第一个工作日", "3个工作日内"],
    "2026-10-02": ["周五"],
    "2026-10-09": ["下周五"],
    "2026-10-31": ["十月底"],
    "2026-09-29": ["明天"],
    "about 2026-10-08": ["国庆后"],
    "about 2026-10-04": ["本周末"],
}
END_OF_THE_YEAR = {
    "2026-12-31": ["月底", "年底", "季末"],
    "2027-01-31": ["下月底"],
    "2027-01-15": ["下个月15号"],
    "2027-01-01": ["后天", "周五"],
    "2027-01-04": ["下周一"],
    "2027-01-13": ["两周后"],
    "about 2027-01-15": ["1月15日"],
    "about 2027-01-31": ["1月底"],
    "about 2027-01-04": ["元旦后"],
    "about 2027-02-04": ["春节前"],
    "about 2027-03-31": ["明年3月", "下季度"],
    "about 2027-06-30": ["6月底"],
    "asked": ["2月29日", "7月"],
}
BASES = {"2026-11-21": SATURDAY_IN_NOVEMBER, "2026-09-28": BEFORE_THE_LONG_HOLIDAY, "2026-12-30": END_OF_THE_YEAR}


@pytest.mark.parametrize(
    ("base", "meaning", "text"),
    [(base, meaning, text) for base, table in BASES.items() for meaning, texts in table.items() for text in texts],
)
def test_from_that_day(base: str, meaning: str, text: str) -> None:
    (hit,) = find_dates(text, date.fromisoformat(base), CALENDAR)
    assert (_said(hit)) == meaning


def _said(hit: Found[date] | Unsure) -> str:
    if isinstance(hit, Unsure):
        return "asked"
    return str(hit.value) if hit.certain else f"about {hit.value}"


def test_a_lone_day_of_the_week_is_never_in_the_past() -> None:
    for offset in range(14):
        today = MONDAY + timedelta(days=offset)
        for place, name in enumerate("一二三四五六日"):
            (hit,) = find_dates(f"周{name}", today, CALENDAR)
            if place == today.weekday():
                assert isinstance(hit, Unsure)
            else:
                assert isinstance(hit, Found)
                assert hit.value.weekday() == place
                assert 0 < (hit.value - today).days < 7


SPELLINGS = (
    lambda day: day.isoformat(),
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日",
    lambda day: f"{day.year}年{chinese(day.month)}月{chinese(day.day)}号",
    lambda day: f"{day:%y}年{day.month}月{day.day}号",
)
SHORT = (
    lambda day: f"{day.month}月{day.day}日",
    lambda day: f"{day.month}月{day.day}",
    lambda day: f"{chinese(day.month)}月{chinese(day.day)}日",
    lambda day: f"{day.month}/{day.day}",
    lambda day: f"{day.month}-{day.day:02}",
)
AROUND = (
    "{}",
    "某某有限公司 空调改造 120万 {}签",
    "某某有限公司空调改造120万{}前签约",
    "预计签约日：{}，金额一百二十万",
    "截止到{} 13800000001",
    "VRV-16 20台 {} 82折",
    "1.某某酒店\n2.{}\n3.120万",
)


@given(st.integers(0, 700), st.sampled_from(SPELLINGS), st.sampled_from(AROUND))
def test_any_day_in_any_spelling_anywhere(ahead: int, spell: object, around: str) -> None:
    assert callable(spell)
    day = MONDAY + timedelta(days=ahead)
    text = around.format(spell(day))
    (hit,) = find_dates(text, MONDAY, CALENDAR)
    assert isinstance(hit, Found), text
    assert (hit.value, hit.certain) == (day, True), text


@given(st.integers(0, 364), st.integers(0, 400), st.sampled_from(SHORT), st.sampled_from(AROUND))
def test_a_day_without_a_year_lies_ahead_or_is_asked(ahead: int, later: int, spell: object, around: str) -> None:
    assert callable(spell)
    today = MONDAY + timedelta(days=later)
    day = today + timedelta(days=ahead)
    text = around.format(spell(day))
    (hit,) = find_dates(text, today, CALENDAR)
    if day.year == today.year or ahead <= 183:
        assert isinstance(hit, Found), text
        assert hit.value == day, text
        assert hit.certain == (day.year == today.year)
    else:
        assert isinstance(hit, Unsure), text
