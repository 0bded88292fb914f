"""What a browser asks for, done as the person at that window."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from adapters.playground import refusals
from adapters.playground.faults import BY_NAME
from adapters.playground.inside import TurnSeen
from adapters.playground.live import Live
from adapters.playground.messengers.messenger import SINGLE, Messenger, Refused, Sent
from adapters.playground.values import (
    Advance,
    AnyAsk,
    Attach,
    Done,
    Look,
    Moment,
    Press,
    Read,
    Restart,
    Say,
    Stop,
    Suggest,
    Suggestion,
    Switch,
)
from adapters.playground.watch import stamp
from bot.recognise.dates import read_date
from bot.recognise.found import Found, Unsure
from bot.recognise.moments import read_moment

log = logging.getLogger(__name__)

Suggesting: TypeAlias = Callable[[str, str, str], Sequence[Suggestion] | Awaitable[Sequence[Suggestion]]]
"""(channel, user id, what is typed so far) → the best lines first; for nothing typed, three ways to begin."""

MOST_SUGGESTIONS = 6
KINDS = {"image": "图片", "file": "文件", "audio": "语音", "sticker": "表情", "location": "位置"}


class Asks:
    def __init__(self, live: Live, suggest: Suggesting) -> None:
        self._live, self._suggest = live, suggest

    async def answer(self, ask: AnyAsk) -> Done:
        """Never raises: what nobody expected is logged, and the page says that it did not work."""
        try:
            return await self._done(ask)
        except Refused as refused:
            return Done(id=ask.id, refused=str(refused))
        except Exception:
            log.exception("an ask of the page failed: %s", type(ask).__name__)
            return Done(id=ask.id, refused=refusals.FAILED)

    async def _done(self, ask: AnyAsk) -> Done:
        match ask:
            case Say():
                return Done(id=ask.id, note=await self._say(ask))
            case Press():
                return await self._press(ask)
            case Attach():
                return Done(id=ask.id, note=await self.attach(ask.seat, ask.chat, ask.kind, ask.words))
            case Read():
                await self._read(ask)
            case Suggest():
                return Done(id=ask.id, suggestions=await self._suggestions(ask))
            case Look():
                return Done(id=ask.id, turn=self._look(ask))
            case Switch():
                await self._switch(ask)
            case Advance():
                await self._advance(ask)
            case Moment():
                return self._moment(ask)
            case Stop():
                self._live.walk.stop()
            case Restart():
                await self._live.restart()
        return Done(id=ask.id)

    # -- people ------------------------------------------------------------------------------------------------------

    def _seat(self, seat: str, chat: str = SINGLE) -> tuple[Messenger, str, str]:
        """The messenger, the person's id there and their name. Raises Refused, also for a chat that is not theirs."""
        channel, _, user = seat.partition(":")
        messenger = self._live.messengers.get(channel)
        if messenger is None or user not in messenger.users():
            raise Refused(refusals.NOBODY)
        if all(room.id != chat for room in messenger.rooms(user)):
            raise Refused(refusals.NO_CHAT)
        return messenger, user, messenger.users()[user]

    async def attach(self, seat: str, chat: str, kind: str, name: str = "", data: bytes = b"") -> str:
        """Something else than words; a note of ours, if there is one. Raises Refused."""
        messenger, user, person = self._seat(seat, chat)
        room = next(room for room in messenger.rooms(user) if room.id == chat)
        if kind not in room.sends:
            raise Refused(f"{messenger.title}在这里不能发{KINDS[kind]}给机器人")
        if len(data) > messenger.most_file:
            raise Refused(refusals.too_large(messenger.title, messenger.most_file))
        named = f"「{_short(name)}」" if name else ""
        event = self._live.activity.begin(person, f"在{messenger.title}发{KINDS[kind]}{named}", messenger.title, seat)
        return self._sent(await messenger.attach(user, chat, kind, name, data), event)

    async def _say(self, ask: Say) -> str:
        messenger, user, name = self._seat(ask.seat, ask.chat)
        text = ask.text.strip()
        if not text:
            raise Refused(refusals.EMPTY)
        where = messenger.title if ask.chat == SINGLE else f"{messenger.title}群里"
        event = self._live.activity.begin(name, f"在{where}发「{_short(text)}」", messenger.title, ask.seat)
        return self._sent(await messenger.say(user, ask.chat, text), event)

    def _sent(self, sent: Sent, event: int) -> str:
        if sent.problem:
            self._live.activity.problem(event, sent.problem)
        self._live.poke()
        return sent.note

    async def _press(self, ask: Press) -> Done:
        messenger, user, name = self._seat(ask.seat)
        seen = (one.id for room in messenger.rooms(user) for one in messenger.seen(user, room.id))
        if ask.message not in seen:
            raise Refused(refusals.NO_MESSAGE)
        event = self._live.activity.begin(
            name, f"在{messenger.title}按「{_short(ask.label)}」", *(messenger.title, ask.seat, ask.message)
        )
        try:
            pressed = await messenger.press(user, ask.message, ask.label, ask.which, ask.form)
        except Refused as refused:
            self._live.activity.problem(event, str(refused))
            raise
        if pressed.problem:
            self._live.activity.problem(event, pressed.problem)
        self._live.poke()
        unseen = "" if pressed.toast or pressed.code else pressed.problem
        return Done(id=ask.id, toast=pressed.toast, code=pressed.code, note=unseen)

    async def _read(self, ask: Read) -> None:
        """Only what is in the person's own chat and was not read before."""
        messenger, user, _name = self._seat(ask.seat, ask.chat)
        await messenger.read(user, ask.chat, ask.messages)

    async def _suggestions(self, ask: Suggest) -> list[Suggestion]:
        messenger, user, _name = self._seat(ask.seat)
        found = self._suggest(messenger.channel, user, ask.text)
        return list(await found if inspect.isawaitable(found) else found)[:MOST_SUGGESTIONS]

    # -- looking in, breaking things ---------------------------------------------------------------------------------

    def _look(self, ask: Look) -> TurnSeen:
        looking = self._live.looking
        if ask.message:
            trace = looking.of_message(ask.message)
        else:
            trace = looking.of_event(ask.event) if ask.event else ask.trace or looking.last()
        turn = looking.turn(trace) if trace else None
        if turn is None:
            raise Refused(refusals.NO_TURN)
        return turn

    async def _switch(self, ask: Switch) -> None:
        if not ask.name:
            await self._live.faults.all_off()
        elif ask.name in BY_NAME:
            await self._live.faults.switch(ask.name, ask.channels, ask.on, ask.value)
        self._live.poke()

    # -- the clock ---------------------------------------------------------------------------------------------------

    def _moment(self, ask: Moment) -> Done:
        """A day alone is its start of work."""
        now, calendar = self._live.rehearsal.now(), self._live.rehearsal.house().calendar
        found = read_moment(ask.text, now, calendar)
        if isinstance(found, Unsure):
            day = read_date(ask.text, now.astimezone(calendar.zone).date(), calendar)
            if isinstance(day, Found) and day.end - day.start == len(ask.text.strip()):
                return self._at(ask, calendar.opens(day.value))
            return Done(id=ask.id, refused=found.question)
        return self._at(ask, found.value) if found else Done(id=ask.id, refused=refusals.NO_MOMENT)

    def _at(self, ask: Moment, at: datetime) -> Done:
        if at <= self._live.rehearsal.now():
            return Done(id=ask.id, refused=refusals.ONLY_FORWARD)
        return Done(id=ask.id, at=stamp(at))

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
            live.activity.worded(event, f"前进 {_span(live.rehearsal.now() - now)}，触发 {live.walk.things} 件")


def _short(text: str, most: int = 24) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _span(time: timedelta) -> str:
    """「22 小时 57 分」"""
    minutes = round(time.total_seconds() / 60)
    parts = ((minutes // 1440, "天"), (minutes // 60 % 24, "小时"), (minutes % 60, "分"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "不到 1 分"
