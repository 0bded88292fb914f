"""Rows on their way out, against a platform that answers as it likes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace as changed

from adapters.http import open_session
from adapters.wecom.adapter import LIMITS, WecomAdapter
from adapters.wecom.api import SHARED, Api
from adapters.wecom.errors import TABLE, Do
from bot.cards import Card
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending, Unknown
from tests.feishu.stage import serve
from tests.wecom.card_samples import AGREED, DOWNSTREAM, GROUP, SETTLED, row
from tests.wecom.fake import Answer, Platform, code, granted, ok, says, shares
from tests.wecom.stage import AGENT, CORP, NOW, config

DOWN = {"corpid": "wwDOWN1", "agentid": 1000012, "corp_name": "启明机电"}
DOWN_TOKEN = "/corpgroup/corp/gettoken"
CODE = "MSGID RC"


@asynccontextmanager
async def serving(platform: Platform) -> AsyncIterator[WecomAdapter]:
    async with serve(platform.app()) as port:
        adapter = WecomAdapter(config(f"http://127.0.0.1:{port}"), lambda: NOW)
        yield adapter
        await adapter.stop()


async def delivered(platform: Platform, sent: OutboxRow) -> Outcome:
    async with serving(platform) as adapter:
        return await adapter.deliver(sent, adapter.render(sent))


def platform(**answers: Answer | list[Answer]) -> Platform:
    """By the last part of the path."""
    paths = {"send": "/message/send", "update": "/message/update_template_card", "recall": "/message/recall"}
    paths |= {"token": "/gettoken", "shared": SHARED, "down": DOWN_TOKEN}
    return Platform({paths[name]: a if isinstance(a, list) else [a] for name, a in answers.items()})


# -- what is asked ------------------------------------------------------------------------------------------------------


async def test_a_message_with_its_handle() -> None:
    asked = platform()
    assert await delivered(asked, row(AGREED)) == Receipt("MSGID RC")
    (token, body), *_ = asked.called("/message/send")
    assert (token, body["agentid"], body["touser"], body["msgtype"]) == ("t-1", AGENT, "wangxiaoyan", "template_card")
    assert asked.called("/gettoken")[0][1] == {"corpid": CORP, "corpsecret": "demo-app-secret"}


async def test_a_message_without_a_code_can_only_be_recalled() -> None:
    assert await delivered(platform(send=ok(msgid="M1", invaliduser="")), row("好")) == Receipt("M1")


async def test_an_edit_by_the_clicks_code_or_the_sends() -> None:
    asked = platform()
    assert await delivered(asked, row(SETTLED, Sending.CLOSING, handle=" CLICK")) == Receipt("")
    assert await delivered(asked, row(SETTLED, Sending.CLOSING, handle=CODE)) == Receipt("")
    bodies = [body for _, body in asked.called("/message/update_template_card")]
    assert [(body["response_code"], body["atall"], body["agentid"]) for body in bodies] == [
        ("CLICK", 1, AGENT),
        ("RC", 1, AGENT),
    ]


async def test_a_recall() -> None:
    asked = platform()
    assert await delivered(asked, row("", Sending.RECALL, handle=CODE)) == Receipt("")
    assert asked.called("/message/recall") == [("t-1", {"msgid": "MSGID"})]


@pytest.mark.parametrize("content", ["已撤回", SETTLED])
async def test_what_no_call_can_do_is_gone_without_one(content: str | Card) -> None:
    asked = platform()
    assert isinstance(await delivered(asked, row(content, Sending.CLOSING, handle="MSGID")), Gone)
    assert asked.calls == []


async def test_a_group_needs_the_smart_bot() -> None:
    asked = platform()
    ended = await delivered(asked, row("好", place=GROUP))
    assert isinstance(ended, Rejected)
    assert "smart_bot_id" in ended.reason
    assert asked.calls == []


# -- how it ends --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "ended", "whole_channel"),
    [
        (code(45009), Retry, True),
        (code(45033), Retry, True),
        (code(60020), Retry, True),
        (code(40001), Retry, True),
        (code(43012), Retry, True),
        (says("<html>", 429), Retry, True),
        (code(60111), Gone, None),
        (code(81013), Gone, None),
        (ok(msgid="M", invaliduser="wangxiaoyan"), Gone, None),
        (ok(msgid="M", unlicenseduser="wangxiaoyan"), Gone, None),
        (code(40008), Rejected, None),
        (code(48002), Rejected, None),
        (code(99999), Rejected, None),
        (code(-1), Unknown, None),
        (code(6000), Unknown, None),
        (says("<html>"), Unknown, None),
        (says("", 502), Unknown, None),
        (says({"errcode": 0}, 500), Unknown, None),
        (says("[]"), Unknown, None),
        (says({"errcode": "0"}), Unknown, None),
        (says("[" * 100_000), Unknown, None),
    ],
)
async def test_how_a_send_ends(answer: Answer, ended: type[Outcome], whole_channel: bool | None) -> None:
    outcome = await delivered(platform(send=answer), row("好"))
    assert isinstance(outcome, ended), outcome
    if isinstance(outcome, Retry):
        assert outcome.whole_channel is whole_channel
        assert outcome.after >= 1


@pytest.mark.parametrize("answer", [code(40058), code(42014), code(99999), ok(invaliduser=["wangxiaoyan"])])
async def test_an_edit_that_is_refused_is_over(answer: Answer) -> None:
    """Which number a used or expired code gets is not documented (page 8)."""
    assert isinstance(await delivered(platform(update=answer), row(SETTLED, Sending.CLOSING, handle=CODE)), Gone)


@pytest.mark.parametrize(("first_sent", "ended"), [(None, Rejected), (datetime(2026, 3, 2, tzinfo=UTC), Receipt)])
async def test_a_card_that_is_known_was_taken_by_an_earlier_attempt(
    first_sent: datetime | None, ended: type[Outcome]
) -> None:
    sent = changed(row(AGREED), first_sent=first_sent)
    assert isinstance(await delivered(platform(send=code(42014)), sent), ended)


@pytest.mark.parametrize(
    ("answer", "ended"), [(code(99999), Receipt), (code(40058), Gone), (code(42014), Gone), (code(60111), Gone)]
)
async def test_a_code_that_is_used_up_was_used_by_an_earlier_attempt(answer: Answer, ended: type[Outcome]) -> None:
    """What the page gives a number to is something else."""
    again = changed(row(SETTLED, Sending.CLOSING, handle=CODE), first_sent=datetime(2026, 3, 2, tzinfo=UTC))
    assert isinstance(await delivered(platform(update=answer), again), ended)


async def test_nobody_there() -> None:
    adapter = WecomAdapter(config(), lambda: NOW)
    ended = await adapter.deliver(row("好"), b"{}")
    assert isinstance(ended, Retry)
    assert ended.whole_channel
    await adapter.stop()


async def test_the_secret_is_in_no_reason() -> None:
    for answer in (code(40001), code(60020), says("", 502)):
        ended = await delivered(platform(token=answer), row("好"))
        assert not isinstance(ended, Receipt)
        assert "demo-app-secret" not in ended.reason


def test_every_code_has_one_meaning() -> None:
    assert len(TABLE) == 49
    assert {do for do, _ in TABLE.values()} == set(Do)


def test_nobody_is_sent_more_than_the_platform_delivers() -> None:
    """30 a minute and 1000 an hour reach a member, or a group; what is more is dropped in silence (page 5.1)."""
    most = {60.0: 30, 3600.0: 1000}
    assert {rate.seconds for rate in LIMITS.chat} == most.keys()
    assert all(rate.count <= 0.9 * most[rate.seconds] for rate in LIMITS.chat)


# -- tokens -------------------------------------------------------------------------------------------------------------


async def test_a_refused_token_is_fetched_anew_by_one() -> None:
    asked = platform(token=[granted("t-1"), granted("t-2")], send=[*[code(42001)] * 4, ok(msgid="M", invaliduser="")])
    async with serving(asked) as adapter:
        sent = row("好")
        ends = await asyncio.gather(*(adapter.deliver(sent, adapter.render(sent)) for _ in range(4)))
    assert ends == [Receipt("M")] * 4
    assert len(asked.called("/gettoken")) == 2
    assert [token for token, _ in asked.called("/message/send")][-1] == "t-2"


@pytest.mark.parametrize("refusal", [40014, 42001, 41001])
async def test_a_token_that_is_always_refused_is_not_asked_for_again_and_again(refusal: int) -> None:
    """S15: the SDK's client calls itself until the stack ends."""
    asked = platform(send=code(refusal))
    async with serving(asked) as adapter:
        for _ in range(3):
            ended = await adapter.deliver(row("好"), b'{"touser":"x"}')
            assert isinstance(ended, Retry)
            assert ended.whole_channel
    assert len(asked.called("/gettoken")) == 2


