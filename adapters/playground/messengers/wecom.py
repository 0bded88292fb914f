"""WeCom as the page uses it: the app in the single chat, the smart bot in groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

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
from adapters.wecom.emulation.cards import Rules, check_card, is_interactive
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.world import BOT, GROUP, Face
from adapters.wecom.emulator import CODE_LIFE, Call, ClientRefused, Message, Push, WeComEmulator

LAST = 100
_SENDS = ("message/send", "message/update_template_card", "aibot_send_msg", "aibot_respond_update_msg")
_OF_CARDS = (40058, 40063, 42014, 41016, 41033)
MOST_TEXT = 4000
"""Characters the client lets somebody type into one message (from use, not documented)."""
CONNECTS_WITHIN = 10.0
STUCK = "这份副本发出已满 72 小时，企业微信不再允许修改，点击会回一条说明"
USED_UP = "企业微信里按一次只能改一次，这张不再变化，后面的进展另发一条"
_UNSETTLED = (0, 1)
"""Grey and black: no card that says how it ended."""


class WeCom:
    skin: ClassVar[str] = "wecom"
    title: ClassVar[str] = "企业微信"
    stranger: ClassVar[str] = "stranger"
    most_file: ClassVar[int] = 20 * 1024 * 1024
    sends: ClassVar[tuple[str, ...]] = ("image", "file", "audio", "location")
    group_sends: ClassVar[tuple[str, ...]] = ("image",)

    def __init__(self, channel: str, emulator: WeComEmulator) -> None:
        self.channel, self.emulator = channel, emulator

    def table(self) -> JSON:
        emulator = self.emulator
        return {
            "platform": "wecom",
            "base_url": emulator.base_url,
            "corp_id": emulator.corp_id,
            "agent_id": emulator.agent_id,
            "secret": emulator.secret,
            "token": emulator.token,
            "encoding_aes_key": emulator.encoding_aes_key,
            "smart_bot_id": emulator.smart_bot_id,
            "smart_bot_secret": emulator.smart_bot_secret,
            "smart_bot_url": emulator.smart_bot_url,
        }

    async def served(self, callback_url: str) -> None:
        self.emulator.callback_url = callback_url
        with suppress(TimeoutError):
            await self.emulator.until(lambda: self.emulator.smart_bot.connected, CONNECTS_WITHIN)

    # Who is there

    def add_user(self, user: str, name: str) -> None:
        self.emulator.add_user(user, name)

    def add_group(self, room: str, name: str, members: Sequence[str]) -> None:
        self.emulator.add_group(room, name, members)

    def users(self) -> Mapping[str, str]:
        return {user.key: user.name for user in self.emulator.world.users.values()}

    def rooms(self, user: str) -> list[Room]:
        world = self.emulator.world
        groups = [one for one in world.chats.values() if one.chat_type == GROUP and user in one.members]
        return [
            Room(SINGLE, "单聊", (world.name_of(user),), self.sends),
            *(Room(one.chat_id, one.name, tuple(map(world.name_of, one.members)), self.group_sends) for one in groups),
        ]

    # What they see

    def seen(self, user: str, room: str) -> Iterator[Seen]:
        """In a group a card may look different to some."""
        chat = self._chat(user, room)
        members = self.emulator.world.chats[chat].members
        for message in self.emulator.messages(chat):
            face = message.face(user)
            beside = {"replaced": face.replaced, "file": message.file_name, "smart_bot": message.by_smart_bot}
            yield Seen(
                id=message.message_id,
                sender="" if message.sender == BOT else message.sender,
                kind=message.msg_type,
                content={} if message.recalled else face.content,
                at=message.created,
                changed=message.updated,
                changes=len(message.history),
                recalled=message.recalled,
                read=message.sender == user or user in message.readers,
                beside={name: value for name, value in beside.items() if value}
                | read_marks(message.sender, user, members, message.readers),
                stuck=self._stuck(message, face),
            )

    def fault(self, message: str) -> Fault | None:
        sent = self.emulator.message(message)
        if sent.msg_type != "template_card" or sent.recalled:
            return None
        replaced = sent.content is not sent.history[0]
        try:
            check_card(sent.content, Rules(bot=sent.by_smart_bot, update=replaced))
        except ApiError as fault:
            return Fault(fault.code, fault.words)
        return None

    def turned_away(self) -> Iterable[Turned]:
        for call in self.emulator.calls[-LAST:]:
            if call.code in _OF_CARDS and call.path.removeprefix("/cgi-bin/") in _SENDS:
                fault = Fault(call.code or 0, str(call.answer.get("errmsg", "")))
                yield from (Turned(id(call), user, room, call.at, fault) for user, room in self._receivers(call))
        for drop in self.emulator.drops[-LAST:]:
            if drop.user:
                fault = Fault("errcode 0", f"企业微信收下了，但没有送达：{drop.reason}")
                yield Turned(id(drop), drop.user, SINGLE, self.emulator.now(), fault)

    def named(self, handle: str) -> list[str]:
        """By the id of its sending; the code of one use behind it names nothing any more."""
        sent = handle.partition(" ")[0]
        return [one.message_id for one in self.emulator.world.messages.values() if sent and one.msgid == sent]

    def media(self, key: str) -> bytes | None:
        blob = self.emulator.world.blobs.get(key)
        return blob.data if blob else None

    # What they do

    async def say(self, user: str, room: str, text: str) -> Sent:
        if len(text) > MOST_TEXT:
            raise Refused(f"内容太长，企业微信单条消息最多 {MOST_TEXT} 字")
        named = room != SINGLE and mentions(text, self.emulator.bot_name)
        try:
            push = await self.emulator.say(user, text, None if room == SINGLE else room, mention_bot=named)
        except ClientRefused as refused:
            raise Refused(refusals.not_taken(self.title, refused)) from refused
        return self._sent(push, "没有 @ 机器人，企业微信不会把这句话转给它")

    async def attach(self, user: str, room: str, kind: str, name: str, data: bytes) -> Sent:
        match kind:
            case "image" if room != SINGLE:
                push = await self.emulator.mixed(user, "", [data], room, mention_bot=True)
            case "image":
                push = await self.emulator.picture(user, data)
            case "file":
                push = await self.emulator.file(user, name, data)
            case "audio":
                push = await self.emulator.voice(user)
            case _:
                push = await self.emulator.location(user, 30.2741, 120.1551, "杭州市西湖区")
        return self._sent(push, "企业微信不把文件转给应用，机器人收不到")

    async def press(self, user: str, message: str, label: str, which: int, form: Mapping[str, Any]) -> Pressed:
        """No toast and no error: a card changes or it does not."""
        if self.emulator.message(message).recalled:
            raise Refused(refusals.RECALLED)
        try:
            click = await self.emulator.press(user, message, label, form or None, which=which)
        except ClientRefused as refused:
            raise Refused(refusals.not_taken(self.title, refused)) from refused
        lost = click.push is not None and not click.push.delivered
        return Pressed(problem="企业微信没有等到回应，真机上什么也不显示" if lost else "")

    async def read(self, user: str, room: str, messages: Sequence[str]) -> None:
        there = {one.message_id: one for one in self.emulator.messages(self._chat(user, room))}
        fresh = [one for one in messages if one in there and user not in there[one].readers]
        if fresh:
            self.emulator.read(user, fresh)

    # ----

    def _chat(self, user: str, room: str) -> str:
        return self.emulator.app_chat(user) if room == SINGLE else room

    def _stuck(self, message: Message, face: Face) -> str:
        """An app's card is changed by a code, and each press brings one: without buttons there comes no other."""
        if message.msg_type != "template_card" or message.recalled or message.by_smart_bot:
            return ""
        card = face.content
        if is_interactive(card) and not face.replaced and "replace_text" not in card:
            return STUCK if self.emulator.now() - message.created > CODE_LIFE else ""
        changed = len(message.history) > 1
        return USED_UP if changed and card.get("source", {}).get("desc_color", 0) in _UNSETTLED else ""

    def _sent(self, push: Push, unheard: str) -> Sent:
        if push not in self.emulator.pushes:
            return Sent(note=unheard)
        return taken(self.title, push.delivered or not push.attempts, again=push.due is not None)

    def _receivers(self, call: Call) -> list[tuple[str, str]]:
        world, body = self.emulator.world, call.body
        chat = world.chats.get(str(body.get("chatid")))
        if chat is not None:
            return [(user, chat.chat_id) for user in chat.members]
        found = [world.find(world.corp.corp_id, one) for one in str(body.get("touser", "")).split("|")]
        return [(user.key, SINGLE) for user in found if user]
