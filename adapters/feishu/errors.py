"""How a call ended: one table of codes (page 5), and what comes before a code can be read.

A code that is not here is the platform's refusal of this one request.
"""

from __future__ import annotations

import json
from enum import Enum, auto
from typing import Any

from msgspec import Struct

from adapters.http import Reply
from bot.ports import Gone, Receipt, Rejected, Retry, Unknown


class Do(Enum):
    """What a code asks for."""

    SLOW_CHANNEL = auto()
    SLOW_CHAT = auto()
    TOKEN = auto()
    OPERATOR = auto()
    """Nothing gets through until an operator acts, and nothing is lost by waiting for that."""
    GONE = auto()
    REJECT = auto()
    PLATFORM = auto()


class TokenRefused(Struct, frozen=True):
    """The access token is not, or no longer, accepted: not taken."""

    reason: str


class Success(Struct, frozen=True):
    """Code 0, and the whole answer: some calls put what they give in ``data``, others beside ``code``."""

    answer: dict[str, Any]


Refusal = TokenRefused | Retry | Gone | Rejected | Unknown

_PAUSE = 1.0
_OPERATOR_PAUSE = 300.0
_LONGEST_PAUSE = 300.0
_LOCKED = "card action is lock"

_MEANINGS: dict[Do, dict[int, str]] = {
    Do.SLOW_CHANNEL: {
        99991400: "调用过于频繁",
        1000004: "调用过于频繁",
        1000005: "调用过于频繁",
        11232: "租户发送过于频繁",
        11247: "今日批量发送已满",
    },
    Do.SLOW_CHAT: {
        230020: "这个会话发送过于频繁",
        230049: "同一条消息正在发送",
        200810: "卡片正在处理点击",
    },
    Do.TOKEN: dict.fromkeys((99991661, 99991663, 99991664, 99991665, 99991671, 99991668), "访问令牌无效"),
    Do.OPERATOR: {
        99991401: "服务器 IP 不在应用的白名单里",
        99991403: "本月 API 调用额度已用完",
        230006: "应用没有开启机器人能力",
        11205: "应用没有开启机器人能力",
    },
    Do.GONE: {
        230002: "机器人不在群里",
        10002: "机器人不在群里",
        232009: "群已解散",
        230013: "对方不在应用可用范围内或已离职",
        230029: "对方已离职",
        230035: "没有在这个会话发言的权限",
        230018: "群设置不允许发言",
        230053: "对方停用了机器人",
        230038: "不允许跨企业单聊，需开启对外共享",
        230011: "消息已撤回",
        230110: "消息已删除",
        230031: "消息超过 14 天，不能再更新",
        230033: "超过 7 天，不能再查询已读",
        230009: "超过可撤回的时间",
        230072: "消息编辑次数已满",
    },
    Do.REJECT: {
        99991672: "应用缺少权限，请在飞书开发者后台开通",
        99991679: "应用缺少权限，请在飞书开发者后台开通",
        230027: "没有权限，或外部群不支持",
        230001: "参数无效",
        99992402: "参数无效",
        10003: "参数无效",
        230034: "接收者 ID 无效",
        99992351: "接收者 ID 无效",
        99992361: "接收者 ID 属于另一个应用",
        99992364: "接收者属于另一个企业",
        230022: "内容含敏感词，被飞书拦截",
        230028: "内容未通过企业的安全审核，被飞书拦截",
        11312: "内容含敏感词，被飞书拦截",
        230025: "内容过大",
        200860: "卡片过大",
        230054: "这个会话不支持这种消息",
        230099: "卡片无效",
        230026: "没有权限撤回",
        230012: "不是机器人发的消息",
        230017: "不是机器人的资源",
        230071: "不是机器人发的消息",
    },
    Do.PLATFORM: {2200: "飞书内部错误", 300120: "飞书内部错误", 1000003: "飞书内部错误"},
}
TABLE: dict[int, tuple[Do, str]] = {
    code: (do, meaning) for do, meanings in _MEANINGS.items() for code, meaning in meanings.items()
}


def classify(reply: Reply) -> Success | Refusal:
    """What an answer means; never raises."""
    answer = _answer(reply.body)
    if answer is None or reply.status >= 500:
        if reply.status == 429:
            return Retry(_wait(reply), "飞书限流（HTTP 429）", whole_channel=True)
        code = f"，code {answer['code']}" if answer else ""
        return Unknown(f"飞书没有正常回答（HTTP {reply.status}{code}）")
    if answer["code"] == 0 and reply.status < 300:
        return Success(answer)
    return _refusal(reply, answer["code"], answer)


def _answer(body: bytes) -> dict[str, Any] | None:
    """The JSON answer; None for an HTML page, half an answer, or one without a code."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and type(answer.get("code")) is int else None


def _refusal(reply: Reply, code: int, answer: dict[str, Any]) -> Refusal:
    message = str(answer.get("msg", ""))
    do, meaning = TABLE.get(code, (Do.REJECT, "飞书拒绝了请求"))
    if reply.status == 429:
        do = Do.SLOW_CHANNEL
    if _LOCKED in message:
        do, meaning = Do.SLOW_CHAT, "卡片正在处理点击"
    reason = f"{meaning}（{code}：{message[:200]}）"
    match do:
        case Do.SLOW_CHANNEL:
            return Retry(_wait(reply), reason, whole_channel=True)
        case Do.SLOW_CHAT:
            return Retry(_PAUSE, reason)
        case Do.TOKEN:
            return TokenRefused(reason)
        case Do.OPERATOR:
            return Retry(_OPERATOR_PAUSE, reason, whole_channel=True)
        case Do.GONE:
            return Gone(reason)
        case Do.REJECT:
            return Rejected(reason)
        case Do.PLATFORM:
            return Unknown(reason)


def _wait(reply: Reply) -> float:
    """Seconds, from the gateway's header; old APIs and chat limits send none."""
    header = reply.headers.get("x-ogw-ratelimit-reset") or reply.headers.get("retry-after") or ""
    seconds = float(header) if header.isascii() and header.isdigit() else 0.0
    return min(max(seconds, _PAUSE), _LONGEST_PAUSE)


def receipt(success: Success) -> Receipt:
    """A send's handle; "" where the answer names none (edits, recalls)."""
    data = success.answer.get("data")
    handle = data.get("message_id") if isinstance(data, dict) else None
    return Receipt(handle if isinstance(handle, str) else "")