@pytest.mark.parametrize(
    "answer", [code(40001), code(40013), code(60020), code(45009), says("<html>"), ok(), granted("no\ntoken"), code(-1)]
)
async def test_without_a_token_everything_waits(answer: Answer) -> None:
    ended = await delivered(platform(token=answer), row("好"))
    assert isinstance(ended, Retry)
    assert ended.whole_channel


async def test_a_token_is_renewed_before_it_ends() -> None:
    now = 0.0
    asked = platform(token=[granted("t-1"), granted("t-2")])
    async with serve(asked.app()) as port:
        session = open_session()
        api = Api(config(f"http://127.0.0.1:{port}"), lambda: session, lambda: now)
        assert await api.own.tokens.get() == "t-1"
        now = 6899.0
        assert await api.own.tokens.get() == "t-1"
        now = 6901.0
        assert await api.own.tokens.get() == "t-2"
        await session.close()


# -- corps the app is shared with -----------------------------------------------------------------------------------------


def shared(**more: Any) -> Platform:
    answers: dict[str, Any] = {"shared": [code(48002), shares(DOWN)], "down": granted("d-1")} | more
    return platform(**answers)


async def test_a_downstream_member_is_written_to_with_their_corps_token_and_agent() -> None:
    asked = shared()
    assert await delivered(asked, row("好", place=DOWNSTREAM)) == Receipt("MSGID RC")
    ((token, body),) = asked.called("/message/send")
    assert (token, body["agentid"], body["touser"]) == ("d-1", 1000012, "woAJ2GCAAAXtWyuj")
    assert asked.called(DOWN_TOKEN) == [("t-1", {"corpid": "wwDOWN1", "business_type": 1, "agentid": 1000012})]


