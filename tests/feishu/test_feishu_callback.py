"""The webhook against what a platform, a network and an attacker may post to it."""

import asyncio
import gzip
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.cards import Button, Card, Text, Tone
from bot.errors import Unavailable
from bot.messages import Answer, AnyInbound, Press, Say, Toast, ToastTone
from bot.ports import Taken
from tests.feishu.stage import NOW, PATH, TOKEN, Channel, Counts, Desk, encrypted, press, signed
from tests.feishu.test_feishu_crypto import V1, V1_PLAIN, V2_BODY
from tests.feishu.test_feishu_receive import load


async def test_the_vector_is_taken(channel: Channel, desk: Desk) -> None:
    assert await channel.post(V2_BODY, signed(V2_BODY)) == (200, b"{}")
    assert [(said.text, said.key) for said in desk.inbounds if isinstance(said, Say)] == [
        ("报备 华东某某科技", "om_demo_0001")
    ]


OTHER_BODY = encrypted({"schema": "2.0"})


@pytest.mark.parametrize(
    ("body", "headers", "cause"),
    [
        pytest.param(V2_BODY, {}, "unsigned", id="no signature"),
        pytest.param(V2_BODY, signed(V2_BODY) | {"X-Lark-Signature": "0" * 64}, "bad_signature", id="wrong"),
        pytest.param(V2_BODY, signed(V2_BODY) | {"X-Lark-Signature": "签名"}, "bad_signature", id="no ascii"),
        pytest.param(OTHER_BODY, signed(V2_BODY), "bad_signature", id="of another body"),
        pytest.param(V2_BODY, signed(V2_BODY, key=""), "bad_signature", id="with an empty key"),
        pytest.param(V2_BODY, signed(V2_BODY) | {"X-Lark-Request-Nonce": ""}, "bad_signature", id="no nonce"),
        pytest.param(V2_BODY, signed(V2_BODY) | {"X-Lark-Request-Timestamp": ""}, "bad_signature", id="no timestamp"),
        pytest.param(V2_BODY + b" ", signed(V2_BODY), "bad_signature", id="one blank more"),
        pytest.param(json.dumps(load("text")).encode(), {}, "unsigned", id="plain event"),
        pytest.param(
            json.dumps(load("text") | {"type": "url_verification"}).encode(), {}, "unsigned", id="event as a challenge"
        ),
        pytest.param(
            encrypted(load("text") | {"type": "url_verification"}), {}, "unsigned", id="encrypted event as a challenge"
        ),
        pytest.param(OTHER_BODY + b" " * 5000, {}, "unsigned", id="large and unsigned"),
        pytest.param(encrypted(load("text"), "another key"), {}, "unsigned", id="unsigned, another key"),
        pytest.param(encrypted(load("url_verification"), "another key"), {}, "unsigned", id="challenge, another key"),
        pytest.param(encrypted(load("url_verification") | {"token": "x"}), {}, "bad_token", id="challenge, bad token"),
        pytest.param(encrypted(load("url_verification") | {"token": 5}), {}, "bad_token", id="challenge, odd token"),
    ],
)
async def test_nobody_else_gets_in(
    channel: Channel, desk: Desk, counts: Counts, body: bytes, headers: dict[str, str], cause: str
) -> None:
    assert await channel.post(body, headers) == (401, b"")
    assert desk.inbounds == []
    assert counts == {cause: 1}


async def test_a_signed_push_with_another_apps_token_is_refused(channel: Channel, counts: Counts) -> None:
    payload = load("text")
    payload["header"]["token"] = "another"
    assert await channel.push(payload) == (401, b"")
    del payload["header"]["token"]
    assert await channel.push(payload) == (401, b"")
    assert counts == {"bad_token": 2}


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(0), 200),
        (timedelta(hours=6, minutes=6), 200),
        (timedelta(hours=7, minutes=59), 200),
        (timedelta(hours=8, minutes=1), 401),
        (timedelta(days=365), 401),
        (timedelta(minutes=-4), 200),
        (timedelta(minutes=-6), 401),
    ],
)
async def test_a_push_may_be_as_old_as_the_last_repetition(channel: Channel, age: timedelta, status: int) -> None:
    assert (await channel.post(V2_BODY, signed(V2_BODY, (NOW - age).timestamp())))[0] == status


