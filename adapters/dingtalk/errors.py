"""How a call ended: one table of codes (page 5.2), and what comes before a code can be read.

Codes are words with varying prefixes, so a part of the word decides; the first that is found. A code that is not here is
the platform's refusal of this one request.
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
    WAIT_A_MINUTE = auto()
    SLOW_CHAT = auto()
    TOKEN = auto()
    OPERATOR = auto()
    """Nothing gets through until an operator acts, and nothing is lost by waiting for that."""
    QUOTA = auto()
    CARD_EXISTS = auto()
    GONE = auto()
    REJECT = auto()
    AGAIN = auto()


class TokenRefused(Struct, frozen=True):
    """The access token is not, or no longer, accepted: not taken."""

    reason: str


class CardExists(Struct, frozen=True):
    """A card of this outTrackId was created by an earlier attempt."""

    reason: str


class QuotaSpent(Struct, frozen=True):
    """The company's calls of this month are used up: not taken."""

    reason: str


class Success(Struct, frozen=True):
    """HTTP 2xx, and the whole answer."""

    answer: dict[str, Any]


Refusal = TokenRefused | QuotaSpent | CardExists | Retry | Gone | Rejected | Unknown

_PAUSE = 1.0
_MINUTE = 60.0
_CHAT_PAUSE = 10.0
OPERATOR_PAUSE = 300.0
QUOTA_PAUSE = 3600.0
_BAN = 300.0  # for 10,000 requests of one address in 20 s (page 5.1)

TABLE: tuple[tuple[str, Do, str], ...] = (
    ("ApiCountLimitForOrg", Do.QUOTA, "企业本月的接口调用量已用完，请在钉钉管理后台扩容"),
    ("QpsLimit", Do.SLOW_CHANNEL, "调用过于频繁"),
    ("QpmLimit", Do.WAIT_A_MINUTE, "一分钟内调用过于频繁"),
    ("byToken.tooFast", Do.SLOW_CHANNEL, "发送过于频繁"),
    ("send.too.fast", Do.SLOW_CHAT, "向这个会话发送过于频繁"),
    ("too.many.", Do.SLOW_CHAT, "接收者过多，稍后再试"),
    ("InvalidAuthentication", Do.TOKEN, "访问令牌无效或已过期"),
    ("invalidClientIdOrSecret", Do.OPERATOR, "client_id 与 client_secret 不符"),
    ("AccessTokenPermissionDenied", Do.OPERATOR, "应用缺少权限，请在钉钉开发者后台开通"),
    ("IpNotInWhiteList", Do.OPERATOR, "服务器 IP 不在白名单，请在开发者后台「安全设置」加入"),
    ("templateNotExist", Do.OPERATOR, "没有这个卡片模板，请核对 card_template_id"),
    ("templateUnpublished", Do.OPERATOR, "卡片模板还没有发布"),
    ("cardAlreadyExist", Do.CARD_EXISTS, "卡片已创建过"),
    ("cardNotExist", Do.GONE, "卡片不存在"),
    ("staffId.notExisted", Do.GONE, "企业里没有这个人"),
    ("userIdNotExist", Do.GONE, "企业里没有这个人"),
    ("openConversationId", Do.GONE, "没有这个群"),
    ("openSpaceIdInvalid", Do.GONE, "没有这个会话"),
    ("group.disbanded", Do.GONE, "群已解散"),
    ("resource.not.found", Do.GONE, "机器人不在群里"),
    ("robotCode.notExsit", Do.GONE, "没有这个机器人，或它不在群里，请核对 robot_code"),
    ("bot.stopped", Do.GONE, "机器人已停用"),
    ("notAllow.sendOTO", Do.GONE, "机器人不能发单聊消息"),
    ("conversation.org.notMatch", Do.GONE, "群属于另一个企业"),
    ("session.expired", Do.GONE, "回复地址已过期"),
    ("300001", Do.GONE, "回复地址已过期"),
    ("session.notExisted", Do.GONE, "回复地址已过期"),
    ("processQueryKey", Do.GONE, "超过可撤回或查询的时间"),
    ("notRevoke", Do.GONE, "消息不能撤回"),
    ("bot.forbidden.sendMessage", Do.REJECT, "机器人在群里被禁言"),
    ("contain.", Do.REJECT, "内容被钉钉拦截"),
    ("contentUnsafe", Do.REJECT, "内容被钉钉拦截"),
    ("tooLong", Do.REJECT, "内容过长"),
    ("system.", Do.AGAIN, "钉钉内部错误"),
    ("unknownError", Do.AGAIN, "钉钉内部错误"),
)


