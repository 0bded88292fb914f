"""How a call ended: one table of codes (page 5.2), for the app's API and the smart bot's frames alike.

HTTP is 200 for errors too. A code that is not here is the platform's refusal of this one request, for a reason the page
does not number.
"""

from __future__ import annotations

import json
from enum import Enum, auto
from typing import Any

from msgspec import Struct

from adapters.http import Reply
from bot.ports import Gone, Rejected, Retry, Unknown


class Do(Enum):
    """What a code asks for."""

    SLOW_CHANNEL = auto()
    """Everybody waits until the minute's block is over."""
    SLOW = auto()
    TOKEN = auto()
    OPERATOR = auto()
    """Nothing gets through until an operator acts, and nothing is lost by waiting for that."""
    GONE = auto()
    TAKEN = auto()
    """The task_id is known already: by an earlier attempt of the same row, if there was one."""
    REJECT = auto()
    PLATFORM = auto()


class TokenRefused(Struct, frozen=True):
    """The access token is not, or no longer, accepted: not taken."""

    reason: str


class TaskKnown(Struct, frozen=True):
    """A card of this task_id exists already."""

    reason: str


class Unlisted(Rejected, frozen=True):
    """Refused with a number that is not in the table: how an update is refused whose code is used up (page 8.3)."""


class Success(Struct, frozen=True):
    """errcode 0, and the whole answer."""

    answer: dict[str, Any]


Refusal = TokenRefused | TaskKnown | Retry | Gone | Rejected | Unknown

_PAUSE = 1.0
_BLOCK = 60.0
OPERATOR_PAUSE = 300.0

_MEANINGS: dict[Do, dict[int, str]] = {
    Do.SLOW_CHANNEL: {45009: "调用过于频繁"},
    Do.SLOW: {45033: "并发调用过多"},
    Do.TOKEN: dict.fromkeys((40014, 42001, 41001), "访问令牌无效"),
    Do.OPERATOR: {
        40001: "Secret 不正确，或应用已停用",
        40013: "企业 ID 不正确",
        40091: "Secret 不正确",
        40056: "AgentId 不正确",
        301002: "AgentId 与 Secret 不是同一个应用",
        43012: "应用没有设置接收消息的地址，不能发可点击的卡片",
        50003: "应用已停用",
        60020: "服务器的出口 IP 不在应用的企业可信 IP 里",
    },
    Do.GONE: {
        40003: "没有这个成员",
        60111: "没有这个成员",
        46004: "没有这个成员",
        60021: "成员不在应用的可见范围内",
        81013: "成员不存在，或不在应用的可见范围内",
        49008: "群已解散",
        93000: "机器人已被移除",
        93001: "机器人不在群里，或不允许主动发消息",
        93004: "机器人已停用",
        93006: "没有这个会话",
        93008: "机器人不在群里",
        846605: "点击后已超过 5 秒，不能再更新这张卡片",
        846608: "点击后已超过 5 秒，不能再更新这张卡片",
    },
    Do.TAKEN: {42014: "task_id 已使用"},
    Do.REJECT: {
        40007: "素材无效或已过期",
        40008: "消息类型不支持",
        40058: "参数无效",
        40063: "参数为空",
        44004: "内容为空",
        41016: "缺少参数",
        41033: "缺少参数",
        40033: "请求里有不允许的字符",
        40032: "接收者过多",
        82002: "部门过多",
        82003: "标签过多",
        82001: "没有接收者",
        45002: "内容过长",
        45008: "图文过多",
        48002: "应用没有这个接口的权限，请在管理后台开通",
        50002: "成员或部门不在权限范围内，请在管理后台调整",
        60011: "应用没有权限，请在管理后台调整可见范围",
        84061: "不是外部联系人",
        701008: "下游企业的成员没有互通许可，请管理员分配",
        853000: "智能机器人的 BotID 或 Secret 不正确",
    },
    Do.PLATFORM: {-1: "企业微信系统繁忙", 6000: "企业微信系统繁忙"},
}
TABLE: dict[int, tuple[Do, str]] = {
    code: (do, meaning) for do, meanings in _MEANINGS.items() for code, meaning in meanings.items()
}


def classify(reply: Reply) -> Success | Refusal:
    """What an answer means; never raises."""
    answer = _answer(reply.body)
    if answer is None or reply.status >= 300:
        if reply.status == 429:
            return Retry(_BLOCK, "企业微信限流（HTTP 429）", whole_channel=True)
        return Unknown(f"企业微信没有正常回答（HTTP {reply.status}）")
    return meaning(answer)


def meaning(answer: dict[str, Any]) -> Success | Refusal:
    """``answer`` has an ``errcode``."""
    code = answer["errcode"]
    if code == 0:
        return Success(answer)
    do, said = TABLE.get(code, (None, "企业微信拒绝了请求"))
    reason = f"{said}（{code}：{str(answer.get('errmsg', ''))[:200]}）"
    match do:
        case Do.SLOW_CHANNEL:
            return Retry(_BLOCK, reason, whole_channel=True)
        case Do.SLOW:
            return Retry(_PAUSE, reason, whole_channel=True)
        case Do.TOKEN:
            return TokenRefused(reason)
        case Do.OPERATOR:
            return Retry(OPERATOR_PAUSE, reason, whole_channel=True)
        case Do.GONE:
            return Gone(reason)
        case Do.TAKEN:
            return TaskKnown(reason)
        case Do.REJECT:
            return Rejected(reason)
        case Do.PLATFORM:
            return Unknown(reason)
        case None:
            return Unlisted(reason)


def _answer(body: bytes) -> dict[str, Any] | None:
    """The JSON answer; None for an HTML page, half an answer, or one without a code."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and type(answer.get("errcode")) is int else None
