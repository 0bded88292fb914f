"""The adapter and the platform's emulator, written from the same page by different hands, must understand each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiohttp import web
from msgspec.structs import replace

from adapters.wecom.adapter import WecomAdapter
from adapters.wecom.config import WecomConfig
from adapters.wecom.emulator import Message, WeComEmulator
from adapters.wecom.smartbot import SEE_APP, SORRY, WELCOME
from bot.cards import Card
from bot.clock import WallClock
from bot.errors import Unavailable
from bot.messages import Account, Answer, AnyInbound, FileKind, Form, Place, Press, Say, Unsupported, Upload
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending, Taken, Unknown
from tests.connections.gateway import QUICK
from tests.feishu.card_samples import LIST
from tests.feishu.stage import Desk, serve
from tests.wecom.card_samples import AGREED, CARDS, CHOICE, CHOICES, SETTLED, SHORT, TEXTS, row
from tests.wecom.stage import PATH

CORP = "ww5f3a9c1e7b2d4860"
ZHAO = Account("wecom", CORP, "zhaomin")
SINGLE = Place("wecom", "", "zhaomin")
TEAM = Place("wecom", CORP, "wrTeam", group=True)


@dataclass
class Stage:
    wecom: WeComEmulator
    adapter: WecomAdapter
    desk: Desk
    number: int = 0

    async def sends(self, content: Card | str, place: Place = SINGLE) -> Outcome:
        self.number += 1
        return await self.delivers(row(content, place=place, key=f"key{self.number}", number=self.number))

    async def edits(self, handle: str, content: Card | str, place: Place = SINGLE) -> Outcome:
        return await self.delivers(row(content, Sending.CLOSING, place, handle))

    async def delivers(self, content: OutboxRow) -> Outcome:
        return await self.adapter.deliver(content, self.adapter.render(content))

    async def handle(self, content: Card | str, place: Place = SINGLE) -> str:
        ended = await self.sends(content, place)
        assert isinstance(ended, Receipt), f"{ended}\n{self.wecom.dump()}"
        return ended.handle

    def last(self, chat: str = "") -> Message:
        return self.wecom.messages(chat or self.wecom.app_chat("zhaomin"))[-1]

    async def connects(self) -> None:
        await self.adapter.listen(self.desk)
        self.adapter.elected(True)
        await self.wecom.until(lambda: self.wecom.smart_bot.connected)
        await self.until(lambda: self.adapter.state.up)

    async def until(self, predicate: Callable[[], object]) -> None:
        """For what tells of no changes: the adapter's state, and what the desk was given."""
        async with asyncio.timeout(5):
            while not predicate():  # noqa: ASYNC110
                await asyncio.sleep(0.001)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    wecom = WeComEmulator()
    base_url = await wecom.start()
    config = WecomConfig(
        "wecom",
        base_url,
        wecom.corp_id,
        wecom.agent_id,
        wecom.secret,
        wecom.token,
        wecom.encoding_aes_key,
        wecom.smart_bot_id,
        wecom.smart_bot_secret,
        wecom.smart_bot_url,
    )
    desk = Desk()
    adapter = WecomAdapter(config, WallClock().now, pace=QUICK)
    app = web.Application()
    app.router.add_route("*", PATH, adapter.callback(desk))
    wecom.add_user("zhaomin", "赵敏")
    wecom.add_user("lijing", "李静")
    wecom.add_group("wrTeam", "华东渠道群", ["zhaomin", "lijing"])
    async with serve(app) as port:
        wecom.callback_url = f"http://127.0.0.1:{port}{PATH}"
        await adapter.start()
        yield Stage(wecom, adapter, desk)
        await adapter.leave()
        await adapter.stop()
    await wecom.stop()


# -- the app ------------------------------------------------------------------------------------------------------------


async def test_the_console_accepts_the_address(stage: Stage) -> None:
    assert await stage.wecom.verify_url()


