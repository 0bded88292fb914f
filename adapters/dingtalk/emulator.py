"""DingTalk, the platform's side: both API families and the Stream gateway over real sockets, and people at their clients.

    dingtalk = DingTalkEmulator()
    base_url = await dingtalk.start()           # for base_url and legacy_base_url alike
    dingtalk.add_user("zhaomin", "赵敏")
    await dingtalk.until(lambda: dingtalk.connections)
    await dingtalk.say("zhaomin", "帮助")
    card = await dingtalk.until(lambda: dingtalk.messages(dingtalk.p2p_chat("zhaomin"))[1:])

It is strict where the platform is strict and names the page's section it follows. Business time (`now`) rules the month's
quota, session webhooks, the 24 h of recalls and read states, download codes, stamps and redelivery; machine time
(`machine`) rules rates, tickets and access tokens.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from adapters.dingtalk.emulation.cards import CallbackRoute, Cards
from adapters.dingtalk.emulation.clicks import Click, Clicks, Target, Toast
from adapters.dingtalk.emulation.directory import Directory
from adapters.dingtalk.emulation.errors import ClientRefused
from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.front import Call, Front
from adapters.dingtalk.emulation.limits import Limits, Quota, Tokens
from adapters.dingtalk.emulation.media import Media
from adapters.dingtalk.emulation.messages import Messages
from adapters.dingtalk.emulation.people import People
from adapters.dingtalk.emulation.push import Push, Pusher
from adapters.dingtalk.emulation.sessions import Sessions
from adapters.dingtalk.emulation.stream import Connection, Stream
from adapters.dingtalk.emulation.template import PUBLIC, ContractTemplate, MarkdownTemplate, Template
from adapters.dingtalk.emulation.world import Chat, Message, User, World
from adapters.emulation.wire import JSON

__all__ = [
    "Call",
    "CallbackRoute",
    "Chat",
    "Click",
    "ClientRefused",
    "Connection",
    "DingTalkEmulator",
    "Faults",
    "Message",
    "Push",
    "Toast",
    "User",
]


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True, eq=False, repr=False)
class DingTalkEmulator:
    """`mode`: "stream", or "webhook" for robot messages by HTTP to `callback_url`, as chosen in the console."""

    client_id: str = "dingdemo00000000001"
    client_secret: str = "demo-client-secret-0000000000000000001"  # noqa: S105 made up, for the demo
    corp_id: str = "dingdemocorp000000001"
    card_template_id: str = "0d6c1f22-7c35-4a86-b1a5-3e9f40aa9c11.schema"
    bot_name: str = "渠道助手"
    mode: str = "stream"
    now: Callable[[], datetime] = _wall_clock
    machine: Callable[[], float] = time.monotonic
    callback_url: str = ""
    base_url: str = ""

    def __post_init__(self) -> None:
        self.world = World(self.corp_id, self.client_id, self.bot_name, self.now)
        self.tokens = Tokens(self.client_id, self.client_secret, self.machine)
        self.limits, self.quota = Limits(self.machine), Quota(self.now)
        self.faults = Faults(self.tokens.revoke, self.world.changed)
        self.front = Front(self.world, self.tokens, self.limits, self.quota, self.faults)
        self.stream = Stream(self.world, self.tokens, self.machine, lambda: self.base_url)
        self.media, self.sessions = Media(self.world, lambda: self.base_url), Sessions(self.world)
        self.message_api = Messages(self.world, self.limits, self.quota, self.faults, self.sessions)
        templates: dict[str, Template] = {self.card_template_id: ContractTemplate()}
        self.cards = Cards(
            self.world, self.limits, self.faults, templates | {one: MarkdownTemplate() for one in PUBLIC}
        )
        self.pusher = Pusher(self.world, self.faults, self.quota, self.stream, self)
        self.people = People(self.world, self.faults, self.pusher, self.sessions, lambda: self.base_url)
        self.clicks = Clicks(self.world, self.faults, self.pusher, self.people, self.cards)
        self._runner: web.AppRunner | None = None

    # The platform as a server

    def app(self) -> web.Application:
        """Both APIs and the gateway, to be mounted anywhere; `base_url` must then be set."""
        app = web.Application(client_max_size=40 * 1024 * 1024)
        directory = Directory(self.world, self.tokens)
        for part in (directory, self.message_api, self.cards, self.media, self.stream):
            self.front.mount(app, part.routes())
        app.router.add_get("/connect", self.stream.connect)
        self.front.mount_rest(app)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serves both APIs; base_url and legacy_base_url for the bot's configuration."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        return self.base_url

    async def stop(self) -> None:
        self.faults.clear()
        await self.stream.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.pusher.close()

    # Who is there

    def add_user(
        self,
        user_id: str,
        name: str,
        corp_id: str | None = None,
        resigned: bool = False,
        available: bool = True,
        mobile: str = "",
    ) -> User:
        """`corp_id` of another company: somebody without a senderStaffId."""
        user = User(user_id, name, corp_id or self.corp_id, resigned, available, mobile=mobile)
        self.world.users[user_id] = user
        self.world.changed()
        return user

    def add_group(self, chat_id: str, name: str, members: Sequence[str] = (), bot_inside: bool = True) -> Chat:
        """An internal group; `chat_id` is its openConversationId."""
        chat = Chat(chat_id, name, list(members), bot_inside=bot_inside)
        self.world.chats[chat_id] = chat
        self.world.changed()
        return chat

    def p2p_chat(self, user_id: str) -> str:
        return self.world.p2p_chat(user_id).chat_id

    # What people do

    async def say(
        self,
        user_id: str,
        text: str,
        chat_id: str | None = None,
        mention_bot: bool = False,
        mentions: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Push:
        """A text. In a group it is heard only with `mention_bot`; else the push has no attempts. `mentions`: user ids."""
        return await self.people.say(user_id, text, chat_id, mention_bot, mentions, reply_to)

    async def rich_text(self, user_id: str, parts: Sequence[str | bytes], chat_id: str | None = None) -> Push:
        """Texts and pictures (bytes) in one message; in a group it mentions the robot."""
        content = {"richText": [self._rich(part) for part in parts]}
        return await self.people.send(user_id, "richText", content, chat_id)

    async def image(self, user_id: str, data: bytes, chat_id: str | None = None) -> Push:
        return await self.people.send(user_id, "picture", self._picture(data), chat_id)

    async def file(self, user_id: str, name: str, data: bytes, chat_id: str | None = None) -> Push:
        code = self.media.code(self.media.from_person("file", name, data))
        content = {"downloadCode": code, "fileName": name, "fileId": "150000000001", "spaceId": "240000000002"}
        return await self.people.send(user_id, "file", content, chat_id)

    async def audio(
        self, user_id: str, data: bytes, duration: int = 2000, chat_id: str | None = None, recognition: str = ""
    ) -> Push:
        """A voice message; `duration` in milliseconds, `recognition` is what the platform understood."""
        code = self.media.code(self.media.from_person("voice", "voice.amr", data))
        content = {"duration": duration, "downloadCode": code, "recognition": recognition}
        return await self.people.send(user_id, "audio", content, chat_id)

    async def video(self, user_id: str, data: bytes, duration: int = 5000, chat_id: str | None = None) -> Push:
        code = self.media.code(self.media.from_person("video", "video.mp4", data))
        content = {"duration": duration, "downloadCode": code, "videoType": "mp4"}
        return await self.people.send(user_id, "video", content, chat_id)

    async def unknown(self, user_id: str, what: str = "location", chat_id: str | None = None) -> Push:
        """A location, a card, forwarded messages: unknownMsgType."""
        return await self.people.send(user_id, "unknownMsgType", {"unknownMsgType": what}, chat_id)

    location = sticker = unknown

    async def bot_added(self, chat_id: str, operator: str, cool_app: bool = True) -> Push | None:
        return await self.people.bot_moved(chat_id, operator, inside=True, cool_app=cool_app)

    async def bot_removed(self, chat_id: str, operator: str, cool_app: bool = True) -> Push | None:
        return await self.people.bot_moved(chat_id, operator, inside=False, cool_app=cool_app)

    async def leaves(self, *user_ids: str) -> Push:
        """They leave the company: nothing reaches them any more, and one user_leave_org tells of them all (1.6)."""
        return await self.people.resigned(user_ids)

    async def read(self, user_id: str, message_ids: Sequence[str]) -> list[Push]:
        """The person reads these messages; the bot hears of each, where robot_msg_read is ticked and subscribed."""
        return await self.people.read(user_id, message_ids)

    async def raw(self, event_type: str, event: JSON) -> Push:
        """Any event."""
        return await self.pusher.event(event_type, event)

    async def press(
        self,
        user_id: str,
        message_id: str,
        label: str,
        form: Mapping[str, Any] | None = None,
        which: int | None = None,
        drawing: int = -1,
    ) -> Click:
        """Presses the button with this text; `form` holds what is filled in, by name, label or placeholder.

        `which` (from 0) chooses among buttons of the same text; `drawing` presses what an older drawing showed.
        ClientRefused: the client does not let it happen, and the bot hears nothing.
        """
        return await self.clicks.press(user_id, message_id, Target(label, which, drawing), form or {})

    async def press_value(self, user_id: str, message_id: str, params: JSON) -> Click:
        """A click whose params were made by hand, from anybody: what a forger can get the platform to send."""
        return await self.clicks.press_value(user_id, message_id, params)

    # Pushes and connections

    async def redeliver_due(self) -> list[Push]:
        return await self.pusher.redeliver_due()

    @property
    def pushes(self) -> list[Push]:
        """Everything pushed so far, callbacks included."""
        return self.pusher.pushes

    @property
    def failed_pushes(self) -> list[Push]:
        """What was not taken yet: waiting for its redelivery, or given up."""
        return [push for push in self.pushes if push.due is not None or push.given_up]

    @property
    def connections(self) -> list[Connection]:
        """Open web sockets of the Stream gateway; those told to leave as well."""
        return self.stream.connections

    # What can be seen

    @property
    def calls(self) -> list[Call]:
        return self.front.calls

    def messages(self, chat_id: str) -> list[Message]:
        """The chat's messages in order, recalled ones too; they are live and follow updates."""
        return self.world.in_chat(chat_id)

    def message(self, message_id: str) -> Message:
        return self.world.messages[message_id]

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back on each change; returns what ends that."""
        return self.world.subscribe(callback)

    async def until(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:  # noqa: ASYNC109
        """The predicate's first true value, asked again on every change; TimeoutError shows what there was instead."""
        try:
            return await self.world.until(predicate, timeout)
        except TimeoutError as problem:
            raise TimeoutError(f"not within {timeout:g} s\n{self.dump()}") from problem

    def dump(self, last: int = 12) -> str:
        """Recent messages, refused calls and failed pushes, readably."""
        lines = ["messages:"]
        for message in list(self.world.messages.values())[-last:]:
            who = self.world.name_of(message.sender) or message.sender
            where = self.world.chats[message.chat_id].name
            text = message.text.replace("\n", "\n      ")
            lines.append(f"  [{where}] {who} {message.message_id} ({message.msg_type}): {text}")
        refused = [call for call in self.calls if call.code != "ok"][-last:]
        lines += ["refused calls:", *(f"  {call.method} {call.path} {call.status} {call.answer}" for call in refused)]
        failed = [f"  {push.kind} {push.event_type} {push.status} {push.error}" for push in self.failed_pushes[-last:]]
        return "\n".join([*lines, f"{len(self.connections)} connections; failed pushes:", *failed])

    def _picture(self, data: bytes) -> JSON:
        key = self.media.from_person("picture", "", data)
        return {"downloadCode": self.media.code(key), "pictureDownloadCode": self.media.code(key)}

    def _rich(self, part: str | bytes) -> JSON:
        return {"text": part} if isinstance(part, str) else {"type": "picture", **self._picture(part)}
