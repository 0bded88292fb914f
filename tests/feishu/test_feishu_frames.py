"""Frames of the long connection, and events that come in several of them (page 1.5)."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.connection import Address, Denied, Failed
from adapters.feishu.endpoint import Timing, ask, refusal, refused_handshake
from adapters.feishu.frames import CONTROL, DATA, Frame, Wire, load
from adapters.feishu.pieces import MOST_EVENTS, Pieces
from adapters.http import MOST_BODY, open_session
from tests.feishu.fake import Platform, code, says
from tests.feishu.stage import config, serve

SERVICE = 33554678
PING = "0800100018f681801020002a0c0a0474797065120470696e67"
EVENT = (
    "080710a94618f681801020012a0d0a047479706512056576656e742a130a0a6d6573736167655f696412056d69642d312a080a0373756d120131"
    "2a080a037365711201302a100a0874726163655f6964120474722d31425d7b22736368656d61223a22322e30222c22686561646572223a7b2265"
    "76656e745f6964223a2265762d31222c226576656e745f74797065223a22696d2e6d6573736167652e726563656976655f7631227d2c22657665"
    "6e74223a7b7d7d"
)
ACK = (
    "080710a94618f681801020012a0d0a047479706512056576656e742a130a0a6d6573736167655f696412056d69642d312a080a0373756d120131"
    "2a080a037365711201302a100a0874726163655f6964120474722d312a0c0a0662697a5f727412023132420d7b22636f6465223a203230307d"
)
FAILURE = EVENT[: EVENT.index("425d")] + "420d" + b'{"code": 500}'.hex()
HEADERS = {"type": "event", "message_id": "mid-1", "sum": "1", "seq": "0", "trace_id": "tr-1"}


@pytest.fixture(scope="module")
def wire() -> Wire:
    return load()


FRUGAL = """
import sys
from adapters.feishu.frames import load
before = set(sys.modules)
wire = load()
new = set(sys.modules) - before
assert "lark_oapi" not in new, "the whole SDK was imported"
assert "requests" not in new
assert len(new) < 300, len(new)  # of 11,100
from lark_oapi.ws.client import Frame, loop
assert wire._message is Frame
loop.close()
"""


def test_only_the_message_definition_is_imported_and_the_rest_still_can_be() -> None:
    """S10: any import of lark-oapi's packages takes seconds and 140 MB."""
    subprocess.run([sys.executable, "-c", FRUGAL], check=True, cwd=Path(__file__).parents[2])


def test_the_pages_vectors(wire: Wire) -> None:
    frame = wire.read(bytes.fromhex(EVENT))
    assert (frame.method, frame.headers) == (DATA, HEADERS)
    assert frame.payload.startswith(b'{"schema":"2.0"')
    assert wire.ack(frame, b'{"code": 200}', 12).hex() == ACK
    assert wire.ack(frame, b'{"code": 500}', None).hex() == FAILURE
    assert wire.ping(SERVICE).hex() == PING
    assert wire.read(bytes.fromhex(PING)).method == CONTROL


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\xff" * 20, bytes.fromhex(EVENT)[:-3], b"\x08\x07"])
def test_what_is_no_frame_is_a_value_error(wire: Wire, raw: bytes) -> None:
    with pytest.raises(ValueError):
        wire.read(raw)


@given(raw=st.binary(max_size=80))
def test_nothing_else_comes_of_any_bytes(wire: Wire, raw: bytes) -> None:
    try:
        wire.read(raw)
    except ValueError:
        return


# -- pieces ----------------------------------------------------------------------------------------------------------


class Watch:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def piece(number: int, total: int, payload: bytes, event: str = "m1") -> Frame:
    return Frame(DATA, {"message_id": event, "sum": str(total), "seq": str(number)}, payload, b"")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_pieces_come_in_any_order(order: tuple[int, ...]) -> None:
    pieces = Pieces()
    parts = (b"a", b"b", b"c")
    *before, last = [pieces.add(piece(n, 3, parts[n])) for n in order]
    assert before == [None, None]
    assert last == b"abc"


def test_a_piece_twice_and_two_events_at_once() -> None:
    pieces = Pieces()
    given = [(0, "m1", b"a"), (0, "m1", b"a"), (0, "m2", b"x"), (1, "m1", b"b"), (1, "m2", b"y")]
    whole = [pieces.add(piece(number, 2, payload, event)) for number, event, payload in given]
    assert whole == [None, None, None, b"ab", b"xy"]


