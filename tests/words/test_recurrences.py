"""What people want again and again, as they write it, and when it comes next."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parse import Found, Unsure, find_recurrences, read_recurrence
from bot.recurrence import LAST, Every, Recurrence
from tests.build import SHANGHAI
from tests.words.days import CALENDAR
from tests.words.test_anything import ANYTHING
from tests.words.writing import listed

NOW = datetime(2026, 3, 2, tzinfo=SHANGHAI)

SURE = {
    "week:4@15:00": (
        "每周五下午3点 | 每周五下午三点 | 每周五15:00 | "
        "每个周五下午3点 | 每星期五 15:00 | 每个礼拜五下午3点钟 | 每周五的下午3点"
    ),
    "week:0@09:00": "每周一上午9点 | 每周一早上九点 | 每周一9点 | 每周一 09:00",
    "week:6@20:00": "每周日晚上8点 | 每周天晚8点 | 每星期天20:00",
    "week:0,2,4@10:30": "每周一三五上午10点半 | 每周一、三、五10:30 | 每周一、周三、周五上午十点半 | 每周一和周三和周五10:30",
    "week:0,1,2,3,4@09:00": "每周一到周五上午9点 | 每周一至周五9点 | 每周一到五9点",
    "day:@09:00": "每天早上9点 | 每天9点 | 每日上午九点 | 每天上午 9:00 | 每天 09:00",
    "day:@20:00": "每晚8点 | 每天晚上8点 | 每天20点 | 每日晚8点",
    "day:@08:30": "每早八点半 | 每天早上8:30",
    "workday:@09:00": "每个工作日早上9点 | 每工作日9点 | 工作日每天9点 | 每个工作日上午九点",
    "workday:@18:00": "每个工作日下班前 | 工作日每天下班前",
    "month:25@09:00": "每月25号上午9点 | 每月25日9点 | 每个月25号 09:00 | 每月二十五号上午九点",
    "month:15,30@10:00": "每月15号和30号上午10点 | 每月15号、30号10点 | 每月15、30号10:00",
    "month:-1@17:00": "每月最后一天下午5点 | 每个月最后一天17:00 | 每月底下午五点 | 每月末17点",
    "monthwork:-1@15:00": "每月最后一个工作日下午3点 | 每个月最后一个工作日15:00 | 每月最后工作日15点",
    "monthwork:1@10:00": "每月第一个工作日上午10点 | 每月首个工作日10点 | 每月第1个工作日10:00",
    "monthwork:3@09:00": "每月第三个工作日9点 | 每月第3个工作日上午9点",
}  # fmt: skip
MARKED = {
    "week:4@09:00": "每周五 | 每个星期五 | 每周五提醒我",
    "workday:@09:00": "每个工作日 | 工作日每天",
    "day:@09:00": "每天 | 每日",
    "monthwork:-1@09:00": "每月最后一个工作日",
    "month:25@09:00": "每月25号 | 每个月25日",
    "week:0,4@09:00": "每周一、五",
}
ASKED = """
每周 | 每个月 | 每周末 | 每两周周五 | 隔周周五 | 每季度 | 每年 |
每半年 | 每小时 | 每周五3点 | 每天6点 | 每晚 | 每月32号 | 每两天 | 每三个月 |
每周五到周一 | 每天晚上12点
"""
NOTHING = "周五下午3点 | 明天 | 每个人 | 每家 | 每台 | 每周大福 | 天天酒店 | 每日商报 | 120万 | 每一天酒店 | 工作日"


@pytest.mark.parametrize(("spelled", "text"), [(s, text) for s, texts in SURE.items() for text in listed(texts)])
def test_sure(spelled: str, text: str) -> None:
    (hit,) = find_recurrences(text, CALENDAR)
    assert isinstance(hit, Found)
    assert (str(hit.value), hit.certain) == (spelled, True)


@pytest.mark.parametrize(("spelled", "text"), [(s, text) for s, texts in MARKED.items() for text in listed(texts)])
def test_without_a_time_it_is_the_beginning_of_work_marked(spelled: str, text: str) -> None:
    (hit,) = find_recurrences(text, CALENDAR)
    assert isinstance(hit, Found)
    assert (str(hit.value), hit.certain) == (spelled, False)


@pytest.mark.parametrize("text", listed(ASKED))
def test_asked_with_what_was_understood(text: str) -> None:
    hit = find_recurrences(text, CALENDAR)[0]
    assert isinstance(hit, Unsure)
    assert hit.text in hit.question


@pytest.mark.parametrize("text", listed(NOTHING))
def test_no_recurrence(text: str) -> None:
    assert find_recurrences(text, CALENDAR) == []


@pytest.mark.parametrize(
    ("spelled", "named"),
    [
        ("week:0,4@15:00", "每周一、五 15:00"),
        ("workday:@09:00", "每个工作日 09:00"),
        ("day:@20:00", "每天 20:00"),
        ("month:15,-1@09:00", "每月15 日、最后一天 09:00"),
        ("monthwork:-1@15:00", "每月最后一个工作日 15:00"),
        ("monthwork:3@15:00", "每月第 3 个工作日 15:00"),
    ],
)
def test_as_people_read_it(spelled: str, named: str) -> None:
    assert Recurrence.of(spelled).named == named


@pytest.mark.parametrize(
    ("spelled", "after", "then"),
    [
        ("week:4@15:00", "2026-03-02 09:00", "2026-03-06 15:00 2026-03-13 15:00"),
        ("week:4@15:00", "2026-03-06 14:59", "2026-03-06 15:00 2026-03-13 15:00"),
        ("week:4@15:00", "2026-03-06 15:00", "2026-03-13 15:00 2026-03-20 15:00"),
        ("week:0,4@09:00", "2026-03-02 09:00", "2026-03-06 09:00 2026-03-09 09:00"),
        ("day:@09:00", "2026-03-02 10:00", "2026-03-03 09:00 2026-03-04 09:00"),
        ("workday:@09:00", "2026-04-03 10:00", "2026-04-07 09:00 2026-04-08 09:00"),
        ("workday:@09:00", "2026-05-08 10:00", "2026-05-09 09:00 2026-05-11 09:00"),
        ("month:25@09:00", "2026-03-25 09:00", "2026-04-25 09:00 2026-05-25 09:00"),
        ("month:31@09:00", "2026-01-31 10:00", "2026-02-28 09:00 2026-03-31 09:00"),
        ("month:30,31@09:00", "2026-02-01 10:00", "2026-02-28 09:00 2026-03-30 09:00"),
        ("month:-1@17:00", "2026-12-31 17:00", "2027-01-31 17:00 2027-02-28 17:00"),
        ("monthwork:-1@15:00", "2026-01-30 15:00", "2026-02-28 15:00 2026-03-31 15:00"),
        ("monthwork:1@10:00", "2026-04-01 10:00", "2026-05-06 10:00 2026-06-01 10:00"),
    ],
)
def test_when_it_comes_next(spelled: str, after: str, then: str) -> None:
    """Holidays of 2026: 清明 04-04 to 04-06, 五一 05-01 to 05-05; 02-28 and 05-09 are worked."""
    recurrence, at = Recurrence.of(spelled), datetime.fromisoformat(after).replace(tzinfo=SHANGHAI)
    came = []
    for _ in range(2):
        at = recurrence.next(at, CALENDAR)
        came.append(f"{at:%Y-%m-%d %H:%M}")
    assert " ".join(came) == then


RECURRENCES = st.one_of(
    st.builds(Recurrence, st.sampled_from([Every.DAY, Every.WORKDAY]), st.times().map(lambda at: time(at.hour, at.minute))),
    st.builds(
        lambda every, at, on: Recurrence(every, time(at.hour, at.minute), tuple(sorted(on))),
        st.just(Every.WEEK), st.times(), st.sets(st.integers(0, 6), min_size=1),
    ),
    st.builds(
        lambda every, at, on: Recurrence(every, time(at.hour, at.minute), tuple(sorted(on))),
        st.sampled_from([Every.MONTH, Every.MONTH_WORKDAY]), st.times(),
        st.sets(st.one_of(st.just(LAST), st.integers(1, 31)), min_size=1),
    ),
)  # fmt: skip


@given(RECURRENCES, st.integers(0, 60 * 24 * 400))
def test_the_next_is_later_at_its_time_and_nothing_comes_between(recurrence: Recurrence, minutes: int) -> None:
    after = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
    then = recurrence.next(after, CALENDAR)
    assert then > after
    assert then.time() == recurrence.at
    assert recurrence.next(then - timedelta(seconds=1), CALENDAR) == then
    assert Recurrence.of(str(recurrence)) == recurrence


@pytest.mark.parametrize("spelled", ["", "week@09:00", "week:x@09:00", "year:1@09:00", "day:@9:00", "day:@25:00"])
def test_what_nobody_wrote_is_not_read(spelled: str) -> None:
    with pytest.raises(ValueError, match=r"recurrence|hour|isoformat|invalid literal"):
        Recurrence.of(spelled)


@given(words=ANYTHING)
def test_whatever_is_written(words: str) -> None:
    for hit in find_recurrences(words, CALENDAR):
        assert hit.text == words[hit.start : hit.end]
        assert isinstance(hit, Unsure) or hit.value.next(NOW, CALENDAR) > NOW
    read_recurrence(words, CALENDAR)
