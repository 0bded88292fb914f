"""The sample organisation on one messenger, a scratch database and the bot, as ``serve`` composes it; nothing leaves loopback."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from adapters.dingtalk.emulator import DingTalkEmulator
from adapters.feishu.emulator import FeishuEmulator
from adapters.playground.messengers.dingtalk import DingTalk
from adapters.playground.messengers.feishu import Feishu
from adapters.playground.messengers.messenger import Messenger
from adapters.playground.messengers.wecom import WeCom
from adapters.playground.people import SAMPLE
from adapters.wecom.emulator import WeComEmulator
from bot.clock import Clock, ManualClock
from bot.config import Config
from bot.feature import Catalog, Imported
from bot.rehearsal import Running

PLATFORMS = ("feishu", "dingtalk", "wecom")
START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
BOT_NAME = "渠道通"
STRANGER = "访客"
GROUPS = {"feishu": "oc_huadong", "dingtalk": "cidHuadong0000000000000001==", "wecom": "wrHuadong"}
PLENTY = 10**6
TICK_SECONDS = 20
"""The scene ticks by itself, so that each line's messages are its own."""


class Process(Running, Protocol):
    """``bot.app.App``."""

    @property
    def address(self) -> str: ...
    @property
    def catalog(self) -> Catalog: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def import_sheet(self, kind: str, name: str, data: bytes) -> Imported: ...


Make = Callable[[Config, Clock], Process]


@dataclass(frozen=True, slots=True)
class House:
    """``seats``: everybody's user id at the messenger, by name; ``elsewhere`` is where a stranger is."""

    here: Messenger
    elsewhere: Messenger | None
    seats: dict[str, str]
    group: str
    process: Process
    clock: ManualClock


@asynccontextmanager
async def opened(platform: str, make: Make, strangers: bool = False) -> AsyncIterator[House]:
    """``strangers``: there is a second messenger, too."""
    clock = ManualClock(START)
    another = PLATFORMS[(PLATFORMS.index(platform) + 1) % len(PLATFORMS)]
    messengers = _messengers(clock, (platform, another) if strangers else (platform,))
    rows = _rows(platform)
    seats = {row["name"]: row["accounts"].partition(":")[2] for row in rows}
    with TemporaryDirectory(prefix="channelops-") as folder:
        try:
            for each in messengers.values():
                await each.emulator.start()
                _widen(each.emulator)
            here = messengers[platform]
            for name, user in seats.items():
                here.add_user(user, name)
            here.add_group(GROUPS[platform], "华东渠道群", list(seats.values()))
            elsewhere = messengers.get(another)
            if elsewhere:
                elsewhere.add_user("visitor", STRANGER)
            process = make(_config(Path(folder), messengers), clock)
            try:
                await _begun(process, messengers, rows)
                yield House(here, elsewhere, seats, GROUPS[platform], process, clock)
            finally:
                await process.stop()
        finally:
            for each in messengers.values():
                await each.emulator.stop()


async def _begun(process: Process, messengers: dict[str, Messenger], rows: list[dict[str, str]]) -> None:
    await process.start()
    for name, each in messengers.items():
        await each.served(f"{process.address}/channels/{name}/callback")
    await process.import_sheet("agents", "agents.csv", (SAMPLE / "agents.csv").read_bytes())
    await process.import_sheet("people", "people.csv", _sheet(rows))


def _widen(emulator: Any) -> None:
    """Without its rates: what is looked at is cards."""
    for name in vars(emulator.limits):
        if "_per_" in name:
            setattr(emulator.limits, name, PLENTY)


def _messengers(clock: ManualClock, platforms: Sequence[str]) -> dict[str, Messenger]:
    made: dict[str, Callable[[], Messenger]] = {
        "feishu": lambda: Feishu("feishu", FeishuEmulator(now=clock.now, bot_name=BOT_NAME)),
        "dingtalk": lambda: DingTalk("dingtalk", DingTalkEmulator(now=clock.now, bot_name=BOT_NAME)),
        "wecom": lambda: WeCom("wecom", WeComEmulator(now=clock.now, bot_name=BOT_NAME)),
    }
    return {name: made[name]() for name in platforms}


def _rows(platform: str) -> list[dict[str, str]]:
    """Everybody on this messenger, by the user id they have at their own."""
    with (SAMPLE / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row | {"accounts": _account(platform, row["accounts"])} for row in csv.DictReader(file)]


def _account(platform: str, accounts: str) -> str:
    user = accounts.partition(";")[0].rpartition(":")[2].removeprefix("ou_")
    return f"{platform}:{'ou_' if platform == 'feishu' else ''}{user}"


def _sheet(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _config(folder: Path, messengers: dict[str, Messenger]) -> Config:
    known: dict[str, Any] = {
        "server": {"port": 0, "public_url": "http://127.0.0.1:8080"},
        "database": {"url": f"sqlite:///{folder}/bot.db", "files": folder / "files"},
        "scheduler": {"tick_seconds": TICK_SECONDS},
        "channels": {name: messenger.table() for name, messenger in messengers.items()},
    }
    return Config.model_validate(known)