async def test_what_people_do_arrives(stage: Stage) -> None:
    wecom = stage.wecom
    wecom.add_user("WangLei", "王磊")
    await wecom.say("WangLei", "报备 云栖湾 120万")
    await wecom.picture("zhaomin", b"\xff\xd8\xff\xe0jpeg")
    await wecom.voice("zhaomin")
    await wecom.video("zhaomin", b"....ftypmp42")
    await wecom.location("zhaomin", 30.27, 120.15, "杭州市西湖区")
    await wecom.link("zhaomin", "招标公告", "https://example.com/1")
    await wecom.menu("zhaomin", "我的报备")
    await wecom.event("zhaomin", "subscribe")
    await wecom.enter("zhaomin")
    await wecom.system("change_contact", {"ChangeType": "update_user", "UserID": "zhaomin"})

    said, *files, place, link, menu, subscribed = stage.desk.inbounds
    assert isinstance(said, Say)
    assert (said.sender.user, said.place.chat, said.text) == ("wanglei", "wanglei", "报备 云栖湾 120万")
    kinds = [file.kind for file in files if isinstance(file, Upload) and file.handle]
    assert kinds == [FileKind.PICTURE, FileKind.VOICE, FileKind.VIDEO]
    assert isinstance(place, Unsupported)
    assert [each.text for each in (link, menu, subscribed) if isinstance(each, Say)] == [
        "招标公告 https://example.com/1",
        "我的报备",
        "帮助",
    ]
    assert wecom.failed_pushes == []


async def test_a_push_that_comes_twice_has_one_key(stage: Stage) -> None:
    stage.wecom.faults.duplicate_pushes = True
    await stage.handle(AGREED)
    await stage.wecom.press("zhaomin", stage.last().message_id, "同意")
    await stage.wecom.say("zhaomin", "一")
    await stage.wecom.say("zhaomin", "二")
    assert len(stage.desk.inbounds) == 6
    assert len({said.key for said in stage.desk.inbounds}) == 3


@pytest.mark.parametrize("name", CARDS)
async def test_every_card_is_accepted(stage: Stage, name: str) -> None:
    assert isinstance(await stage.sends(CARDS[name]), Receipt), stage.wecom.dump()
    shown = stage.last()
    assert shown.links == [] or shown.msg_type == "template_card"


@pytest.mark.parametrize("name", TEXTS)
async def test_every_line_is_accepted_and_links_nowhere(stage: Stage, name: str) -> None:
    assert isinstance(await stage.sends(TEXTS[name]), Receipt), stage.wecom.dump()
    assert stage.last().links == []


async def test_a_click_changes_its_card_by_its_own_code_and_other_copies_by_the_sends(stage: Stage) -> None:
    handle = await stage.handle(AGREED)
    other = await stage.handle(AGREED)
    card, copy = stage.wecom.messages(stage.wecom.app_chat("zhaomin"))
    await stage.wecom.press("zhaomin", card.message_id, "同意")
    (press,) = stage.desk.inbounds
    assert isinstance(press, Press)
    assert (press.button, press.sender) == ("c1a3.1.k3Jx9QwE", ZHAO)
    assert await stage.edits(press.message, SETTLED) == Receipt("")
    assert await stage.edits(other, SETTLED) == Receipt("")
    for settled in (card, copy):
        assert "已同意 李静 13:05" in settled.text
        assert settled.buttons == []
    assert isinstance(await stage.edits(press.message, SETTLED), Gone), "a code changes one card once"
    assert isinstance(await stage.edits(other, SETTLED), Gone)
    assert await stage.edits(handle, SETTLED) == Receipt(""), "the send's own code was not used yet"


async def test_choices_are_handed_in(stage: Stage) -> None:
    await stage.handle(CHOICE)
    await stage.wecom.press("zhaomin", stage.last().message_id, "下一步", {"line": "热泵"})
    await stage.handle(CHOICES)
    await stage.wecom.press("zhaomin", stage.last().message_id, "下一步", {"产品线": "热泵"})
    await stage.handle(CHOICE)
    await stage.wecom.press("zhaomin", stage.last().message_id, "下一步")
    given = [form.values for form in stage.desk.inbounds if isinstance(form, Form)]
    assert given == [{"line": "pump"}, {"line": "pump", "stage": "s2"}, {"line": ""}]


