"""What the doctor says about a WeCom channel: real calls that send nothing."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import msgspec

from adapters.channel import Line
from adapters.wecom.api import Api
from adapters.wecom.config import WecomConfig
from adapters.wecom.errors import OPERATOR_PAUSE, Success
from adapters.wecom.send import SEND
from bot.ports import Gone, Rejected, Retry

ADDRESSES = "/getcallbackip"
NOBODY = "channelops-nobody-0000"
_MISSING = ("（48002：", "（50002：", "（60011：")


async def check(config: WecomConfig, api: Api, session: Callable[[], aiohttp.ClientSession]) -> list[Line]:
    """A first line that fails ends the list."""
    ended = await api.call(ADDRESSES)
    if not isinstance(ended, Success):
        return [("fail", f"{ended.reason}。请核对 corp_id、secret、base_url、企业可信 IP 和网络")]
    lines = [("ok", f"凭证有效，出口 IP 可信：{config.corp_id}"), await _sending(config, api)]
    return [*lines, await _shared(api), await _groups(config, session)]


async def _sending(config: WecomConfig, api: Api) -> Line:
    """To nobody: refusing the receiver shows that everything else is right."""
    probe = {"touser": NOBODY, "agentid": config.agent_id, "msgtype": "text", "text": {"content": "-"}}
    ended = await api.call(SEND, msgspec.json.encode(probe))
    match ended:
        case Success() | Gone():
            return "ok", f"可以发送消息：应用 {config.agent_id}"
        case Retry(after, reason) if after >= OPERATOR_PAUSE:
            return "fail", f"不能发送消息：{reason}。请核对 agent_id，并确认应用已启用"
        case Rejected(reason) if any(code in reason for code in _MISSING):
            return "fail", f"不能发送消息：{reason}"
        case _:
            return "warn", f"能否发送消息没有查清：{ended.reason}"


async def _shared(api: Api) -> Line:
    if trouble := await api.learn():
        return "warn", f"没有查清应用共享给了哪些企业：{trouble.reason}"
    names = "、".join(corp.name or corp.id for corp in api.shared)
    return "ok", f"应用共享给 {len(api.shared)} 家企业：{names}" if names else "应用没有共享给下游企业"


async def _groups(config: WecomConfig, session: Callable[[], aiohttp.ClientSession]) -> Line:
    """A handshake only: whoever subscribes takes the connection away from the running bot."""
    if not config.smart_bot_id:
        return "ok", "没有配置智能机器人，群里不能使用"
    try:
        timeout = aiohttp.ClientWSTimeout(ws_close=1.0)
        async with session().ws_connect(config.smart_bot_url, timeout=timeout):
            pass
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return "fail", f"连不上智能机器人的地址（{type(error).__name__}）：请核对 smart_bot_url 和网络"
    return "ok", "能连上智能机器人的地址；凭证在 serve 连接时核对，见 /health/ready"
