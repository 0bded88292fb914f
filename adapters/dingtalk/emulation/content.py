"""`msgKey` and `msgParam` of a robot's message, and the bodies of session webhooks (3.4, 3.5)."""

import re
from typing import Any

from adapters.dingtalk.emulation.errors import ApiError, OldError
from adapters.dingtalk.emulation.world import World
from adapters.emulation.wire import JSON, parse

MOST_PARAM_BYTES = 15_000
"""Documented for groups; taken for single chats as well."""

FILE_TYPES = ("xlsx", "pdf", "zip", "rar", "doc", "docx")
MSG_KEYS: dict[str, tuple[str, ...]] = {
    "sampleText": ("content",),
    "sampleMarkdown": ("title", "text"),
    "sampleImageMsg": ("photoURL",),
    "sampleLink": ("title", "text", "picUrl", "messageUrl"),
    "sampleActionCard": ("title", "text", "singleTitle", "singleURL"),
    **{
        f"sampleActionCard{n}": (
            "title",
            "text",
            *(f"action{part}{i}" for i in range(1, n + 1) for part in ("Title", "URL")),
        )
        for n in range(2, 6)
    },
    "sampleActionCard6": ("title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"),
    "sampleAudio": ("mediaId", "duration"),
    "sampleFile": ("mediaId", "fileName", "fileType"),
    "sampleVideo": ("duration", "videoMediaId", "videoType", "picMediaId", "width", "height"),
}
_OPTIONAL = ("picUrl", "picMediaId", "width", "height")
_MEDIA = ("mediaId", "videoMediaId", "picMediaId")
_WEBHOOK: dict[str, tuple[set[str], set[str]]] = {  # required, optional
    "text": ({"content"}, set()),
    "markdown": ({"title", "text"}, set()),
    "link": ({"title", "text", "messageUrl"}, {"picUrl"}),
    "actionCard": ({"title", "text"}, {"singleTitle", "singleURL", "btns", "btnOrientation"}),
    "feedCard": ({"links"}, set()),
}


def parse_param(msg_key: object, msg_param: object, world: World) -> JSON:
    """msgParam as an object, or ApiError."""
    if not isinstance(msg_key, str) or msg_key not in MSG_KEYS:
        raise ApiError("invalidParameter.msgKey.invalid", str(msg_key))
    if not isinstance(msg_param, str):
        raise ApiError("invalidParameter.msgParam.invalid", "not a string of JSON")
    if len(msg_param.encode(errors="surrogatepass")) > MOST_PARAM_BYTES:
        raise ApiError("invalidParameter.msgParam.tooLong")
    try:
        param = parse(msg_param)
    except ValueError as problem:
        raise ApiError("invalidParameter.msgParam.invalid", "not a string of JSON") from problem
    if not isinstance(param, dict):
        raise ApiError("invalidParameter.msgParam.invalid", "not an object")
    _check_param(msg_key, param, world)
    return param


def _check_param(msg_key: str, param: JSON, world: World) -> None:
    keys = MSG_KEYS[msg_key]
    if unknown := sorted(param.keys() - set(keys)):
        raise ApiError("invalidParameter.msgParam.invalid", f"{msg_key} has no {', '.join(unknown)}")
    for key in keys:
        value = param.get(key)
        if value in (None, "") and key in _OPTIONAL:
            continue
        if not isinstance(value, str) or not value.strip():
            raise ApiError("invalidParameter.msgParam.invalid", f"{key} of {msg_key}")
        if key in _MEDIA and value not in world.blobs:
            raise ApiError("invalidParameter.msgParam.invalid", f"{key}: no such media")
    if msg_key == "sampleFile" and param["fileType"] not in FILE_TYPES:
        raise ApiError("invalidParameter.msgParam.invalid", f"fileType {param['fileType']}")
    photo = param.get("photoURL", "https://")
    if not re.match(r"https?://", photo) and photo not in world.blobs:
        raise ApiError("invalidParameter.msgParam.invalid", "photoURL is neither an address nor a mediaId")


def parse_webhook(body: JSON) -> tuple[str, JSON, JSON]:
    """msgtype, its content, and whom it mentions. OldError 40035 for what is none."""
    msg_type = body.get("msgtype")
    if msg_type == "empty":
        return "empty", {}, {}
    if not isinstance(msg_type, str) or msg_type not in _WEBHOOK:
        raise OldError(40035, "msgtype")
    if unknown := sorted(body.keys() - {"msgtype", msg_type, "at"}):
        raise OldError(40035, f"unknown {', '.join(unknown)}")
    content, at = body.get(msg_type), body.get("at", {})
    required, optional = _WEBHOOK[msg_type]
    if not isinstance(content, dict) or not required <= content.keys() <= required | optional:
        raise OldError(40035, msg_type)
    if not all(content[key] for key in required):
        raise OldError(40035, f"{msg_type} is empty")
    if not isinstance(at, dict) or not at.keys() <= {"atUserIds", "atMobiles", "isAtAll"}:
        raise OldError(40035, "at")
    if msg_type == "actionCard":
        _check_actions(content)
    return msg_type, content, at


def _check_actions(content: JSON) -> None:
    single = "singleTitle" in content and "singleURL" in content
    buttons: Any = content.get("btns", [])
    if single == bool(buttons):
        raise OldError(40035, "actionCard needs singleTitle and singleURL, or btns")
    for button in buttons:
        if not isinstance(button, dict) or button.keys() != {"title", "actionURL"}:
            raise OldError(40035, "btns")