async def test_a_message_is_recalled(stage: Stage) -> None:
    handle = await stage.handle("已提交。")
    assert isinstance(await stage.delivers(row("", Sending.RECALL, handle=handle)), Receipt)
    assert stage.last().recalled


@pytest.mark.parametrize("content", [LIST, AGREED, SHORT, "已提交。"])
async def test_a_lost_receipt_is_unknown_and_the_repetition_shows_once(stage: Stage, content: Card | str) -> None:
    sent = row(content, place=SINGLE)
    stage.wecom.faults.lose_receipts_next()
    assert isinstance(await stage.delivers(sent), Unknown)
    again = await stage.delivers(replace(sent, first_sent=datetime.now(UTC)))
    assert isinstance(again, Receipt)
    assert len(stage.wecom.messages(stage.wecom.app_chat("zhaomin"))) == 1


async def test_the_same_words_twice_are_two_messages(stage: Stage) -> None:
    for content in ("好的。", SHORT, AGREED, LIST):
        await stage.handle(content)
        await stage.handle(content)
    assert len(stage.wecom.messages(stage.wecom.app_chat("zhaomin"))) == 8


@pytest.mark.parametrize(
    ("fault", "expected", "whole_channel"),
    [
        ("rate_limit_next", Retry, True),
        ("concurrent_next", Retry, True),
        ("busy_next", Unknown, None),
        ("html_next", Unknown, None),
        ("server_error_next", Unknown, None),
        ("reset_before_next", Unknown, None),
    ],
)
async def test_trouble_is_told_apart(
    stage: Stage, fault: str, expected: type[Outcome], whole_channel: bool | None
) -> None:
    getattr(stage.wecom.faults, fault)()
    ended = await stage.sends("好")
    assert isinstance(ended, expected)
    if isinstance(ended, Retry):
        assert ended.whole_channel == whole_channel
    assert isinstance(await stage.sends("好"), Receipt)


async def test_an_untrusted_address_waits_for_the_operator(stage: Stage) -> None:
    stage.wecom.faults.untrusted_ip = "203.0.113.7"
    ended = await stage.sends("好")
    assert isinstance(ended, Retry)
    assert "203.0.113.7" in ended.reason


@pytest.mark.parametrize("receiver", ["nobody", "away"])
async def test_a_receiver_who_is_not_there_is_final(stage: Stage, receiver: str) -> None:
    stage.wecom.add_user("away", "离职", available=False)
    assert isinstance(await stage.sends("好", Place("wecom", "", receiver)), Gone)


async def test_revoked_tokens_are_replaced_unnoticed(stage: Stage) -> None:
    await stage.handle("好")
    stage.wecom.faults.revoke_tokens()
    ends = await asyncio.gather(*(stage.sends("好") for _ in range(4)))
    assert all(isinstance(end, Receipt) for end in ends)
    assert len([call for call in stage.wecom.calls if call.path.endswith("/gettoken")]) == 2


# -- downstream corps ---------------------------------------------------------------------------------------------------


async def test_two_corps_with_one_user_id_are_two_people(stage: Stage) -> None:
    wecom = stage.wecom
    for corp, agent in (("wwDOWN1", 1000012), ("wwDOWN2", 1000013)):
        wecom.add_corp(corp, f"{corp} 公司", agent)
        wecom.add_user("zhaomin", f"{corp} 的人", corp)
    await wecom.system("share_chain_change", {})
    people = [f"{corp}/zhaomin" for corp in ("wwDOWN1", "wwDOWN2")]
    places = [Place("wecom", corp, "zhaomin") for corp in ("wwDOWN1", "wwDOWN2")]
    for person, place in zip(people, places, strict=True):
        assert isinstance(await stage.sends(f"致 {place.tenant}", place), Receipt), wecom.dump()
        await wecom.say(person, "收到")
        await wecom.say(person, "再来")
        assert f"致 {place.tenant}" in wecom.messages(wecom.app_chat(person))[0].text
    said = [inbound for inbound in stage.desk.inbounds if isinstance(inbound, Say)]
    assert [each.place for each in said] == [place for place in places for _ in range(2)]
    assert all(each.foreign for each in said)
    assert wecom.failed_pushes == []


