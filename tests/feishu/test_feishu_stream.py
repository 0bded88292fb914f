"""The long connection against the emulated platform: what is pushed, and how it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.config import FeishuConfig
from adapters.feishu.emulation import connect
from adapters.feishu.emulator import FeishuEmulator
from adapters.feishu.receive import receive
from bot.cards import Card
from bot.clock import WallClock
from bot.errors import Unavailable
from bot.messages import Account, Answer, AnyInbound, Press, Say, Toast, ToastTone, single_chat
from bot.ports import Receipt, Taken
from tests.feishu.card_samples import REVIEW, row
from tests.feishu.stage import Counts, Desk

PATIENCE = 10.0
"""The SDK's import takes a while on a busy machine."""


@dataclass
class Stage:
    feishu: FeishuEmulator
    adapter: FeishuAdapter
    desk: Desk
    counts: Counts

    async def up(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.adapter.state.up:  # noqa: ASYNC110 - a state tells of no changes
                await asyncio.sleep(0.005)

    async def until(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self.adapter.state.why:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def card(self, card: Card = REVIEW) -> str:
        sent = row(card, place=single_chat(Account("feishu", "", "ou_zhao")))
        ended = await self.adapter.deliver(sent, self.adapter.render(sent))
        assert isinstance(ended, Receipt), self.feishu.dump()
        return ended.handle


def configured(feishu: FeishuEmulator, **changed: str) -> FeishuConfig:
    secret = changed.get("app_secret", feishu.app_secret)
    return FeishuConfig("feishu", feishu.base_url, feishu.app_id, secret, "", "", stream=True)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    feishu = FeishuEmulator()
    await feishu.start()
    feishu.add_user("ou_zhao", "赵敏")
    feishu.add_user("ou_li", "李静")
    desk, counts = Desk(), Counts()
    adapter = FeishuAdapter(configured(feishu), WallClock().now, counts.add)
    assert adapter.callback(desk) is None
    await adapter.start()
    await adapter.listen(desk)
    stage = Stage(feishu, adapter, desk, counts)
    await stage.up()
    assert feishu.connect.choose()
    yield stage
    await adapter.leave()
    await adapter.stop()
    assert feishu.connect.complaints == []
    await feishu.stop()


async def test_words_become_what_they_become_by_webhook(stage: Stage) -> None:
    push = await stage.feishu.say("ou_zhao", "报备 杭州云栖湾酒店")
    assert push.delivered
    (heard,) = stage.desk.inbounds
    assert isinstance(heard, Say)
    by_webhook = receive(push.body, channel="feishu", trace=heard.trace)
    assert heard == by_webhook


async def test_fragments_are_put_together_and_acknowledged_once(stage: Stage) -> None:
    stage.feishu.connect.fragment_bytes = 64
    for shuffled in (False, True):
        stage.feishu.connect.shuffled = shuffled
        assert (await stage.feishu.say("ou_zhao", "长" * 300)).delivered
    assert [heard.text for heard in stage.desk.inbounds if isinstance(heard, Say)] == ["长" * 300] * 2


async def test_nothing_is_acknowledged_before_it_is_stored(stage: Stage) -> None:
    door, arrived = asyncio.Event(), asyncio.Event()

    async def deed(_: AnyInbound) -> None:
        arrived.set()
        await door.wait()

    stage.desk.deed = deed
    pushing = asyncio.create_task(stage.feishu.say("ou_zhao", "帮助"))
    await arrived.wait()
    assert stage.feishu.pushes[-1].status is None
    assert not pushing.done()
    door.set()
    assert (await pushing).delivered


async def test_what_could_not_be_stored_is_pushed_again(stage: Stage) -> None:
    def deed(_: AnyInbound) -> None:
        raise Unavailable("the database is gone")

    stage.desk.deed = deed
    push = await stage.feishu.say("ou_zhao", "帮助")
    assert (push.status, push.due is not None) == (500, True)
    assert stage.counts["unavailable"] == 1


async def test_an_error_of_ours_is_500_and_told_to_the_log_only(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    def deed(_: AnyInbound) -> None:
        raise KeyError("secret words")

    stage.desk.deed = deed
    push = await stage.feishu.say("ou_zhao", "帮助")
    assert (push.status, push.answer) == (500, "")
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(("event_type", "status"), [("contact.user.updated_v3", 200), ("im.message.receive_v1", 500)])
async def test_unknown_types_are_passed_over_and_nonsense_is_refused(
    stage: Stage, event_type: str, status: int
) -> None:
    assert (await stage.feishu.raw(event_type, {"nonsense": 1})).status == status
    assert stage.desk.inbounds == []


async def test_a_callback_of_the_old_kind_is_not_left_without_an_answer(stage: Stage) -> None:
    """lark-oapi #126: it drops frames of this type, and the client waits for its time-out."""
    stage.feishu.connect.kind = "card"
    push = stage.feishu.pusher.prepare("card", {})
    del push.body["schema"]
    await stage.feishu.pusher.attempt(push, 3.0)
    assert push.status == 500
    assert stage.desk.inbounds == []


async def test_a_click_is_answered_in_its_frame(stage: Stage) -> None:
    message = await stage.card()
    stage.desk.taken = Taken(Answer(Toast("已同意", ToastTone.SUCCESS)), held=(7,))
    click = await stage.feishu.press("ou_zhao", message, "同意")
    assert click.toast is not None
    assert click.toast.content == "已同意"
    assert isinstance(stage.desk.inbounds[-1], Press)
    await stage.counts.until("taken")
    assert stage.desk.answers == [stage.desk.taken]


async def test_a_click_that_could_not_be_stored_is_told_so(stage: Stage) -> None:
    """Clicks are not pushed again."""

    def deed(_: AnyInbound) -> None:
        raise Unavailable("the database is gone")

    message = await stage.card()
    stage.desk.deed = deed
    click = await stage.feishu.press("ou_zhao", message, "同意")
    assert click.toast is not None
    assert click.toast.content == "系统暂时无法记录，这次点击没有生效。请稍后再点一次。"
    assert stage.counts["unavailable"] == 1
    assert stage.desk.answers == []


async def test_an_answer_to_a_connection_that_is_gone_leaves_the_held_edit_alone(stage: Stage) -> None:
    async def deed(_: AnyInbound) -> None:
        stage.feishu.connect.links[0].abort()
        await stage.until("已断开")

    message = await stage.card()
    stage.desk.deed = deed
    stage.desk.taken = Taken(Answer(Toast("已同意")), held=(7,))
    click = await stage.feishu.press("ou_zhao", message, "同意")
    assert click.error_code == 200341
    await stage.counts.until("unanswered")
    assert stage.desk.answers == []


# -- the connection ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "abort"])
async def test_after_a_break_the_next_connection_has_a_new_ticket(stage: Stage, how: str) -> None:
    (first,) = stage.feishu.connect.links
    if how == "abort":
        first.abort()
    else:
        await first.close()
    await stage.feishu.until(lambda: stage.feishu.connect.links and stage.feishu.connect.links[0] is not first)
    assert (await stage.feishu.say("ou_zhao", "帮助")).delivered
    assert stage.feishu.connect.addresses == 2


async def test_revoked_credentials_are_told_to_the_operator(stage: Stage) -> None:
    stage.feishu.connect.revoked = True
    stage.feishu.connect.links[0].abort()
    await stage.until("请核对 app_id 和 app_secret")
    assert not stage.adapter.state.up


async def test_the_platforms_timing_is_followed(stage: Stage) -> None:
    assert stage.adapter._connection is not None
    dialect = stage.adapter._connection._dialect
    assert (dialect.pulse.says, dialect.pulse.silence) == (120.0, 240.0)
    socket = stage.adapter._connection.socket
    assert socket is not None
    stage.feishu.connect.config = {"PingInterval": 30}
    stage.feishu.connect.pong_config = True
    await socket.send(dialect.ping(socket) or b"")
    async with asyncio.timeout(PATIENCE):
        while dialect.pulse.says != 30.0:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_leaving_answers_what_was_taken_and_takes_nothing_more(stage: Stage) -> None:
    door, arrived = asyncio.Event(), asyncio.Event()

    async def deed(_: AnyInbound) -> None:
        arrived.set()
        await door.wait()

    stage.desk.deed = deed
    pushing = asyncio.create_task(stage.feishu.say("ou_zhao", "帮助"))
    await arrived.wait()
    leaving = asyncio.create_task(stage.adapter.leave())
    await asyncio.sleep(0)
    refusing = asyncio.create_task(stage.feishu.say("ou_li", "待办"))
    await stage.counts.until("not_taken")
    door.set()
    await leaving
    assert (await pushing).delivered
    assert (await refusing).due is not None
    assert stage.feishu.connect.links == []


# -- the doctor ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "mark", "words"),
    [
        (connect.OK, "ok", "可以建立长连接"),
        (connect.BUSY, "warn", "长连接没有查清"),
        (connect.AUTH_FAILED, "fail", "请核对 app_id 和 app_secret"),
        (connect.TOO_MANY, "fail", "最多 50 个长连接"),
    ],
)
async def test_the_doctor_asks_for_an_address_and_opens_nothing(refused: int, mark: str, words: str) -> None:
    feishu = FeishuEmulator()
    await feishu.start()
    if refused:
        feishu.connect.refuse_next(refused)
    adapter = FeishuAdapter(configured(feishu), WallClock().now)
    lines = await adapter.check()
    await adapter.stop()
    (line,) = [line for line in lines if "长连接" in line[1]]
    assert line[0] == mark
    assert words in line[1]
    assert feishu.connect.links == []
    await feishu.stop()
