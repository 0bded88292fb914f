"""The fault switches: what can go wrong at which messenger, as its emulator offers it. Nothing here outlives a restart."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.playground.inside import SwitchSeen
from adapters.playground.messengers.messenger import Messenger
from bot.ports import Rehearsal

Act = Callable[[Any, int], Awaitable[None] | None]
"""(the emulator, or the rehearsal where the bot itself is struck; which of the values)"""
SECONDS = (0.5, 2.0, 5.0)
TIMES = (1, 2, 3, 5)
ALL = ("wecom", "dingtalk", "feishu")
DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Fault:
    """``counted``: the emulator's name of a fault that strikes so many times and is over then; ``struck``: how it is counted;
    ``whole``: not a messenger's but the bot's own, felt at all of them."""

    name: str
    title: str
    words: str
    on: Act
    off: Act
    at: tuple[str, ...] = ALL
    values: tuple[str, ...] = ()
    start: int = 0
    counted: str = ""
    struck: str = ""
    said: str = ""
    once: bool = False
    more: bool = False
    whole: bool = False


def _counted(name: str, method: str) -> dict[str, Any]:
    return {
        "on": lambda emulator, value: getattr(emulator.faults, method)(TIMES[value]),
        "off": lambda emulator, _value: emulator.faults.set_next(name, 0),
        "values": tuple(f"{count} 次" for count in TIMES),
        "counted": name,
    }


def _flag(name: str) -> dict[str, Any]:
    return {
        "on": lambda emulator, _value: setattr(emulator.faults, name, True),
        "off": lambda emulator, _value: setattr(emulator.faults, name, False),
    }


def _slow(emulator: Any, value: int) -> None:
    emulator.faults.hang = value >= len(SECONDS)
    emulator.faults.slow_seconds = SECONDS[value] if value < len(SECONDS) else 0.0


def _fast(emulator: Any, _value: int) -> None:
    emulator.faults.hang, emulator.faults.slow_seconds = False, 0.0


def _cut(emulator: Any, _value: int) -> None:
    """The long connection breaks without a farewell."""
    (emulator.stream if hasattr(emulator, "stream") else emulator.smart_bot.sockets).cut()


def _nothing(_emulator: Any, _value: int) -> None:
    return None


FAULTS = (
    Fault("slow", "平台变慢", "每次调用都晚回应", _slow, _fast, values=("0.5 秒", "2 秒", "5 秒", "不回应"), start=1,
          struck="slow_seconds", said="已拖慢 {} 次调用"),
    Fault("limit", "限流 429", "接下来几次调用被平台拒绝", **_counted("rate_limit", "rate_limit_next"), start=1,
          struck="rate_limit", said="已拒 {} 次"),
    Fault("twice", "重复推送", "同一条推送送来两遍", **_flag("duplicate_pushes")),
    Fault("lost", "丢失回执", "平台收下了，但回执没有回来", **_counted("lose_receipts", "lose_receipts_next"),
          struck="lose_receipts", said="已丢 {} 次"),
    Fault("order", "推送乱序", "后发的先到", **_counted("reorder", "reorder_next"), struck="reorder", said="已换 {} 次"),
    Fault("cut", "断开长连接", "立即断开，观察重连", _cut, _nothing, at=("wecom", "dingtalk"), once=True),
    Fault("frozen", "卡片不可再改", "14 天或 72 小时已过", **_flag("cards_immutable"), at=("wecom", "feishu")),
    Fault("revoked", "令牌失效", "已发出的令牌立即作废，观察重新获取", lambda emulator, _value: emulator.faults.revoke_tokens(),
          _nothing, struck="revoke_tokens", said="已作废 {} 次", once=True, more=True),
    Fault(DATABASE, "数据库断开", "什么都记不下来：消息等重投或先存在本机，点击不算数",
          lambda rehearsal, _value: rehearsal.without_database(True),
          lambda rehearsal, _value: rehearsal.without_database(False), more=True, whole=True),
    Fault("nameless", "点击不带身份", "回调里没有是谁按的，机器人不能当作任何人", **_flag("nameless_clicks"),
          struck="nameless_clicks", said="已隐去 {} 次", more=True),
)  # fmt: skip
BY_NAME = {fault.name: fault for fault in FAULTS}


class Board:
    """What is switched on at which channel. ``messengers`` may hold other ones after a restart."""

    def __init__(self, messengers: Mapping[str, Messenger], rehearsal: Rehearsal) -> None:
        self._messengers, self._rehearsal = messengers, rehearsal
        self._on: set[tuple[str, str]] = set()
        self._values = {fault.name: fault.start for fault in FAULTS}
        self._before: dict[tuple[str, str], int] = {}
        self.away_since: dict[str, int] = {}
        """How many pushes of each channel the bot could still store."""

    async def switch(self, name: str, channels: list[str], on: bool, value: int) -> None:
        """Puts the fault on at exactly these channels, or off everywhere."""
        fault = BY_NAME[name]
        self._values[name] = max(0, min(value, len(fault.values) - 1))
        for channel in self._offered(fault):
            wanted = on and (fault.whole or channel in channels)
            if wanted or (name, channel) in self._on:
                await self._set(fault, channel, wanted)

    async def all_off(self) -> None:
        for name, channel in tuple(self._on):
            await self._set(BY_NAME[name], channel, False)

    def forget(self) -> None:
        """The emulators are other ones now."""
        self._on.clear()
        self._before.clear()
        self.away_since.clear()
        self._values = {fault.name: fault.start for fault in FAULTS}

    def seen(self) -> list[SwitchSeen]:
        self._fall_back()
        return [
            SwitchSeen(
                name=fault.name,
                title=fault.title,
                words=self._words(fault),
                offered=self._offered(fault),
                on=[channel for channel in self._messengers if (fault.name, channel) in self._on],
                values=list(fault.values),
                value=self._values[fault.name],
                once=fault.once,
                more=fault.more,
                whole=fault.whole,
            )
            for fault in FAULTS
            if self._offered(fault)
        ]

    def slow(self, channel: str) -> str:
        """「慢 2 秒」, "" where nothing is slow."""
        if ("slow", channel) not in self._on:
            return ""
        value = BY_NAME["slow"].values[self._values["slow"]]
        return value if value == "不回应" else f"慢 {value}"

    @property
    def away(self) -> bool:
        """Whether the bot has no database."""
        return any(name == DATABASE for name, _channel in self._on)

    async def _set(self, fault: Fault, channel: str, on: bool) -> None:
        emulator: Any = self._messengers[channel].emulator
        done = (fault.on if on else fault.off)(self._rehearsal if fault.whole else emulator, self._values[fault.name])
        if inspect.isawaitable(done):
            await done
        if on:
            self._before.setdefault((fault.name, channel), emulator.faults.struck[fault.struck])
        if on and fault.whole:
            self.away_since.setdefault(channel, len(emulator.pushes))
        elif fault.whole:
            self.away_since.pop(channel, None)
        if on and not fault.once:
            self._on.add((fault.name, channel))
        else:
            self._on.discard((fault.name, channel))
            if not on:
                self._before.pop((fault.name, channel), None)

    def _fall_back(self) -> None:
        """A counted fault that has struck as often as it was to is over."""
        for name, channel in tuple(self._on):
            counted = BY_NAME[name].counted
            if counted and counted not in self._faults(channel).pending():
                self._on.discard((name, channel))

    def _words(self, fault: Fault) -> str:
        on = [channel for name, channel in self._before if name == fault.name and channel in self._messengers]
        times = sum(self._faults(one).struck[fault.struck] - self._before[fault.name, one] for one in on)
        if not fault.said or not times:
            return fault.words
        left = sum(self._faults(one).pending().get(fault.counted, 0) for one in on)
        return fault.said.format(times) + (f"，还会 {left} 次" if left else "")

    def _offered(self, fault: Fault) -> list[str]:
        return [name for name, messenger in self._messengers.items() if messenger.skin in fault.at]

    def _faults(self, channel: str) -> Any:
        emulator: Any = self._messengers[channel].emulator
        return emulator.faults
