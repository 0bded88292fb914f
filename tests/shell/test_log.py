"""What reaches the log: the trace, but no secret, no phone, no credit code and nobody's words."""

import json
import logging
from datetime import UTC, datetime
from io import StringIO

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import log
from bot.messages import Account, Place, Say

CANARY = "canary-7f3a9"


@pytest.fixture
def stream(own_logging: None) -> StringIO:
    stream = StringIO()
    log.configure([CANARY, "short"], stream)
    return stream


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_the_trace(stream: StringIO) -> None:
    with log.tracing("t-1"):
        structlog.get_logger("bot.turn").info("turn ended", end="done", seconds=0.25)
        logging.getLogger("adapters.feishu").info("sent %s", "om_1", extra={"end": "sent"})
    logging.getLogger("bot").info("outside")

    ours, theirs, outside = lines(stream)
    assert {**ours, "timestamp": ""} == {
        "event": "turn ended",
        "end": "done",
        "seconds": 0.25,
        "trace": "t-1",
        "level": "info",
        "logger": "bot.turn",
        "timestamp": "",
    }
    assert (theirs["event"], theirs["trace"], theirs["end"]) == ("sent om_1", "t-1", "sent")
    assert "trace" not in outside


def test_on_a_terminal_it_is_for_eyes(own_logging: None) -> None:
    stream = StringIO()
    log.configure([CANARY], stream, pretty=True)
    logging.getLogger("bot").warning("key %s", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("bot").exception("broken")
    assert "ValueError: ***" in stream.getvalue()
    assert CANARY not in stream.getvalue()


PERSON = Account("feishu", "t", "ou_1")
SAID = Say(
    key="k", sender=PERSON, place=Place("feishu", "t", "ou_1"), sent_at=datetime.now(UTC), trace="t", text="报备 云栖湾"
)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("app_secret", "abc", "***"),
        ("tenant_access_token", "t-abc", "***"),
        ("Authorization", "Bearer abc", "***"),
        ("ticket", "abc", "***"),
        ("handle", "file_v3_abc", "***"),
        ("file_key", "file_v3_abc", "***"),
        ("encrypt_key", "", ""),
        ("handler", "deals.register", "deals.register"),
        ("text", "报备 云栖湾", "***"),
        ("payload", b"{}", "***"),
        ("values", {"customer": "云栖湾"}, "***"),
        ("inbound", SAID, "<Say>"),
        ("data", b"bytes", "<bytes>"),
        ("headers", {"X-Token": "abc", "Date": "now"}, {"X-Token": "***", "Date": "now"}),
        ("ids", ("om_1", 2, None), ["om_1", 2, None]),
        ("at", datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02 00:00:00+00:00"),
        ("error", ValueError("13800000001"), "ValueError: 138****0001"),
        ("note", "13800000001", "138****0001"),
        ("note", "电话13800000001。", "电话138****0001。"),
        ("note", "+8613800000001", "+86138****0001"),
        ("note", "138-0000-0001 138 0000 0001", "138****0001 138****0001"),
        ("note", 13800000001, "138****0001"),
        ("note", 1380000000123, 1380000000123),
        ("note", "om_138000000012345", "om_138000000012345"),
        ("note", "信用代码91330106MA0TEXT01T", "信用代码9133**********T01T"),
        ("note", "330106199003071234", "3301**********1234"),
        ("note", "https://x/cb?access_token=abc&n=1", "https://x/cb?access_token=***&n=1"),
        ("note", "Authorization: Bearer abc.def", "Authorization: ***"),
        ("note", '{"app_secret": "abc", "n": 1}', '{"app_secret": "***", "n": 1}'),
        ("note", "ticket=abc", "ticket=***"),
        ("note", "postgresql+psycopg://bot:pass@db/bot", "postgresql+psycopg://bot:***@db/bot"),
        ("note", f"is {CANARY}!", "is ***!"),
        ("note", {f"{CANARY}": [f"{CANARY}"]}, {"***": ["***"]}),
        ("note", "short", "short"),
    ],
)
def test_what_is_masked(name: str, value: object, shown: object) -> None:
    assert log.Redactor([CANARY, "short"])({name: value}) == {log.Redactor([CANARY]).text(name): shown}


def test_a_canary_stays_out_of_everything(stream: StringIO) -> None:
    try:
        raise ValueError(f"refused {CANARY} for 13800000001")
    except ValueError:
        logging.getLogger("storage").exception("args %s %r", CANARY, {"phone": "13800000002"})
    structlog.get_logger("bot").warning("event", nested={"deep": [{"token": "t-x"}, CANARY]}, said=SAID)
    logging.getLogger("sqlalchemy").warning("parameters %s", {"code": "91330106MA0TEXT01T"})
    logging.getLogger("bot").info("one value %s", CANARY, extra={"secret": CANARY})
    logging.getLogger("py.warnings").warning("of %s", CANARY)

    assert len(lines(stream)) == 5
    for marked in (CANARY, "13800000001", "13800000002", "t-x", "MA0TEXT", "云栖湾"):
        assert marked not in stream.getvalue()
    assert "Traceback" in str(lines(stream)[0]["exception"])


@pytest.mark.parametrize(
    "name", ["Lark", "dingtalk_stream.client", "wechatpy", "apscheduler.executors", "aiohttp.access"]
)
def test_libraries_speak_from_warnings_on(stream: StringIO, name: str) -> None:
    library = logging.getLogger(name)
    library.setLevel(logging.DEBUG)  # as the SDKs do by themselves
    library.info("endpoint with its ticket")
    library.warning("reconnecting")
    assert [line["event"] for line in lines(stream)] == ["reconnecting"]


@given(st.recursive(st.text() | st.integers() | st.none() | st.floats(), lambda inner: st.lists(inner)))
def test_masking_masked_values_changes_nothing(value: object) -> None:
    redactor = log.Redactor([CANARY])
    once = redactor.value("note", value)
    assert repr(redactor.value("note", once)) == repr(once)


WORDS = [
    "token",
    "=",
    ":",
    "：",
    " ",
    "bearer ",
    "Bearer\t",
    "://u:",
    "p@",
    "138",
    "0000",
    "0001",
    "91330106MA0TEXT01T",
    "云",
    '"',
]


@given(st.lists(st.sampled_from(WORDS)).map("".join))
def test_the_first_look_misses_nothing(said: str) -> None:
    for pattern in (log.SECRET_IN_TEXT, log.BEARER, log.URL_PASSWORD, log.CREDIT_CODE, log.PHONE):
        assert not pattern.search(said) or log.WORTH_A_LOOK.search(said)


def test_masking_is_linear() -> None:
    """Messages of 50 kB that would make a careless pattern run for minutes."""
    redactor = log.Redactor([CANARY])
    for hostile in ("a" * 50_000, "1" * 50_000, "://" * 20_000, "token " * 10_000, "bearer " * 10_000, "138-" * 12_000):
        redactor.text(hostile)
