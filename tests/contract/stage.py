"""One adapter as ``serve`` opens it, its emulated messenger around it, and what the messengers do not call alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec.structs import replace

from adapters.channel import Channel, Handler
from adapters.opening import open_channel
from bot.cards import Card
from bot.clock import ManualClock
from bot.errors import Unavailable
from bot.messages import AnyInbound, Place
from bot.planner import suited
from bot.ports import OutboxRow, Outcome, OutState, Receipt, Sending
from tests.build import configuration
from tests.dingtalk.stage import Count
from tests.feishu.stage import Desk, serve
from tests.phones import BOT, Phone, phone

PATIENCE = 5.0
START = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Kind:
    """A messenger in one of its modes. ``table`` is what its configuration says besides."""

    platform: str
    user: str
    other: str
    group: str
    faults: Mapping[str, tuple[str, bool | None]]
    """Every fault of its emulator that strikes one send: Receipt, Retry or Unknown, and whether the whole channel waits."""
    table: Mapping[str, Any] = field(default_factory=dict)


FEISHU = Kind(
    "feishu",
    "ou_zhao",
    "ou_li",
    "oc_team",
    {
        "rate_limit_next": ("Retry", True),
        "chat_limit_next": ("Retry", False),
        "html_next": ("Unknown", None),
        "server_error_next": ("Unknown", None),
        "reset_before_next": ("Unknown", None),
        "lose_receipts_next": ("Unknown", None),
        "revoke_tokens": ("Receipt", None),
    },
)
DINGTALK = Kind(
    "dingtalk",
    "zhaomin",
    "lijing",
    "cidTeam00000000000000000001==",
    {
        "rate_limit_next": ("Retry", True),
        "minute_limit_next": ("Retry", True),
        "too_fast_next": ("Retry", False),
        "flow_control_next": ("Retry", False),
        "ban_next": ("Retry", True),
        "html_next": ("Unknown", None),
        "server_error_next": ("Unknown", None),
        "gateway_timeout_next": ("Unknown", None),
        "reset_before_next": ("Unknown", None),
        "lose_receipts_next": ("Unknown", None),
        "revoke_tokens": ("Receipt", None),
    },
)
WECOM = Kind(
    "wecom",
    "zhaomin",
    "lijing",
    "wrTeam",
    {
        "rate_limit_next": ("Retry", True),
        "concurrent_next": ("Retry", True),
        "busy_next": ("Unknown", None),
        "html_next": ("Unknown", None),
        "server_error_next": ("Unknown", None),
        "reset_before_next": ("Unknown", None),
        "lose_receipts_next": ("Unknown", None),
        "revoke_tokens": ("Receipt", None),
    },
)
KINDS = {
    "feishu": FEISHU,
    "feishu by stream": Kind(
        FEISHU.platform, FEISHU.user, FEISHU.other, FEISHU.group, FEISHU.faults, {"mode": "stream"}
    ),
    "dingtalk": DINGTALK,
    "dingtalk by HTTP": Kind(
        DINGTALK.platform,
        DINGTALK.user,
        DINGTALK.other,
        DINGTALK.group,
        DINGTALK.faults,
        {"mode": "webhook", "card_api_secret": "demo-card-api-secret"},
    ),
    "dingtalk without a template": Kind(
        DINGTALK.platform, DINGTALK.user, DINGTALK.other, DINGTALK.group, DINGTALK.faults, {"card_template_id": ""}
    ),
    "wecom": WECOM,
}


@dataclass(eq=False)
class Stage:
    name: str
    kind: Kind
    phone: Phone
    adapter: Channel
    desk: Desk
    clock: ManualClock
    rows: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    """Of what was sent, by handle."""

    @property
    def emulator(self) -> Any:
        return self.phone.emulator

    @property
    def tenant(self) -> str:
        return str(getattr(self.emulator, "tenant_key", "") or self.emulator.corp_id)

    @property
    def single(self) -> Place:
        return Place(self.kind.platform, self.tenant, self.kind.user)

    @property
    def team(self) -> Place:
        return Place(self.kind.platform, self.tenant, self.kind.group, group=True)

    # -- what people do ----------------------------------------------------------------------------------------------

    async def says(self, text: str, *, group: bool = False) -> Any:
        """The push, however it was answered."""
        return await self.emulator.say(self.kind.user, text, self.kind.group if group else None, group)

    async def presses(self, message: Any, label: str, form: Mapping[str, Any] | None = None, **how: Any) -> Any:
        user = self.kind.other if message.chat_id == self.kind.group else self.kind.user
        return await self.emulator.press(user, message.message_id, label, form or {}, **how)

    async def forges(self, message: Any, button: str, *, by: str = "") -> Any:
        made = {"feishu": {"b": button}, "dingtalk": {"id": button}, "wecom": button}[self.kind.platform]
        return await self.emulator.press_value(by or self.kind.user, message.message_id, made)

    async def heard(self, count: int = 1) -> list[Any]:
        await self.until(lambda: len(self.desk.inbounds) >= count)
        return list(self.desk.inbounds)

    async def until(self, predicate: Callable[[], object]) -> None:
        """For what tells of no changes."""
        async with asyncio.timeout(PATIENCE):
            while not predicate():  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    # -- what they are sent ------------------------------------------------------------------------------------------

    def row(
        self, content: Card | str, what: Sending = Sending.SEND, place: Place | None = None, **more: Any
    ) -> OutboxRow:
        self.rows += 1
        known: dict[str, Any] = {
            "key": f"{self.rows:040x}",
            "state": OutState.PENDING,
            "payload": None,
            "target": None,
            "target_state": None,
            "handle": "",
            "copy": None,
            "attempts": 0,
            "first_sent": None,
            "expires": None,
            "trace": "t1",
        }
        at = place or self.single
        if isinstance(content, Card):
            content = suited(content, self.adapter.can.at(at))
        return OutboxRow(id=self.rows, what=what, place=at, content=content, **known | more)

    async def delivers(self, row: OutboxRow) -> Outcome:
        return await self.adapter.deliver(row, self.adapter.render(row))

    async def sends(self, content: Card | str, place: Place | None = None) -> str:
        """The handle."""
        row = self.row(content, place=place)
        ended = await self.delivers(row)
        assert isinstance(ended, Receipt), f"{ended}\n{self.emulator.dump()}"
        self.keys[ended.handle] = row.key
        return ended.handle

    async def edits(self, handle: str, content: Card | str, place: Place | None = None) -> Outcome:
        row = self.row(content, Sending.CLOSING, place, handle=handle, target_key=self.keys.get(handle, ""))
        return await self.delivers(row)

    async def again(self, row: OutboxRow) -> Outcome:
        """The same bytes, as delivery repeats what may have been taken."""
        return await self.delivers(replace(row, first_sent=self.clock.now(), attempts=1))

    def shown(self, place: Place | None = None) -> list[Any]:
        """The bot's messages there."""
        at = place or self.single
        chat = at.chat if at.group else self.phone.chat(at.chat)
        return [message for message in self.emulator.messages(chat) if message.sender == BOT]


