"""Periods people name, and entries in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refusal
from handlers.audit import rules, verifying
from handlers.audit.queries import Entry
from handlers.audit.rules import Period
from storage.seals import Head
from storage.verify import Broken, Fault, Verdict

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("3月", "2026-03-01", "2026-03-31"),
        ("3 月份", "2026-03-01", "2026-03-31"),
        ("３月", "2026-03-01", "2026-03-31"),
        ("4月", "2025-04-01", "2025-04-30"),
        ("2月", "2026-02-01", "2026-02-28"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("2026-03", "2026-03-01", "2026-03-31"),
        ("2025/12", "2025-12-01", "2025-12-31"),
        ("本月", "2026-03-01", "2026-03-31"),
        ("上个月", "2026-02-01", "2026-02-28"),
        ("今年", "2026-01-01", "2026-12-31"),
        ("去年", "2025-01-01", "2025-12-31"),
        ("2025年", "2025-01-01", "2025-12-31"),
        ("今天", "2026-03-02", "2026-03-02"),
        ("昨天", "2026-03-01", "2026-03-01"),
        ("2026-02-28", "2026-02-28", "2026-02-28"),
        ("2026年2月28日", "2026-02-28", "2026-02-28"),
    ],
)
def test_periods(words: str, first: str, last: str) -> None:
    assert rules.period(words, TODAY) == Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("words", ["", "全部", " "])
def test_no_period_is_everything(words: str) -> None:
    assert rules.period(words, TODAY) is None


@pytest.mark.parametrize("words", ["13月", "0月", "2026-02-30", "随便", "3月到4月", "99999"])
def test_what_is_no_period_is_asked(words: str) -> None:
    with pytest.raises(Refusal, match="没看出是哪段时间"):
        rules.period(words, TODAY)


@given(st.text())
def test_any_words_are_a_period_or_a_refusal(words: str) -> None:
    try:
        found = rules.period(words, TODAY)
    except Refusal:
        return
    assert found is None or found.first <= found.last


def entry(before: dict[str, Any], after: dict[str, Any]) -> Entry:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Entry(
        id=1, at=at, actor="王磊#9", on_behalf_of="", channel="", action="x", before=before, after=after, digest=""
    )


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {}, "登记"),
        ({}, {"name": "王磊"}, "登记：姓名 王磊"),
        ({"state": "review"}, {"state": "protected"}, "登记：state 待审 → protected"),
        ({"name": "甲", "same": 1}, {"name": "乙", "same": 1}, "登记：姓名 甲 → 乙"),
        ({"name": "甲"}, {}, "登记：姓名 甲 → 空"),
        ({}, {"active": True, "list": ["review", "b"], "none": None}, "登记：active 是，list 待审、b"),
        ({}, {"phone": "13800000001"}, "登记：phone 138****0001"),
        ({}, {"text": "长" * 100}, f"登记：text {'长' * 60}…"),
    ],
)
def test_an_entry_in_words(before: dict[str, Any], after: dict[str, Any], sentence: str) -> None:
    assert rules.sentence(entry(before, after), {"x": "登记", "name": "姓名", "review": "待审"}) == sentence


HEAD = Head(12, "3fa9" * 16, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (Verdict(12, HEAD, 0, None), "3月：完整,共 12 条,链首 3fa93fa93fa93fa9。"),
        (Verdict(12, HEAD, 2, None), "3月：完整,共 12 条,链首 3fa93fa93fa93fa9。另有 2 条刚写入，尚未封存。"),
        (Verdict(0, None, 0, None), "3月：完整,共 0 条。"),
        (Verdict(4, HEAD, 0, Broken(5, 7, Fault.EDITED)), "3月：第 5 条（审计号 7）被改动。此前 4 条完整。"),
        (Verdict(4, HEAD, 0, Broken(5, 7, Fault.DELETED)), "3月：第 5 条（审计号 7）被删除。"),
        (Verdict(4, HEAD, 0, Broken(5, 7, Fault.INSERTED)), "3月：第 5 条（审计号 7）是后来插入的。"),
        (Verdict(4, HEAD, 0, Broken(5, 7, Fault.REORDERED)), "3月：第 5 条（审计号 7）的次序被调换。"),
        (Verdict(4, HEAD, 0, Broken(5, 0, Fault.TRUNCATED)), "3月：第 5 条起被截去。"),
        (Verdict(4, HEAD, 0, Broken(5, 0, Fault.FORGED)), "3月：第 5 条起的链被重写，与签名不符。"),
    ],
)
def test_a_verdict_in_words(verdict: Verdict, sentence: str) -> None:
    assert verifying.sentence(verdict, "3月").startswith(sentence)