async def test_a_list_of_corps_has_pages() -> None:
    asked = shared(shared=[code(48002), shares({"corpid": "wwDOWN2", "agentid": 7}, cursor="c2"), shares(DOWN)])
    assert isinstance(await delivered(asked, row("好", place=DOWNSTREAM)), Receipt)
    assert [body["cursor"] for _, body in asked.called(SHARED)] == ["", "", "c2"]


async def test_two_corps_with_one_user_id_are_two_people() -> None:
    asked = shared(shared=[code(48002), shares(DOWN, {"corpid": "wwDOWN2", "agentid": 1000013})])
    other = replace_tenant(row("好", place=DOWNSTREAM), "wwDOWN2")
    async with serving(asked) as adapter:
        for sent in (row("好", place=DOWNSTREAM), other):
            assert isinstance(await adapter.deliver(sent, adapter.render(sent)), Receipt)
    assert [body["agentid"] for _, body in asked.called("/message/send")] == [1000012, 1000013]
    assert [body["corpid"] for _, body in asked.called(DOWN_TOKEN)] == ["wwDOWN1", "wwDOWN2"]


def replace_tenant(sent: OutboxRow, tenant: str) -> OutboxRow:
    return changed(sent, place=changed(sent.place, tenant=tenant))


async def test_a_corp_the_app_is_not_shared_with_is_told_to_the_operator() -> None:
    asked = shared(shared=shares())
    async with serving(asked) as adapter:
        sent = row("好", place=DOWNSTREAM)
        first, second = [await adapter.deliver(sent, adapter.render(sent)) for _ in range(2)]
    assert isinstance(first, Rejected)
    assert "wwDOWN1" in first.reason
    assert isinstance(second, Retry), "the list is asked for at most once a minute"
    assert not second.whole_channel
    assert len(asked.called(SHARED)) == 2


@pytest.mark.parametrize("more", [{"down": code(40001)}, {"send": code(60020)}, {"send": code(42001)}])
async def test_a_downstream_corps_trouble_is_nobody_elses(more: dict[str, Any]) -> None:
    ended = await delivered(shared(**more), row("好", place=DOWNSTREAM))
    assert isinstance(ended, Retry)
    assert not ended.whole_channel


async def test_a_callback_may_be_meant_for_a_downstream_corp() -> None:
    async with serve(shared().app()) as port:
        session = open_session()
        api = Api(config(f"http://127.0.0.1:{port}"), lambda: session)
        assert api.receivers == {CORP}
        assert await api.learn() is None
        assert api.receivers == {CORP, "wwDOWN1"}
        await session.close()


# -- the doctor -----------------------------------------------------------------------------------------------------------


async def doctor(asked: Platform, **more: str) -> list[tuple[str, str]]:
    async with serve(asked.app()) as port:
        adapter = WecomAdapter(config(f"http://127.0.0.1:{port}", **more), lambda: NOW)
        lines = await adapter.check()
        await adapter.stop()
    return lines


@pytest.mark.parametrize(
    ("answers", "levels", "said"),
    [
        ({"send": code(81013)}, ["ok", "ok", "ok", "ok"], "没有配置智能机器人"),
        ({"token": code(40001)}, ["fail"], "40001"),
        ({"token": code(60020)}, ["fail"], "203.0.113.7"),
        ({"send": code(301002)}, ["ok", "fail", "ok", "ok"], "核对 agent_id"),
        ({"send": code(48002)}, ["ok", "fail", "ok", "ok"], "48002"),
        ({"send": says("", 502)}, ["ok", "warn", "ok", "ok"], "没有查清"),
        ({"shared": [code(48002), shares(DOWN)], "send": code(81013)}, ["ok", "ok", "ok", "ok"], "1 家企业：启明机电"),
        ({"shared": says("", 502), "send": code(81013)}, ["ok", "ok", "warn", "ok"], "没有查清"),
    ],
)
async def test_the_doctor(answers: dict[str, Any], levels: list[str], said: str) -> None:
    asked = platform(**answers)
    lines = await doctor(asked)
    assert [level for level, _ in lines] == levels
    assert said in "".join(text for _, text in lines)
    assert all(body["touser"] == "channelops-nobody-0000" for _, body in asked.called("/message/send"))


async def test_the_doctor_shakes_hands_with_the_smart_bot_and_says_nothing() -> None:
    lines = await doctor(platform(), smart_bot_id="aibDEV", smart_bot_secret="s", smart_bot_url="ws://127.0.0.1:9")
    assert lines[-1][0] == "fail"
    assert "smart_bot_url" in lines[-1][1]
