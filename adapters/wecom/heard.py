"""What the smart bot hears becomes an Inbound: pure (page 4.1). In groups it hears only what mentions it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from adapters.text import clean
from adapters.wecom.clicks import Selected, pressed
from adapters.wecom.handle import Clicked, spelled
from adapters.wecom.push import Ignored, known_as
from bot.messages import Account, AnyInbound, FileKind, Place, Say, Unsupported, Upload, single_chat

_MENTION = re.compile(r"@\S+\s*")
_FILES = {"image": FileKind.PICTURE, "voice": FileKind.VOICE, "file": FileKind.FILE, "video": FileKind.VIDEO}


class Edge(Struct, frozen=True):
    """What is known besides the frame. ``now`` is for messages, which have no instant of their own."""

    channel: str
    own: str
    now: datetime
    frame: str
    trace: str


class Entered(Struct, frozen=True):
    """Somebody opened the bot's own chat, for the first time that day."""


Heard = AnyInbound | Entered | Ignored


class _From(Struct, frozen=True):
    userid: str


class _Text(Struct, frozen=True):
    content: str = ""


class _Media(Struct, frozen=True):
    url: str = ""
    aeskey: str = ""
    content: str = ""
    """What was recognised in a voice message."""
    name: str = ""

    @property
    def handle(self) -> str:
        return f"{self.url} {self.aeskey}".strip()


class _Item(Struct, frozen=True):
    msgtype: str
    text: _Text = _Text()
    image: _Media = _Media()


class _Mixed(Struct, frozen=True):
    msg_item: tuple[_Item, ...] = ()


class _Chosen(Struct, frozen=True):
    option_id: tuple[str, ...] = ()


class _Answer(Struct, frozen=True):
    question_key: str
    option_ids: _Chosen = _Chosen()


class _Answers(Struct, frozen=True):
    selected_item: tuple[_Answer, ...] = ()


class _Click(Struct, frozen=True):
    event_key: str = ""
    task_id: str = ""
    selected_items: _Answers = _Answers()


class _Event(Struct, frozen=True):
    eventtype: str
    template_card_event: _Click = _Click()


class _Body(Struct, frozen=True):
    """Without ``quote``: it holds the words of what is replied to, and no id of it (page 4.1). The app tells of none (2.1)."""

    msgid: str
    msgtype: str
    sender: _From | None = msgspec.field(name="from", default=None)
    chatid: str = ""
    chattype: str = ""
    create_time: int = 0
    text: _Text = _Text()
    mixed: _Mixed = _Mixed()
    image: _Media = _Media()
    voice: _Media = _Media()
    file: _Media = _Media()
    video: _Media = _Media()
    event: _Event | None = None

    @property
    def in_group(self) -> bool:
        return self.chattype == "group"


def hear(body: dict[str, Any], edge: Edge) -> Heard:
    """ValueError for what is not as documented."""
    push = msgspec.convert(body, _Body)
    if push.msgtype == "event":
        return _event(push, edge)
    return _message(push, edge)


def event_of(body: dict[str, Any] | None) -> str:
    """An event's type; "" for anything else. ``disconnected_event`` is about the connection and names nobody."""
    event = body.get("event") if body else None
    kind = event.get("eventtype") if isinstance(event, dict) else None
    return kind if isinstance(kind, str) else ""


def _envelope(push: _Body, edge: Edge) -> dict[str, Any]:
    if push.sender is None or not push.sender.userid or not push.msgid:
        raise ValueError("nobody said it")
    sender = Account(edge.channel, edge.own, known_as(push.sender.userid))
    if push.in_group and not push.chatid:
        raise ValueError("a group without a chatid")
    return {
        "key": push.msgid,
        "sender": sender,
        "place": Place(edge.channel, edge.own, push.chatid, group=True) if push.in_group else single_chat(sender),
        "sent_at": datetime.fromtimestamp(push.create_time, UTC) if 0 < push.create_time < 10**10 else edge.now,
        "trace": edge.trace,
    }


def _message(push: _Body, edge: Edge) -> AnyInbound:
    envelope = _envelope(push, edge)
    match push.msgtype:
        case "text":
            return _say(push.text.content, push, envelope)
        case "mixed":
            text = "\n".join(item.text.content for item in push.mixed.msg_item if item.text.content)
            picture = next((item.image.handle for item in push.mixed.msg_item if item.image.handle), "")
            said = _say(text, push, envelope)
            if said.text or not picture:
                return said
            return Upload(kind=FileKind.PICTURE, handle=picture, **envelope)
        case kind if kind in _FILES:
            media: _Media = getattr(push, kind)
            name, text = clean(media.name), clean(media.content)
            return Upload(kind=_FILES[kind], handle=media.handle, name=name, text=text, **envelope)
        case _:
            return Unsupported(what="这类消息", **envelope)


def _say(text: str, push: _Body, envelope: dict[str, Any]) -> Say:
    """In a group the mention stays in the text: it has to go, whatever the bot is called there."""
    words = clean(text).strip()
    if push.in_group and words.startswith("@"):
        words = _MENTION.sub("", words, count=1)
    return Say(text=words.strip(), **envelope)


def _event(push: _Body, edge: Edge) -> Heard:
    event = push.event
    if event is None:
        raise ValueError("an event of no type")
    if event.eventtype == "enter_chat":
        return Entered()
    if event.eventtype != "template_card_event":
        return Ignored("unknown_type")
    click = event.template_card_event
    selected: Selected = ((a.question_key, list(a.option_ids.option_id)) for a in click.selected_items.selected_item)
    envelope = _envelope(push, edge) | {"message": spelled(Clicked(edge.frame, click.task_id))}
    return pressed(click.event_key, selected, envelope)
