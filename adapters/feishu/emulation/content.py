"""`content` of an outgoing message: JSON in a string, of the right shape, small enough (CONTENT_OUT, CREATE)."""

import re
from collections.abc import Callable
from typing import Any

from adapters.feishu.emulation.card_checks import CardFault
from adapters.feishu.emulation.cards import MAX_BYTES, Known, check_card
from adapters.feishu.emulation.errors import ApiError, card_error
from adapters.feishu.emulation.markdown import mentioned
from adapters.feishu.emulation.wire import JSON
from adapters.feishu.emulation.wire import parse as from_json
from adapters.feishu.emulation.world import World

TEXT_BYTES = 150 * 1024
_AT = re.compile(r"<at\s+([^<>]*?)>([^<]*)</at>")
_FILE_KINDS = {
    "image": ("image",),
    "audio": ("opus",),
    "media": ("mp4",),
    "file": ("pdf", "doc", "xls", "ppt", "stream", "opus", "mp4"),
}


def parse(msg_type: object, content: object, body_bytes: int, world: World) -> JSON:
    """The content as an object, or ApiError 230001, 230025, 230055 or 230099."""
    if not isinstance(content, str):
        raise ApiError(230001, "content is not a string in json format")
    try:
        parsed = from_json(content)
    except ValueError as problem:
        raise ApiError(230001, "content is not a string in json format") from problem
    if not isinstance(msg_type, str) or msg_type not in _TYPES:
        raise ApiError(230001, f"invalid msg_type: {msg_type}")
    if not isinstance(parsed, dict):
        raise ApiError(230001, "content is not a json object")
    if body_bytes > (MAX_BYTES if msg_type in ("interactive", "post") else TEXT_BYTES):
        raise ApiError(230025)
    _TYPES[msg_type](msg_type, parsed, world)
    return parsed


def known(world: World) -> Known:
    return Known(lambda user: user in world.users or user == world.bot_open_id, lambda key: key in world.blobs)


def with_placeholders(text: str, world: World) -> tuple[str, dict[str, str]]:
    """A text as events and answers carry it: `<at …>` becomes @_user_1, with the ids behind the keys."""
    keys: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        ids = mentioned(match[1])
        if ids == ["all"]:
            return "@_all"
        key = f"@_user_{len(keys) + 1}"
        keys[key] = ids[0] if ids else ""
        return key

    return _AT.sub(replace, text), {key: user for key, user in keys.items() if user in world.users}


def _text(_type: str, content: JSON, _world: World) -> None:
    if not isinstance(content.get("text"), str) or not content["text"]:
        raise ApiError(230001, "text is empty")


def _post(_type: str, content: JSON, _world: World) -> None:
    for language, post in content.items():
        paragraphs = post.get("content") if isinstance(post, dict) else None
        if not isinstance(paragraphs, list) or not all(isinstance(paragraph, list) for paragraph in paragraphs):
            raise ApiError(230001, f"post {language} has no content: a list of lists")
        for part in (part for paragraph in paragraphs for part in paragraph):
            if not isinstance(part, dict) or part.get("tag") not in (
                "text",
                "a",
                "at",
                "img",
                "media",
                "emotion",
                "hr",
                "code_block",
                "md",
            ):
                raise ApiError(230001, f"post {language} has an unknown tag")
    if not content:
        raise ApiError(230001, "post has no language")


def _file(msg_type: str, content: JSON, world: World) -> None:
    blob = world.blobs.get(content.get("image_key" if msg_type == "image" else "file_key", ""))
    if blob is None:
        raise ApiError(230001, "invalid image_key or file_key")
    if blob.kind not in _FILE_KINDS[msg_type]:
        raise ApiError(230055)


def _key(*names: str) -> Callable[[str, JSON, World], None]:
    def check(msg_type: str, content: JSON, _world: World) -> None:
        if not any(isinstance(content.get(name), str) for name in names):
            raise ApiError(230001, f"{msg_type} needs {names[0]}")

    return check


def _card(_type: str, content: JSON, world: World) -> None:
    """The card itself; templates and card entities are another console's, so none exists here."""
    if content.get("type") == "template":
        raise card_error(200380, "template is missing")
    if content.get("type") == "card":
        raise card_error(200740, "card entity is unknown")
    try:
        check_card(content, known(world))
    except CardFault as fault:
        raise card_error(fault.code, fault.words) from fault


_TYPES: dict[str, Callable[[str, JSON, World], Any]] = {
    "text": _text,
    "post": _post,
    "image": _file,
    "file": _file,
    "audio": _file,
    "media": _file,
    "sticker": _key("file_key"),
    "interactive": _card,
    "share_chat": _key("chat_id"),
    "share_user": _key("user_id"),
    "system": _key("type"),
}
