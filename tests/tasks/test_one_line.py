"""A task in one line, as people with one thumb write it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.calendar import WorkCalendar, seed_days
from bot.cards import Option
from bot.entry import slots_of
from bot.filling import fill
from bot.slots import Context, show
from handlers.tasks.entries import PostponeEntry, TaskEntry, priorities
from tests.build import MONDAY, SHANGHAI

PEOPLE = (
    Option("#3", "赵敏", ("赵敏", "13800000003")),
    Option("#4", "刘洋", ("刘洋", "13800000004")),
    Option("#8", "王磊（杭州启明业务员，尾号 0001）", ("王磊", "13800000001")),
    Option("#9", "王磊（宁波甬诚业务员，尾号 0021）", ("王磊", "13800000021")),
)
CALENDAR = WorkCalendar.of(seed_days(), "09:00-18:00", SHANGHAI)
CONTEXT = Context(MONDAY, CALENDAR, {"who": PEOPLE, "priority": priorities(None)})  # type: ignore[arg-type]


def understood(entry: type, words: str, mentioned: tuple[int, ...] = ()) -> tuple[str, ...]:
    """What was read by slot, a ? behind what is inferred; the names of what is asked."""
    slots = slots_of(entry)
    reading = fill(slots, words, replace(CONTEXT, mentioned=mentioned))
    shown = [
        show(s, reading.given[s.name].raw, CONTEXT) + ("?" if reading.given[s.name].inferred else "")
        for s in slots
        if s.name in reading.given
    ]
    return (*shown, *(f"asks {name}" for name in reading.unsure))


@pytest.mark.parametrize(
    ("words", "mentioned", "read"),
    [
        ("@赵敏 周五前 提交选型表 高", (), ("赵敏", "2026-03-06 18:00", "提交选型表", "高")),
        ("@小赵 周五前 提交选型表 高", (3,), ("赵敏", "2026-03-06 18:00", "提交选型表", "高")),
        ("给赵敏 提交选型表 明天下午3点前", (), ("赵敏", "2026-03-03 15:00", "提交选型表")),
        ("提交选型表，赵敏，周五下班前，急", (), ("赵敏", "2026-03-06 18:00", "提交选型表", "紧急")),
        ("13800000004 3月10日 巡店", (), ("刘洋", "2026-03-10 18:00", "巡店")),
        ("赵敏 2小时内 回电话给客户", (), ("赵敏", "2026-03-02 11:00", "回电话给客户")),
        ("赵敏 下周三 中央空调高温测试", (), ("赵敏", "2026-03-11 18:00", "中央空调高温测试")),
        ("赵敏 月底前 提高门店陈列 中", (), ("赵敏", "2026-03-31 18:00", "提高门店陈列", "中")),
        (
            "负责人：赵敏\n截止：周五\n任务内容：提交选型表\n优先级：低",
            (),
            ("赵敏", "2026-03-06 18:00", "提交选型表", "低"),
        ),
        ("王磊 周五前 提交选型表", (), ("2026-03-06 18:00", "提交选型表", "asks who")),
        ("赵敏 刘洋 周五前 提交选型表", (), ("2026-03-06 18:00", "提交选型表", "asks who")),
        ("赵敏 昨天 提交选型表", (), ("赵敏", "提交选型表", "asks due")),
        ("赵敏 今天3点 提交选型表", (), ("赵敏", "提交选型表", "asks due")),
        ("赵敏 提交选型表", (), ("赵敏", "提交选型表")),
        ("周五前", (), ("2026-03-06 18:00",)),
    ],
)
def test_a_task(words: str, mentioned: tuple[int, ...], read: tuple[str, ...]) -> None:
    assert understood(TaskEntry, words, mentioned) == read


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("RW601 下周三 等客户", ("RW601", "2026-03-11 18:00", "等客户")),
        ("rw 601 到下周三 等客户确认", ("RW601", "2026-03-11 18:00", "等客户确认")),
        ("RW601 3月20日下午5点 主机没到", ("RW601", "2026-03-20 17:00", "主机没到")),
        ("RW601 等客户", ("RW601", "等客户")),
    ],
)
def test_a_postponement(words: str, read: tuple[str, ...]) -> None:
    assert understood(PostponeEntry, words) == read
