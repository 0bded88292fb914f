"""Frames of the smart bot's long connection (page 4.3): JSON texts; requests carry ``cmd``, acknowledgements do not."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from msgspec import Struct

from adapters.http import strict_json

SUBSCRIBE, PING = "aibot_subscribe", "ping"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
SEND, RESPOND, WELCOME, UPDATE = (
    *("aibot_send_msg", "aibot_respond_msg"),
    *("aibot_respond_welcome_msg", "aibot_respond_update_msg"),
)


class Headers(Struct, frozen=True):
    req_id: str


class Frame(Struct, frozen=True):
    """``cmd`` is None for an acknowledgement, which has an ``errcode``."""

    headers: Headers
    cmd: str | None = None
    body: dict[str, Any] | None = None
    errcode: int = 0
    errmsg: str = ""


def read(data: str | bytes) -> Frame:
    """ValueError if it is not one. Half an emoji in somebody's words is welcome: it is cleaned, the frame is not lost."""
    return msgspec.convert(strict_json(data, lone_surrogates=True), Frame)


def written(cmd: str, req_id: str, body: bytes = b"") -> str:
    """``body`` is JSON already, as it was stored before the first attempt."""
    frame: dict[str, Any] = {"cmd": cmd, "headers": {"req_id": req_id}}
    if body:
        frame["body"] = msgspec.Raw(body)
    return msgspec.json.encode(frame).decode()


def request_id(cmd: str) -> str:
    return f"{cmd}_{secrets.token_hex(12)}"


def subscription(bot_id: str, secret: str) -> bytes:
    return msgspec.json.encode({"bot_id": bot_id, "secret": secret})


def said(text: str) -> bytes:
    """An answer to a message: a stream that is finished at once, since there is no plain text (page 4.2)."""
    stream = {"id": secrets.token_hex(8), "finish": True, "content": text}
    return msgspec.json.encode({"msgtype": "stream", "stream": stream})


def welcome(text: str) -> bytes:
    return msgspec.json.encode({"msgtype": "text", "text": {"content": text}})