def classify(reply: Reply) -> Success | Refusal:
    """What an answer means; never raises."""
    answer = _answer(reply.body)
    if answer is None:
        return _no_answer(reply.status)
    if "punish" in answer:
        return Retry(_BAN, "钉钉暂时封禁了服务器 IP（调用过于频繁）", whole_channel=True)
    if reply.status < 300:
        return _told(answer)
    code, message = str(answer.get("code") or ""), _words(answer)
    if reply.status == 401:
        return TokenRefused(f"访问令牌无效或已过期（{code}：{message}）")
    if reply.status >= 500 and reply.status != 503 and _meaning(code)[0] is not Do.AGAIN:
        return Unknown(f"钉钉没有正常回答（HTTP {reply.status}，{code}）")
    if reply.status == 503:
        return Retry(0.0, f"钉钉暂时不可用（HTTP 503，{code}）")
    return refusal(code, message)


def refusal(code: str, message: str) -> Refusal:
    """What a code asks for; ``message`` is the platform's own words for the operator."""
    do, meaning = _meaning(code)
    reason = f"{meaning}（{code}：{message}）" if message else f"{meaning}（{code}）"
    match do:
        case Do.SLOW_CHANNEL:
            return Retry(_PAUSE, reason, whole_channel=True)
        case Do.WAIT_A_MINUTE:
            return Retry(_MINUTE, reason, whole_channel=True)
        case Do.SLOW_CHAT:
            return Retry(_CHAT_PAUSE, reason)
        case Do.TOKEN:
            return TokenRefused(reason)
        case Do.OPERATOR:
            return Retry(OPERATOR_PAUSE, reason, whole_channel=True)
        case Do.QUOTA:
            return QuotaSpent(reason)
        case Do.CARD_EXISTS:
            return CardExists(reason)
        case Do.GONE:
            return Gone(reason)
        case Do.REJECT:
            return Rejected(reason)
        case Do.AGAIN:
            return Retry(0.0, reason)


def _meaning(code: str) -> tuple[Do, str]:
    return next(((do, meaning) for part, do, meaning in TABLE if part in code), (Do.REJECT, "钉钉拒绝了请求"))


def _answer(body: bytes) -> dict[str, Any] | None:
    """The JSON answer; None for an HTML page or half an answer."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _no_answer(status: int) -> Refusal:
    """A gateway that refuses before the API has seen anything answers with a page (page 5.1)."""
    if 400 <= status < 500:
        return Retry(_BAN, f"钉钉网关拒绝了请求（HTTP {status}）", whole_channel=True)
    if status == 503:
        return Retry(0.0, "钉钉暂时不可用（HTTP 503）")
    return Unknown(f"钉钉没有正常回答（HTTP {status}）")


def _told(answer: dict[str, Any]) -> Success | Refusal:
    """200 may still be a refusal: the old API says so by its number, the cards' by ``success``."""
    if str(answer.get("errcode") or 0) != "0":
        return refusal(str(answer["errcode"]), _words(answer))
    if answer.get("success") is False:
        return refusal(str(answer.get("code") or "success: false"), _words(answer))
    return Success(answer)


def _words(answer: dict[str, Any]) -> str:
    """With the missing permissions, which stand apart from the message."""
    said = str(answer.get("message") or answer.get("errmsg") or "")[:200]
    detail = answer.get("accessdenieddetail")
    scopes = detail.get("requiredScopes") if isinstance(detail, dict) else None
    return f"{said} 需要 {'、'.join(map(str, scopes))}" if isinstance(scopes, list) and scopes else said
