"""A robot message becomes an Inbound: pure (page 2). The same by Stream and by HTTP.

Read by hand from the raw object: the SDK's model raises for what comes over quota, and drops voice and files (page 1.9).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from adapters.dingtalk.push import Ignored, Received, instant, received, shaped
from adapters.text import clean
from bot.messages import Account, AnyInbound, FileKind, Mention, Place, Say, Unsupported, Upload, single_chat

OVER_QUOTA = Ignored("over_quota")
"""The month's pushes are used up: messages come without their content (page 2.7)."""
_SINGLE, _GROUP = "1", "2"
_FILES = {
    "picture": FileKind.PICTURE,
    "audio": FileKind.VOICE,
    "video": FileKind.VIDEO,
    "file": FileKind.FILE,
}


class _At(Struct, frozen=True, rename="camel"):
    dingtalk_id: str | None = None
    staff_id: str | None = None


class _Message(Struct, frozen=True, rename="camel"):
    msg_id: str
    create_at: int | str
    conversation_type: str
    conversation_id: str
    chatbot_corp_id: str
    sender_id: str
    msgtype: str | None = None
    sender_staff_id: str | None = None
    sender_corp_id: str | None = None
    sender_nick: str | None = None
    chatbot_user_id: str | None = None
    is_in_at_list: bool | None = None
    at_users: tuple[_At, ...] | None = None
    text: Any = None
    content: Any = None
    error_code: Any = None
    original_process_query_key: str | None = None

    @property
    def user(self) -> str:
        """The staff id; people of other companies, and everybody before the robot is published, have none."""
        return self.sender_staff_id or self.sender_id

    @property
    def foreign(self) -> bool:
        return not self.sender_staff_id or (self.sender_corp_id or self.chatbot_corp_id) != self.chatbot_corp_id

    @property
    def quotes(self) -> str:
        """The handle of what these words answer, if the robot sent it: ``repliedMsg.msgId`` and ``originalMsgId`` are ids that
        no send ever returned (page 2.1, 2.2)."""
        return self.original_process_query_key or ""


def robot_message(data: dict[str, Any], *, channel: str, trace: str) -> Received:
    return received(lambda: _read(shaped(data, _Message), channel, trace))


def session(data: dict[str, Any]) -> tuple[str, str]:
    """(sender, address of the reply) of a sender who can be reached in no other way; "" twice for everybody else."""
    address, sender = data.get("sessionWebhook"), data.get("senderId")
    if data.get("senderStaffId") or not isinstance(address, str) or not isinstance(sender, str):
        return "", ""
    return sender, address


def _read(message: _Message, channel: str, trace: str) -> Received:
    if not message.msg_id or not message.user or message.conversation_type not in (_SINGLE, _GROUP):
        raise ValueError("no message")
    if str(message.error_code or 0) != "0":
        return OVER_QUOTA
    if message.sender_id == message.chatbot_user_id:
        return Ignored("from_a_bot")
    in_group = message.conversation_type == _GROUP
    if in_group and message.is_in_at_list is False:
        return Ignored("not_addressed")
    sender = Account(channel, message.sender_corp_id or message.chatbot_corp_id, message.user)
    group = Place(channel, message.chatbot_corp_id, message.conversation_id, group=True)
    envelope: dict[str, Any] = {
        "key": message.msg_id,
        "sender": sender,
        "sender_name": clean(message.sender_nick or ""),
        "place": group if in_group else single_chat(sender),
        "sent_at": instant(message.create_at),
        "trace": trace,
        "foreign": message.foreign,
    }
    return _content(message, envelope)


def _content(message: _Message, envelope: dict[str, Any]) -> AnyInbound:
    match message.msgtype:
        case "text":
            return Say(
                text=clean(_words(message)).strip(), mentions=_mentions(message), quotes=message.quotes, **envelope
            )
        case "richText":
            return _rich(message, envelope)
        case kind if kind in _FILES:
            return _upload(_FILES[kind], message, envelope)
        case _:
            return Unsupported(what="这类消息", **envelope)


def _words(message: _Message) -> str:
    """``text.content``; one sample of HTTP mode has ``content`` beside it instead (page 2.5)."""
    content = message.text if message.text is not None else message.content
    if isinstance(content, dict):
        content = content.get("content")
    return str(shaped(content, str))


def _mentions(message: _Message) -> tuple[Mention, ...]:
    """The names stand in the text only; the robot itself is listed too."""
    return tuple(
        Mention(at.staff_id, "", message.chatbot_corp_id)
        for at in message.at_users or ()
        if at.staff_id and at.dingtalk_id != message.chatbot_user_id
    )


class _Piece(Struct, frozen=True, rename="camel"):
    text: str | None = None
    type: str | None = None
    download_code: str | None = None


class _Rich(Struct, frozen=True, rename="camel"):
    rich_text: tuple[_Piece, ...]


def _rich(message: _Message, envelope: dict[str, Any]) -> AnyInbound:
    """Its words; the first picture where there are none."""
    pieces = shaped(message.content, _Rich).rich_text
    words = "".join("\n" if piece.download_code else piece.text or "" for piece in pieces)
    text = "\n".join(line.strip() for line in clean(words).split("\n") if line.strip())
    picture = next((piece.download_code for piece in pieces if piece.download_code), "")
    if picture and not text:
        return Upload(kind=FileKind.PICTURE, handle=picture, quotes=message.quotes, **envelope)
    return Say(text=text, mentions=_mentions(message), quotes=message.quotes, **envelope)


class _File(Struct, frozen=True, rename="camel"):
    download_code: str
    file_name: str | None = None
    recognition: str | None = None


def _upload(kind: FileKind, message: _Message, envelope: dict[str, Any]) -> Upload:
    """Groups deliver pictures only (page 2.4)."""
    file = shaped(message.content, _File)
    return Upload(
        kind=kind,
        handle=file.download_code,
        name=clean(file.file_name or ""),
        text=clean(file.recognition or "").strip(),
        quotes=message.quotes,
        **envelope,
    )
