"""The states and priorities of a task (R4.4), as people read them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    OFFERED = "offered"
    WORKING = "working"
    BLOCKED = "blocked"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS = {
    State.OFFERED: "待接受",
    State.WORKING: "进行中",
    State.BLOCKED: "阻塞",
    State.REPORTED: "待验收",
    State.DONE: "已完成",
    State.CANCELLED: "已撤回",
}
OPEN = (State.OFFERED, State.WORKING, State.BLOCKED)
"""The owner has something to do."""
LIVE = (*OPEN, State.REPORTED)


class Priority(StrEnum):
    URGENT = "紧急"
    HIGH = "高"
    NORMAL = "中"
    LOW = "低"