@asynccontextmanager
async def staged(name: str, folder: Path, **changed: Any) -> AsyncIterator[Stage]:
    """``changed``: of the channel's table, for what an operator got wrong."""
    kind, clock, desk = KINDS[name], ManualClock(START), Desk()
    phone_ = phone(kind.platform, 1, clock.now)
    await phone_.start()
    emulator: Any = phone_.emulator
    if kind.table.get("mode") == "webhook":
        emulator.mode = "webhook"
    emulator.add_user(kind.user, "赵敏")
    emulator.add_user(kind.other, "李静")
    emulator.add_group(kind.group, "华东渠道群", [kind.user, kind.other])
    served: list[Handler] = []

    async def callback(request: web.Request) -> web.StreamResponse:
        found: web.StreamResponse = await served[0](request)
        return found

    app = web.Application()
    app.router.add_route("*", f"/channels/{kind.platform}/callback", callback)
    async with serve(app) as port:
        address = f"http://127.0.0.1:{port}"
        config = configuration(
            folder, "sqlite:///unused", folder / "now", {kind.platform: phone_.table() | dict(kind.table) | changed}
        )
        channel = config.channels[kind.platform]
        adapter = open_channel(kind.platform, channel, clock.now, lambda _: None, Count(), address)
        if handler := adapter.callback(desk):
            served.append(handler)
            emulator.callback_url = f"{address}/channels/{kind.platform}/callback"
        stage = Stage(name, kind, phone_, adapter, desk, clock)
        await adapter.start()
        await adapter.listen(desk)
        adapter.elected(True)
        try:
            if not changed:
                await _settled_in(stage)
            yield stage
        finally:
            await adapter.leave()
            await adapter.stop()
            await emulator.stop()


async def _settled_in(stage: Stage) -> None:
    """Connected; and WeCom's smart bot speaks only in groups where somebody has spoken to it."""
    await stage.until(lambda: stage.adapter.state.up)
    if stage.kind.table.get("mode") == "stream":
        await stage.emulator.connect.until_connected()
        assert stage.emulator.connect.choose()
    if stage.kind is WECOM:
        await stage.emulator.until(lambda: stage.emulator.smart_bot.connected)
        await stage.says("你好", group=True)
        await stage.heard()
        stage.desk.inbounds.clear()


def unavailable(_inbound: AnyInbound) -> None:
    raise Unavailable("no database")
