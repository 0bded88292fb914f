"""A messenger as a transcript uses it: somebody says, presses, reads in their single chat with the bot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from adapters.dingtalk.emulator import DingTalkEmulator
from adapters.feishu.emulator import FeishuEmulator
from adapters.wecom.emulator import WeComEmulator

Now = Callable[[], datetime]
JSON = dict[str, Any]
BOT = "bot"


class Message(Protocol):
    """What all messengers' messages have; live: it follows every change."""

    @property
    def message_id(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def buttons(self) -> list[str]: ...
    @property
    def history(self) -> Sequence[Any]: ...


class Phone(Protocol):
    """One channel's messenger. ``table`` is what the bot's configuration says of it."""

    platform: ClassVar[str]

    @property
    def emulator(self) -> Any: ...

    async def start(self) -> None: ...
    async def served(self, callback_url: str) -> None:
        """The bot runs and can be pushed to."""

    def table(self) -> JSON: ...
    def knows(self, user: str) -> bool: ...
    def chat(self, user: str) -> str: ...
    async def say(self, user: str, text: str, group: str | None, reply_to: str | None) -> None:
        """``reply_to``: the message these words are a reply to."""

    async def send(self, user: str, name: str, data: bytes) -> None:
        """A file; without a name, a picture."""

    async def press(self, user: str, message: str, label: str, form: Mapping[str, Any], drawing: int) -> str:
        """The toast, "" where there is none."""


def feishu_table(emulator: FeishuEmulator) -> JSON:
    return {
        "platform": "feishu",
        "base_url": emulator.base_url,
        "app_id": emulator.app_id,
        "app_secret": emulator.app_secret,
        "encrypt_key": emulator.encrypt_key,
        "verification_token": emulator.verification_token,
    }


class FeishuPhone:
    platform: ClassVar[str] = "feishu"

    def __init__(self, number: int, now: Now) -> None:
        self.emulator = FeishuEmulator(
            app_id=f"cli_demo00000000000{number}", tenant_key=f"tkdemo000000000{number}", now=now
        )

    async def start(self) -> None:
        await self.emulator.start()

    async def served(self, callback_url: str) -> None:
        self.emulator.callback_url = callback_url

    def table(self) -> JSON:
        return feishu_table(self.emulator)

    def knows(self, user: str) -> bool:
        return user in self.emulator.world.users

    def chat(self, user: str) -> str:
        return self.emulator.p2p_chat(user)

    async def say(self, user: str, text: str, group: str | None, reply_to: str | None = None) -> None:
        push = await self.emulator.say(user, text, group, mention_bot=group is not None, reply_to=reply_to)
        while push.status is None and push.attempts < 5:  # a busy machine took longer than the platform waits
            await self.emulator.pusher.repeat(push)
        assert push.status == 200, f"the push was answered {push.status}"

    async def send(self, user: str, name: str, data: bytes) -> None:
        await (self.emulator.file(user, name, data) if name else self.emulator.image(user, data))

    async def press(self, user: str, message: str, label: str, form: Mapping[str, Any], drawing: int = -1) -> str:
        click = await self.emulator.press(user, message, label, form, drawing=drawing)
        return click.toast.content if click.toast else ""


class StreamPhone(FeishuPhone):
    """Its platform pushes by the long connection."""

    async def served(self, callback_url: str) -> None:
        """Once the bot is connected, the console takes the choice."""
        await self.emulator.connect.until_connected()
        assert self.emulator.connect.choose()

    def table(self) -> JSON:
        known = super().table()
        return {key: known[key] for key in ("platform", "base_url", "app_id", "app_secret")} | {"mode": "stream"}


class DingTalkPhone:
    platform: ClassVar[str] = "dingtalk"

    def __init__(self, number: int, now: Now) -> None:
        self.emulator = DingTalkEmulator(client_id=f"dingdemo0000000000{number}", now=now)

    async def start(self) -> None:
        await self.emulator.start()

    async def served(self, callback_url: str) -> None:
        """By Stream: the bot comes to us."""
        await self.emulator.until(lambda: self.emulator.connections, 20.0)

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

    def knows(self, user: str) -> bool:
        return user in self.emulator.world.users

    def chat(self, user: str) -> str:
        return self.emulator.p2p_chat(user)

    async def say(self, user: str, text: str, group: str | None, reply_to: str | None = None) -> None:
        push = await self.emulator.say(user, text, group, mention_bot=group is not None, reply_to=reply_to)
        assert push.delivered, f"the push was answered {push.status}: {push.error}"

    async def send(self, user: str, name: str, data: bytes) -> None:
        await (self.emulator.file(user, name, data) if name else self.emulator.image(user, data))

    async def press(self, user: str, message: str, label: str, form: Mapping[str, Any], drawing: int = -1) -> str:
        click = await self.emulator.press(user, message, label, form, drawing=drawing)
        return click.toast.content if click.toast else click.error


class WeComPhone:
    platform: ClassVar[str] = "wecom"

    def __init__(self, number: int, now: Now) -> None:
        self.emulator = WeComEmulator(corp_id=f"ww5f3a9c1e7b2d486{number}", now=now)

    async def start(self) -> None:
        await self.emulator.start()

    async def served(self, callback_url: str) -> None:
        self.emulator.callback_url = callback_url

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

    def knows(self, user: str) -> bool:
        return user in self.emulator.world.users

    def chat(self, user: str) -> str:
        return self.emulator.app_chat(user)

    async def say(self, user: str, text: str, group: str | None, reply_to: str | None = None) -> None:
        assert reply_to is None, "the app's chat knows no replies"
        push = await self.emulator.say(user, text, chat=group, mention_bot=group is not None)
        assert push.delivered, f"the push was answered {push.status}: {push.error}"

    async def send(self, user: str, name: str, data: bytes) -> None:
        """The app's chat delivers pictures, and no files."""
        await (self.emulator.file(user, name, data) if name else self.emulator.picture(user, data))

    async def press(self, user: str, message: str, label: str, form: Mapping[str, Any], drawing: int = -1) -> str:
        """WeCom shows no toast: what came of the click stands in the chat."""
        await self.emulator.press(user, message, label, form, drawing=drawing)
        return ""


KINDS: Mapping[str, Callable[[int, Now], Phone]] = {
    kind.platform: kind for kind in (FeishuPhone, DingTalkPhone, WeComPhone)
}


def phone(channel: str, number: int, now: Now) -> Phone:
    """``channel`` begins with its platform's name; any other one is a Feishu app."""
    kind = next((kind for platform, kind in KINDS.items() if channel.startswith(platform)), FeishuPhone)
    return kind(number, now)
