"""What became of a reminder, as people read it."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """Sent, or why not. What is ``WAITS`` is told in the next digest."""

    SENT = "sent"
    QUIET = "quiet"
    BUDGET = "budget"
    ONCE = "once"
    MUTED = "muted"
    REPLACED = "replaced"
    OVER = "over"
    DONE = "done"
    LEFT = "left"
    UNREACHABLE = "unreachable"

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS = {
    Outcome.SENT: "已发送",
    Outcome.QUIET: "免打扰时段，并入摘要",
    Outcome.BUDGET: "当天提醒已达上限，并入摘要",
    Outcome.ONCE: "当天已为此提醒过",
    Outcome.MUTED: "本人要求今天别提醒",
    Outcome.REPLACED: "被更新的提醒代替",
    Outcome.OVER: "期限已过，不再提醒",
    Outcome.DONE: "事情已办结或改期",
    Outcome.LEFT: "本人账号已停用，改发上级",
    Outcome.UNREACHABLE: "本人没有绑定账号，改发上级",
}
WAITS = (Outcome.QUIET, Outcome.BUDGET)
PASSED_ON = (Outcome.LEFT, Outcome.UNREACHABLE)
"""Never silently skipped: the superior is told instead (R2.3)."""
