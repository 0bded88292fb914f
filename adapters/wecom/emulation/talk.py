"""What members say to the smart bot and press on its cards (4.1, 100719, 101027).

What the page leaves open: members of other corps do not reach the smart bot (9); three streams that are still being
written count as the three interactions in flight; a jump with a question asks it in the same conversation.
"""

import asyncio
import base64
import itertools
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.callbacks import CARD, ENTER, FEEDBACK, MESSAGE, Callbacks
from adapters.wecom.emulation.clicks import Click, Target, find
from adapters.wecom.emulation.errors import ClientRefused
from adapters.wecom.emulation.forms import choices
from adapters.wecom.emulation.push import SOCKET, Push
from adapters.wecom.emulation.shared import SharedFiles
from adapters.wecom.emulation.world import BOT, GROUP, SINGLE, Chat, Message, User, World

MOST_IN_FLIGHT = 3
_ZONE = ZoneInfo("Asia/Shanghai")
_SINGLE_ONLY = ("image", "voice", "video", "file")


class Talk:
    """`answer_seconds`: how long a client waits for the answer to a click."""

    def __init__(self, world: World, callbacks: Callbacks, files: SharedFiles) -> None:
        self._world, self._callbacks, self._files = world, callbacks, files
        self._entered: dict[str, date] = {}
        self._padded = itertools.cycle((True, False))
        self.answer_seconds = 5.0

    async def say(self, user: User, chat: Chat, text: str, mention: bool = False, quote: str = "") -> Push:
        """The mention stays in the content; `quote` is the id of the message that is quoted."""
        name = "@" + self._world.bot_name
        if mention and name not in text:
            text = f"{name} {text}"
        return await self._post(user, chat, {"msgtype": "text", "text": {"content": text}}, mention, quote)

    async def mixed(self, user: User, chat: Chat, text: str, pictures: list[bytes], mention: bool = False) -> Push:
        """Text with pictures, the only way for a picture out of a group."""
        name = "@" + self._world.bot_name
        words = f"{name} {text}" if mention and name not in text else text
        items = [{"msgtype": "image", "image": self._link("image.jpg", data)} for data in pictures]
        content = {"msg_item": [{"msgtype": "text", "text": {"content": words}}, *items]}
        return await self._post(user, chat, {"msgtype": "mixed", "mixed": content}, mention)

    async def hand_over(self, user: User, chat: Chat, kind: str, name: str, data: bytes) -> Push:
        """image, video or file; a group's bot does not hear of it."""
        return await self._post(user, chat, {"msgtype": kind, kind: self._link(name, data)}, file_name=name)

    async def voice(self, user: User, chat: Chat, words: str) -> Push:
        """The bot gets what was understood, not the sound."""
        return await self._post(user, chat, {"msgtype": "voice", "voice": {"content": words}})

    async def enter(self, user: User) -> Push:
        """enter_chat comes with the first entry of a day; otherwise the push has no attempts."""
        today = self._world.now().astimezone(_ZONE).date()
        chat = self._world.single_chat(user.key)
        event = {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
        if self._entered.get(user.key) == today:
            return Push("enter_chat", {}, SOCKET)
        self._entered[user.key] = today
        return await self._callbacks.deliver(self._callbacks.open(ENTER, chat, user), event)

    async def feedback(self, user: User, message: Message, kind: int, words: str = "") -> Push:
        """1 good, 2 bad, 3 taken back, of an answer that asked for feedback."""
        asked = message.content.get("feedback", {}).get("id")
        if not asked:
            raise ClientRefused("this answer asks for no feedback")
        told = {"id": asked, "type": kind, "content": words, "inaccurate_reason_list": []}
        event = {"msgtype": "event", "event": {"eventtype": "feedback_event", "feedback_event": told}}
        chat = self._world.chats[message.chat_id]
        return await self._callbacks.deliver(self._callbacks.open(FEEDBACK, chat, user, message), event)

    async def press(self, user: User, message: Message, target: Target, form: Mapping[str, Any]) -> Click:
        chat = self._world.chats[message.chat_id]
        pressed = find(message, user.key, target, chat.members)
        if pressed.part.get("type") == 3 and "question" in pressed.part:
            push = await self.say(user, chat, pressed.part["question"], mention=chat.chat_type == GROUP)
            return Click(status=push.status, push=push)
        if "key" not in pressed.part:
            return Click(url=str(pressed.part.get("url", "")))
        chosen = {} if pressed.menu else choices(pressed.card, form)
        return await self.press_value(user, message, pressed.part["key"], chosen=chosen)

    async def press_value(
        self,
        user: User,
        message: Message,
        key: str,
        task_id: str | None = None,
        chosen: Mapping[str, list[str]] | None = None,
    ) -> Click:
        """The click goes out once and is never repeated; the client waits five seconds for the changed card."""
        event: JSON = {
            "card_type": message.content["card_type"],
            "event_key": key,
            "task_id": message.task_id if task_id is None else task_id,
        }
        if chosen:
            items = [{"question_key": one, "option_ids": {"option_id": list(ids)}} for one, ids in chosen.items()]
            event["selected_items"] = {"selected_item": items}
        callback = self._callbacks.open(CARD, self._world.chats[message.chat_id], user, message)
        nested = {"eventtype": "template_card_event", "template_card_event": event}
        push = await self._callbacks.deliver(callback, {"msgtype": "event", "event": nested})
        if push.delivered:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.answer_seconds):
                    await callback.answered.wait()
        return Click(callback.answered.is_set(), push.status, "", push)

    async def _post(
        self, user: User, chat: Chat, fields: JSON, mention: bool = False, quote: str = "", file_name: str = ""
    ) -> Push:
        self._refuse(user, chat)
        kind = fields["msgtype"]
        message = self._world.post(chat.chat_id, user.key, kind, fields[kind], quote=quote, file_name=file_name)
        if quote:
            fields = {**fields, "quote": _quoted(self._world.messages[quote])}
        heard = chat.chat_type == SINGLE or (chat.bot_inside and mention and kind not in _SINGLE_ONLY)
        if not heard:
            return Push(kind, fields, SOCKET, message.message_id)
        chat.spoken = True
        return await self._callbacks.deliver(self._callbacks.open(MESSAGE, chat, user, message), fields)

    def _refuse(self, user: User, chat: Chat) -> None:
        if user.key not in chat.members:
            raise ClientRefused("this person cannot write there")
        if user.corp_id != self._world.corp.corp_id or not user.available:
            raise ClientRefused("the smart bot is not visible to this person")
        if self._callbacks.in_flight(user) >= MOST_IN_FLIGHT:
            raise ClientRefused("the smart bot still answers three earlier messages")

    def _link(self, name: str, data: bytes) -> JSON:
        """url and aeskey of a file, the key by turns without its `=`."""
        key = secrets.token_bytes(32)
        written = base64.b64encode(key).decode()
        return {
            "url": self._files.share(name, data, key),
            "aeskey": written if next(self._padded) else written.rstrip("="),
        }


def _quoted(message: Message) -> JSON:
    if message.sender == BOT or message.msg_type not in ("text", "mixed", *_SINGLE_ONLY):
        return {"msgtype": "text", "text": {"content": message.text}}
    return {"msgtype": message.msg_type, message.msg_type: message.content}
