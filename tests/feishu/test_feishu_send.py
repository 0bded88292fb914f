"""Calls over real connections: what is sent, the token's life, and every way a connection can end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.send import Api
from adapters.feishu.token import tokens_of
from adapters.http import open_session
from bot.ports import Gone, OutboxRow, Outcome, Receipt, Retry, Sending, Unknown
from tests.feishu.card_samples import DECIDED, GOLDEN, GROUP, PREVIEW, row
from tests.feishu.fake import Answer, Platform, code, granted, says, sent
from tests.feishu.stage import NOW, config, serve


async def delivered(adapter: FeishuAdapter, content: OutboxRow) -> Outcome:
    return await adapter.deliver(content, adapter.render(content))


@asynccontextmanager
async def at(base_url: str) -> AsyncIterator[FeishuAdapter]:
    adapter = FeishuAdapter(config(base_url), lambda: NOW)
    yield adapter
    await adapter.stop()


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def adapter(platform: Platform) -> AsyncIterator[FeishuAdapter]:
    async with serve(platform.app()) as port, at(f"http://127.0.0.1:{port}/") as found:
        yield found


@pytest.mark.parametrize(
    ("content", "request_line", "fields"),
    [
        (row(PREVIEW), "POST /open-apis/im/v1/messages?receive_id_type=open_id", "content msg_type receive_id uuid"),
        (row(PREVIEW, place=GROUP), "POST /open-apis/im/v1/messages?receive_id_type=chat_id", ""),
        (row(DECIDED, Sending.CLOSING, handle="om_7"), "PATCH /open-apis/im/v1/messages/om_7", "content"),
        (row(DECIDED, Sending.REFRESH, handle="om_7"), "PATCH /open-apis/im/v1/messages/om_7", "content"),
        (row("已撤回", Sending.REFRESH, handle="om_7"), "PUT /open-apis/im/v1/messages/om_7", "content msg_type"),
        (row("", Sending.RECALL, handle="om_7"), "DELETE /open-apis/im/v1/messages/om_7", ""),
    ],
)
async def test_a_row_becomes_a_call(
    adapter: FeishuAdapter, platform: Platform, content: OutboxRow, request_line: str, fields: str
) -> None:
    handle = "om_demo_0300" if content.what is Sending.SEND else ""
    assert await delivered(adapter, content) == Receipt(handle)
    ((method, path, bearer, body),) = platform.calls
    assert (f"{method} {path}", bearer) == (request_line, "t-1")
    if fields:
        assert sorted(body) == fields.split()


async def test_the_uuid_is_the_rows_key(adapter: FeishuAdapter, platform: Platform) -> None:
    await delivered(adapter, GOLDEN["text"])
    assert platform.calls[0][3]["uuid"] == GOLDEN["text"].key


@pytest.mark.parametrize("what", [Sending.CLOSING, Sending.REFRESH, Sending.RECALL])
async def test_without_a_handle_nothing_is_called(adapter: FeishuAdapter, platform: Platform, what: Sending) -> None:
    assert isinstance(await delivered(adapter, row(DECIDED, what)), Gone)
    assert (platform.calls, platform.fetched) == ([], 0)


# -- the token -------------------------------------------------------------------------------------------------------


async def test_many_callers_fetch_one_token(adapter: FeishuAdapter, platform: Platform) -> None:
    ends = await asyncio.gather(*(delivered(adapter, row("好")) for _ in range(20)))
    assert set(ends) == {Receipt("om_demo_0300")}
    assert platform.fetched == 1


async def test_an_expired_token_is_fetched_anew_once(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.tokens = [granted("t-1"), granted("t-2")]
    platform.answers = [code(99991663), sent("om_9")]
    assert await delivered(adapter, row("好")) == Receipt("om_9")
    assert [bearer for _, _, bearer, _ in platform.calls] == ["t-1", "t-2"]


async def test_many_callers_with_an_expired_token_fetch_one(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.tokens = [granted("t-1"), granted("t-2")]
    await delivered(adapter, row("好"))
    refused = code(99991663)

    async def only_the_second(request: web.Request) -> web.StreamResponse:
        return await (refused if request.headers["Authorization"] == "Bearer t-1" else sent("om_9"))(request)

    platform.answers = [only_the_second]
    ends = await asyncio.gather(*(delivered(adapter, row("好")) for _ in range(20)))
    assert set(ends) == {Receipt("om_9")}
    assert platform.fetched == 2


async def test_a_revoked_app_ends_in_a_pause_and_an_alarm(
    adapter: FeishuAdapter, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.answers = [code(99991663, "token revoked")]
    ends = [await delivered(adapter, row("好")) for _ in range(10)]
    assert all(isinstance(end, Retry) and end.whole_channel and end.after > 1 for end in ends)
    assert platform.fetched == 2
    assert len(platform.calls) == 2
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(code(10014, "app secret invalid", status=200), id="wrong secret"),
        pytest.param(code(10003, "invalid param"), id="wrong app"),
        pytest.param(says(200, {"code": 0}), id="no token"),
        pytest.param(says(200, {"code": 0, "tenant_access_token": 5, "expire": "x"}), id="odd token"),
        pytest.param(granted("t-1\r\nHost: evil"), id="no header"),
        pytest.param(granted(""), id="empty token"),
        pytest.param(says(500, "<html>"), id="server error"),
        pytest.param(says(200, b"{"), id="half an answer"),
        pytest.param(code(99991400, status=429, x_ogw_ratelimit_reset="9"), id="too often"),
        pytest.param(code(99991663), id="nonsense"),
    ],
)
async def test_without_a_token_the_channel_waits(adapter: FeishuAdapter, platform: Platform, answer: Answer) -> None:
    platform.tokens = [answer]
    ends = [await delivered(adapter, row("好")) for _ in range(5)]
    assert all(isinstance(end, Retry) and end.whole_channel and end.after > 1 for end in ends)
    assert (platform.calls, platform.fetched) == ([], 2)


async def test_a_token_is_renewed_half_an_hour_early_and_used_to_its_end(platform: Platform) -> None:
    clock = [0.0]
    platform.tokens = [granted("t-1"), says(500, "<html>"), granted("t-2")]
    async with serve(platform.app()) as port, open_session() as session:
        tokens = tokens_of(config(f"http://127.0.0.1:{port}"), lambda: session, lambda: clock[0])
        seen = []
        for clock[0] in (0, 5390, 5401, 5402, 5500):
            seen.append((await tokens.get(), platform.fetched))
    assert seen == [("t-1", 1), ("t-1", 1), ("t-1", 2), ("t-2", 3), ("t-2", 3)]


async def test_at_most_two_tokens_a_minute(platform: Platform) -> None:
    clock = [0.0]
    async with serve(platform.app()) as port, open_session() as session:
        tokens = tokens_of(config(f"http://127.0.0.1:{port}"), lambda: session, lambda: clock[0])
        seen: list[str | float] = []
        for clock[0] in (0, 10, 20, 59, 60, 61, 70):
            ended = await tokens.get()
            seen.append(ended.after if isinstance(ended, Retry) else ended)
            tokens.drop("t-1")
    assert seen == ["t-1", "t-1", 40, 1, "t-1", 9, "t-1"]


# -- connections -----------------------------------------------------------------------------------------------------


async def test_nobody_listens(adapter: FeishuAdapter) -> None:
    async with at("http://127.0.0.1:1") as unreachable:
        ended = await delivered(unreachable, row("好"))
    assert isinstance(ended, Retry)
    assert ended.whole_channel


async def test_tls_that_does_not_come_about(platform: Platform) -> None:
    async with serve(platform.app()) as port, at(f"https://127.0.0.1:{port}") as unreachable:
        assert isinstance(await delivered(unreachable, row("好")), Retry)


Trouble = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Taken perhaps, and gone."""
    await reader.readuntil(b"}")
    writer.transport.abort()


