"""Where the long connection goes (page 1.5): asked for anew for each one, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec
from msgspec import Struct

from adapters.connection import Address, Denied, Failed
from adapters.feishu.config import FeishuConfig
from adapters.http import JSON, Call, Reply, send

PATH = "/callback/ws/endpoint"
TOO_MANY = 1000040350
_BUSY = {1, 1000040343, 1000040351}
_HELP = {
    403: "在飞书开发者后台核对应用已启用，且「事件与回调」的订阅方式可选长连接",
    514: "请核对 app_id 和 app_secret",
    TOO_MANY: "同一应用最多 50 个长连接，请停掉多余的进程",
}


class Timing(Struct, frozen=True):
    """The platform's, as it comes with an address and with pongs; seconds."""

    PingInterval: float = 120.0


class _Given(Struct, frozen=True):
    URL: str
    ClientConfig: Timing | None = None


class _Said(Struct, frozen=True):
    code: int
    msg: str = ""
    data: _Given | None = None


async def ask(
    config: FeishuConfig, session: Callable[[], aiohttp.ClientSession]
) -> tuple[Address | Failed | Denied, Timing | None]:
    payload = msgspec.json.encode({"AppID": config.app_id, "AppSecret": config.app_secret})
    call = Call(method="POST", url=config.url(PATH), headers={**JSON, "locale": "zh"}, payload=payload)
    reply = await send(session(), call)
    if not isinstance(reply, Reply):
        return Failed(reply.reason), None
    if reply.status != 200:
        return Failed(f"飞书没有正常回答（HTTP {reply.status}）"), None
    try:
        said = msgspec.json.decode(reply.body, type=_Said)
    except msgspec.DecodeError:
        return Failed("飞书没有给出长连接地址"), None
    if said.code:
        return refusal(said.code, said.msg), None
    return (_address(config, said.data), said.data.ClientConfig) if said.data else (Failed("飞书没有给出地址"), None)


def refusal(code: int, message: str) -> Failed | Denied:
    """Whatever is not known to pass by itself waits for an operator, as in the platform's own client."""
    why = f"飞书不接受长连接（{code}：{message[:200]}）"
    return Failed(why) if code in _BUSY else Denied(f"{why}，{_HELP.get(code, '请在飞书开发者后台核对应用')}")


def refused_handshake(status: int, headers: Mapping[str, str]) -> Failed | Denied:
    """The reason stands in headers; of 514 only too many connections are final (page 1.5)."""
    code, message = headers.get("handshake-status", ""), headers.get("handshake-msg", "")
    if code == "514" and headers.get("handshake-autherrcode") == str(TOO_MANY):
        return refusal(TOO_MANY, message)
    return refusal(403, message) if code == "403" else Failed(f"飞书拒绝了握手（HTTP {status}，{code or '没有说明'}）")


def _address(config: FeishuConfig, given: _Given) -> Address | Failed | Denied:
    parts = urlsplit(given.URL)
    service = parse_qs(parts.query).get("service_id", [""])[0]
    if config.base_url.startswith("https://") and parts.scheme != "wss":
        return Denied("飞书给出的长连接地址没有加密，请核对 base_url")
    return Address(given.URL, note=service) if service.isdigit() else Failed("飞书给出的长连接地址不完整")
