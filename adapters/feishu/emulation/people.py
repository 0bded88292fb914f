"""What people do in their client, and the events it makes."""

from collections.abc import Sequence

from adapters.feishu.emulation import events
from adapters.feishu.emulation.content import TEXT_BYTES
from adapters.feishu.emulation.errors import ClientRefused
from adapters.feishu.emulation.push import Push, Pusher
from adapters.feishu.emulation.wire import JSON
from adapters.feishu.emulation.world import BOT, Chat, Message, World

RECEIVED = "im.message.receive_v1"


class People:
    """`hears_everything`: the app has the scope for all messages of its groups, not only those that mention it."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world, self._pusher = world, pusher
        self.hears_everything = False

    async def say(
        self, open_id: str, text: str, chat_id: str | None, mentions: Sequence[str], reply_to: str | None
    ) -> Push:
        if len(text.encode(errors="surrogatepass")) > TEXT_BYTES:
            raise ClientRefused("the text is too long")
        keys: dict[str, str] = {}
        for one in mentions:
            key, name = f"@_user_{len(keys) + 1}", "@" + self._world.name_of(one)
            keys[key] = one
            text = text.replace(name, key, 1) if name in text else f"{key} {text}"
        return await self.send(open_id, "text", {"text": text}, chat_id, keys, reply_to)

    async def send(
        self,
        open_id: str,
        msg_type: str,
        content: JSON,
        chat_id: str | None,
        keys: dict[str, str] | None = None,
        reply_to: str | None = None,
    ) -> Push:
        chat = self._chat(open_id, chat_id)
        message = self._world.post(chat.chat_id, open_id, msg_type, content, keys=keys or {})
        if reply_to is not None:
            parent = self._world.messages[reply_to]
            message.parent_id, message.root_id, message.thread_id = (
                reply_to,
                parent.root_id or reply_to,
                parent.thread_id,
            )
        body = events.received(self._world, message)
        if not self._heard(chat, message):
            return Push("", RECEIVED, body, message.message_id)
        return await self._pusher.event(RECEIVED, body, message.message_id)

    async def bot_moved(self, chat_id: str, operator: str, inside: bool) -> Push:
        chat = self._world.chats[chat_id]
        chat.bot_inside = inside
        event = events.membership(chat, self._world.users[operator])
        return await self._pusher.event(f"im.chat.member.bot.{'added' if inside else 'deleted'}_v1", event)

    async def read(self, open_id: str, message_ids: Sequence[str]) -> Push | None:
        told = []
        for message in (self._world.messages[one] for one in message_ids):
            message.readers.setdefault(open_id, self._world.now())
            if message.sender == BOT and self._world.chats[message.chat_id].chat_type == "p2p":
                told.append(message.message_id)
        self._world.changed()
        if not told:
            return None
        event = events.read(self._world.users[open_id], told, self._world.now())
        return await self._pusher.event("im.message.message_read_v1", event)

    def _chat(self, open_id: str, chat_id: str | None) -> Chat:
        chat = self._world.chats[chat_id] if chat_id else self._world.p2p_chat(open_id)
        if open_id not in chat.members or chat.dissolved:
            raise ClientRefused("this person cannot write there")
        return chat

    def _heard(self, chat: Chat, message: Message) -> bool:
        if chat.chat_type == "p2p":
            return True
        return chat.bot_inside and (self.hears_everything or self._world.bot_open_id in message.keys.values())