def test_what_stays_incomplete_is_forgotten_after_five_seconds() -> None:
    watch = Watch()
    pieces = Pieces(watch)
    assert pieces.add(piece(0, 2, b"a")) is None
    watch.now += 5.1
    assert pieces.add(piece(1, 2, b"b")) is None
    assert pieces.add(piece(0, 2, b"a")) == b"ab"


def test_incomplete_events_are_bounded_in_number() -> None:
    pieces = Pieces()
    for number in range(MOST_EVENTS + 1):
        pieces.add(piece(0, 2, b"a", f"m{number}"))
    assert pieces.add(piece(1, 2, b"b", "m1")) == b"ab"
    assert pieces.add(piece(1, 2, b"b", "m0")) is None


def test_the_largest_event_and_one_beyond() -> None:
    pieces, half = Pieces(), b"a" * (MOST_BODY // 2)
    assert pieces.add(piece(0, 2, half)) is None
    assert pieces.add(piece(1, 2, half)) == half + half
    with pytest.raises(ValueError, match="too large"):
        pieces.add(piece(0, 1, half + half + b"a"))
    assert pieces.add(piece(0, 3, half)) is None
    assert pieces.add(piece(1, 3, half)) is None
    with pytest.raises(ValueError, match="too large"):
        pieces.add(piece(2, 3, b"a"))


@pytest.mark.parametrize(
    ("number", "total"), [("2", "2"), ("-1", "2"), ("0", "0"), ("0", "100000"), ("x", "2"), ("0", "")]
)
def test_no_such_piece(number: str, total: str) -> None:
    with pytest.raises(ValueError):
        Pieces().add(Frame(DATA, {"message_id": "m", "seq": number, "sum": total}, b"a", b""))


# -- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1, Failed),
        (1000040343, Failed),
        (1000040351, Failed),
        (403, Denied),
        (514, Denied),
        (1000040350, Denied),
        (12345, Denied),
    ],
)
def test_which_refusals_pass_by_themselves(number: int, kind: type[Failed | Denied]) -> None:
    ended = refusal(number, "words")
    assert isinstance(ended, kind)
    assert f"{number}：words" in ended.why


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"handshake-status": "403", "handshake-msg": "forbidden"}, Denied),
        ({"handshake-status": "514", "handshake-autherrcode": "1000040350"}, Denied),
        ({"handshake-status": "514", "handshake-autherrcode": "0"}, Failed),
        ({}, Failed),
    ],
)
def test_what_a_refused_handshake_means(headers: dict[str, str], kind: type[Failed | Denied]) -> None:
    assert isinstance(refused_handshake(403, headers), kind)


URL = "wss://msg-frontier.example/ws/v2?device_id=7001&service_id=33554678&ticket=tk-1&access_key=ak-1"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            says(body={"code": 0, "msg": "", "data": {"URL": URL, "ClientConfig": {"PingInterval": 90}}}),
            (Address(URL, note=str(SERVICE)), Timing(90)),
        ),
        (says(body={"code": 0, "msg": "", "data": {"URL": URL}}), (Address(URL, note=str(SERVICE)), None)),
        (says(body={"code": 0, "data": {"URL": "wss://x/?ticket=1"}}), (Failed("飞书给出的长连接地址不完整"), None)),
        (says(body={"code": 0}), (Failed("飞书没有给出地址"), None)),
        (says(body="<html>"), (Failed("飞书没有给出长连接地址"), None)),
        (code(0, status=502), (Failed("飞书没有正常回答（HTTP 502）"), None)),
        (says(body={"code": 1, "msg": "system busy"}), (Failed("飞书不接受长连接（1：system busy）"), None)),
    ],
)
async def test_asking_for_an_address(answer: object, expected: object) -> None:
    platform = Platform(answers=[answer])  # type: ignore[list-item]
    async with serve(platform.app()) as port, open_session() as session:
        assert await ask(config(f"http://127.0.0.1:{port}"), lambda: session) == expected
    ((method, path, _, body),) = platform.calls
    assert (method, path) == ("POST", "/callback/ws/endpoint")
    assert body == {"AppID": "cli_demo000000000001", "AppSecret": "demo-app-secret"}
