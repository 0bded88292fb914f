"""Events of Stream mode (page 1.6). There is none for a robot that enters a group, except as part of a cool app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from adapters.dingtalk.push import Happened, Ignored, instant, received, shaped
from bot.messages import Account, AccountGone, Joined, Place, Read, single_chat

DIRECTORY = (
    "user_add_org",
    "user_modify_org",
    "user_leave_org",
    "org_dept_create",
    "org_dept_modify",
    "org_dept_remove",
)
"""Events of the address book: the month's quota does not count them (page 1.6)."""


class Event(Struct, frozen=True):
    """``corp`` is the app's own."""

    key: str
    kind: str
    corp: str
    channel: str
    trace: str


def event(about: Event, data: dict[str, Any]) -> Happened:
    read = _READERS.get(about.kind)
    return received(lambda: read(about, data)) if read else Ignored("unknown_type")


class _Seen(Struct, frozen=True, rename="camel"):
    user_id: str
    process_query_key: str
    operat_time: int | str


def _read(about: Event, data: dict[str, Any]) -> Happened:
    """The key of a message is its handle; of a card it is the second half of it."""
    seen: _Seen = shaped(data, _Seen)
    if not seen.user_id:
        return Ignored("from_outside")
    reader = Account(about.channel, about.corp, seen.user_id)
    read = Read(
        key=about.key,
        sender=reader,
        place=single_chat(reader),
        sent_at=instant(seen.operat_time),
        trace=about.trace,
        messages=(seen.process_query_key,),
    )
    return (read,)


class _Membership(Struct, frozen=True, rename="camel"):
    open_conversation_id: str
    operator: str
    operate_time: int | str | None = None
    time_stamp: int | str | None = None


def _joined(about: Event, data: dict[str, Any], *, left: bool = False) -> Happened:
    change: _Membership = shaped(data, _Membership)
    joined = Joined(
        key=about.key,
        sender=Account(about.channel, about.corp, change.operator),
        place=Place(about.channel, about.corp, change.open_conversation_id, group=True),
        sent_at=instant(change.operate_time or change.time_stamp or ""),
        trace=about.trace,
        left=left,
    )
    return (joined,)


class _Left(Struct, frozen=True, rename="camel"):
    user_id: tuple[Annotated[str, Meta(min_length=1)], ...]
    time_stamp: int | str


def _left(about: Event, data: dict[str, Any]) -> Happened:
    """One event for all whom an administrator removes at once: each is a turn of their own, and has its own key."""
    left: _Left = shaped(data, _Left)
    at = instant(left.time_stamp)
    return tuple(_gone(about, Account(about.channel, about.corp, user), at) for user in left.user_id)


def _gone(about: Event, whose: Account, at: datetime) -> AccountGone:
    key = f"{about.key}/{whose.user}"
    return AccountGone(key=key, sender=whose, place=single_chat(whose), sent_at=at, trace=about.trace)


_READERS: dict[str, Callable[[Event, dict[str, Any]], Happened]] = {
    "robot_msg_read": _read,
    "im_cool_app_install": _joined,
    "im_cool_app_uninstall": lambda about, data: _joined(about, data, left=True),
    "chat_disband": lambda about, data: _joined(about, data, left=True),
    "user_leave_org": _left,
}