MALFORMED = [
    b"",
    b"[]",
    b"null",
    b"5",
    b'{"encrypt":5}',
    b'{"encrypt":null}',
    b'{"encrypt":"A","encrypt":"B"}',
    b'{"encrypt":',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"encrypt":"A","x":NaN}',
    b'{"encrypt":"A","x":1e400}',
    b'{"encrypt":"A","x":-Infinity}',
    b'{"encrypt":"A","x":"\\ud800"}',
    b'{"encrypt":"\xff"}',
    b'\xef\xbb\xbf{"encrypt":"A"}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_body_is_400_signed_or_not(channel: Channel, counts: Counts, body: bytes) -> None:
    assert await channel.post(body) == (400, b"")
    assert await channel.post(body, signed(body)) == (400, b"")
    assert counts == {"malformed": 2}


INSIDE = [
    b"",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"schema":"2.0"}',
    b'{"schema":"2.0","header":[],"token":"' + TOKEN.encode() + b'"}',
    b'{"schema":"2.0","a":1,"a":2}',
    b'{"schema":"2.0","x":NaN}',
    b'{"schema":"2.0","x":"\\udc00"}',
    b'{"schema":"2.0","x":' + b"[" * 40 + b"]" * 40 + b"}",
]


@pytest.mark.parametrize("plain", INSIDE, ids=range(len(INSIDE)))
async def test_so_is_malformed_content_under_a_good_signature(channel: Channel, desk: Desk, plain: bytes) -> None:
    body = encrypted(plain)
    status, answer = await channel.post(body, signed(body))
    assert (status, answer) in {(400, b""), (401, b"")}
    assert desk.inbounds == []
    truncated = encrypted(plain)[:-30] + b'"}'
    assert await channel.post(truncated, signed(truncated)) == (400, b"")


async def test_the_challenge_is_answered_encrypted_or_plain_and_needs_no_signature(channel: Channel) -> None:
    answer = {"challenge": "c0ffee00-1111-2222-3333-444455556666"}
    sealed = json.dumps({"encrypt": V1}).encode()
    for body, headers in ((sealed, {}), (sealed, signed(sealed)), (V1_PLAIN.encode(), {})):
        status, text = await channel.post(body, headers)
        assert (status, json.loads(text)) == (200, answer)


async def test_a_challenge_comes_back_as_data(channel: Channel) -> None:
    nasty = '"}<script>\\'
    status, text = await channel.post(encrypted(load("url_verification") | {"challenge": nasty}))
    assert (status, json.loads(text)) == (200, {"challenge": nasty})


@pytest.mark.parametrize("name", ["recalled", "schema_1", "from_a_bot", "group_text_all"])
async def test_what_is_not_for_the_bot_is_200(channel: Channel, desk: Desk, name: str) -> None:
    assert await channel.push(load(name)) == (200, b"{}")
    assert desk.inbounds == []


async def test_only_post(channel: Channel) -> None:
    assert await channel.post(None, method="GET") == (405, b"")


async def test_a_large_body_is_413_however_it_comes(channel: Channel, counts: Counts) -> None:
    large = b"a" * (256 * 1024 + 1)

    async def in_chunks() -> Any:
        for start in range(0, len(large), 8192):
            yield large[start : start + 8192]

    assert await channel.post(large) == (413, b"")
    assert await channel.post(in_chunks()) == (413, b"")
    bomb = gzip.compress(b"a" * 50_000_000)
    assert await channel.post(bomb, {"Content-Encoding": "gzip"}) == (413, b"")
    assert counts == {"too_large": 3}


