"""A callback's plaintext becomes an Inbound: pure, one function for each message type and event (page 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.text import clean
from adapters.wecom.clicks import click
from adapters.wecom.push import SYSTEM, BadInput, Ignored, Push, Received, Shared, Trouble
from adapters.wecom.xml import parse
from bot.messages import (
    Account,
    AccountGone,
    AccountRenamed,
    AnyInbound,
    FileKind,
    Say,
    Unsupported,
    Upload,
    single_chat,
)

HELP = "帮助"
_FILES = {"image": FileKind.PICTURE, "voice": FileKind.VOICE, "video": FileKind.VIDEO, "file": FileKind.FILE}
_NAMES = {"location": "位置"}
_TROUBLES = ("inactive_alert", "close_inactive_agent", "low_active_alert", "low_active")


def receive(plain: str, *, channel: str, own: str, trace: str) -> Received:
    """``own`` is the channel's corp; a push of another one is a downstream corp's."""
    try:
        push = Push(parse(plain), channel, own, trace)
        kind = push.get("MsgType")
        if kind == "event":
            return _event(push)
        if not kind or push.get("FromUserName") == SYSTEM:
            return Ignored("unknown_type") if kind else BadInput("no MsgType")
        return _message(push, kind)
    except ValueError as error:
        return BadInput(str(error))


# -- what people write and send ----------------------------------------------------------------------------------------


def _message(push: Push, kind: str) -> AnyInbound:
    """A type that is not listed is told so: somebody waits for an answer (page 2.2)."""
    number = push.get("MsgId")
    if not (number.isascii() and number.isdigit() and len(number) <= 20):
        raise ValueError("no MsgId")
    envelope = _envelope(push, number if not push.foreign else f"{push.corp}/{number}")
    if kind == "text":
        return Say(text=clean(push.get("Content")).strip(), **envelope)
    if kind == "link":
        return Say(text=clean(f"{push.get('Title')} {push.get('Url')}").strip(), **envelope)
    if kind in _FILES:
        return Upload(kind=_FILES[kind], handle=push.get("MediaId"), name=clean(push.get("FileName")), **envelope)
    return Unsupported(what=_NAMES.get(kind, "这类消息"), **envelope)


def _envelope(push: Push, key: str, whose: Account | None = None) -> dict[str, Any]:
    sender = whose or push.account()
    return {
        "key": key,
        "sender": sender,
        "place": single_chat(sender),
        "sent_at": push.sent_at,
        "trace": push.trace,
        "foreign": push.foreign,
    }


# -- what happens ------------------------------------------------------------------------------------------------------


def _event(push: Push) -> Received:
    name = push.get("Event")
    if name in _TROUBLES:
        return Trouble(name)
    read = _READERS.get(name)
    return read(push) if read else Ignored("unknown_type")


def _subscribed(push: Push) -> Say:
    """Somebody sees the app for the first time: as if they had asked what it can do. Once a person."""
    return Say(text=HELP, **_envelope(push, push.event_key()))


def _menu(push: Push) -> Say:
    """A menu entry's key, set in the console, is the command it stands for."""
    return Say(text=clean(push.get("EventKey")).strip(), **_envelope(push, push.event_key()))


def _contact(push: Push) -> Received:
    """change_contact names nobody who did it, but whom it is about (page 2.3). A new department is not our business."""
    kind, renamed = push.get("ChangeType"), push.get("NewUserID")
    if kind not in ("delete_user", "update_user") or (kind == "update_user" and not renamed):
        return Ignored("contact")
    whose = push.account("UserID")
    envelope = _envelope(push, push.event_key(), whose)
    if kind == "delete_user":
        return AccountGone(**envelope)
    return AccountRenamed(user=push.account("NewUserID").user, **envelope)


_READERS: dict[str, Callable[[Push], Received]] = {
    "subscribe": _subscribed,
    "click": _menu,
    "template_card_event": click,
    "change_contact": _contact,
    "enter_agent": lambda _: Ignored("entered"),
    "unsubscribe": lambda _: Ignored("left"),
    "share_chain_change": lambda _: Shared(),
    "share_agent_change": lambda _: Shared(),
}
