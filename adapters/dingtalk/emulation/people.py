"""What people do in their client, and what the bot is told of it (2, 1.6)."""

from collections.abc import Callable, Sequence

from adapters.dingtalk.emulation import events
from adapters.dingtalk.emulation.content import parse_webhook
from adapters.dingtalk.emulation.errors import ClientRefused, OldError
from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.push import MESSAGE, Push, Pusher
from adapters.dingtalk.emulation.sessions import Sessions
from adapters.dingtalk.emulation.wire import stamp
from adapters.dingtalk.emulation.world import BOT, Chat, World
from adapters.emulation.wire import JSON

NOT_IN_GROUPS = ("audio", "file", "video", "unknownMsgType")
"""Never delivered from a group. For unknownMsgType the page is silent."""


class People:
    def __init__(
        self, world: World, faults: Faults, pusher: Pusher, sessions: Sessions, base_url: Callable[[], str]
    ) -> None:
        self._world, self._faults, self._pusher = world, faults, pusher
        self._sessions, self._base_url = sessions, base_url

    async def say(
        self,
        user_id: str,
        text: str,
        chat_id: str | None,
        mention_bot: bool,
        mentions: Sequence[str],
        reply_to: str | None,
    ) -> Push:
        """In a group a blank stands where the robot's name was; other names stay as @name (2.1)."""
        for one in mentions:
            name = f"@{self._world.name_of(one)}"
            text = text if name in text else f"{name} {text}"
        content: JSON = {"content": f" {text}" if mention_bot and chat_id is not None else text}
        if reply_to is not None:
            content |= self._quoted(reply_to)
        return await self.send(user_id, "text", content, chat_id, mention_bot, mentions)

    async def send(
        self,
        user_id: str,
        msg_type: str,
        content: JSON,
        chat_id: str | None,
        mention_bot: bool = True,
        mentions: Sequence[str] = (),
    ) -> Push:
        """A message of a person. What the robot does not hear becomes a push without attempts."""
        chat = self._chat(user_id, chat_id)
        message = self._world.post(chat.chat_id, user_id, msg_type, content, at=list(mentions))
        session, expires = self._sessions.open(chat.chat_id)
        url = f"{self._base_url()}/robot/sendBySession?session={session}"
        body = events.received(self._world, message, (url, stamp(expires)), mentions)
        if self._faults.odd_shapes:
            body = events.odd(body)
        if not self._heard(chat, msg_type, mention_bot):
            return Push(MESSAGE, message.message_id, msg_type, body, message.message_id)
        push = await self._pusher.message(body, message.message_id)
        if self._pusher.by_http and push.taken and push.answer:
            self._replied(push, chat)
        return push

    async def read(self, user_id: str, message_ids: Sequence[str]) -> list[Push]:
        """One robot_msg_read for each of the robot's messages that this person had not read."""
        fresh = [self._world.messages[one] for one in message_ids if user_id not in self._world.messages[one].readers]
        for message in fresh:
            message.readers[user_id] = self._world.now()
        self._world.changed()
        mine = [message for message in fresh if message.sender == BOT and message.process_query_key]
        reader = self._world.users[user_id]
        return [await self._pusher.event("robot_msg_read", events.read(self._world, reader, one)) for one in mine]

    async def joined(self, chat_id: str, user_ids: Sequence[str], operator: str) -> Push:
        chat = self._world.chats[chat_id]
        chat.members += [one for one in user_ids if one not in chat.members]
        return await self._members("chat_add_member", chat, user_ids, operator)

    async def left(self, chat_id: str, user_ids: Sequence[str], operator: str) -> Push:
        chat = self._world.chats[chat_id]
        chat.members = [one for one in chat.members if one not in user_ids]
        return await self._members("chat_remove_member", chat, user_ids, operator)

    async def resigned(self, user_ids: Sequence[str]) -> Push:
        users = [self._world.users[one] for one in user_ids]
        for user in users:
            user.resigned = True
        self._world.changed()
        return await self._pusher.event("user_leave_org", events.left_company(self._world, users))

    async def disbanded(self, chat_id: str, operator: str) -> Push:
        chat = self._world.chats[chat_id]
        chat.disbanded = True
        return await self._members("chat_disband", chat, (), operator)

    async def bot_moved(self, chat_id: str, operator: str, inside: bool, cool_app: bool) -> Push | None:
        """Only a cool app tells; a robot that is added by hand is heard of with its first @ (1.6)."""
        chat = self._world.chats[chat_id]
        chat.bot_inside = inside
        self._world.changed()
        if not cool_app:
            return None
        event_type = "im_cool_app_install" if inside else "im_cool_app_uninstall"
        return await self._pusher.event(event_type, events.cool_app(self._world, chat, self._world.users[operator]))

    async def _members(self, event_type: str, chat: Chat, user_ids: Sequence[str], operator: str) -> Push:
        users = [self._world.users[one] for one in user_ids]
        body = events.membership(self._world, chat, self._world.users[operator], users)
        return await self._pusher.event(event_type, body)

    def _replied(self, push: Push, chat: Chat) -> None:
        """HTTP mode: the answer may carry a message (2.5)."""
        try:
            msg_type, content, _at = parse_webhook(push.answer if isinstance(push.answer, dict) else {})
        except OldError:
            push.error = "the answer is no message"
            return
        if msg_type != "empty":
            self._world.post(chat.chat_id, BOT, msg_type, content)

    def _quoted(self, message_id: str) -> JSON:
        quoted = self._world.messages[message_id]
        sender = self._world.bot_id if quoted.sender == BOT else self._world.users[quoted.sender].sender_id
        about = {"msgType": "text", "msgId": message_id, "senderId": sender, "createdAt": stamp(quoted.created)}
        return {"isReplyMsg": True, "repliedMsg": {**about, "content": {"text": quoted.text}}}

    def _chat(self, user_id: str, chat_id: str | None) -> Chat:
        chat = self._world.p2p_chat(user_id) if chat_id is None else self._world.chats[chat_id]
        if user_id not in chat.members or chat.disbanded:
            raise ClientRefused("this person is not in the chat")
        if self._world.users[user_id].resigned:
            raise ClientRefused("this person has left the company")
        return chat

    def _heard(self, chat: Chat, msg_type: str, mention_bot: bool) -> bool:
        """Groups: only with the robot's name, and never audio, file and video (2.4). Single chats: within its range."""
        if chat.chat_type == "p2p":
            return self._world.users[chat.members[0]].available
        return chat.bot_inside and mention_bot and msg_type not in NOT_IN_GROUPS