async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"}")
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"code":0')
    await writer.drain()
    writer.close()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"}")
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    await writer.drain()
    writer.close()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize(
    ("trouble", "reason"), [(reset, "中断"), (half, "中断"), (garbage, "中断"), (silence, "没有回答")]
)
async def test_an_answer_that_does_not_come_whole_is_unknown(
    platform: Platform, trouble: Trouble, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.http.CALL_SECONDS", 0.2)
    server = await asyncio.start_server(trouble, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server, serve(platform.app()) as token_port, open_session() as session:
        tokens = tokens_of(config(f"http://127.0.0.1:{token_port}"), lambda: session)
        ended = await Api(config(f"http://{host}:{port}"), lambda: session, tokens).call("POST", "/x", b"{}")
    assert isinstance(ended, Unknown)
    assert reason in ended.reason


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_is_unknown(adapter: FeishuAdapter, platform: Platform, status: int) -> None:
    platform.answers = [says(status, "<html>Bad Gateway</html>")]
    assert isinstance(await delivered(adapter, row("好")), Unknown)


async def test_a_redirect_is_not_followed(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.answers = [says(302, "", Location="http://127.0.0.1:1/"), sent()]
    assert isinstance(await delivered(adapter, row("好")), Unknown)
    assert len(platform.calls) == 1


async def test_an_answer_without_end_is_cut(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.answers = [says(200, b'{"code":0,"data":"' + b"a" * 3_000_000 + b'"}')]
    assert isinstance(await delivered(adapter, row("好")), Unknown)


async def test_a_limit_of_the_chat_holds_up_the_chat_only(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.answers = [code(230020, "limit"), code(99991400, status=429, x_ogw_ratelimit_reset="17")]
    chat, whole = [await delivered(adapter, row("好")) for _ in range(2)]
    assert isinstance(chat, Retry)
    assert isinstance(whole, Retry)
    assert ((chat.after, chat.whole_channel), (whole.after, whole.whole_channel)) == ((1, False), (17, True))


# -- who we are, and what the doctor says ------------------------------------------------------------------------------


BOT = {"activate_status": 2, "app_name": "渠道助手", "open_id": "ou_demo_bot"}


async def test_the_doctor_is_content(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.answers = [says(200, {"code": 0, "bot": BOT}), code(99992351), code(230001)]
    assert await adapter.check() == [
        ("ok", "凭证有效：cli_demo000000000001"),
        ("ok", "机器人「渠道助手」已启用"),
        ("ok", "推送的签名、加密和 Verification Token 都会核对"),
        ("ok", "可以发送消息"),
        ("ok", "可以更新卡片"),
    ]
    assert [call[:2] for call in platform.calls[1:]] == [
        ("POST", "/open-apis/im/v1/messages?receive_id_type=open_id"),
        ("PATCH", "/open-apis/im/v1/messages/om_00000000000000000000000000000000"),
    ]


async def test_the_doctor_says_what_to_do(adapter: FeishuAdapter, platform: Platform) -> None:
    missing = code(99991672, "Access denied. im:message:send_as_bot")
    platform.answers = [says(200, {"code": 0, "bot": BOT | {"activate_status": 1}}), missing, says(502, "<html>")]
    levels = [level for level, _ in await adapter.check()]
    assert levels == ["ok", "fail", "ok", "fail", "warn"]


async def test_the_doctor_stops_at_wrong_credentials(adapter: FeishuAdapter, platform: Platform) -> None:
    platform.tokens = [code(10014, "app secret invalid", status=200)]
    ((level, sentence),) = await adapter.check()
    assert level == "fail"
    assert "app_secret" in sentence
    assert "demo-app-secret" not in sentence


async def test_the_own_id_is_asked_for_until_it_comes(
    adapter: FeishuAdapter, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.feishu.adapter.FIRST_PAUSE", 0.001)
    platform.answers = [says(502, "<html>"), says(200, {"code": 0}), says(200, {"code": 0, "bot": BOT})]
    await adapter.start()
    async with asyncio.timeout(5):
        await adapter.known()
    assert adapter.bot == "ou_demo_bot"


async def test_stopping_does_not_wait_for_an_answer(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    async with server:
        adapter = FeishuAdapter(config(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"), lambda: NOW)
        await adapter.start()
        await asyncio.sleep(0)
        await asyncio.wait_for(adapter.stop(), 1)
