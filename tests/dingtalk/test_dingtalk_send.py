"""Calls over real connections: what is sent, what comes of each, the token's life, and what the month is charged."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiohttp import web

from adapters.dingtalk import sessions
from adapters.dingtalk.adapter import DingtalkAdapter
from adapters.dingtalk.quota import Quota, Spent
from adapters.dingtalk.send import Api
from adapters.dingtalk.sessions import Sessions
from adapters.dingtalk.token import tokens_of
from adapters.http import open_session
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Rejected, Retry, Sending, Unknown
from tests.dingtalk.fake import Answer, Platform, code, granted, placed, says, sent
from tests.dingtalk.samples import CID, GROUP, KEY, SINGLE, row
from tests.dingtalk.stage import NOW, Count, config
from tests.feishu.card_samples import DECIDED, PREVIEW
from tests.feishu.stage import serve
from tests.feishu.test_feishu_send import Trouble, garbage, half, reset, silence

TRACK = f"card-{KEY}"
ROBOT_API, CARDS = "/v1.0/robot", "/v1.0/card/instances"


async def delivered(adapter: DingtalkAdapter, content: OutboxRow) -> Outcome:
    return await adapter.deliver(content, adapter.render(content))


@asynccontextmanager
async def at(base_url: str, **changed: Any) -> AsyncIterator[DingtalkAdapter]:
    adapter = DingtalkAdapter(config(base_url, **changed), lambda: NOW, Count())
    yield adapter
    await adapter.stop()


@pytest.fixture
async def adapter(platform: Platform, meter: Count) -> AsyncIterator[DingtalkAdapter]:
    async with serve(platform.app()) as port:
        found = DingtalkAdapter(config(f"http://127.0.0.1:{port}/"), lambda: NOW, meter)
        yield found
        await found.stop()


@pytest.mark.parametrize(
    ("content", "answer", "request_line", "handle"),
    [
        (row("好"), sent(), f"POST {ROBOT_API}/oToMessages/batchSend", "Yt9vF3kq0hM1="),
        (row("好", place=GROUP), sent("gR7L=="), f"POST {ROBOT_API}/groupMessages/send", "gR7L=="),
        (row(PREVIEW), placed(), f"POST {CARDS}/createAndDeliver", "4vKx0Pq="),
        (row(PREVIEW), placed(carrierId=None), f"POST {CARDS}/createAndDeliver", TRACK),
        (
            msgspec.structs.replace(row(DECIDED, Sending.CLOSING, handle="4vKx0Pq="), target_key=KEY),
            says(200, {"success": True, "result": True}),
            f"PUT {CARDS}",
            "",
        ),
        (row(DECIDED, Sending.REFRESH, handle=TRACK), says(200, {"success": True, "result": True}), f"PUT {CARDS}", ""),
        (
            row("", Sending.RECALL, handle="Yt9v="),
            says(200, {"successResult": ["Yt9v="], "failedResult": {}}),
            f"POST {ROBOT_API}/otoMessages/batchRecall",
            "",
        ),
        (
            row("", Sending.RECALL, place=GROUP, handle="gR7L=="),
            says(200, {"successResult": ["gR7L=="], "failedResult": {}}),
            f"POST {ROBOT_API}/groupMessages/recall",
            "",
        ),
    ],
)
async def test_a_row_becomes_a_call(
    adapter: DingtalkAdapter, platform: Platform, content: OutboxRow, answer: Answer, request_line: str, handle: str
) -> None:
    platform.answers = [answer]
    assert await delivered(adapter, content) == Receipt(handle)
    assert platform.paths == [request_line]
    assert platform.calls[0][2] == "t-1"


async def test_a_card_in_a_group(adapter: DingtalkAdapter, platform: Platform) -> None:
    platform.answers = [placed(CID)]
    assert await delivered(adapter, row(PREVIEW, place=GROUP)) == Receipt("4vKx0Pq=")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(row(DECIDED, Sending.CLOSING), id="an edit without a handle"),
        pytest.param(row(DECIDED, Sending.CLOSING, handle="Yt9v="), id="an edit of what was no card"),
        pytest.param(row("已撤回", Sending.REFRESH, handle=TRACK), id="a line for a card"),
        pytest.param(row("", Sending.RECALL), id="a recall without a handle"),
        pytest.param(row("", Sending.RECALL, handle=TRACK), id="a recall of a card whose key is unknown"),
        pytest.param(
            row("好", place=msgspec.structs.replace(SINGLE, chat="$:LWCP_v1:$x")), id="somebody outside, long silent"
        ),
    ],
)
async def test_what_cannot_be_is_not_asked_for(
    adapter: DingtalkAdapter, platform: Platform, content: OutboxRow
) -> None:
    assert isinstance(await delivered(adapter, content), Gone)
    assert (platform.calls, platform.fetched) == ([], 0)


async def test_a_receiver_is_one_receiver(adapter: DingtalkAdapter, platform: Platform) -> None:
    two = msgspec.structs.replace(SINGLE, chat="a;IM_ROBOT.b")
    assert isinstance(await delivered(adapter, row(PREVIEW, place=two)), Rejected)
    assert platform.calls == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (sent(invalidStaffIdList=["agent0071"]), Gone),
        (sent(flowControlledStaffIdList=["agent0071"]), Retry),
        (sent(invalidStaffIdList=["somebody"]), Receipt),
        (code("send.too.fast"), Retry),
    ],
)
async def test_a_message_ends_as_its_receiver_does(
    adapter: DingtalkAdapter, platform: Platform, answer: Answer, expected: type[Outcome]
) -> None:
    platform.answers = [answer]
    ended = await delivered(adapter, row("好"))
    assert isinstance(ended, expected)
    assert not (isinstance(ended, Retry) and ended.whole_channel)


# -- cards that got half way -----------------------------------------------------------------------------------------


async def test_a_card_without_an_answer_is_asked_again_by_its_own_name(
    adapter: DingtalkAdapter, platform: Platform
) -> None:
    platform.answers = [says(504, ""), code("param.cardAlreadyExist")]
    assert await delivered(adapter, row(PREVIEW)) == Receipt(TRACK)
    assert platform.paths == [f"POST {CARDS}/createAndDeliver"] * 2
    assert platform.calls[0][3] == platform.calls[1][3]


async def test_a_card_the_first_attempt_did_not_make_is_made_by_the_second(
    adapter: DingtalkAdapter, platform: Platform
) -> None:
    platform.answers = [says(504, ""), placed()]
    assert await delivered(adapter, row(PREVIEW)) == Receipt("4vKx0Pq=")


async def test_a_card_that_was_made_but_not_delivered_is_delivered(
    adapter: DingtalkAdapter, platform: Platform
) -> None:
    second = says(200, {"success": True, "result": [{"spaceId": "agent0071", "success": True, "carrierId": "c="}]})
    platform.answers = [placed(success=False, errorMsg="send.too.fast"), code("param.cardAlreadyExist"), second]
    assert isinstance(await delivered(adapter, row(PREVIEW)), Retry)
    assert await delivered(adapter, row(PREVIEW)) == Receipt("c=")
    assert platform.paths == [f"POST {CARDS}/createAndDeliver"] * 2 + [f"POST {CARDS}/deliver"]
    assert platform.calls[2][3] == {
        "outTrackId": TRACK,
        "userIdType": 1,
        "openSpaceId": "dtv1.card//IM_ROBOT.agent0071",
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": "dingq7xv2m4kfjzpw3ta"},
    }


async def test_a_message_without_an_answer_is_not_repeated(adapter: DingtalkAdapter, platform: Platform) -> None:
    platform.answers = [says(504, ""), sent()]
    assert isinstance(await delivered(adapter, row("好")), Unknown)
    assert len(platform.calls) == 1


# -- whom no API reaches -----------------------------------------------------------------------------------------------


def test_only_the_platforms_own_addresses_are_kept_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    known = Sessions("https://oapi.dingtalk.com", lambda: clock[0])
    good = "https://oapi.dingtalk.com/robot/sendBySession?session=1"
    for sender, address in (
        ("a", good),
        ("b", "http://169.254.169.254/"),
        ("c", good.replace(".com", ".com.evil")),
        ("", good),
    ):
        known.heard(sender, address)
    assert [known.address(sender) for sender in ("a", "b", "c", "")] == [good, "", "", ""]
    clock[0] = 86 * 60.0
    assert known.address("a") == ""
    monkeypatch.setattr(sessions, "MOST", 2)
    for sender in "xyz":
        known.heard(sender, good)
    assert [bool(known.address(sender)) for sender in "xyz"] == [False, True, True]


# -- the token -------------------------------------------------------------------------------------------------------


async def test_many_callers_fetch_one_token(adapter: DingtalkAdapter, platform: Platform) -> None:
    ends = await asyncio.gather(*(delivered(adapter, row("好")) for _ in range(20)))
    assert set(ends) == {Receipt("Yt9vF3kq0hM1=")}
    assert platform.fetched == 1


@pytest.mark.parametrize("refused", [code("InvalidAuthentication"), code("x", status=401)], ids=["400", "401"])
async def test_many_callers_with_an_expired_token_fetch_one(
    adapter: DingtalkAdapter, platform: Platform, refused: Answer
) -> None:
    platform.tokens = [granted("t-1"), granted("t-2")]
    await delivered(adapter, row("好"))

    async def only_the_second(request: web.Request) -> web.StreamResponse:
        token = request.headers["x-acs-dingtalk-access-token"]
        return await (refused if token == "t-1" else sent("k2"))(request)

    platform.answers = [only_the_second]
    ends = await asyncio.gather(*(delivered(adapter, row("好")) for _ in range(20)))
    assert set(ends) == {Receipt("k2")}
    assert platform.fetched == 2


async def test_a_revoked_app_ends_in_a_pause_and_an_alarm(
    adapter: DingtalkAdapter, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.answers = [code("InvalidAuthentication")]
    ends = [await delivered(adapter, row("好")) for _ in range(10)]
    assert all(isinstance(end, Retry) and end.whole_channel and end.after > 1 for end in ends)
    assert (platform.fetched, len(platform.calls)) == (2, 2)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(code("invalidClientIdOrSecret"), id="wrong secret"),
        pytest.param(code("something.new"), id="refused"),
        pytest.param(says(200, {}), id="no token"),
        pytest.param(says(200, {"accessToken": 5, "expireIn": "x"}), id="odd token"),
        pytest.param(granted("t-1\r\nHost: evil"), id="no header"),
        pytest.param(granted(""), id="empty token"),
        pytest.param(says(500, "<html>"), id="server error"),
        pytest.param(says(200, b"{"), id="half an answer"),
        pytest.param(code("Forbidden.AccessDenied.QpsLimitForApi", status=403), id="too often"),
    ],
)
async def test_without_a_token_the_channel_waits(adapter: DingtalkAdapter, platform: Platform, answer: Answer) -> None:
    platform.tokens = [answer]
    ends = [await delivered(adapter, row("好")) for _ in range(5)]
    assert all(isinstance(end, Retry) and end.whole_channel and end.after > 1 for end in ends)
    assert (platform.calls, platform.fetched) == ([], 2)


async def test_a_token_is_renewed_early_and_used_to_its_end(platform: Platform) -> None:
    clock = [0.0]
    platform.tokens = [granted("t-1"), says(500, "<html>"), granted("t-2")]
    async with serve(platform.app()) as port, open_session() as session:
        tokens = tokens_of(config(f"http://127.0.0.1:{port}"), lambda: session, lambda: clock[0])
        seen = []
        for clock[0] in (0, 6890, 6901, 6902, 7300):
            seen.append((await tokens.get(), platform.fetched))
    assert seen == [("t-1", 1), ("t-1", 1), ("t-1", 2), ("t-2", 3), ("t-2", 3)]


# -- connections -----------------------------------------------------------------------------------------------------


async def test_nobody_listens() -> None:
    async with at("http://127.0.0.1:1") as unreachable:
        ended = await delivered(unreachable, row("好"))
    assert isinstance(ended, Retry)
    assert ended.whole_channel


@pytest.mark.parametrize("trouble", [reset, half, garbage, silence])
async def test_an_answer_that_does_not_come_whole_is_unknown(
    platform: Platform, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.http.CALL_SECONDS", 0.2)
    server = await asyncio.start_server(trouble, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server, serve(platform.app()) as token_port, open_session() as session:
        tokens = tokens_of(config(f"http://127.0.0.1:{token_port}"), lambda: session)
        api = Api(config(f"http://{host}:{port}"), lambda: session, tokens, Quota(Count()))
        assert isinstance(await api.call("POST", "/x", b"{}", Spent.SEND), Unknown)


# -- the month's quota -------------------------------------------------------------------------------------------------


async def test_what_the_platform_charges_is_counted(adapter: DingtalkAdapter, platform: Platform, meter: Count) -> None:
    platform.answers = [
        sent(),
        code("Forbidden.AccessDenied.QpsLimitForApi", status=403),  # free
        placed(),
        says(200, {"success": True, "result": True}),
        code("staffId.notExisted"),
        says(200, {"successResult": ["k"]}),
    ]
    for content in (
        row("一"),
        row("一"),
        row(PREVIEW),
        row(DECIDED, Sending.CLOSING, handle=TRACK),
        row("二"),
        row("", Sending.RECALL, handle="k"),
    ):
        await delivered(adapter, content)
    assert meter == {"send": 2, "card": 2, "recall": 1}


async def test_a_spent_quota_is_a_long_pause_and_the_channels_trouble(
    adapter: DingtalkAdapter, platform: Platform, meter: Count
) -> None:
    platform.answers = [code("Forbidden.AccessDenied.ApiCountLimitForOrg", "用完", status=403), sent()]
    ended = await delivered(adapter, row("好"))
    assert isinstance(ended, Retry)
    assert (ended.whole_channel, ended.after) == (True, 3600)
    assert (adapter.state.up, meter) == (False, {})
    assert "接口调用量已用完" in adapter.state.why
    await delivered(adapter, row("好"))
    assert "接口调用量" not in adapter.state.why


@pytest.mark.parametrize(
    ("spent", "levels"),
    [
        ({}, ["ok", "ok"]),
        ({"send": 2000, "card": 1400, "message": 2000}, ["ok", "ok"]),
        ({"send": 2000, "card": 1500, "message": 2000, "click": 100, "event": 1}, ["warn", "warn"]),
        ({"over_quota": 2}, ["ok", "ok", "fail"]),
    ],
)
def test_the_months_share_is_shown(spent: dict[str, int], levels: list[str]) -> None:
    assert [level for level, _ in Quota(Count(spent)).lines()] == levels


# -- what the doctor says ----------------------------------------------------------------------------------------------

OPENED = says(200, {"endpoint": "wss://wss-open-connection.dingtalk.com:443/connect", "ticket": "5c1e"})
MADE = says(200, {"success": True, "result": "check-1"})


async def test_the_doctor_is_content(adapter: DingtalkAdapter, platform: Platform) -> None:
    platform.answers = [OPENED, sent(invalidStaffIdList=["channelops-check-nobody"]), MADE]
    assert await adapter.check() == [
        ("ok", "凭证有效：dingq7xv2m4kfjzpw3ta"),
        ("ok", "可以建立 Stream 连接"),
        ("ok", "可以发送消息"),
        ("ok", "可以创建卡片"),
        ("ok", "本月接口调用已用约 2 次，标准版全企业共 5000 次"),
        ("ok", "本月消息与回调推送已用约 0 次，标准版全企业共 3000 次"),
    ]
    assert platform.paths == [
        "POST /v1.0/gateway/connections/open",
        f"POST {ROBOT_API}/oToMessages/batchSend",
        f"POST {CARDS}",
    ]
    assert platform.calls[1][3]["userIds"] == ["channelops-check-nobody"]
    assert "openSpaceId" not in platform.calls[2][3]


async def test_the_doctor_says_what_to_do(adapter: DingtalkAdapter, platform: Platform) -> None:
    denied = says(
        403,
        {
            "code": "Forbidden.AccessDenied.AccessTokenPermissionDenied",
            "message": "没有调用该接口的权限",
            "accessdenieddetail": {"requiredScopes": ["qyapi_robot_sendmsg"]},
        },
    )
    platform.answers = [code("invalidClientIdOrSecret", status=401), denied, code("param.templateNotExist")]
    lines = await adapter.check()
    assert [level for level, _ in lines[:4]] == ["ok", "fail", "fail", "fail"]
    assert "Stream 模式" in lines[1][1]
    assert "qyapi_robot_sendmsg" in lines[2][1]
    assert "card_template_id" in lines[3][1]


async def test_the_doctor_stops_at_wrong_credentials(adapter: DingtalkAdapter, platform: Platform) -> None:
    platform.tokens = [code("invalidClientIdOrSecret")]
    ((level, sentence),) = await adapter.check()
    assert level == "fail"
    assert "client_secret" in sentence
    assert "Zk3v-demo-client-secret" not in sentence


async def test_without_a_template_the_doctor_warns(platform: Platform) -> None:
    platform.answers = [sent()]
    async with (
        serve(platform.app()) as port,
        at(f"http://127.0.0.1:{port}", card_template_id="", stream=False) as adapter,
    ):
        levels = [level for level, _ in await adapter.check()]
    assert levels == ["ok", "ok", "ok", "warn", "ok", "ok"]


async def test_by_http_the_card_callback_needs_an_address_from_outside(platform: Platform) -> None:
    platform.answers = [sent(), MADE]
    inside = "http://127.0.0.1/x"
    async with (
        serve(platform.app()) as port,
        at(f"http://127.0.0.1:{port}", stream=False, callback_url=inside) as found,
    ):
        lines = await found.check()
    assert [level for level, _ in lines] == ["ok", "ok", "ok", "ok", "fail", "ok", "ok"]
    assert "public_url" in lines[4][1]


# -- its life --------------------------------------------------------------------------------------------------------


async def test_by_http_the_platform_is_told_where_clicks_go_until_it_listens(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.dingtalk.adapter.FIRST_PAUSE", 0.001)
    platform.answers = [code("system.busy", status=500), says(200, {"success": True, "result": {}})]
    async with serve(platform.app()) as port, at(f"http://127.0.0.1:{port}", stream=False) as adapter:
        assert not adapter.state.up
        await adapter.start()
        async with asyncio.timeout(5):
            while not adapter.state.up:  # noqa: ASYNC110 a state has no event
                await asyncio.sleep(0.001)
    assert platform.paths == ["POST /v1.0/card/callbacks/register"] * 2
    assert platform.calls[0][3] == {
        "callbackRouteKey": "dingtalk",
        "callbackUrl": "https://bot.example.com/channels/dingtalk/callback",
        "apiSecret": "demo-card-api-secret",
        "forceUpdate": True,
    }


async def test_stopping_does_not_wait_for_an_answer() -> None:
    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        adapter = DingtalkAdapter(config(f"http://127.0.0.1:{port}", stream=False), lambda: NOW, Count())
        await adapter.start()
        await asyncio.sleep(0)
        await asyncio.wait_for(adapter.stop(), 1)
