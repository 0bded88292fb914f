"""What the smart bot hears: the page's samples as frames, and what becomes of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom import frames
from adapters.wecom.heard import Edge, Entered, Heard, event_of, hear
from adapters.wecom.push import Ignored
from bot.messages import Account, AnyInbound, FileKind, Form, Place, Press, Say, Unsupported, Upload
from tests.wecom.stage import CORP, NOW

EDGE = Edge("wecom", CORP, NOW, "R1", "t1")
WANG = Account("wecom", CORP, "wangxiaoyan")
TEAM = Place("wecom", CORP, "wrDevGroup", group=True)


def message(kind: str, content: Any, group: bool = True, **more: Any) -> dict[str, Any]:
    where = {"chatid": "wrDevGroup", "chattype": "group"} if group else {"chattype": "single"}
    return {
        "msgid": "CAIQ1",
        "aibotid": "aibDEV",
        **where,
        "from": {"userid": "WangXiaoYan"},
        "msgtype": kind,
        kind: content,
        **more,
    }


def click(key: str, *selected: dict[str, Any], group: bool = True) -> dict[str, Any]:
    event: dict[str, Any] = {"card_type": "button_interaction", "event_key": key, "task_id": "policy-88_r1"}
    if selected:
        event["selected_items"] = {"selected_item": list(selected)}
    nested = {"eventtype": "template_card_event", "template_card_event": event}
    return message("event", nested, group, create_time=1759913000)


def chosen(name: str, *options: str) -> dict[str, Any]:
    return {"question_key": name, "option_ids": {"option_id": list(options)}}


def test_a_command_in_a_group() -> None:
    """The page's sample: the mention stays in the text, and has to go."""
    assert hear(message("text", {"content": "@销售助手 /任务 12 完成"}), EDGE) == Say(
        key="CAIQ1", sender=WANG, place=TEAM, sent_at=NOW, trace="t1", text="/任务 12 完成"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (message("text", {"content": "@销售助手"}), ""),
        (message("text", {"content": "@销售助手\u2005待办"}), "待办"),
        (message("text", {"content": "请看 @销售助手 BB1001"}), "请看 @销售助手 BB1001"),
        (message("text", {"content": "@谁 在"}, group=False), "@谁 在"),
        (message("text", {"content": "半个 \ud83d 字"}), "半个 \ufffd 字"),
        (message("text", {"content": "你好"}, quote={"msgtype": "text", "text": {"content": "被引用"}}), "你好"),
        (
            message(
                "mixed", {"msg_item": [{"msgtype": "text", "text": {"content": "@助手 报备"}}, {"msgtype": "image"}]}
            ),
            "报备",
        ),
    ],
)
def test_words(body: dict[str, Any], text: str) -> None:
    said = hear(body, EDGE)
    assert isinstance(said, Say)
    assert said.text == text


@pytest.mark.parametrize(
    ("body", "kind", "values"),
    [
        (
            message("image", {"url": "https://x/1", "aeskey": "K"}, group=False),
            Upload,
            {"kind": FileKind.PICTURE, "handle": "https://x/1 K", "place": Place("wecom", CORP, "wangxiaoyan")},
        ),
        (message("voice", {"content": "报备云栖湾"}, group=False), Upload, {"text": "报备云栖湾"}),
        (message("file", {"url": "https://x/2"}, group=False), Upload, {"kind": FileKind.FILE}),
        (message("video", {"url": "https://x/3"}, group=False), Upload, {"kind": FileKind.VIDEO}),
        (
            message("mixed", {"msg_item": [{"msgtype": "image", "image": {"url": "https://x/4", "aeskey": "K"}}]}),
            Upload,
            {"kind": FileKind.PICTURE, "handle": "https://x/4 K"},
        ),
        (message("sticker", {}), Unsupported, {}),
        (
            click("c1.1.m"),
            Press,
            {
                "button": "c1.1.m",
                "message": "click R1 policy-88_r1",
                "sent_at": datetime.fromtimestamp(1759913000, UTC),
            },
        ),
        (
            click("f:c1.1.m", chosen("line", "hvac"), chosen("stage", "-")),
            Form,
            {"button": "c1.1.m", "values": {"line": "hvac", "stage": ""}},
        ),
    ],
)
def test_what_people_do(body: dict[str, Any], kind: type[AnyInbound], values: dict[str, object]) -> None:
    inbound = hear(body, EDGE)
    assert isinstance(inbound, kind)
    assert {name: getattr(inbound, name) for name in values} == values


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        ({"eventtype": "enter_chat"}, Entered()),
        ({"eventtype": "feedback_event", "feedback_event": {"id": "f", "type": 1}}, Ignored("unknown_type")),
        ({"eventtype": "anything"}, Ignored("unknown_type")),
    ],
)
def test_what_is_for_nobody(event: dict[str, Any], heard: Heard) -> None:
    assert hear(message("event", event, group=False), EDGE) == heard


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"msgid": "1", "msgtype": "text"},
        {"msgid": "", "msgtype": "text", "from": {"userid": "x"}},
        message("text", {"content": 5}),
        message("event", {}),
        message("event", None),
        message("text", {"content": "好"}) | {"from": {"userid": ""}},
        message("text", {"content": "好"}) | {"chatid": ""},
        click("a") | {"from": None},
        click("a", {"question_key": 5}),
    ],
)
def test_what_is_not_as_documented(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        hear(body, EDGE)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        "{}",
        '{"cmd":"ping"}',
        '{"headers":{}}',
        '{"headers":{"req_id":5}}',
        '{"headers":{"req_id":"a"},"errcode":"0"}',
        '{"headers":{"req_id":"a"},"headers":{"req_id":"b"}}',
        '{"headers":{"req_id":"a"},"body":[]}',
        "[" * 100_000,
        b"\xff",
    ],
)
def test_what_is_no_frame(frame: str | bytes) -> None:
    with pytest.raises(ValueError):
        frames.read(frame)


def test_a_frame_as_it_is_written() -> None:
    written = json.loads(frames.written(frames.SUBSCRIBE, "R1", frames.subscription("aibDEV", "s")))
    assert written == {
        "cmd": "aibot_subscribe",
        "headers": {"req_id": "R1"},
        "body": {"bot_id": "aibDEV", "secret": "s"},
    }
    assert json.loads(frames.written(frames.PING, "R2")) == {"cmd": "ping", "headers": {"req_id": "R2"}}


@pytest.mark.parametrize("body", [None, {}, {"event": None}, {"event": []}, {"event": {"eventtype": 5}}])
def test_no_event(body: dict[str, Any] | None) -> None:
    assert event_of(body) == ""


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("msgid", "msgtype", "from", "chatid", "chattype", "text", "mixed", "event", "create_time", "voice")


@given(changed=st.dictionaries(st.sampled_from(FIELDS), JSONS), base=st.sampled_from(["text", "event", "mixed"]))
def test_nothing_else_raises(changed: dict[str, Any], base: str) -> None:
    body = click("a") if base == "event" else message(base, {"content": "好"})
    try:
        hear(body | changed, EDGE)
    except ValueError:
        return
