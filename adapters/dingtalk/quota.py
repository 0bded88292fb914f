"""The company's monthly quota (page 5.1): every call and every push counts, over all its apps.

Tokens and refusals for calling too often are free. What is counted here is this app's share, so the company has used at
least that much.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from adapters.channel import Line, Meter

MOST_CALLS = 5_000
MOST_PUSHES = 3_000
"""Of the standard edition, since 2025-11-19; the professional one has 200,000 and 50,000 more."""
_WORTH_SAYING, _URGENT = 70, 90
_WORTH_TELLING = (100, 80)
"""Percent of which HQ is told in the chat, once a month each."""


class Spent(StrEnum):
    """What is charged, by the kind of call or push."""

    SEND = "send"
    CARD = "card"
    RECALL = "recall"
    SETUP = "setup"
    FILE = "file"
    MESSAGE = "message"
    CLICK = "click"
    EVENT = "event"
    OVER = "over_quota"
    """A message that came without its content, because the pushes of the month are used up."""


CALLS = (Spent.SEND, Spent.CARD, Spent.RECALL, Spent.SETUP, Spent.FILE)
PUSHES = (Spent.MESSAGE, Spent.CLICK, Spent.EVENT, Spent.OVER)


class _Share(Struct, frozen=True):
    """One of the two quotas of the standard edition."""

    name: str
    title: str
    kinds: tuple[Spent, ...]
    most: int
    over: str
    """What becomes of the channel without it."""

    def spent(self, spent: Mapping[str, int]) -> int:
        return sum(spent.get(kind, 0) for kind in self.kinds)


_CALLS = _Share("calls", "接口调用", CALLS, MOST_CALLS, "消息会留在队列里，下个月才能送出")
_PUSHES = _Share("pushes", "消息与回调推送", PUSHES, MOST_PUSHES, "大家发来的消息会没有内容，也不会补发")
_BUY = "请在钉钉管理后台扩容。"


class Quota:
    """Counts, tells HQ in time, and knows what the platform has refused since it last said yes."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._calls_refused = False
        self._pushes_empty = False

    def called(self, kind: Spent) -> None:
        self._meter.spend(kind)
        self._calls_refused = False
        self._near(_CALLS)

    def refused(self) -> None:
        self._calls_refused = True
        said = f"企业本月的接口调用额度已用完，发往钉钉的消息留在队列里，额度恢复后自动发送。{_BUY}"
        self._meter.warn("calls_refused", said, daily=True, mute=True)

    def pushed(self, kind: Spent) -> None:
        self._meter.spend(kind)
        if kind in (Spent.MESSAGE, Spent.OVER):
            self._pushes_empty = kind is Spent.OVER
        if kind is Spent.OVER:
            said = "企业本月的消息推送额度已用完，大家发来的消息没有内容，无法办理，也不会补发。"
            self._meter.warn("over_quota", f"{said}请告诉大家，并在钉钉管理后台扩容。", daily=True)
        else:
            self._near(_PUSHES)

    def _near(self, share: _Share) -> None:
        """The company has used at least what this app has."""
        spent = share.spent(self._meter.spent())
        percent = next((each for each in _WORTH_TELLING if 100 * spent >= each * share.most), None)
        if percent is not None:
            said = f"本月{share.title}已用约 {spent} 次，达到标准版全企业 {share.most} 次的 {percent}%。"
            self._meter.warn(f"{share.name}_{percent}", f"{said}用完后{share.over}。若不是专业版，{_BUY}")

    @property
    def trouble(self) -> str:
        """Why the channel is of no use for now; "" while it is."""
        if self._pushes_empty:
            return "企业本月的消息推送额度已用完，大家发来的消息没有内容；请在钉钉管理后台扩容"
        if self._calls_refused:
            return "企业本月的接口调用量已用完，消息留在队列里；请在钉钉管理后台扩容"
        return ""

    def lines(self) -> list[Line]:
        spent = self._meter.spent()
        found = [_line(share.title, share.spent(spent), share.most) for share in (_CALLS, _PUSHES)]
        if empty := spent.get(Spent.OVER, 0):
            found.append(("fail", f"本月有 {empty} 条消息因推送额度用完而没有内容：请在钉钉管理后台扩容"))
        return found


def _line(what: str, spent: int, most: int) -> Line:
    percent = 100 * spent // most
    said = f"本月{what}已用约 {spent} 次，标准版全企业共 {most} 次"
    if percent < _WORTH_SAYING:
        return "ok", said
    urgent = "，快用完了" if percent >= _URGENT else ""
    return "warn", f"{said}（{percent}%{urgent}）：若不是专业版，请在钉钉管理后台扩容"
