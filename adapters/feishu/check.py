"""What the doctor says about a Feishu channel: real calls that send nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_never

import aiohttp
import msgspec

from adapters.channel import Line
from adapters.connection import Address, Denied, Failed
from adapters.feishu.config import FeishuConfig
from adapters.feishu.endpoint import ask
from adapters.feishu.errors import Success
from adapters.feishu.send import MESSAGES, Api
from bot.ports import Gone, Rejected, Retry, Unknown

BOT_INFO = "/open-apis/bot/v3/info"
NOBODY = "ou_00000000000000000000000000000000"
NOTHING = "om_00000000000000000000000000000000"
_ENABLED = 2
_MISSING_SCOPE = ("（99991672：", "（99991679：", "（230027：")


class Bot(msgspec.Struct, frozen=True):
    open_id: str
    app_name: str = ""
    activate_status: int = 0


class _Info(msgspec.Struct, frozen=True):
    bot: Bot


def bot_info(success: Success) -> Bot | None:
    """``bot/v3/info`` puts it beside ``code``, not into ``data``."""
    try:
        return msgspec.convert(success.answer, _Info).bot
    except msgspec.ValidationError:
        return None


async def check(config: FeishuConfig, api: Api, session: Callable[[], aiohttp.ClientSession]) -> list[Line]:
    """The first line that fails for want of credentials ends the list."""
    ended = await api.call("GET", BOT_INFO)
    if not isinstance(ended, Success):
        return [("fail", f"{ended.reason}。请核对 app_id、app_secret、base_url 和网络")]
    lines = [("ok", f"凭证有效：{config.app_id}"), _bot(bot_info(ended))]
    lines.append(await _connection(config, session) if config.stream else _token(config))
    probe = {"receive_id": NOBODY, "msg_type": "text", "content": '{"text":"-"}'}
    path = f"{MESSAGES}?receive_id_type=open_id"
    lines.append(_allowed("发送消息", "im:message:send_as_bot", await api.call("POST", path, _json(probe))))
    empty = {"content": '{"schema":"2.0"}'}
    lines.append(
        _allowed("更新卡片", "im:message:update", await api.call("PATCH", f"{MESSAGES}/{NOTHING}", _json(empty)))
    )
    return lines


def _bot(bot: Bot | None) -> Line:
    if bot is None:
        return "fail", "读不到机器人信息：在飞书开发者后台为应用添加机器人能力"
    if bot.activate_status != _ENABLED:
        return "fail", f"机器人「{bot.app_name}」还没有启用：在飞书管理后台启用应用"
    return "ok", f"机器人「{bot.app_name}」已启用"


async def _connection(config: FeishuConfig, session: Callable[[], aiohttp.ClientSession]) -> Line:
    """Only the address is asked for: a connection of the doctor's would be pushed to like all others."""
    address, _ = await ask(config, session)
    match address:
        case Address():
            return "ok", "可以建立长连接；先启动 serve，再在「事件与回调」里把订阅方式保存为长连接"
        case Failed(why):
            return "warn", f"长连接没有查清：{why}"
        case Denied(why):
            return "fail", why
        case _:
            assert_never(address)


def _token(config: FeishuConfig) -> Line:
    if config.verification_token:
        return "ok", "推送的签名、加密和 Verification Token 都会核对"
    return "warn", "没有配置 verification_token：从开发者后台「事件与回调 - 加密策略」复制"


def _allowed(what: str, scope: str, ended: Success | Retry | Gone | Rejected | Unknown) -> Line:
    """The probe names nobody, so a refusal of its receiver shows that the permission is there."""
    match ended:
        case Rejected(reason) if any(code in reason for code in _MISSING_SCOPE):
            return "fail", f"不能{what}：{reason}。在开发者后台「权限管理」开通 {scope} 并发布版本"
        case Retry(reason=reason) | Unknown(reason):
            return "warn", f"{what}的权限没有查清：{reason}"
        case _:
            return "ok", f"可以{what}"


def _json(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value)