async def test_a_downstream_card_is_decided(stage: Stage) -> None:
    wecom = stage.wecom
    wecom.add_corp("wwDOWN1", "启明机电", 1000012)
    wecom.add_user("wanglei", "王磊", "wwDOWN1")
    place = Place("wecom", "wwDOWN1", "wanglei")
    await stage.handle(AGREED, place)
    card = stage.last(wecom.app_chat("wwDOWN1/wanglei"))
    await wecom.press("wwDOWN1/wanglei", card.message_id, "同意")
    (press,) = stage.desk.inbounds
    assert isinstance(press, Press)
    assert press.foreign
    assert await stage.edits(press.message, SETTLED, place) == Receipt(""), wecom.dump()
    assert "已同意 李静 13:05" in card.text


# -- groups -------------------------------------------------------------------------------------------------------------


async def test_without_a_connection_a_group_waits_and_members_do_not(stage: Stage) -> None:
    ended = await stage.sends("好", TEAM)
    assert isinstance(ended, Retry)
    assert not ended.whole_channel
    assert isinstance(await stage.sends("好"), Receipt)


async def test_a_command_in_a_group(stage: Stage) -> None:
    await stage.connects()
    await stage.wecom.say("zhaomin", "任务 RW601", "wrTeam", mention_bot=True)
    await stage.wecom.say("zhaomin", "和机器人无关", "wrTeam")
    await stage.until(lambda: stage.desk.inbounds)
    (said,) = stage.desk.inbounds
    assert isinstance(said, Say)
    assert (said.sender, said.place, said.text) == (ZHAO, TEAM, "任务 RW601")
    assert isinstance(await stage.sends("已在单聊里回复您。", TEAM), Receipt)
    assert stage.last("wrTeam").text == "已在单聊里回复您。"


@pytest.mark.parametrize("name", CARDS)
async def test_every_card_is_accepted_in_a_group(stage: Stage, name: str) -> None:
    await stage.connects()
    await stage.wecom.say("zhaomin", "你好", "wrTeam", mention_bot=True)
    assert isinstance(await stage.sends(CARDS[name], TEAM), Receipt), stage.wecom.dump()


async def test_a_click_in_a_group_is_answered_on_its_frame(stage: Stage) -> None:
    await stage.connects()
    await stage.wecom.say("zhaomin", "你好", "wrTeam", mention_bot=True)
    assert isinstance(await stage.sends(AGREED, TEAM), Receipt)
    stage.desk.taken = Taken(Answer(card=SETTLED), (7,))
    card = stage.last("wrTeam")
    click = await stage.wecom.press("lijing", card.message_id, "同意")
    assert click.card_changed
    assert "已同意 李静 13:05" in card.text
    assert card.buttons == []
    await stage.until(lambda: stage.desk.answers == [stage.desk.taken])
    press = stage.desk.inbounds[-1]
    assert isinstance(press, Press)
    assert (press.sender.user, press.place, press.button) == ("lijing", TEAM, "c1a3.1.k3Jx9QwE")


async def test_an_edit_that_was_held_for_a_click_still_finds_its_frame(stage: Stage) -> None:
    """The turn was slow, the edge had nothing to answer with: within five seconds the edit does it."""
    await stage.connects()
    await stage.wecom.say("zhaomin", "你好", "wrTeam", mention_bot=True)
    await stage.sends(AGREED, TEAM)
    card = stage.last("wrTeam")
    stage.wecom.smart_bot.talk.answer_seconds = 0.01
    await stage.wecom.press("lijing", card.message_id, "同意")
    await stage.until(lambda: stage.desk.inbounds[1:])
    press = stage.desk.inbounds[1]
    assert isinstance(press, Press)
    assert await stage.edits(press.message, SETTLED, TEAM) == Receipt("")
    assert "已同意 李静 13:05" in card.text
    assert isinstance(await stage.edits("click R0 t0", SETTLED, TEAM), Gone)


