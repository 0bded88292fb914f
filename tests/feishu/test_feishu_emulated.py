"""The adapter and the platform's emulator, written from the same page by different hands, must understand each other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.config import FeishuConfig
from adapters.feishu.emulator import FeishuEmulator
from bot.cards import Card
from bot.clock import WallClock
from bot.messages import Account, FileKind, Form, Joined, Place, Press, Read, Say, Toast, ToastTone, Unsupported, Upload
from bot.messages import Answer as ClickAnswer
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Retry, Sending, Taken, Unknown
from tests.feishu.card_samples import DECIDED, ENTRY, GOLDEN, HOSTILE, LIST, REVIEW, row
from tests.feishu.stage import PATH, Desk, serve

ZHAO = Account("feishu", "tkdemo0000000001", "ou_zhao")
SINGLE = Place("feishu", "tkdemo0000000001", "ou_zhao")
TEAM = Place("feishu", "tkdemo0000000001", "oc_team", group=True)


@dataclass
class Stage:
    feishu: FeishuEmulator
    adapter: FeishuAdapter
    desk: Desk

    async def sends(self, content: Card | str, place: Place = SINGLE, key: str = "k1") -> Outcome:
        return await self.delivers(_keyed(row(content, place=place), key))

    async def edits(self, handle: str, content: Card | str) -> Outcome:
        return await self.delivers(row(content, Sending.CLOSING, handle=handle))

    async def delivers(self, content: OutboxRow) -> Outcome:
        return await self.adapter.deliver(content, self.adapter.render(content))

    async def handle(self, content: Card | str, place: Place = SINGLE) -> str:
        ended = await self.sends(content, place)
        assert isinstance(ended, Receipt), self.feishu.dump()
        return ended.handle


def _keyed(content: OutboxRow, key: str) -> OutboxRow:
    return OutboxRow(**{name: getattr(content, name) for name in content.__struct_fields__} | {"key": key})


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    feishu = FeishuEmulator()
    config = FeishuConfig(
        "feishu",
        await feishu.start(),
        feishu.app_id,
        feishu.app_secret,
        feishu.encrypt_key,
        feishu.verification_token,
    )
    desk = Desk()
    adapter = FeishuAdapter(config, WallClock().now)
    callback = adapter.callback(desk)
    assert callback is not None
    app = web.Application()
    app.router.add_route("*", PATH, callback)
    feishu.add_user("ou_zhao", "赵敏")
    feishu.add_user("ou_li", "李静")
    feishu.add_group("oc_team", "华东渠道群", ["ou_zhao", "ou_li"])
    async with serve(app) as port:
        feishu.callback_url = f"http://127.0.0.1:{port}{PATH}"
        await adapter.start()
        await adapter.known()
        yield Stage(feishu, adapter, desk)
        await adapter.stop()
    await feishu.stop()


async def test_the_console_accepts_the_address(stage: Stage) -> None:
    assert await stage.feishu.verify_url()


async def test_what_people_do_arrives(stage: Stage) -> None:
    feishu = stage.feishu
    await feishu.say("ou_zhao", "报备 云栖湾 120万")
    await feishu.say("ou_zhao", "转交 BB1001 @李静", "oc_team", mention_bot=True, mentions=["ou_li"])
    await feishu.say("ou_zhao", "和机器人无关", "oc_team")
    await feishu.image("ou_zhao", b"\x89PNG\r\n\x1a\n0")
    await feishu.file("ou_zhao", "报价单.xlsx", b"PK")
    await feishu.audio("ou_zhao", b"OggS")
    await feishu.sticker("ou_zhao")
    await feishu.menu("ou_zhao", "我的报备")
    await feishu.bot_added("oc_team", "ou_li")
    read = await stage.handle("已通过")
    await feishu.read("ou_zhao", [read])

    said, passed, *files, sticker, menu, joined, seen = stage.desk.inbounds
    assert isinstance(said, Say)
    assert (said.sender, said.place, said.text) == (ZHAO, SINGLE, "报备 云栖湾 120万")
    assert isinstance(passed, Say)
    assert (passed.place, passed.text.split(), passed.mentions[0].user) == (TEAM, ["转交", "BB1001", "@李静"], "ou_li")
    assert [file.kind for file in files if isinstance(file, Upload)] == [
        FileKind.PICTURE,
        FileKind.FILE,
        FileKind.VOICE,
    ]
    assert isinstance(sticker, Unsupported)
    assert isinstance(menu, Say)
    assert (menu.text, menu.place) == ("我的报备", SINGLE)
    assert isinstance(joined, Joined)
    assert (joined.place, joined.group_name, joined.left) == (TEAM, "华东渠道群", False)
    assert isinstance(seen, Read)
    assert seen.messages == (read,)
    assert stage.feishu.failed_pushes == []


async def test_a_push_that_comes_twice_has_one_key(stage: Stage) -> None:
    stage.feishu.faults.duplicate_pushes = True
    await stage.feishu.say("ou_zhao", "一")
    await stage.feishu.say("ou_zhao", "二")
    assert len(stage.desk.inbounds) == 4
    assert len({said.key for said in stage.desk.inbounds}) == 2


@pytest.mark.parametrize("name", [name for name, sample in GOLDEN.items() if sample.what is Sending.SEND])
@pytest.mark.parametrize("place", [SINGLE, TEAM], ids=["single", "group"])
async def test_every_sort_of_message_is_accepted(stage: Stage, name: str, place: Place) -> None:
    content = GOLDEN[name].content
    handle = await stage.handle(content, place)
    shown = stage.feishu.message(handle)
    assert (shown.mentions, shown.links) == ([], [])
    title = content.title if isinstance(content, Card) else content
    assert title in shown.text.replace("\u200b", "")


async def test_facts_are_read_literally(stage: Stage) -> None:
    shown = stage.feishu.message(await stage.handle(REVIEW))
    for fragment in ("客户:杭州云栖湾酒店管理有限公司", "产品线:中央空调", "金额:120.00 万元", "待审批"):
        assert fragment in shown.text


@pytest.mark.parametrize("place", [SINGLE, TEAM], ids=["single", "group"])
async def test_a_click_is_answered_on_the_card(stage: Stage, place: Place) -> None:
    stage.desk.taken = Taken(ClickAnswer(Toast("已同意", ToastTone.SUCCESS), DECIDED), (7,))
    handle = await stage.handle(REVIEW, place)
    clicker = "ou_li" if place.group else "ou_zhao"
    click = await stage.feishu.press(clicker, handle, "同意")
    (pressed,) = stage.desk.inbounds
    assert isinstance(pressed, Press)
    assert not isinstance(pressed, Form)
    assert (pressed.sender.user, pressed.button, pressed.message) == (clicker, "c1a3.1.k3Jx9QwE", handle)
    assert pressed.place == place
    assert click.toast is not None
    assert (click.toast.type, click.toast.content) == ("success", "已同意")
    shown = stage.feishu.message(handle)
    assert "已同意 李静 13:05" in shown.text
    assert shown.buttons == []
    assert stage.desk.answers == [stage.desk.taken]


async def test_a_form_hands_in_what_was_filled_in(stage: Stage) -> None:
    handle = await stage.handle(ENTRY)
    filled = {"customer": "云栖湾", "line": "中央空调", "amount": "120万", "sign_date": "2026-06-30"}
    await stage.feishu.press("ou_zhao", handle, "提交", form=filled)
    (form,) = stage.desk.inbounds
    assert isinstance(form, Form)
    assert form.button == "c1a4.1.k3Jx9QwE"
    given = {name: value for name, value in form.values.items() if value}
    assert given == {"customer": "云栖湾", "line": "hvac", "amount": "120万", "sign_date": "2026-06-30"}


async def test_an_edit_changes_every_copy_and_a_recall_removes(stage: Stage) -> None:
    handle = await stage.handle(REVIEW)
    assert await stage.edits(handle, DECIDED) == Receipt("")
    assert "已同意 李静 13:05" in stage.feishu.message(handle).text
    line = await stage.sends("已提交", key="k2")
    assert isinstance(line, Receipt)
    assert await stage.edits(line.handle, "已撤回") == Receipt("")
    assert stage.feishu.message(line.handle).text == "已撤回"
    assert isinstance(await stage.delivers(row("", Sending.RECALL, handle=line.handle)), Receipt)
    assert stage.feishu.message(line.handle).recalled


async def test_a_hostile_card_does_nothing(stage: Stage) -> None:
    shown = stage.feishu.message(await stage.handle(HOSTILE, TEAM))
    assert (shown.mentions, shown.links) == ([], [])


async def test_a_lost_receipt_is_unknown_and_the_repetition_is_the_same_message(stage: Stage) -> None:
    stage.feishu.faults.lose_receipts_next()
    assert isinstance(await stage.sends(LIST), Unknown)
    again = await stage.sends(LIST)
    assert isinstance(again, Receipt)
    sent = [message.message_id for message in stage.feishu.messages(stage.feishu.p2p_chat("ou_zhao"))]
    assert sent == [again.handle]


@pytest.mark.parametrize(
    ("fault", "expected", "whole_channel"),
    [
        ("rate_limit_next", Retry, True),
        ("chat_limit_next", Retry, False),
        ("html_next", Unknown, None),
        ("server_error_next", Unknown, None),
        ("reset_before_next", Unknown, None),
    ],
)
async def test_trouble_is_told_apart(
    stage: Stage, fault: str, expected: type[Outcome], whole_channel: bool | None
) -> None:
    getattr(stage.feishu.faults, fault)()
    ended = await stage.sends("好")
    assert isinstance(ended, expected)
    if isinstance(ended, Retry):
        assert ended.whole_channel == whole_channel
        assert ended.after >= 1
    assert isinstance(await stage.sends("好", key="k2"), Receipt)


async def test_a_locked_card_is_tried_again_and_an_old_one_is_not(stage: Stage) -> None:
    handle = await stage.handle(REVIEW)
    stage.feishu.faults.lock_cards_next(2)
    for _ in range(2):
        ended = await stage.edits(handle, DECIDED)
        assert isinstance(ended, Retry)
        assert not ended.whole_channel
    stage.feishu.faults.cards_immutable = True
    assert isinstance(await stage.edits(handle, DECIDED), Gone)


async def test_revoked_tokens_are_replaced_unnoticed(stage: Stage) -> None:
    stage.feishu.faults.revoke_tokens()
    ends = await asyncio.gather(*(stage.sends("好", key=f"k{number}") for number in range(4)))
    assert all(isinstance(end, Receipt) for end in ends)
    fetches = [call for call in stage.feishu.calls if call.path.endswith("/tenant_access_token/internal")]
    assert len(fetches) == 2


@pytest.mark.parametrize("receiver", ["ou_nobody", "oc_nowhere"])
async def test_a_receiver_who_is_not_there_is_final(stage: Stage, receiver: str) -> None:
    place = Place("feishu", ZHAO.tenant, receiver, group=receiver.startswith("oc_"))
    assert not isinstance(await stage.sends("好", place), Receipt | Retry | Unknown)


async def test_the_doctor_finds_everything_in_order(stage: Stage) -> None:
    lines = await stage.adapter.check()
    assert [level for level, _ in lines] == ["ok"] * 5, lines
