"""Events of Stream mode (page 1.6). There is none for a robot that enters a group, except as part of a cool app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from adapters.dingtalk.push import Ignored, Received, instant, received, shaped
from bot.messages import Account, Joined, Place, Read, single_chat


class Event(Struct, frozen=True):
    """``corp`` is the app's own."""

    key: str
    kind: str
    corp: str
    channel: str
    trace: str


def event(about: Event, data: dict[str, Any]) -> Received:
    read = _READERS.get(about.kind)
    return received(lambda: read(about, data)) if read else Ignored("unknown_type")


class _Seen(Struct, frozen=True, rename="camel"):
    user_id: str
    process_query_key: str
    operat_time: int | str


def _read(about: Event, data: dict[str, Any]) -> Received:
    """The key of a message is its handle; of a card it is the second half of it."""
    seen: _Seen = shaped(data, _Seen)
    if not seen.user_id:
        return Ignored("from_outside")
    reader = Account(about.channel, about.corp, seen.user_id)
    return Read(
        key=about.key,
        sender=reader,
        place=single_chat(reader),
        sent_at=instant(seen.operat_time),
        trace=about.trace,
        messages=(seen.process_query_key,),
    )


class _Membership(Struct, frozen=True, rename="camel"):
    open_conversation_id: str
    operator: str
    operate_time: int | str | None = None
    time_stamp: int | str | None = None


def _joined(about: Event, data: dict[str, Any], *, left: bool = False) -> Joined:
    change: _Membership = shaped(data, _Membership)
    return Joined(
        key=about.key,
        sender=Account(about.channel, about.corp, change.operator),
        place=Place(about.channel, about.corp, change.open_conversation_id, group=True),
        sent_at=instant(change.operate_time or change.time_stamp or ""),
        trace=about.trace,
        left=left,
    )


_READERS: dict[str, Callable[[Event, dict[str, Any]], Received]] = {
    "robot_msg_read": _read,
    "im_cool_app_install": _joined,
    "im_cool_app_uninstall": lambda about, data: _joined(about, data, left=True),
    "chat_disband": lambda about, data: _joined(about, data, left=True),
}
