"""Feishu, the platform's side: the OpenAPI over real HTTP, and people whose messages and clicks are pushed to the bot.

    feishu = FeishuEmulator()
    base_url = await feishu.start()
    feishu.callback_url = "http://127.0.0.1:8080/channels/feishu/callback"
    feishu.add_user("ou_zhao", "赵敏")
    await feishu.say("ou_zhao", "帮助")
    card = await feishu.until(lambda: feishu.messages(feishu.p2p_chat("ou_zhao"))[1:])

It is strict where the platform is strict and names the page it follows. Business time (`now`) rules the uuid window,
the 14 days of a card, click tokens, stamps and redelivery; machine time (`machine`) rules rates and access tokens.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from adapters.feishu.emulation import events
from adapters.feishu.emulation.clicks import Click, Clicks, Target, Toast
from adapters.feishu.emulation.connect import Connect
from adapters.feishu.emulation.directory import Directory
from adapters.feishu.emulation.errors import ClientRefused
from adapters.feishu.emulation.faults import Faults
from adapters.feishu.emulation.gateway import Call, Gateway
from adapters.feishu.emulation.limits import Limits, Tokens
from adapters.feishu.emulation.media import Media
from adapters.feishu.emulation.messages import Messages
from adapters.feishu.emulation.people import People
from adapters.feishu.emulation.push import Keys, Push, Pusher
from adapters.feishu.emulation.wire import JSON
from adapters.feishu.emulation.world import Chat, Message, User, World

__all__ = ["Call", "Chat", "Click", "ClientRefused", "Faults", "FeishuEmulator", "Message", "Push", "Toast", "User"]


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True, eq=False, repr=False)
class FeishuEmulator:
    app_id: str = "cli_demo000000000001"
    app_secret: str = "demo-app-secret-000000000000001"  # noqa: S105 made up, for the demo
    encrypt_key: str = "pm-bot-demo-encrypt-key"
    verification_token: str = "pmbotDemoVerificationToken000001"  # noqa: S105 made up, for the demo
    tenant_key: str = "tkdemo0000000001"
    bot_name: str = "渠道助手"
    now: Callable[[], datetime] = _wall_clock
    machine: Callable[[], float] = time.monotonic
    callback_url: str = ""
    base_url: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.world = World(self.tenant_key, "ou_" + self.app_id.removeprefix("cli_"), self.bot_name, self.now)
        self.tokens = Tokens(self.app_id, self.app_secret, self.machine)
        self.limits = Limits(self.machine)
        self.faults = Faults(self.tokens.revoke, self.world.changed)
        self.gateway = Gateway(self.world, self.tokens, self.limits, self.faults)
        self.media = Media(self.world)
        self.message_api = Messages(self.world, self.limits, self.app_id)
        keys = Keys(self.app_id, self.encrypt_key, self.verification_token, self.tenant_key)
        self.connect = Connect(self.world, self.faults, self.app_id, self.app_secret, lambda: self.base_url)
        self.pusher = Pusher(self.world, self.faults, keys, lambda: self.callback_url, self.connect)
        self.people = People(self.world, self.pusher)
        self.clicks = Clicks(self.world, self.faults, self.pusher)
        self._runner: web.AppRunner | None = None

    # The platform as a server

    def app(self) -> web.Application:
        """The OpenAPI, to be mounted anywhere."""
        app = web.Application(client_max_size=40 * 1024 * 1024)
        for part in (Directory(self.world, self.tokens), self.message_api, self.media, self.clicks):
            self.gateway.mount(app, part.routes())
        self.connect.mount(app)
        self.gateway.mount_rest(app)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serves the OpenAPI; the base_url for the bot's configuration."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        return self.base_url

    async def stop(self) -> None:
        self.faults.clear()
        await self.connect.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.pusher.close()

    # Who is there

    def add_user(
        self, open_id: str, name: str, tenant_key: str | None = None, resigned: bool = False, available: bool = True
    ) -> User:
        user = User(open_id, name, tenant_key or self.tenant_key, resigned, available)
        self.world.users[open_id] = user
        self.world.changed()
        return user

    def add_group(
        self, chat_id: str, name: str, members: Sequence[str] = (), external: bool = False, bot_inside: bool = True
    ) -> Chat:
        """A group; with anybody of another company in it, it is external whatever `external` says."""
        foreign = any(self.world.users[member].tenant_key != self.tenant_key for member in members)
        chat = Chat(chat_id, name, list(members), external=external or foreign, bot_inside=bot_inside)
        self.world.chats[chat_id] = chat
        self.world.changed()
        return chat

    def p2p_chat(self, open_id: str) -> str:
        return self.world.p2p_chat(open_id).chat_id

    # What people do

    async def say(
        self,
        open_id: str,
        text: str,
        chat_id: str | None = None,
        mention_bot: bool = False,
        mentions: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Push:
        """im.message.receive_v1. `mentions`: open_ids, each takes the place of its @name; `reply_to`: a message_id.

        A group's message without @bot reaches only an app that may hear everything (`people.hears_everything`); the push
        of one that does not has no attempts.
        """
        keys = ((self.world.bot_open_id,) if mention_bot else ()) + tuple(mentions)
        return await self.people.say(open_id, text, chat_id, keys, reply_to)

    async def post(
        self, open_id: str, title: str, content: Sequence[Sequence[JSON]], chat_id: str | None = None
    ) -> Push:
        return await self.people.send(open_id, "post", {"title": title, "content": content}, chat_id)

    async def image(self, open_id: str, data: bytes, chat_id: str | None = None) -> Push:
        return await self.people.send(
            open_id, "image", {"image_key": self.media.from_person("image", "", data)}, chat_id
        )

    async def file(self, open_id: str, name: str, data: bytes, chat_id: str | None = None) -> Push:
        content = {"file_key": self.media.from_person("stream", name, data), "file_name": name}
        return await self.people.send(open_id, "file", content, chat_id)

    async def audio(self, open_id: str, data: bytes, duration: int = 2000, chat_id: str | None = None) -> Push:
        """A voice message; `duration` in milliseconds."""
        content = {"file_key": self.media.from_person("opus", "", data), "duration": duration}
        return await self.people.send(open_id, "audio", content, chat_id)

    async def sticker(self, open_id: str, chat_id: str | None = None) -> Push:
        return await self.people.send(
            open_id, "sticker", {"file_key": self.media.from_person("sticker", "", b"GIF89a")}, chat_id
        )

    async def bot_added(self, chat_id: str, operator: str) -> Push:
        return await self.people.bot_moved(chat_id, operator, inside=True)

    async def bot_removed(self, chat_id: str, operator: str) -> Push:
        return await self.people.bot_moved(chat_id, operator, inside=False)

    async def menu(self, open_id: str, event_key: str) -> Push:
        return await self.raw("application.bot.menu_v6", events.menu(self.world.users[open_id], event_key, self.now()))

    async def read(self, open_id: str, message_ids: Sequence[str]) -> Push | None:
        """The person reads these messages; the bot hears of it in a single chat only."""
        return await self.people.read(open_id, message_ids)

    async def raw(self, event_type: str, event: JSON) -> Push:
        """Any event, signed and encrypted like all others."""
        return await self.pusher.event(event_type, event)

    async def press(
        self,
        open_id: str,
        message_id: str,
        label: str,
        form: Mapping[str, Any] | None = None,
        confirm: bool = True,
        which: int | None = None,
        drawing: int = -1,
    ) -> Click:
        """Presses the button with this text on the current card; `confirm` answers its confirm box.

        `form` holds what is filled in, by name, label or placeholder; `which` (from 0) chooses among buttons of the same
        text; `drawing` presses what an older drawing showed, as a client does that has not drawn the new one yet.
        ClientRefused: the client does not let it happen, and the bot hears nothing.
        """
        return await self.clicks.press(open_id, message_id, Target(label, which, drawing), form or {}, confirm)

    async def press_value(self, open_id: str, message_id: str, value: JSON) -> Click:
        """A click whose value was made by hand, from anybody: what a forger can get the platform to send."""
        return await self.clicks.press_value(open_id, message_id, value)

    # The platform's console and its pushes

    async def verify_url(self) -> bool:
        return await self.pusher.verify_url()

    async def redeliver_due(self) -> list[Push]:
        return await self.pusher.redeliver_due()

    @property
    def pushes(self) -> list[Push]:
        """Everything pushed so far, callbacks included."""
        return self.pusher.pushes

    @property
    def failed_pushes(self) -> list[Push]:
        """Events not taken yet: waiting for their redelivery, or given up."""
        return [push for push in self.pushes if push.due is not None or push.given_up]

    # What can be seen

    @property
    def calls(self) -> list[Call]:
        return self.gateway.calls

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
        refused = [call for call in self.calls if call.code != 0][-last:]
        lines += ["refused calls:", *(f"  {call.method} {call.path} {call.status} {call.answer}" for call in refused)]
        lines += [
            "failed pushes:",
            *(f"  {push.event_type} {push.status} {push.error}" for push in self.failed_pushes[-last:]),
        ]
        return "\n".join(lines)
