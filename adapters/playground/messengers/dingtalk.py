"""DingTalk as the page uses it: Stream mode, cards by our template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from adapters.dingtalk.emulation.card import check_sizes
from adapters.dingtalk.emulation.template import CardFault
from adapters.dingtalk.emulation.world import BOT, Chat
from adapters.dingtalk.emulator import Call, ClientRefused, DingTalkEmulator, Message, Push
from adapters.playground import refusals
from adapters.playground.messengers.messenger import (
    JSON,
    SINGLE,
    Pressed,
    Refused,
    Room,
    Seen,
    Sent,
    Turned,
    mentions,
    read_marks,
    taken,
)
from adapters.playground.values import Fault

LAST = 100
_CARDS = "/v1.0/card/instances"
MOST_TEXT = 6000
"""Characters the client lets somebody type into one message (from use, not documented)."""
CONNECTS_WITHIN = 10.0


class DingTalk:
    skin: ClassVar[str] = "dingtalk"
    title: ClassVar[str] = "钉钉"
    stranger: ClassVar[str] = "stranger"
    most_file: ClassVar[int] = 20 * 1024 * 1024
    sends: ClassVar[tuple[str, ...]] = ("image", "file", "audio", "location", "sticker")
    group_sends: ClassVar[tuple[str, ...]] = ("image", "file", "audio")

    def __init__(self, channel: str, emulator: DingTalkEmulator) -> None:
        self.channel, self.emulator = channel, emulator
        self._pictures: dict[str, str] = {}

    def table(self) -> JSON:
        emulator = self.emulator
        return {
            "platform": "dingtalk",
            "base_url": emulator.base_url,
            "legacy_base_url": emulator.base_url,
            "client_id": emulator.client_id,
            "client_secret": emulator.client_secret,
            "card_template_id": emulator.card_template_id,
        }

    async def served(self, callback_url: str) -> None:
        """By Stream the bot comes to us; what is said before is lost."""
        with suppress(TimeoutError):
            await self.emulator.until(lambda: self.emulator.connections, CONNECTS_WITHIN)

    # Who is there

    def add_user(self, user: str, name: str) -> None:
        self.emulator.add_user(user, name)

    def add_group(self, room: str, name: str, members: Sequence[str]) -> None:
        self.emulator.add_group(room, name, members)

    def users(self) -> Mapping[str, str]:
        return {user.user_id: user.name for user in self.emulator.world.users.values()}

    def rooms(self, user: str) -> list[Room]:
        world = self.emulator.world
        groups = [one for one in world.chats.values() if one.chat_type == "group" and user in one.members]
        return [
            Room(SINGLE, "单聊", (world.name_of(user),), self.sends),
            *(Room(one.chat_id, one.name, tuple(map(world.name_of, one.members)), self.group_sends) for one in groups),
        ]

    # What they see

    def seen(self, user: str, room: str) -> Iterator[Seen]:
        """A recalled message leaves no trace; one for others of the group is not there."""
        chat = self._chat(user, room)
        members = self.emulator.world.chats[chat].members
        for message in self.emulator.messages(chat):
            if message.recipients and user not in message.recipients:
                continue
            yield Seen(
                id=message.message_id,
                sender="" if message.sender == BOT else message.sender,
                kind=message.msg_type,
                content={} if message.recalled else self._content(message, user),
                at=message.created,
                changed=message.updated,
                changes=len(message.history),
                recalled=message.recalled,
                read=message.sender == user or user in message.readers,
                beside=self._beside(message, room) | read_marks(message.sender, user, members, message.readers),
            )

    def fault(self, message: str) -> Fault | None:
        sent = self.emulator.message(message)
        if sent.card is None or sent.recalled:
            return None
        try:
            check_sizes(sent.card.public)
            sent.card.template.check(sent.card.public)
        except CardFault as fault:
            return Fault("param.invalid", str(fault))
        return None

    def turned_away(self) -> Iterable[Turned]:
        for call in self.emulator.calls[-LAST:]:
            if call.path.startswith(_CARDS) and (fault := _fault(call)):
                yield from (Turned(id(call), user, room, call.at, fault) for user, room in self._receivers(call))

    def named(self, handle: str) -> list[str]:
        """A card's outTrackId, with or without the key it was sent by; or a message's processQueryKey."""
        track, _, query = handle.partition(" ")
        card = self.emulator.world.cards.get(track)
        return (
            list(card.message_ids) if card else [one.message_id for one in self.emulator.world.sent_as(query or track)]
        )

    def media(self, key: str) -> bytes | None:
        blob = self.emulator.world.blobs.get(self._pictures.get(key, key))
        return blob.data if blob else None

    # What they do

    async def say(self, user: str, room: str, text: str) -> Sent:
        if len(text) > MOST_TEXT:
            raise Refused(f"内容太长，钉钉单条消息最多 {MOST_TEXT} 字")
        name = f"@{self.emulator.bot_name}"
        named = room != SINGLE and mentions(text, self.emulator.bot_name)
        words = text.replace(name, "", 1).strip() if named else text
        push = await self.emulator.say(user, words, None if room == SINGLE else room, mention_bot=named)
        return self._sent(push, "没有 @ 机器人，钉钉不会把这句话转给它")

    async def attach(self, user: str, room: str, kind: str, name: str, data: bytes) -> Sent:
        chat = None if room == SINGLE else room
        match kind:
            case "image":
                push = await self.emulator.people.send(user, "picture", self._picture(data), chat)
            case "file":
                push = await self.emulator.file(user, name, data, chat)
            case "audio":
                push = await self.emulator.audio(user, data, chat_id=chat, recognition=name)
            case _:
                push = await self.emulator.unknown(user, kind, chat)
        return self._sent(push, "钉钉不把群里的语音和文件转给机器人")

    async def press(self, user: str, message: str, label: str, which: int, form: Mapping[str, Any]) -> Pressed:
        if self.emulator.message(message).recalled:
            raise Refused(refusals.RECALLED)
        try:
            click = await self.emulator.press(user, message, label, form or None, which=which)
        except ClientRefused as refused:
            raise Refused(refusals.not_taken(self.title, refused)) from refused
        toast = (click.toast.type, click.toast.content) if click.toast else None
        return Pressed(toast, None, f"钉钉提示「{click.error}」" if click.error else "")

    async def read(self, user: str, room: str, messages: Sequence[str]) -> None:
        there = {one.message_id: one for one in self.emulator.messages(self._chat(user, room))}
        fresh = [one for one in messages if one in there and user not in there[one].readers]
        if fresh:
            await self.emulator.read(user, fresh)

    # ----

    def _chat(self, user: str, room: str) -> str:
        return self.emulator.p2p_chat(user) if room == SINGLE else room

    def _content(self, message: Message, user: str) -> JSON:
        """Of a card, with what of it is this person's own."""
        if message.card is None:
            return message.content
        return message.content | {"cardParamMap": message.card.seen(message.content["cardParamMap"], user)}

    def _beside(self, message: Message, room: str) -> JSON:
        """In a group a blank stands where the robot's name was (2.1); names of others stand in the text."""
        said = str(message.content.get("content", ""))
        to_bot = room != SINGLE and message.msg_type == "text" and said.startswith(" ")
        return {"at": self.emulator.bot_name} if to_bot else {}

    def _picture(self, data: bytes) -> JSON:
        media = self.emulator.media
        key = media.from_person("picture", "", data)
        code = media.code(key)
        self._pictures[code] = key
        return {"downloadCode": code, "pictureDownloadCode": media.code(key)}

    def _sent(self, push: Push, unheard: str) -> Sent:
        if push not in self.emulator.pushes:
            return Sent(note=unheard)
        return taken(self.title, push.delivered or not push.attempts, again=push.due is not None)

    def _receivers(self, call: Call) -> list[tuple[str, str]]:
        world = self.emulator.world
        card = world.cards.get(str(call.body.get("outTrackId")))
        if card and not call.body.get("openSpaceId"):
            chats = [world.chats[world.messages[one].chat_id] for one in card.message_ids]
        else:
            chats = list(filter(None, map(self._space, str(call.body.get("openSpaceId", "")).split(";"))))
        return [(user, _room(chat)) for chat in chats for user in chat.members]

    def _space(self, space: str) -> Chat | None:
        kind, _, receiver = space.rpartition("//")[2].partition(".")
        world = self.emulator.world
        if kind == "IM_ROBOT":
            return world.p2p_chat(receiver) if receiver in world.users else None
        return world.chats.get(receiver)


def _room(chat: Chat) -> str:
    return SINGLE if chat.chat_type == "p2p" else chat.chat_id


def _fault(call: Call) -> Fault | None:
    """Of a card's variables; what is wrong with the receiver or the moment is no fault of the card."""
    code = call.code or "ok"
    if not code.startswith("param.") or code in ("param.userIdNotExist", "param.cardAlreadyExist"):
        return None
    return Fault(code, str(call.answer.get("message", "")))
