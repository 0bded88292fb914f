"""WeCom, the platform's side: the API over real HTTP, encrypted callbacks, and the smart bot's gateway.

    wecom = WeComEmulator()
    base_url = await wecom.start()
    wecom.callback_url = "http://127.0.0.1:8080/channels/wecom/callback"
    wecom.add_user("zhaomin", "赵敏")
    await wecom.say("zhaomin", "帮助")
    card = await wecom.until(lambda: wecom.messages(wecom.app_chat("zhaomin"))[1:])

A member has two conversations with us, one with the app (`app_chat`) and one with the smart bot (`single_chat`); groups
have the smart bot only. It is strict where the page is strict, and where the page is silent it reads it strictly and says
so. Business time (`now`) rules duplicate check, response codes, recall, media, stamps and retries; machine time
(`machine`) rules tokens, rates, the smart bot's 5 seconds and streams.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from adapters.emulation.wire import JSON
from adapters.wecom.emulation import events
from adapters.wecom.emulation.clicks import Click, Clicks, Target
from adapters.wecom.emulation.codes import Codes
from adapters.wecom.emulation.directory import Directory
from adapters.wecom.emulation.errors import ClientRefused
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.gateway import Call, Gateway
from adapters.wecom.emulation.limits import Limits, Tokens
from adapters.wecom.emulation.media import Media
from adapters.wecom.emulation.observed import Observed
from adapters.wecom.emulation.passive import Passive
from adapters.wecom.emulation.people import People
from adapters.wecom.emulation.push import Keys, Push, Pusher
from adapters.wecom.emulation.sends import Sends, Sent
from adapters.wecom.emulation.smart_bot import SmartBot
from adapters.wecom.emulation.sockets import Credentials
from adapters.wecom.emulation.updates import Updates
from adapters.wecom.emulation.world import APP_CHAT, GROUP, Chat, Corp, Drop, Message, User, World

__all__ = [
    "Call",
    "Chat",
    "Click",
    "ClientRefused",
    "Corp",
    "Drop",
    "Faults",
    "Message",
    "Push",
    "User",
    "WeComEmulator",
]

CODE_LIFE = timedelta(hours=72)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True, eq=False, repr=False)
class WeComEmulator(Observed):
    corp_id: str = "ww5f3a9c1e7b2d4860"
    agent_id: int = 1000007
    secret: str = "demo-app-secret-of-43-characters-0000000001"  # noqa: S105 made up, for the demo
    token: str = "Hq7mTok3nDevRef"  # noqa: S105 made up, for the demo
    encoding_aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    smart_bot_id: str = "aibDEMO00000000000000000000000001"
    smart_bot_secret: str = "demo-smart-bot-secret-000000000000000000001"  # noqa: S105 made up, for the demo
    bot_name: str = "渠道助手"
    now: Callable[[], datetime] = _wall_clock
    machine: Callable[[], float] = time.monotonic
    callback_url: str = ""
    base_url: str = field(default="", init=False)

    def __post_init__(self) -> None:
        corp = Corp(self.corp_id, "示例集团", self.agent_id)
        self.world = World(corp, self.bot_name, self.now)
        self.tokens = Tokens(corp, self.secret, self.machine)
        self.limits = Limits(self.machine)
        self.faults = Faults(self.tokens.revoke, self.world.changed)
        self.gateway = Gateway(self.world, self.tokens, self.limits, self.faults)
        codes: Codes[Sent] = Codes(self.now, self.world.new_id, CODE_LIFE)
        self.sends = Sends(self.world, self.limits, self.faults, codes)
        self.sends.has_callback = lambda: bool(self.callback_url)
        self.updates = Updates(self.world, self.faults, codes)
        keys = Keys(self.corp_id, self.token, self.encoding_aes_key)
        self.pusher = Pusher(self.world, self.faults, keys, lambda: self.callback_url)
        self.pusher.replied = Passive(self.world).take
        self.people = People(self.world, self.pusher)
        self.clicks = Clicks(self.world, self.faults, self.pusher, self.sends, codes)
        credentials = Credentials(self.smart_bot_id, self.smart_bot_secret)
        self.smart_bot = SmartBot(self.world, self.faults, self.limits, credentials, self.machine)
        self.smart_bot.share_logs(self.gateway.calls, self.pusher.pushes)
        self._runner: web.AppRunner | None = None

    # The platform as a server

    def app(self) -> web.Application:
        """The API below /cgi-bin and the smart bot's gateway at /, to be mounted anywhere."""
        app = web.Application(client_max_size=40 * 1024 * 1024)
        directory = Directory(self.world, self.tokens, self.limits)
        for part in (directory, self.sends, self.updates, Media(self.world)):
            self.gateway.mount(app, part.routes())
        self.gateway.mount(app, self.smart_bot.answers.routes())
        self.smart_bot.mount(app)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serves the API; the base_url for the bot's configuration, without /cgi-bin."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.base_url = self.people.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        self.smart_bot.serve_from(self.base_url)
        return self.base_url

    @property
    def smart_bot_url(self) -> str:
        return self.base_url.replace("http", "ws", 1)

    async def stop(self) -> None:
        self.faults.clear()
        await self.smart_bot.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.pusher.close()

    # Who is there

    def add_user(self, user_id: str, name: str, corp_id: str | None = None, available: bool = True) -> User:
        """A member; of another corp under the key `corpid/userid`."""
        corp_id = corp_id or self.corp_id
        key = user_id if corp_id == self.corp_id else f"{corp_id}/{user_id}"
        user = self.world.users[key] = User(key, user_id, name, corp_id, available)
        self.world.changed()
        return user

    def add_corp(self, corp_id: str, name: str, agent_id: int, business_type: int = 1) -> Corp:
        """A corp the app is shared with: 1 上下游, 0 企业互联."""
        corp = self.world.corps[corp_id] = Corp(corp_id, name, agent_id, business_type)
        return corp

    def add_group(self, chat_id: str, name: str, members: Sequence[str] = (), bot_inside: bool = True) -> Chat:
        """A group with the smart bot."""
        chat = self.world.chats[chat_id] = Chat(chat_id, name, list(members), GROUP, bot_inside)
        self.world.changed()
        return chat

    async def remove_user(self, user: str) -> Push:
        """The member leaves the company: nothing reaches them any more, and change_contact tells of it (2.3)."""
        gone = self.world.users.pop(self.world.user(user).key)
        self.world.changed()
        return await self.system("change_contact", {"ChangeType": "delete_user", "UserID": gone.user_id}, gone.corp_id)

    async def rename_user(self, user: str, user_id: str) -> Push:
        """The member's userid from now on; here they keep the key they were added under."""
        member = self.world.user(user)
        told = {"ChangeType": "update_user", "UserID": member.user_id, "NewUserID": user_id}
        member.user_id = user_id
        return await self.system("change_contact", told, member.corp_id)

    def app_chat(self, user: str) -> str:
        return self.world.app_chat(user).chat_id

    def single_chat(self, user: str) -> str:
        """The conversation with the smart bot."""
        return self.world.single_chat(user).chat_id

    # What people do

    async def say(
        self, user: str, text: str, chat: str | None = None, mention_bot: bool = False, quote: str = ""
    ) -> Push:
        """Text to the app; with `chat` to the smart bot, in a group or alone with it.

        A group's smart bot hears what mentions it; the push of anything else has no attempts.
        """
        if (talk := self._talk(user, chat)) is not None:
            return await self.smart_bot.talk.say(*talk, text, mention_bot, quote)
        return await self.people.say(user, text)

    async def mixed(
        self, user: str, text: str, pictures: Sequence[bytes], chat: str, mention_bot: bool = False
    ) -> Push:
        """Text and pictures in one message: to the smart bot only."""
        there = self.world.chats[chat]
        return await self.smart_bot.talk.mixed(self.world.user(user), there, text, list(pictures), mention_bot)

    async def picture(self, user: str, data: bytes, chat: str | None = None) -> Push:
        if (talk := self._talk(user, chat)) is not None:
            return await self.smart_bot.talk.hand_over(*talk, "image", "image.jpg", data)
        return await self.people.picture(user, data)

    async def voice(self, user: str, data: bytes = b"#!AMR\n...", chat: str | None = None, words: str = "") -> Push:
        """The app gets the sound alone; the smart bot gets its `words` alone."""
        if (talk := self._talk(user, chat)) is not None:
            return await self.smart_bot.talk.voice(*talk, words)
        return await self.people.voice(user, data)

    async def video(self, user: str, data: bytes, chat: str | None = None) -> Push:
        if (talk := self._talk(user, chat)) is not None:
            return await self.smart_bot.talk.hand_over(*talk, "video", "video.mp4", data)
        return await self.people.video(user, data)

    async def file(self, user: str, name: str, data: bytes, chat: str | None = None) -> Push:
        """The app never hears of a file (2.2), the smart bot only alone with the member."""
        if (talk := self._talk(user, chat)) is not None:
            return await self.smart_bot.talk.hand_over(*talk, "file", name, data)
        return await self.people.file(user, name, data)

    async def location(self, user: str, latitude: float, longitude: float, label: str, scale: int = 15) -> Push:
        return await self.people.location(user, latitude, longitude, label, scale)

    async def link(self, user: str, title: str, url: str, description: str = "") -> Push:
        return await self.people.link(user, title, url, description)

    async def event(self, user: str, name: str, key: str = "") -> Push:
        """subscribe, unsubscribe, view (the URL is its key): what has no method of its own."""
        return await self.people.event(user, name, key)

    async def enter(self, user: str) -> Push:
        """The member opens the conversation with the app; with the smart bot: `smart_bot.talk.enter`."""
        return await self.people.event(user, "enter_agent")

    async def menu(self, user: str, key: str) -> Push:
        return await self.people.event(user, "click", key)

    async def position(self, user: str, latitude: float, longitude: float, precision: float = 40.0) -> Push:
        return await self.people.position(user, latitude, longitude, precision)

    def read(self, user: str, message_ids: Sequence[str]) -> None:
        """The member reads these messages; WeCom tells nobody (0)."""
        for message_id in message_ids:
            self.message(message_id).readers.setdefault(self.world.user(user).key, self.now())
        self.world.changed()

    async def system(self, name: str, fields: JSON, corp_id: str | None = None) -> Push:
        """change_contact, share_chain_change, sys_approval_change …: what nobody in particular caused."""
        at = int(self.now().timestamp())
        return await self.pusher.push(events.by_system(corp_id or self.corp_id, at, name, fields))

    async def raw(self, fields: JSON) -> Push:
        """Any fields of an XML, signed and encrypted like all others."""
        return await self.pusher.push(fields)

    async def press(
        self,
        user: str,
        message: str,
        label: str,
        form: Mapping[str, Any] | None = None,
        which: int | None = None,
        drawing: int = -1,
    ) -> Click:
        """Presses what bears this label on the current card: a button, 提交, an entry of the menu, a jump.

        `form` holds what is chosen before, by question (key or title) and option (id or text); `which` (from 0) chooses
        among equal labels; `drawing` presses what an older content showed, as a client that has not drawn the new one.
        ClientRefused: the client does not let it happen, and the bot hears nothing.
        """
        target, on, person = Target(label, which, drawing), self.message(message), self.world.user(user)
        if on.by_smart_bot:
            return await self.smart_bot.talk.press(person, on, target, form or {})
        return await self.clicks.press(person.key, on, target, form or {})

    async def press_value(self, user: str, message: str, key: str, task_id: str | None = None) -> Click:
        """A click whose key was made by hand, from any member: what a forger can get the platform to send."""
        on, person = self.message(message), self.world.user(user)
        if on.by_smart_bot:
            return await self.smart_bot.talk.press_value(person, on, key, task_id)
        return await self.clicks.press_value(person.key, on, key, task_id)

    # The platform's console and its pushes

    async def verify_url(self) -> bool:
        return await self.pusher.verify_url()

    async def redeliver_due(self) -> list[Push]:
        await self.smart_bot.callbacks.release()
        return await self.pusher.redeliver_due()

    def _talk(self, user: str, chat: str | None) -> tuple[User, Chat] | None:
        """Who and where, if it is a conversation with the smart bot."""
        there = self.world.chats[chat] if chat else None
        return None if there is None or there.chat_type == APP_CHAT else (self.world.user(user), there)
