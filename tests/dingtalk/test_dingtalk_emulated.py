"""The adapter and the platform's emulator, written from the same page by different hands, must understand each other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from aiohttp import web
from msgspec.structs import replace

from adapters.channel import Handler
from adapters.dingtalk.adapter import DingtalkAdapter
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.emulator import DingTalkEmulator
from bot.cards import Card
from bot.clock import WallClock
from bot.messages import (
    Account,
    Answer,
    FileKind,
    Form,
    Inbound,
    Joined,
    Place,
    Press,
    Read,
    Say,
    Toast,
    Unsupported,
    Upload,
)
from bot.planner import suited
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending, Taken, Unknown
from tests.dingtalk.samples import row
from tests.dingtalk.stage import PATH, Count
from tests.feishu.card_samples import DECIDED, ENTRY, HOSTILE, LIST, LONG, PREVIEW, REVIEW
from tests.feishu.stage import Counts, Desk, serve

CORP = "dingdemocorp000000001"
ZHAO = Account("dingtalk", CORP, "zhaomin")
SINGLE = Place("dingtalk", CORP, "zhaomin")
TEAM = Place("dingtalk", CORP, "cidTeam00000000000000000001==", group=True)
CARD_SECRET = "demo-card-api-secret"
SAMPLES: dict[str, Card | str] = {
    "preview": PREVIEW,
    "review": REVIEW,
    "decided": DECIDED,
    "entry": ENTRY,
    "list": LIST,
    "hostile": HOSTILE,
    "long": LONG,
    "line": "BB1001 已通过，保护至 2026-05-31",
}


@dataclass
class Stage:
    dingtalk: DingTalkEmulator
    adapter: DingtalkAdapter
    desk: Desk
    counts: Counts
    meter: Count

    async def sends(self, content: Card | str, place: Place = SINGLE, key: str = "k1") -> Outcome:
        return await self.delivers(msgspec.structs.replace(row(content, place=place), key=key))

    async def edits(self, handle: str, content: Card | str) -> Outcome:
        edit = row(content, Sending.CLOSING, handle=handle)
        return await self.delivers(msgspec.structs.replace(edit, target_key="k1"))

    async def delivers(self, content: OutboxRow) -> Outcome:
        return await self.adapter.deliver(content, self.adapter.render(content))

    async def handle(self, content: Card | str, place: Place = SINGLE) -> str:
        ended = await self.sends(content, place)
        assert isinstance(ended, Receipt), f"{ended}\n{self.dingtalk.dump()}"
        return ended.handle

    def shown(self, place: Place = SINGLE) -> Any:
        """The newest message of the bot there."""
        chat = place.chat if place.group else self.dingtalk.p2p_chat(place.chat)
        return self.dingtalk.messages(chat)[-1]

    async def heard(self, count: int = 1) -> list[Inbound]:
        async with asyncio.timeout(5):
            while len(self.desk.inbounds) < count:  # noqa: ASYNC110 - a desk tells of no arrivals
                await asyncio.sleep(0.001)
        return list(self.desk.inbounds)


async def staged(mode: str, **changed: Any) -> AsyncIterator[Stage]:
    dingtalk = DingTalkEmulator(mode=mode)
    base = await dingtalk.start()
    desk, counts, meter = Desk(), Counts(), Count()
    dingtalk.add_user("zhaomin", "赵敏")
    dingtalk.add_user("lijing", "李静")
    dingtalk.add_group(TEAM.chat, "华东渠道群", ["zhaomin", "lijing"])
    app = web.Application()
    handlers: list[Handler] = []

    async def callback(request: web.Request) -> web.StreamResponse:
        found: web.StreamResponse = await handlers[0](request)
        return found

    app.router.add_route("*", PATH, callback)
    async with serve(app) as port:
        dingtalk.callback_url = f"http://127.0.0.1:{port}{PATH}"
        known: dict[str, Any] = {
            "name": "dingtalk",
            "base_url": base,
            "legacy_base_url": base,
            "client_id": dingtalk.client_id,
            "client_secret": dingtalk.client_secret,
            "robot_code": dingtalk.client_id,
            "card_template_id": dingtalk.card_template_id,
            "card_api_secret": CARD_SECRET,
            "stream": mode == "stream",
            "callback_url": dingtalk.callback_url,
        }
        adapter = DingtalkAdapter(DingtalkConfig(**(known | changed)), WallClock().now, meter, counts.add)
        if handler := adapter.callback(desk):
            handlers.append(handler)
        await adapter.start()
        await adapter.listen(desk)
        async with asyncio.timeout(5):
            while not adapter.state.up:  # noqa: ASYNC110 - a state tells of no changes
                await asyncio.sleep(0.001)
        yield Stage(dingtalk, adapter, desk, counts, meter)
        await adapter.leave()
        await adapter.stop()
    await dingtalk.stop()


@pytest.fixture(params=["stream", "webhook"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async for found in staged(request.param):
        yield found


@pytest.fixture
async def stream() -> AsyncIterator[Stage]:
    async for found in staged("stream"):
        yield found


@pytest.fixture
async def plain() -> AsyncIterator[Stage]:
    """Without a template."""
    async for found in staged("stream", card_template_id=""):
        yield found


# -- what people do --------------------------------------------------------------------------------------------------


async def test_what_people_say_and_send_arrives(stage: Stage) -> None:
    dingtalk = stage.dingtalk
    await dingtalk.say("zhaomin", "报备 云栖湾 120万")
    await dingtalk.say("zhaomin", "转交 BB1001 @李静", TEAM.chat, mention_bot=True, mentions=["lijing"])
    await dingtalk.say("zhaomin", "和机器人无关", TEAM.chat)
    await dingtalk.rich_text("zhaomin", ["现场照片见下", b"\x89PNG", "请审核"])
    await dingtalk.image("zhaomin", b"\x89PNG\r\n\x1a\n0")
    await dingtalk.file("zhaomin", "报价单.xlsx", b"PK")
    await dingtalk.audio("zhaomin", b"#!AMR", recognition="进入投标阶段")
    await dingtalk.unknown("zhaomin")

    said, passed, rich, picture, file, voice, other = await stage.heard(7)
    assert isinstance(said, Say)
    assert (said.sender, said.place, said.text, said.foreign) == (ZHAO, SINGLE, "报备 云栖湾 120万", False)
    assert isinstance(passed, Say)
    assert (passed.place, passed.text, [m.user for m in passed.mentions]) == (TEAM, "转交 BB1001 @李静", ["lijing"])
    assert isinstance(rich, Say)
    assert rich.text == "现场照片见下\n请审核"
    uploads = [each for each in (picture, file, voice) if isinstance(each, Upload)]
    assert [(each.kind, each.name, each.text) for each in uploads] == [
        (FileKind.PICTURE, "", ""),
        (FileKind.FILE, "报价单.xlsx", ""),
        (FileKind.VOICE, "", "进入投标阶段"),
    ]
    assert all(each.handle for each in uploads)
    assert isinstance(other, Unsupported)
    assert stage.dingtalk.failed_pushes == []


async def test_odd_shapes_are_read_all_the_same(stage: Stage) -> None:
    stage.dingtalk.faults.odd_shapes = True
    await stage.dingtalk.say("zhaomin", "帮助")
    await stage.dingtalk.audio("zhaomin", b"#!AMR", recognition="进入投标阶段")
    said, voice = await stage.heard(2)
    assert isinstance(said, Say)
    assert isinstance(voice, Upload)


async def test_a_push_that_comes_twice_has_one_key(stage: Stage) -> None:
    stage.dingtalk.faults.duplicate_pushes = True
    await stage.dingtalk.say("zhaomin", "一")
    await stage.dingtalk.say("zhaomin", "二")
    keys = [said.key for said in await stage.heard(4)]
    assert len(set(keys)) == 2


async def test_read_states_and_cool_apps_arrive_by_stream(stream: Stage) -> None:
    handle = await stream.handle("已通过")
    await stream.dingtalk.read("zhaomin", [stream.shown().message_id])
    await stream.dingtalk.bot_added(TEAM.chat, "lijing")
    seen, joined = await stream.heard(2)
    assert isinstance(seen, Read)
    assert (seen.messages, seen.sender) == ((handle,), ZHAO)
    assert isinstance(joined, Joined)
    assert (joined.place, joined.left) == (TEAM, False)


async def test_a_card_that_was_read_is_named_by_its_handle(stream: Stage) -> None:
    handle = await stream.handle(LIST)
    await stream.dingtalk.read("zhaomin", [stream.shown().message_id])
    (seen,) = await stream.heard()
    assert isinstance(seen, Read)
    assert seen.messages == (handle,)


async def test_over_quota_messages_break_nothing(stage: Stage) -> None:
    stage.dingtalk.quota.pushes_per_month = 1
    await stage.dingtalk.say("zhaomin", "一")
    await stage.dingtalk.say("zhaomin", "二")
    async with asyncio.timeout(5):
        while stage.adapter.state.up:  # noqa: ASYNC110 - a state tells of no changes
            await asyncio.sleep(0.001)
    assert "推送额度已用完" in stage.adapter.state.why
    assert stage.meter["over_quota"] == 1


async def test_an_outsider_is_heard_as_a_stranger_and_answered(stage: Stage) -> None:
    stage.dingtalk.add_user("outside", "外部人", corp_id="ding00000000000other")
    await stage.dingtalk.say("outside", "你好")
    (said,) = await stage.heard()
    assert (said.foreign, said.sender.tenant) == (True, "ding00000000000other")
    assert await stage.sends("请先绑定", said.place) == Receipt("")
    assert stage.shown(Place("dingtalk", "", "outside")).text == "请先绑定"


# -- what they are sent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(SAMPLES))
@pytest.mark.parametrize("place", [SINGLE, TEAM], ids=["single", "group"])
async def test_every_sort_of_message_is_accepted(stage: Stage, name: str, place: Place) -> None:
    content = SAMPLES[name]
    assert await stage.handle(content, place)
    shown = stage.shown(place)
    assert (shown.mentions, shown.links) == ([], [])
    title = content.title if isinstance(content, Card) else content
    assert title in shown.text


async def test_facts_are_read_literally(stage: Stage) -> None:
    await stage.handle(REVIEW)
    for fragment in (
        "客户:杭州云栖湾酒店管理有限公司",
        "产品线:中央空调",
        "金额:120.00 万元",
        "待审批",
        "也可以回复：同意 SP2001",
    ):
        assert fragment in stage.shown().text


@pytest.mark.parametrize("name", list(SAMPLES))
async def test_every_sort_of_message_is_accepted_without_a_template(plain: Stage, name: str) -> None:
    content = SAMPLES[name]
    content = suited(content, plain.adapter.can) if isinstance(content, Card) else content
    await plain.handle(content)
    shown = plain.shown()
    assert (shown.mentions, shown.links, shown.buttons) == ([], [], [])
    if isinstance(content, Card) and content.all_buttons:
        assert shown.text.splitlines()[-1].startswith("可直接回复：")


async def test_without_a_template_nothing_is_edited(plain: Stage) -> None:
    handle = await plain.handle(PREVIEW)
    assert isinstance(await plain.edits(handle, DECIDED), Gone)
    assert not plain.adapter.can.edits


@pytest.mark.parametrize("place", [SINGLE, TEAM], ids=["single", "group"])
async def test_a_click_is_answered_on_the_card(stage: Stage, place: Place) -> None:
    stage.desk.taken = Taken(Answer(Toast("已同意"), DECIDED), (7,))
    await stage.handle(REVIEW, place)
    shown = stage.shown(place)
    clicker = "lijing" if place.group else "zhaomin"
    click = await stage.dingtalk.press(clicker, shown.message_id, "同意")
    assert not click.error
    (pressed,) = await stage.heard()
    assert isinstance(pressed, Press)
    assert not isinstance(pressed, Form)
    assert (pressed.sender, pressed.button) == (Account("dingtalk", CORP, clicker), "c1a3.1.k3Jx9QwE")
    assert pressed.message == shown.card.out_track_id
    in_group = place.group and not stage.adapter.callback(stage.desk)  # HTTP callbacks do not say where
    assert pressed.place == (place if in_group else Place("dingtalk", CORP, clicker))
    assert "已同意 李静 13:05" in shown.text
    assert shown.buttons == []
    async with asyncio.timeout(5):
        while stage.desk.answers != [stage.desk.taken]:  # noqa: ASYNC110 - a desk tells of no arrivals
            await asyncio.sleep(0.001)


async def test_a_form_hands_in_what_was_filled_in(stage: Stage) -> None:
    await stage.handle(REVIEW)
    await stage.dingtalk.press("zhaomin", stage.shown().message_id, "驳回", form={"reason": "价格超出授权"})
    (form,) = await stage.heard()
    assert isinstance(form, Form)
    assert (form.button, form.values) == ("c1a3.2.k3Jx9QwE", {"reason": "价格超出授权"})


async def test_a_form_of_every_kind_of_input(stage: Stage) -> None:
    await stage.handle(suited(ENTRY, stage.adapter.can))
    filled = {"customer": "云栖湾", "line": "中央空调", "amount": "120万", "sign_date": "2026-06-30"}
    await stage.dingtalk.press("zhaomin", stage.shown().message_id, "提交", form=filled)
    (form,) = await stage.heard()
    assert isinstance(form, Form)
    given = {name: value for name, value in form.values.items() if value}
    assert given == {"customer": "云栖湾", "line": "hvac", "amount": "120万", "sign_date": "2026-06-30"}


async def test_a_forged_click_is_a_click_of_whoever_made_it(stage: Stage) -> None:
    await stage.handle(REVIEW, TEAM)
    forged = {"id": "c9.1.m~", "userId": "boss", "operator": "boss"}
    await stage.dingtalk.press_value("zhaomin", stage.shown(TEAM).message_id, forged)
    (pressed,) = await stage.heard()
    assert isinstance(pressed, Press)
    assert (pressed.sender.user, pressed.button) == ("zhaomin", "c9.1.m")


async def test_an_edit_changes_the_card_by_its_receipt_and_by_its_click(stage: Stage) -> None:
    handle = await stage.handle(REVIEW)
    assert await stage.edits(handle, DECIDED) == Receipt("")
    assert "已同意 李静 13:05" in stage.shown().text
    assert stage.shown().buttons == []
    assert await stage.edits(stage.shown().card.out_track_id, REVIEW) == Receipt("")
    assert stage.shown().buttons == ["同意", "驳回"]
    assert isinstance(await stage.edits("card-nothing", DECIDED), Gone)


@pytest.mark.parametrize("content", [LIST, "已提交"], ids=["card", "line"])
@pytest.mark.parametrize("place", [SINGLE, TEAM], ids=["single", "group"])
async def test_a_recall_removes(stage: Stage, place: Place, content: Card | str) -> None:
    handle = await stage.handle(content, place)
    shown = stage.shown(place)
    assert await stage.delivers(row("", Sending.RECALL, place=place, handle=handle)) == Receipt("")
    assert shown.recalled
    assert isinstance(await stage.delivers(row("", Sending.RECALL, place=place, handle="nothing==")), Gone | Rejected)


# -- trouble ---------------------------------------------------------------------------------------------------------


async def test_a_lost_receipt_of_a_card_is_found_again_by_its_name(stage: Stage) -> None:
    stage.dingtalk.faults.lose_receipts_next()
    assert isinstance(await stage.sends(REVIEW), Receipt)
    sent = stage.dingtalk.messages(stage.dingtalk.p2p_chat("zhaomin"))
    assert len(sent) == 1
    stage.dingtalk.faults.lose_receipts_next()
    assert isinstance(await stage.sends("好"), Unknown)


async def test_a_card_whose_sender_died_is_delivered_again_and_both_change_together(stage: Stage) -> None:
    sent = row(REVIEW, place=SINGLE)
    await stage.delivers(sent)
    ended = await stage.delivers(replace(sent, first_sent=datetime.now(UTC)))
    assert isinstance(ended, Receipt)
    edit = replace(row(DECIDED, Sending.CLOSING, SINGLE, ended.handle), target_key=sent.key)
    assert await stage.delivers(edit) == Receipt("")
    shown = stage.dingtalk.messages(stage.dingtalk.p2p_chat("zhaomin"))
    assert ["已同意 李静 13:05" in message.text for message in shown] == [True, True]


async def test_a_card_that_was_in_doubt_and_then_not_delivered_is(stage: Stage) -> None:
    sent = replace(row(REVIEW, place=SINGLE), first_sent=datetime.now(UTC))
    stage.dingtalk.faults.fail_delivery_next()
    assert not isinstance(await stage.delivers(sent), Receipt)
    assert isinstance(await stage.delivers(sent), Receipt)
    assert len(stage.dingtalk.messages(stage.dingtalk.p2p_chat("zhaomin"))) == 1


async def test_a_card_that_was_not_delivered_is(stage: Stage) -> None:
    stage.dingtalk.faults.fail_delivery_next()
    assert not isinstance(await stage.sends(REVIEW), Receipt)
    assert isinstance(await stage.sends(REVIEW), Receipt)
    assert len(stage.dingtalk.messages(stage.dingtalk.p2p_chat("zhaomin"))) == 1


@pytest.mark.parametrize(
    ("fault", "expected", "whole_channel"),
    [
        ("rate_limit_next", Retry, True),
        ("minute_limit_next", Retry, True),
        ("too_fast_next", Retry, False),
        ("flow_control_next", Retry, False),
        ("ban_next", Retry, True),
        ("html_next", Unknown, None),
        ("server_error_next", Unknown, None),
        ("gateway_timeout_next", Unknown, None),
        ("reset_before_next", Unknown, None),
    ],
)
async def test_trouble_is_told_apart(
    stream: Stage, fault: str, expected: type[Outcome], whole_channel: bool | None
) -> None:
    getattr(stream.dingtalk.faults, fault)()
    ended = await stream.sends("好")
    assert isinstance(ended, expected), ended
    if isinstance(ended, Retry):
        assert ended.whole_channel == whole_channel
    assert isinstance(await stream.sends("好", key="k2"), Receipt)


@pytest.mark.parametrize("status", [400, 401])
async def test_revoked_tokens_are_replaced_unnoticed(stage: Stage, status: int) -> None:
    stage.dingtalk.faults.unauthorized_status = status
    await stage.sends("好", key="k0")
    stage.dingtalk.faults.revoke_tokens()
    ends = await asyncio.gather(*(stage.sends("好", key=f"k{number}") for number in range(1, 5)))
    assert all(isinstance(end, Receipt) for end in ends)
    fetches = [call for call in stage.dingtalk.calls if call.path.endswith("/oauth2/accessToken")]
    assert len(fetches) == 2


@pytest.mark.parametrize(
    "place",
    [
        Place("dingtalk", CORP, "nobody"),
        Place("dingtalk", CORP, "cidNowhere0000000000000000001==", group=True),
    ],
    ids=["nobody", "nowhere"],
)
@pytest.mark.parametrize("content", ["好", REVIEW], ids=["line", "card"])
async def test_a_receiver_who_is_not_there_is_final(stream: Stage, place: Place, content: Card | str) -> None:
    assert isinstance(await stream.sends(content, place), Gone | Rejected)


async def test_what_the_month_is_charged_is_what_the_platform_counts(stream: Stage) -> None:
    await stream.dingtalk.say("zhaomin", "帮助")
    await stream.heard()
    handle = await stream.handle(REVIEW)
    await stream.edits(handle, DECIDED)
    await stream.sends("好")
    assert dict(stream.meter) == {"message": 1, "card": 2, "send": 1}
    assert (stream.dingtalk.quota.api, stream.dingtalk.quota.pushes) == (3, 1)


async def test_the_doctor_finds_everything_in_order(stage: Stage) -> None:
    lines = await stage.adapter.check()
    expected = ["ok"] * 6
    if stage.adapter.callback(stage.desk):
        expected.insert(4, "fail")  # a callback address on loopback
    assert [level for level, _ in lines] == expected, lines


async def test_a_connection_told_to_leave_is_replaced_and_nothing_is_lost(stream: Stage) -> None:
    first = list(stream.dingtalk.connections)
    assert len(first) == 2
    await stream.dingtalk.stream.disconnect()
    await stream.dingtalk.until(lambda: len([c for c in stream.dingtalk.connections if c not in first]) == 2)
    for number in range(5):
        await stream.dingtalk.say("zhaomin", f"第 {number} 句")
    assert len(await stream.heard(5)) == 5


@pytest.mark.parametrize("trouble", ["slow", "black hole", "refused"])
async def test_a_gateway_in_trouble_costs_no_message(stream: Stage, trouble: str) -> None:
    """Of two connections one is closed and cannot be had again: the other hears for both."""
    first, faults = list(stream.dingtalk.connections), stream.dingtalk.faults
    faults.gateway_hang, faults.gateway_slow_seconds = trouble == "black hole", 0.2
    faults.gateway_refuse_next(1 if trouble == "refused" else 0)
    await first[0].socket.close()
    await stream.dingtalk.until(lambda: first[0] not in stream.dingtalk.connections)
    for number in range(5):
        await stream.dingtalk.say("zhaomin", f"第 {number} 句")
    assert len(await stream.heard(5)) == 5
    faults.gateway_hang = False
    await stream.dingtalk.until(lambda: len(stream.dingtalk.connections) == 2)
