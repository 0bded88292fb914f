"""Feishu as the page uses it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from adapters.feishu.emulation.card_checks import CardFault
from adapters.feishu.emulation.cards import check_card
from adapters.feishu.emulation.content import TEXT_BYTES, known
from adapters.feishu.emulation.messages import UPDATE_WINDOW
from adapters.feishu.emulation.world import BOT
from adapters.feishu.emulator import Call, ClientRefused, FeishuEmulator, Message, Push
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
"""Calls that are looked at again: a refusal is answered well within so many others."""
_SUB_CODE = re.compile(r"ErrCode: (\d+); ErrMsg: (.*?);? *$")
_CARD, _TOO_LONG = 230099, 230025
STUCK = "这份副本发出已满 14 天，飞书不再允许修改和点击"


class Feishu:
    skin: ClassVar[str] = "feishu"
    title: ClassVar[str] = "飞书"
    stranger: ClassVar[str] = "ou_stranger"
    most_file: ClassVar[int] = 30 * 1024 * 1024
    sends: ClassVar[tuple[str, ...]] = ("image", "file", "audio", "sticker")

    def __init__(self, channel: str, emulator: FeishuEmulator) -> None:
        self.channel, self.emulator = channel, emulator

    def table(self) -> JSON:
        emulator = self.emulator
        return {
            "platform": "feishu",
            "base_url": emulator.base_url,
            "app_id": emulator.app_id,
            "app_secret": emulator.app_secret,
            "encrypt_key": emulator.encrypt_key,
            "verification_token": emulator.verification_token,
        }

    async def served(self, callback_url: str) -> None:
        self.emulator.callback_url = callback_url

    # Who is there

    def add_user(self, user: str, name: str) -> None:
        self.emulator.add_user(user, name)

    def add_group(self, room: str, name: str, members: Sequence[str]) -> None:
        self.emulator.add_group(room, name, members)

    def users(self) -> Mapping[str, str]:
        return {user.open_id: user.name for user in self.emulator.world.users.values()}

    def rooms(self, user: str) -> list[Room]:
        world = self.emulator.world
        groups = [one for one in world.chats.values() if one.chat_type == "group" and user in one.members]
        return [
            Room(SINGLE, "单聊", (world.name_of(user),), self.sends),
            *(Room(one.chat_id, one.name, tuple(map(world.name_of, one.members)), self.sends) for one in groups),
        ]

    # What they see

    def seen(self, user: str, room: str) -> Iterator[Seen]:
        chat = self._chat(user, room)
        members = self.emulator.world.chats[chat].members
        for message in self.emulator.messages(chat):
            names = {key: message.names(one) for key, one in message.keys.items()}
            yield Seen(
                id=message.message_id,
                sender="" if message.sender == BOT else message.sender,
                kind=message.msg_type,
                content={} if message.recalled else message.content,
                at=message.created,
                changed=message.updated,
                changes=len(message.history),
                recalled=message.recalled,
                read=message.sender == user or user in message.readers,
                beside={"names": names} | read_marks(message.sender, user, members, message.readers),
                stuck=STUCK if self._too_old(message) and message.buttons else "",
            )

    def fault(self, message: str) -> Fault | None:
        """The platform looked at the card when it came; whether it should have taken it is asked again, on its own rules."""
        sent = self.emulator.message(message)
        if sent.msg_type != "interactive" or sent.recalled:
            return None
        try:
            check_card(sent.content, known(self.emulator.world))
        except CardFault as fault:
            return Fault(fault.code, fault.words)
        return None

    def turned_away(self) -> Iterable[Turned]:
        for call in self.emulator.calls[-LAST:]:
            if call.code in (_CARD, _TOO_LONG) and (fault := _fault(call)):
                yield from (Turned(id(call), user, room, call.at, fault) for user, room in self._receivers(call))

    def named(self, handle: str) -> list[str]:
        return [handle] if handle in self.emulator.world.messages else []

    def media(self, key: str) -> bytes | None:
        blob = self.emulator.world.blobs.get(key)
        return blob.data if blob else None

    # What they do

    async def say(self, user: str, room: str, text: str) -> Sent:
        if len(text.encode(errors="surrogatepass")) > TEXT_BYTES:
            raise Refused("内容太长，飞书单条文本最多 150 KB")
        named = room != SINGLE and mentions(text, self.emulator.bot_name)
        push = await self.emulator.say(user, text, self._chat(user, room), mention_bot=named)
        return self._sent(push, "没有 @ 机器人，飞书不会把这句话转给它")

    async def attach(self, user: str, room: str, kind: str, name: str, data: bytes) -> Sent:
        chat = self._chat(user, room)
        match kind:
            case "image":
                push = await self.emulator.image(user, data, chat)
            case "file":
                push = await self.emulator.file(user, name, data, chat)
            case "audio":
                push = await self.emulator.audio(user, data, chat_id=chat)
            case _:
                push = await self.emulator.sticker(user, chat)
        return self._sent(push, "群里没有 @ 机器人的消息，飞书不会转给它")

    async def press(self, user: str, message: str, label: str, which: int, form: Mapping[str, Any]) -> Pressed:
        if self.emulator.message(message).recalled:
            raise Refused(refusals.RECALLED)
        if self._too_old(self.emulator.message(message)):
            raise Refused("卡片发出已满 14 天，飞书不再允许操作")
        try:
            click = await self.emulator.press(user, message, label, form or None, which=which)
        except ClientRefused as refused:
            raise Refused(refusals.not_taken(self.title, refused)) from refused
        toast = (click.toast.type, click.toast.content) if click.toast else None
        return Pressed(toast, click.error_code, f"飞书提示 {click.error_code}" if click.error_code else "")

    async def read(self, user: str, room: str, messages: Sequence[str]) -> None:
        there = {one.message_id: one for one in self.emulator.messages(self._chat(user, room))}
        fresh = [one for one in messages if one in there and user not in there[one].readers]
        if fresh:
            await self.emulator.read(user, fresh)

    # ----

    def _chat(self, user: str, room: str) -> str:
        return self.emulator.p2p_chat(user) if room == SINGLE else room

    def _too_old(self, message: Message) -> bool:
        return message.msg_type == "interactive" and self.emulator.now() - message.created > UPDATE_WINDOW

    def _sent(self, push: Push, unheard: str) -> Sent:
        if push not in self.emulator.pushes:
            return Sent(note=unheard)
        return taken(self.title, push.delivered or not push.attempts, again=True)

    def _receivers(self, call: Call) -> list[tuple[str, str]]:
        """Whose windows would have shown it; nobody's for whom there is not."""
        world = self.emulator.world
        receiver = str(call.body.get("receive_id", ""))
        message = world.messages.get(call.path.rpartition("/")[2])
        chat = world.chats.get(message.chat_id if message else receiver)
        if chat is None:
            return [(receiver, SINGLE)] if receiver in world.users else []
        return [(member, SINGLE if chat.chat_type == "p2p" else chat.chat_id) for member in chat.members]


def _fault(call: Call) -> Fault | None:
    words = str(call.answer.get("msg", ""))
    found = _SUB_CODE.search(words)
    if found and "lock" in found[2]:
        return None  # not the card's fault: somebody is pressing it, the call will be repeated
    return Fault(int(found[1]), found[2]) if found else Fault(call.code or 0, words)