async def test_a_body_that_does_not_come_is_408(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.http.READ_SECONDS", 0.02)
    reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
    async with asyncio.timeout(5):  # aiohttp would go on listening for ten
        answer = await reader.read()  # to the end: the connection is closed by the other side
    writer.close()
    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_without_a_store_the_platform_is_asked_to_come_again(
    channel: Channel, desk: Desk, counts: Counts
) -> None:
    def no_store(_inbound: AnyInbound) -> None:
        raise Unavailable("database gone, dsn postgresql://secret")

    desk.deed = no_store
    assert await channel.post(V2_BODY, signed(V2_BODY)) == (503, b"")
    assert counts == {"unavailable": 1}


async def test_an_error_of_ours_is_503_and_told_to_the_log_only(
    channel: Channel, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_inbound: AnyInbound) -> None:
        raise KeyError("secret")

    desk.deed = broken
    assert await channel.post(V2_BODY, signed(V2_BODY)) == (503, b"")
    assert "a push to feishu failed" in caplog.text


async def test_a_thousand_repetitions_are_a_thousand_200s_of_one_key(channel: Channel, desk: Desk) -> None:
    ends = await asyncio.gather(*(channel.post(V2_BODY, signed(V2_BODY)) for _ in range(1000)))
    assert set(ends) == {(200, b"{}")}
    assert {(said.key, said.alias) for said in desk.inbounds} == {("om_demo_0001", "e" + "1".zfill(31))}


REFUSED = Answer(Toast("您没有权限处理这份审批。", ToastTone.ERROR))
AGREED = Answer(
    Toast("已同意", ToastTone.SUCCESS),
    Card("报备 BB1001", Tone.SUCCESS, "已通过", (Text("云栖湾"),), (Button("撤回", "x", id="c1.2.m"),)),
)


async def test_a_click_is_answered_with_toast_and_card(channel: Channel, desk: Desk) -> None:
    desk.taken = Taken(AGREED, (7,))
    status, text = await channel.push(press("c1.1.m"))
    answer = json.loads(text)
    assert (status, set(answer)) == (200, {"toast", "card"})
    assert answer["toast"] == {"type": "success", "content": "已同意"}
    assert answer["card"]["type"] == "raw"
    assert answer["card"]["data"]["schema"] == "2.0"
    assert answer["card"]["data"]["config"]["update_multi"] is True
    assert desk.answers == [desk.taken]


async def test_a_refused_click_changes_no_card(channel: Channel, desk: Desk) -> None:
    desk.taken = Taken(REFUSED)
    assert json.loads((await channel.push(press("c1.1.m")))[1]) == {
        "toast": {"type": "error", "content": "您没有权限处理这份审批。"}
    }


async def test_who_clicked_is_the_operator_whatever_the_value_says(channel: Channel, desk: Desk) -> None:
    forged = press("c9.1.m")
    forged["event"]["action"]["value"] |= {"user": "ou_boss", "open_id": "ou_boss", "operator": {"open_id": "ou_boss"}}
    assert await channel.push(forged) == (200, b"{}")
    (click,) = desk.inbounds
    assert isinstance(click, Press)
    assert (click.sender.user, click.button) == ("ou_demo_mgr", "c9.1.m")


async def test_a_message_is_not_reported_as_answered(channel: Channel, desk: Desk) -> None:
    await channel.post(V2_BODY, signed(V2_BODY))
    assert desk.answers == []


async def test_an_answer_after_the_window_is_not_reported(
    channel: Channel, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.feishu.callback.WINDOW_SECONDS", 0.0)
    desk.taken = Taken(AGREED, (7,))
    assert (await channel.push(press("c1.1.m")))[0] == 200
    assert desk.answers == []


async def test_an_answer_nobody_waits_for_is_not_reported(channel: Channel, desk: Desk, counts: Counts) -> None:
    taken, left = asyncio.Event(), asyncio.Event()

    async def slowly(_inbound: AnyInbound) -> None:
        taken.set()
        await left.wait()

    desk.deed = slowly
    desk.taken = Taken(AGREED, (7,))
    body = encrypted(press("c1.1.m"))
    lines = [f"POST {PATH} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in signed(body).items()]
    _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await taken.wait()
    writer.transport.abort()
    await channel.post(None, method="GET")  # once this is answered the server knows that the other has left
    left.set()
    await counts.until("unanswered")
    assert desk.answers == []


async def test_an_answer_that_cannot_be_recorded_was_given_all_the_same(
    channel: Channel, desk: Desk, counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_store(_taken: Taken) -> None:
        raise Unavailable

    monkeypatch.setattr(desk, "answered", no_store)
    desk.taken = Taken(AGREED, (7,))
    assert (await channel.push(press("c1.1.m")))[0] == 200
    await counts.until("unrecorded_answer")
