"""What a browser asks for, done as the person at that window."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from adapters.feishu.emulation.content import TEXT_BYTES
from adapters.feishu.emulator import ClientRefused, FeishuEmulator, Push
from adapters.playground import refusals
from adapters.playground.live import Live
from adapters.playground.values import (
    Advance,
    AnyAsk,
    Attach,
    Done,
    Press,
    Read,
    Restart,
    Say,
    Stop,
    Suggest,
    Suggestion,
)

log = logging.getLogger(__name__)

Suggesting: TypeAlias = Callable[[str, str, str], Sequence[Suggestion] | Awaitable[Sequence[Suggestion]]]
"""(channel, open_id, what is typed so far) → the best lines first; for nothing typed, three ways to begin."""

MOST_SUGGESTIONS = 6
KINDS = {"image": "图片", "file": "文件", "audio": "语音", "sticker": "表情"}


class Refused(Exception):
    """In the page's words."""


class Asks:
    def __init__(self, live: Live, suggest: Suggesting) -> None:
        self._live, self._suggest = live, suggest

    async def answer(self, ask: AnyAsk) -> Done:
        """Never raises: what nobody expected is logged, and the page says that it did not work."""
        try:
            return await self._done(ask)
        except Refused as refused:
            return Done(id=ask.id, refused=str(refused))
        except ClientRefused as refused:
            log.info("the client refused: %s", refused)
            return Done(id=ask.id, refused=refusals.NOT_TAKEN)
        except Exception:
            log.exception("an ask of the page failed: %s", type(ask).__name__)
            return Done(id=ask.id, refused=refusals.FAILED)

    async def _done(self, ask: AnyAsk) -> Done:
        match ask:
            case Say():
                await self._say(ask)
            case Press():
                return await self._press(ask)
            case Attach():
                await self.attach(ask.seat, ask.kind)
            case Read():
                await self._read(ask)
            case Suggest():
                return Done(id=ask.id, suggestions=await self._suggestions(ask))
            case Advance():
                await self._advance(ask)
            case Stop():
                self._live.walk.stop()
            case Restart():
                await self._live.restart()
        return Done(id=ask.id)

    # -- people ------------------------------------------------------------------------------------------------------

    def _seat(self, seat: str) -> tuple[FeishuEmulator, str, str]:
        """The emulator, the person's open_id there and their name."""
        channel, _, open_id = seat.partition(":")
        emulator = self._live.emulators.get(channel)
        if emulator is None or open_id not in emulator.world.users:
            raise Refused(refusals.NOBODY)
        return emulator, open_id, emulator.world.users[open_id].name

    async def attach(self, seat: str, kind: str, name: str = "", data: bytes = b"") -> None:
        """Something else than words: image, file, audio or sticker. Raises Refused."""
        emulator, open_id, person = self._seat(seat)
        event = self._live.activity.begin(person, f"在飞书发{KINDS[kind]}{f'「{_short(name)}」' if name else ''}")
        match kind:
            case "image":
                push = await emulator.image(open_id, data)
            case "file":
                push = await emulator.file(open_id, name, data)
            case "audio":
                push = await emulator.audio(open_id, data)
            case _:
                push = await emulator.sticker(open_id)
        self._pushed(push, event)

    async def _say(self, ask: Say) -> None:
        emulator, open_id, name = self._seat(ask.seat)
        text = ask.text.strip()
        if not text:
            raise Refused(refusals.EMPTY)
        if len(text.encode(errors="surrogatepass")) > TEXT_BYTES:
            raise Refused(refusals.TOO_LONG)
        event = self._live.activity.begin(name, f"在飞书发「{_short(text)}」")
        self._pushed(await emulator.say(open_id, text), event)

    def _pushed(self, push: Push, event: int) -> None:
        if push.status != 200:
            self._live.activity.problem(event, "机器人没有收下，飞书会再投")
        self._live.poke()

    async def _press(self, ask: Press) -> Done:
        emulator, open_id, name = self._seat(ask.seat)
        if ask.message not in emulator.world.messages:
            raise Refused(refusals.NO_MESSAGE)
        if why := refusals.of_card(emulator.message(ask.message), emulator.now()):
            raise Refused(why)
        event = self._live.activity.begin(name, f"在飞书按「{_short(ask.label)}」")
        click = await emulator.press(open_id, ask.message, ask.label, ask.form or None, which=ask.which)
        if click.error_code:
            self._live.activity.problem(event, f"飞书提示 {click.error_code}")
        self._live.poke()
        toast = (click.toast.type, click.toast.content) if click.toast else None
        return Done(id=ask.id, toast=toast, code=click.error_code)

    async def _read(self, ask: Read) -> None:
        """Only what is in the person's own chat and was not read before."""
        emulator, open_id, _name = self._seat(ask.seat)
        messages = {message.message_id: message for message in emulator.messages(emulator.p2p_chat(open_id))}
        fresh = [one for one in ask.messages if one in messages and open_id not in messages[one].readers]
        if fresh:
            await emulator.read(open_id, fresh)

    async def _suggestions(self, ask: Suggest) -> list[Suggestion]:
        self._seat(ask.seat)
        channel, _, open_id = ask.seat.partition(":")
        found = self._suggest(channel, open_id, ask.text)
        return list(await found if inspect.isawaitable(found) else found)[:MOST_SUGGESTIONS]

    # -- the clock ---------------------------------------------------------------------------------------------------

    async def _advance(self, ask: Advance) -> None:
        live = self._live
        if live.walk.under_way:
            raise Refused(refusals.WALKING)
        now = live.rehearsal.now()
        goal = datetime.fromisoformat(ask.to) if ask.to else now + timedelta(seconds=ask.seconds)
        if goal <= now:
            raise Refused(refusals.ONLY_FORWARD)
        jump = await live.jumped()
        event = live.activity.begin("时钟", "前进")
        try:
            await live.walk.go(goal)
        finally:
            live.landed(jump)
            live.activity.worded(event, f"前进 {_span(live.rehearsal.now() - now)}，触发 {live.walk.done} 件")


def _short(text: str, most: int = 24) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _span(time: timedelta) -> str:
    """「22 小时 57 分」"""
    minutes = round(time.total_seconds() / 60)
    parts = ((minutes // 1440, "天"), (minutes // 60 % 24, "小时"), (minutes % 60, "分"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "不到 1 分"
