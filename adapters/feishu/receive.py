"""A decrypted push becomes an Inbound: pure, one function for each event type (page 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from adapters.feishu.clicks import click
from adapters.feishu.push import BadInput, Challenge, Header, Ignored, Push, Received, UserIds, instant
from adapters.feishu.words import words
from adapters.text import clean
from bot.messages import AccountGone, Joined, Read, Say, single_chat


def receive(payload: dict[str, Any], *, channel: str, trace: str, bot: str = "") -> Received:
    """``bot`` is the app's own open_id, "" while unknown: then a mention of any bot counts as one of this bot."""
    if payload.get("schema") != "2.0":
        return _other_envelope(payload)
    try:
        push = Push(
            header=msgspec.convert(payload.get("header"), Header),
            event=msgspec.convert(payload.get("event"), dict[str, Any]),
            channel=channel,
            trace=trace,
            bot=bot,
            beside=msgspec.convert(payload.get("context") or {}, dict[str, Any]),
        )
        read = _READERS.get(push.header.event_type)
        return read(push) if read else Ignored("unknown_type")
    except ValueError as error:
        return BadInput(str(error))


def _other_envelope(payload: dict[str, Any]) -> Received:
    if payload.get("type") == "url_verification":
        answer = payload.get("challenge")
        return Challenge(answer) if isinstance(answer, str) else BadInput("no challenge")
    if payload.get("type") == "event_callback":
        return Ignored("schema_1")
    return BadInput("unknown envelope")


class _Membership(Struct, frozen=True):
    chat_id: str
    operator_id: UserIds
    operator_tenant_key: str | None = None
    name: str | None = None


def _joined(push: Push, *, left: bool = False) -> Joined:
    event: _Membership = push.as_(_Membership)
    operator = push.account(event.operator_id, event.operator_tenant_key or "")
    return Joined(
        key=push.header.event_id,
        sender=operator,
        place=push.group(event.chat_id),
        sent_at=instant(push.header.create_time),
        trace=push.trace,
        foreign=push.foreign(operator),
        group_name=clean(event.name or ""),
        left=left,
    )


class _Operator(Struct, frozen=True):
    operator_id: UserIds
    operator_name: str | None = None


class _Menu(Struct, frozen=True):
    operator: _Operator
    event_key: str
    timestamp: int | str


def _menu(push: Push) -> Say:
    """A menu entry's key, set in the console, is the command it stands for. The event names no chat."""
    event: _Menu = push.as_(_Menu)
    sender = push.account(event.operator.operator_id)
    return Say(
        key=push.header.event_id,
        sender=sender,
        place=single_chat(sender),
        sent_at=instant(event.timestamp),
        trace=push.trace,
        sender_name=clean(event.operator.operator_name or ""),
        text=clean(event.event_key),
    )


class _Reader(Struct, frozen=True):
    reader_id: UserIds
    read_time: str
    tenant_key: str | None = None


class _MessageRead(Struct, frozen=True):
    reader: _Reader
    message_id_list: tuple[str, ...]


def _read(push: Push) -> Read:
    """Only single chats report it."""
    event: _MessageRead = push.as_(_MessageRead)
    reader = push.account(event.reader.reader_id, event.reader.tenant_key or "")
    return Read(
        key=push.header.event_id,
        sender=reader,
        place=single_chat(reader),
        sent_at=instant(event.reader.read_time),
        trace=push.trace,
        foreign=push.foreign(reader),
        messages=event.message_id_list,
    )


class _User(Struct, frozen=True):
    open_id: str | None = None


class _Deleted(Struct, frozen=True):
    object: _User


def _deleted(push: Push) -> AccountGone:
    """Somebody left the company (page 2.5). The event needs a scope of its own; which fields come depends on more."""
    event: _Deleted = push.as_(_Deleted)
    whose = push.account(UserIds(event.object.open_id))
    return AccountGone(
        key=push.header.event_id,
        sender=whose,
        place=single_chat(whose),
        sent_at=instant(push.header.create_time),
        trace=push.trace,
    )


_READERS: dict[str, Callable[[Push], Received]] = {
    "im.message.receive_v1": words,
    "im.message.message_read_v1": _read,
    "im.chat.member.bot.added_v1": _joined,
    "im.chat.member.bot.deleted_v1": lambda push: _joined(push, left=True),
    "application.bot.menu_v6": _menu,
    "contact.user.deleted_v3": _deleted,
    "card.action.trigger": click,
}