async def test_alone_with_the_smart_bot(stage: Stage) -> None:
    """The answer goes to the app's chat, and the bot says so."""
    await stage.connects()
    chat = stage.wecom.single_chat("zhaomin")
    await stage.wecom.smart_bot.talk.enter(stage.wecom.world.user("zhaomin"))
    await stage.wecom.until(lambda: stage.wecom.messages(chat))
    assert stage.last(chat).text == WELCOME
    await stage.wecom.say("zhaomin", "待办", chat)
    await stage.wecom.until(lambda: stage.last(chat).text == SEE_APP)
    await stage.wecom.voice("zhaomin", chat=chat, words="报备云栖湾")
    await stage.until(lambda: len(stage.desk.inbounds) == 2)
    said, voice = stage.desk.inbounds
    assert isinstance(said, Say)
    assert said.place == Place("wecom", CORP, "zhaomin")
    assert isinstance(voice, Upload)
    assert voice.text == "报备云栖湾"


async def test_what_cannot_be_stored_is_said_to_be_so(stage: Stage) -> None:
    await stage.connects()

    def unavailable(_inbound: AnyInbound) -> None:
        raise Unavailable("no database")

    stage.desk.deed = unavailable
    await stage.wecom.say("zhaomin", "报备 云栖湾", "wrTeam", mention_bot=True)
    await stage.wecom.until(lambda: stage.last("wrTeam").text == SORRY)


async def test_a_kicked_connection_is_not_fought_over(stage: Stage) -> None:
    await stage.connects()
    await stage.wecom.smart_bot.sockets.kick()
    await stage.until(lambda: not stage.adapter.state.up)
    assert "别处建立了连接" in stage.adapter.state.why
    assert not stage.wecom.smart_bot.connected
    assert isinstance(await stage.sends("好", TEAM), Retry)
    assert isinstance(await stage.sends("好"), Receipt)
    stage.adapter.elected(False)
    stage.adapter.elected(True)
    await stage.wecom.until(lambda: stage.wecom.smart_bot.connected)


async def test_a_connection_that_breaks_is_opened_again(stage: Stage) -> None:
    await stage.connects()
    stage.wecom.smart_bot.sockets.cut()
    await stage.wecom.until(lambda: not stage.wecom.smart_bot.connected)
    await stage.wecom.until(lambda: stage.wecom.smart_bot.connected)


@pytest.mark.parametrize("trouble", ["slow", "black hole"])
async def test_a_gateway_that_takes_its_time_holds_up_nothing_else(stage: Stage, trouble: str) -> None:
    faults = stage.wecom.faults
    faults.gateway_black_hole, faults.gateway_slow_seconds = trouble == "black hole", 0.2
    await stage.adapter.listen(stage.desk)
    stage.adapter.elected(True)
    assert isinstance(await stage.sends("好"), Receipt)
    if trouble == "black hole":
        await stage.until(lambda: "没有回应" in stage.adapter.state.why)
        faults.gateway_black_hole = False
    await stage.wecom.until(lambda: stage.wecom.smart_bot.connected)


async def test_whoever_is_no_longer_elected_leaves(stage: Stage) -> None:
    await stage.connects()
    stage.adapter.elected(False)
    await stage.wecom.until(lambda: not stage.wecom.smart_bot.connected)
    assert stage.adapter.state.up


async def test_wrong_credentials_are_told_to_the_operator(stage: Stage) -> None:
    stage.wecom.smart_bot.sockets.credentials.secret = "another"
    await stage.adapter.listen(stage.desk)
    stage.adapter.elected(True)
    await stage.until(lambda: "853000" in stage.adapter.state.why)
    assert "被拒绝" in stage.adapter.state.why


@pytest.mark.parametrize("chat", ["wrNowhere", "wrTeam"])
async def test_a_group_the_bot_may_not_speak_in_is_final(stage: Stage, chat: str) -> None:
    """wrTeam: nobody has talked to the bot there yet."""
    await stage.connects()
    assert isinstance(await stage.sends("好", replace(TEAM, chat=chat)), Gone | Rejected)


async def test_the_doctor_finds_everything_in_order_and_takes_the_connection_from_nobody(stage: Stage) -> None:
    await stage.connects()
    lines = await stage.adapter.check()
    assert [level for level, _ in lines] == ["ok"] * 4, lines
    assert stage.wecom.smart_bot.connected
    assert stage.adapter.state.up
