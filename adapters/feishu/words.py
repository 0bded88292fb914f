"""im.message.receive_v1: what people write and send (page 2.1)."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from adapters.feishu.files import spelled
from adapters.feishu.post import Post
from adapters.feishu.push import Ignored, Push, UserIds, instant
from adapters.http import strict_json
from adapters.text import clean
from bot.messages import AnyInbound, FileKind, Mention, Say, Unsupported, Upload, single_chat

_FILES = {
    "image": (FileKind.PICTURE, "image_key"),
    "file": (FileKind.FILE, "file_key"),
    "audio": (FileKind.VOICE, "file_key"),
    "media": (FileKind.VIDEO, "file_key"),
}
_NAMES = {
    "sticker": "表情",
    "location": "位置",
    "share_chat": "群名片",
    "share_user": "个人名片",
    "merge_forward": "合并转发的消息",
    "interactive": "卡片",
    "folder": "文件夹",
    "hongbao": "红包",
    "todo": "任务",
    "vote": "投票",
}
_EVERYBODY = "@_all"


class _Sender(Struct, frozen=True):
    sender_type: str
    sender_id: UserIds | None = None
    tenant_key: str | None = None


class _Mentioned(Struct, frozen=True):
    key: str
    id: UserIds | None = None
    name: str | None = None
    mentioned_type: str | None = None
    tenant_key: str | None = None

    @property
    def open_id(self) -> str:
        return (self.id.open_id if self.id else None) or ""


class _Message(Struct, frozen=True):
    message_id: str
    create_time: str
    chat_id: str
    chat_type: str
    message_type: str
    content: str
    mentions: tuple[_Mentioned, ...] | None = None
    parent_id: str | None = None
    """The message this one is a reply to; absent when it is none."""


class _Received(Struct, frozen=True):
    sender: _Sender
    message: _Message


def words(push: Push) -> AnyInbound | Ignored:
    event: _Received = push.as_(_Received)
    if event.sender.sender_type != "user":
        return Ignored("from_a_bot")
    message = event.message
    mentions = message.mentions or ()
    in_group = message.chat_type != "p2p"
    if in_group and not any(_is_bot(mention, push.bot) for mention in mentions):
        return Ignored("not_addressed")
    sender = push.account(event.sender.sender_id, event.sender.tenant_key or "")
    envelope = {
        "key": message.message_id,  # repetitions may come with another event_id, never with another message_id
        "alias": push.header.event_id,
        "sender": sender,
        "place": push.group(message.chat_id) if in_group else single_chat(sender),
        "sent_at": instant(message.create_time),
        "trace": push.trace,
        "foreign": push.foreign(sender),
    }
    return _content(message, push.bot, envelope)


def _is_bot(mention: _Mentioned, bot: str) -> bool:
    return mention.open_id == bot if bot else mention.mentioned_type == "bot"


def _content(message: _Message, bot: str, envelope: dict[str, Any]) -> AnyInbound:
    # People's own words may hold half an emoji: cleaned, not refused, since a refused message is lost.
    content = msgspec.convert(strict_json(message.content, lone_surrogates=True), dict[str, Any])
    if message.message_type == "text":
        return _say(_text(content.get("text")), message, bot, envelope)
    if message.message_type == "post":
        post = msgspec.convert(content, Post)
        if not (text := post.text) and post.image:
            return Upload(kind=FileKind.PICTURE, handle=spelled(message.message_id, post.image), **envelope)
        return _say(text, message, bot, envelope)
    if message.message_type in _FILES:
        kind, key = _FILES[message.message_type]
        name = clean(_text(content.get("file_name") or ""))
        handle = spelled(message.message_id, _text(content.get(key)))
        return Upload(kind=kind, handle=handle, name=name, quotes=message.parent_id or "", **envelope)
    return Unsupported(what=_NAMES.get(message.message_type, "这类消息"), **envelope)


def _text(value: object) -> str:
    return msgspec.convert(value, str)


def _say(text: str, message: _Message, bot: str, envelope: dict[str, Any]) -> Say:
    """The bot's own mention goes, everybody else's placeholder becomes ``@name``."""
    mentions = message.mentions or ()
    names = {_EVERYBODY: "@所有人"} | {
        mention.key: "" if _is_bot(mention, bot) else f"@{mention.name or ''}" for mention in mentions if mention.key
    }
    # One pass, so that nobody's name is taken for a placeholder; the longest first, since @_user_1 begins @_user_10.
    keys = "|".join(re.escape(key) for key in sorted(names, key=len, reverse=True))
    read = re.sub(f"({keys})([ \u00a0]?)", lambda found: names[found[1]] + (found[2] if names[found[1]] else ""), text)
    others = tuple(
        Mention(mention.open_id, clean(mention.name or ""), mention.tenant_key or "")
        for mention in mentions
        if mention.open_id and not _is_bot(mention, bot)
    )
    return Say(text=clean(read).strip(), mentions=others, quotes=message.parent_id or "", **envelope)
