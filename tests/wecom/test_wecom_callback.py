"""The callback against what a platform, a network and an attacker may post to it."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.errors import Unavailable
from bot.messages import AnyInbound, Press, Say
from tests.feishu.stage import Counts, Desk
from tests.wecom.stage import CORP, NOW, PATH, Channel, clicked, envelope, event, said, sealed, signed
from tests.wecom.test_wecom_crypto import V1, V1_PLAIN, V2, V2_PLAIN, V2_QUERY

V1_QUERY = {
    "msg_signature": "63bb84860b516fa73832693c74ab199fe7c5df5a",
    "timestamp": "1759912345",
    "nonce": "1372623149",
}


async def test_the_console_gets_its_text_back_and_nothing_else(channel: Channel, counts: Counts) -> None:
    query = urlencode(V1_QUERY | {"echostr": V1})
    assert await channel.call(None, query, "GET") == (200, V1_PLAIN.encode())
    assert counts == {"challenge": 1}


async def test_a_plus_may_arrive_as_a_blank(channel: Channel) -> None:
    echo = next(s for s in (sealed(f"{n}") for n in range(100)) if "+" in s)
    unquoted = "&".join(f"{name}={value}" for name, value in (signed(echo) | {"echostr": echo}).items())
    status, body = await channel.call(None, unquoted, "GET")
    assert (status, body.isdigit()) == (200, True)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 401),
        (V1_QUERY, 401),
        (V1_QUERY | {"echostr": V2}, 401),
        (V1_QUERY | {"echostr": V1, "msg_signature": "0" * 40}, 401),
        (V1_QUERY | {"echostr": V1, "msg_signature": "签"}, 401),
        (V1_QUERY | {"echostr": V1, "timestamp": "17599123"}, 401),
        (V1_QUERY | {"echostr": V1, "nonce": "x" * 65}, 401),
        (signed("x") | {"echostr": "x"}, 400),
        (signed(V1, token="another") | {"echostr": V1}, 401),
    ],
)
async def test_nobody_else_is_answered(channel: Channel, query: dict[str, str], status: int) -> None:
    assert await channel.call(None, query, "GET") == (status, b"")


async def test_a_message_seen_in_passing_is_not_read_out(channel: Channel) -> None:
    """The console's question is sealed and signed like every message: one asked back as such must stay sealed."""
    assert await channel.call(None, V2_QUERY | {"echostr": V2}, "GET") == (400, b"")
    private = sealed('{"text":{"content":"120 万"}}')
    assert await channel.call(None, signed(private) | {"echostr": private}, "GET") == (400, b"")


async def test_the_vector_is_taken(channel: Channel, desk: Desk, counts: Counts) -> None:
    assert await channel.call(envelope(V2), V2_QUERY) == (200, b"")
    assert [said.text for said in desk.inbounds if isinstance(said, Say)] == ["/报备 云帆科技 ERP 30万"]
    assert counts == {"taken": 1}


