"""Instants as people write them, on Monday 2026-03-02 at 10:20: sure, asked, none; and days alone as deadlines."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parse import Found, Unsure, find_moments, read_moment
from tests.build import SHANGHAI
from tests.words.days import CALENDAR
from tests.words.test_anything import ANYTHING
from tests.words.writing import listed

NOW = datetime(2026, 3, 2, 10, 20, tzinfo=SHANGHAI)

SURE = {
    "2026-03-02 12:00": "中午 | 中午12点 | 今天中午 | 12点 | 12:00",
    "2026-03-02 13:00": "中午1点 | 下午一点 | 13点",
    "2026-03-02 15:00": "下午3点 | 今天下午三点 | 15点 | 15:00 | 下午3点前 | 今天15点 | 3pm | 15：00 | 下午３点",
    "2026-03-02 15:30": "15:30 | 下午3点半 | 下午三点半 | 下午3:30 | 今天15:30前 | 下午3点30分 | 3:30 pm | 15点半",
    "2026-03-02 18:00": "下班前 | 今天下班前 | 下班之前 | 18:00 | 下午六点 | 傍晚6点",
    "2026-03-02 20:00": "今晚8点 | 晚上8点 | 今天晚上八点 | 晚8点 | 20点整 | 今晚20:00",
    "2026-03-02 12:20": "2小时后 | 两小时内 | 两个小时后 | 120分钟后",
    "2026-03-02 10:50": "半小时后 | 半个小时内 | 30分钟后 | 两刻钟后",
    "2026-03-02 11:50": "一个半小时后 | 1个半小时后",
    "2026-03-03 09:00": (
        "明天上午9点 | 明天9点 | 明天 9:00 | 明天九点 | 明早9点 | "
        "明早九点 | 明天早上9点钟 | 明天上班前 | 明天09:00 | tomorrow 9am"
    ),
    "2026-03-03 15:00": (
        "明天下午3点 | 明天下午三点 | 明天下午3点前 | 明天15:00 | "
        "明天 下午 3 点 | 明天的下午3点 | 明天下午3点整 | tomorrow 3pm"
    ),
    "2026-03-03 09:30": "明早九点半 | 明天上午9:30 | 明天9点30 | 明早 9点半",
    "2026-03-03 15:10": "明天下午3点10分 | 明天下午三点十分 | 明天下午3点10",
    "2026-03-03 15:05": "明天下午三点零五 | 明天下午3:05",
    "2026-03-03 15:45": "明天下午三点三刻",
    "2026-03-03 12:00": "明天中午 | 明天中午12点 | 明天中午前",
    "2026-03-03 23:00": "明晚11点",
    "2026-03-03 07:30": "明天早上七点半 | 明天07:30 | 明天上午7:30",
    "2026-03-04 20:00": "后天晚上8点 | 后天晚上八点 | 后天20:00 | 周三晚上8点 | 3月4日20点",
    "2026-03-06 10:30": (
        "周五上午10点半 | 周五 10:30 | 这周五上午十点半 | "
        "本周五10点半 | 3月6日上午10:30 | 3月6日（周五）10:30 | 3/6 10:30"
    ),
    "2026-03-06 18:00": "周五下班前 | 本周五下班前 | 3月6号下班前",
    "2026-03-11 10:00": "下周三上午10点 | 下周三10点 | 下星期三 10:00",
    "2026-03-31 17:00": "月底下午5点 | 3月31日17点 | 3月31日下午五点前",
    "2026-06-30 18:00": "6月30日18:00 | 6月30日18点",
    "2026-11-30 18:00": "11/30 18:00 | 11-30 18:00 | 2026-11-30 18:00 | 2026年11月30日18:00",
}  # fmt: skip

ASKED = """
3点 | 明天3点 | 周五5点半 | 明天7:30 | 3:30 | 六点 | 明天上午 |
周三上午 | 周五下午 | 今晚 | 晚上 | 上午9点 | 9:00 | 今天上午十点 |
昨天下午3点 | 3月1日15:00 | 25点 | 明天下午3点到5点 | 15:00-17:00 | 明天9点或10点 | 晚上12点 | 今晚12点 | 零点 | 明天0点 | 24点 |
2月30日15:00 | 早上13点 | 6月31日下午3点 | 明天3点75分 | 周一下午3点 | 明天凌晨12点 | 晚上2点
"""

NOTHING = """
三点意见 | 3点建议 | 两点说明 | 3.5点 | 第3点 | 有一点 | 一点点 | 差一点 |
120:40 | 60:40 | 12:345 | 点评 | 晚报 | 早报 | 时间 | 10.5点 |
VRV-16 | 120万 | 3号楼 | 15时代广场 | 明天 | 周五 | 6月30日 | 下午茶
"""


def shown(hit: Found[datetime] | Unsure) -> str:
    return f"{hit.value:%Y-%m-%d %H:%M}" if isinstance(hit, Found) else hit.question


@pytest.mark.parametrize(
    ("moment", "text"), [(moment, text) for moment, texts in SURE.items() for text in listed(texts)]
)
def test_sure(moment: str, text: str) -> None:
    (hit,) = find_moments(text, NOW, CALENDAR)
    assert shown(hit) == moment
    assert isinstance(hit, Found)
    assert hit.certain
    assert hit.value.tzinfo is SHANGHAI


@pytest.mark.parametrize("text", listed(ASKED))
def test_asked_with_what_was_understood(text: str) -> None:
    (hit,) = find_moments(text, NOW, CALENDAR)
    assert isinstance(hit, Unsure)
    assert hit.text in hit.question


@pytest.mark.parametrize("text", listed(NOTHING))
def test_no_instant(text: str) -> None:
    assert find_moments(text, NOW, CALENDAR) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("周五前", "2026-03-06 18:00"),
        ("明天", "2026-03-03 18:00"),
        ("3月15日前完成", "2026-03-15 18:00"),
        ("月底前", "2026-03-31 18:00"),
        ("今天", "2026-03-02 18:00"),
        ("三天内", "2026-03-05 18:00"),
        ("明天下午3点前", "2026-03-03 15:00"),
    ],
)
def test_a_deadline_by_day_is_the_end_of_its_work(text: str, moment: str) -> None:
    (hit,) = find_moments(text, NOW, CALENDAR, by_day=True)
    assert shown(hit) == moment


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("明天3点", "「明天3点」是上午还是下午？请写清楚，例如 下午3点 或 15:00。"),
        ("周三上午", "「周三上午」没有说到几点，请写一个时间，例如 下午3点。"),
        ("上午9点", "「上午9点」（2026-03-02 09:00）已经过去，请写以后的时间，例如 明天上午9点。"),
        ("明天下午3点到5点", "「明天下午3点到5点」是一段时间或几个时间，请只写一个，例如 明天上午9点。"),
    ],
)
def test_questions(text: str, question: str) -> None:
    (hit,) = find_moments(text, NOW, CALENDAR)
    assert isinstance(hit, Unsure)
    assert hit.question == question


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("明天", "「明天」没有说到几点，请写一个时间，例如 下午3点。"),
        ("15:30吧", "2026-03-02 15:30"),
        ("随便", ""),
        ("尽快", "「尽快」没有说到哪一天，请写一个日期，例如 6月30日。"),
    ],
)  # fmt: skip
def test_an_answer(answer: str, said: str) -> None:
    hit = read_moment(answer, NOW, CALENDAR)
    assert (shown(hit) if hit else "") == said


def test_the_words_of_an_instant_are_one_stretch() -> None:
    text = "任务 @赵敏 明天 下午3点前 提交选型表 高"
    (hit,) = find_moments(text, NOW, CALENDAR)
    assert text[hit.start : hit.end] == hit.text == "明天 下午3点前"


@given(words=ANYTHING, by_day=st.booleans(), minutes=st.integers(0, 60 * 24 * 400))
def test_whatever_is_written_no_instant_is_past_or_from_nowhere(words: str, by_day: bool, minutes: int) -> None:
    now = datetime.fromtimestamp(NOW.timestamp() + minutes * 60, SHANGHAI)
    reached = 0
    for hit in find_moments(words, now, CALENDAR, by_day=by_day):
        assert reached <= hit.start < hit.end <= len(words)
        assert hit.text.strip() == words[hit.start : hit.end].strip()
        assert isinstance(hit, Unsure) or hit.value > now
        reached = hit.end
    read_moment(words, now, CALENDAR, by_day=by_day)