SIGNED = signed(V2)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({}, id="no signature"),
        pytest.param(SIGNED | {"msg_signature": "0" * 40}, id="wrong"),
        pytest.param(SIGNED | {"msg_signature": ""}, id="empty"),
        pytest.param(SIGNED | {"msg_signature": SIGNED["msg_signature"].upper()}, id="upper case"),
        pytest.param(SIGNED | {"nonce": NOW.isoformat()}, id="another nonce"),
        pytest.param(signed(sealed("一")), id="of another body"),
        pytest.param(signed(V2, token=""), id="with an empty token"),
        pytest.param(urlencode([*SIGNED.items(), ("nonce", "880031452")]), id="a parameter twice"),
        pytest.param(
            SIGNED | {"timestamp": SIGNED["timestamp"][:-1], "nonce": SIGNED["timestamp"][-1] + SIGNED["nonce"]},
            id="digits moved from the timestamp into the nonce",
        ),
    ],
)
async def test_nobody_else_gets_in(channel: Channel, desk: Desk, counts: Counts, query: dict[str, str] | str) -> None:
    assert await channel.call(envelope(V2), query) == (401, b"")
    assert desk.inbounds == []
    assert counts == {"bad_signature": 1}


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(0), 200),
        (timedelta(hours=7, minutes=59), 200),
        (timedelta(hours=8, minutes=1), 401),
        (timedelta(days=365), 401),
        (timedelta(minutes=-4), 200),
        (timedelta(minutes=-6), 401),
    ],
)
async def test_a_push_may_be_a_few_hours_old(channel: Channel, age: timedelta, status: int) -> None:
    assert (await channel.call(envelope(V2), signed(V2, (NOW - age).timestamp())))[0] == status


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
MALFORMED = [
    b"",
    b"\x00\xff",
    b"{}",
    b"[]",
    b"null",
    b'{"encrypt":5}',
    b"[" * 100_000,
    b"<xml></xml>",
    b"<xml><Encrypt></xml>",
    b"<xml>" * 50_000,
    BOMB,
    b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml><Encrypt>&x;</Encrypt></xml>',
    b"<xml><Encrypt><![CDATA[A]]></Encrypt><Encrypt><![CDATA[B]]></Encrypt></xml>",
    b"<xml><Encrypt><![CDATA[A]]><![CDATA[B]]></Encrypt></xml>",
    b'<xml><Encrypt type="x">A</Encrypt></xml>',
    "<xml><Encrypt><![CDATA[密]]></Encrypt></xml>".encode(),
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_a_malformed_body_is_400(channel: Channel, counts: Counts, body: bytes) -> None:
    assert await channel.call(body, SIGNED) == (400, b"")
    assert counts == {"malformed": 1}


@pytest.mark.parametrize(
    "encrypt",
    [
        V2[:64],
        sealed(V2_PLAIN, "wwANOTHER"),
        sealed("x" * 26, padding=bytes(32)),
        sealed(b"\xff\xfe"),
        "AAAA",
        "A" * 3,
    ],
    ids=["truncated", "another corp", "padding", "no utf-8", "short", "no base64"],
)
async def test_every_failure_to_decrypt_looks_the_same(channel: Channel, counts: Counts, encrypt: str) -> None:
    assert await channel.call(envelope(encrypt), signed(encrypt)) == (400, b"")
    assert counts == {"undecryptable": 1}


@pytest.mark.parametrize(
    "plain",
    ["", "你好", "<xml/>", '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', "<xml>" * 3000, said("你好", user="")],
)
async def test_malformed_inside_is_400(channel: Channel, desk: Desk, plain: str) -> None:
    assert await channel.push(plain) == (400, b"")
    assert desk.inbounds == []


async def test_what_is_too_large_is_413(channel: Channel, counts: Counts) -> None:
    assert (await channel.call(b"x" * (256 * 1024 + 1), SIGNED))[0] == 413
    assert (await channel.call(b"<xml>" * 200_000, SIGNED))[0] == 413
    bomb = gzip.compress(bytes(50_000_000))
    assert (await channel.call(bomb, SIGNED, headers={"Content-Encoding": "gzip"}))[0] == 413
    assert counts == {"too_large": 3}


async def endless() -> AsyncIterator[bytes]:
    """Chunked, so that nothing says how long it will be."""
    while True:
        yield b"x" * 0x2000


async def test_a_body_without_an_end_is_cut_off(channel: Channel, counts: Counts) -> None:
    """The answer may get lost on the way to whoever does not stop talking."""
    with contextlib.suppress(aiohttp.ClientError):
        async with channel.session.post(PATH, params=SIGNED, data=endless()) as answer:
            assert answer.status == 413
    assert counts == {"too_large": 1}


async def test_other_methods(channel: Channel) -> None:
    assert (await channel.call(None, SIGNED, "PUT"))[0] == 405


async def test_unknown_types_are_acknowledged(channel: Channel, desk: Desk, counts: Counts) -> None:
    assert await channel.push(event("change_contact", user="sys")) == (200, b"")
    assert await channel.push(event("enter_agent")) == (200, b"")
    assert await channel.push(event("inactive_alert", user="sys")) == (200, b"")
    assert desk.inbounds == []
    assert counts == {"ignored_contact": 1, "ignored_entered": 1, "ignored_trouble": 1}


async def test_a_click_is_taken_and_answered_with_nothing(channel: Channel, desk: Desk) -> None:
    assert await channel.push(clicked("c1a3.1.k3Jx9QwE")) == (200, b"")
    assert [type(inbound) for inbound in desk.inbounds] == [Press]
    assert desk.answers == []


def unavailable(_inbound: AnyInbound) -> None:
    raise Unavailable("no database")


def broken(_inbound: AnyInbound) -> None:
    raise KeyError("secret words")


@pytest.mark.parametrize(("deed", "cause"), [(unavailable, "unavailable"), (broken, "error")])
async def test_what_cannot_be_stored_is_503(
    channel: Channel, desk: Desk, counts: Counts, deed: object, cause: str
) -> None:
    desk.deed = deed  # type: ignore[assignment]
    assert await channel.push(said("你好")) == (503, b"")
    assert counts == {cause: 1}


async def test_an_unknown_sharer_is_refused(channel: Channel, counts: Counts) -> None:
    assert (await channel.push(said("你好", corp="wwDOWN1"), receiver="wwDOWN1"))[0] == 400
    assert (await channel.push(said("你好", corp="wwDOWN1"), receiver=CORP))[0] == 200


async def test_a_slow_sender_is_cut_off(channel: Channel, counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.http.READ_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(f"POST {PATH}?{urlencode(SIGNED)} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n<xml>".encode())
    answered = await asyncio.wait_for(reader.read(), 5)
    assert answered.startswith(b"HTTP/1.1 408 ")
    writer.close()
    assert counts == {"slow": 1}
