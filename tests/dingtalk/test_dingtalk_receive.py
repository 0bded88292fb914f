"""Pushes in, inbounds out: every shape of the platform page's sections 2 and 4.5, and of its events."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dingtalk.clicks import click as read_click
from adapters.dingtalk.events import Event, event
from adapters.dingtalk.push import BadInput, Happened, Ignored, Received
from adapters.dingtalk.receive import robot_message, session
from bot.messages import (
    Account,
    AccountGone,
    FileKind,
    Form,
    Joined,
    Mention,
    Place,
    Press,
    Read,
    Say,
    Unsupported,
    Upload,
)
from tests.dingtalk.samples import (
    CID,
    CLICK,
    CORP,
    GROUP,
    IN_GROUP,
    KEY,
    LEFT,
    MESSAGE,
    OTHER_CORP,
    READ,
    ROBOT,
    SINGLE,
    WEBHOOK,
    click,
    message,
    without,
)

AT = datetime.fromtimestamp(1790000001.1, UTC)
ZHOU = Account("dingtalk", CORP, "agent0071")
ENVELOPE: dict[str, Any] = {
    "key": "msgW3tq0Lk9sXb2vN1==",
    "sender": ZHOU,
    "sender_name": "周敏",
    "place": SINGLE,
    "sent_at": AT,
    "trace": "t1",
}
MANAGER = Account("dingtalk", CORP, "mgr0042")


def received(payload: dict[str, Any]) -> Received:
    return robot_message(payload, channel="dingtalk", trace="t1")


def outsider(corp: str) -> dict[str, Any]:
    who = Account("dingtalk", corp, "$:LWCP_v1:$zH0uMin8Ff0a==")
    return ENVELOPE | {"sender": who, "place": Place("dingtalk", corp, who.user), "foreign": True}


RICH = {
    "richText": [
        {"text": "现场照片"},
        {"text": "见下"},
        {"type": "picture", "downloadCode": "mIoZ1A==", "pictureDownloadCode": "pWjZ9k="},
        {"text": "请审核"},
    ]
}
ONLY_A_PICTURE = {"richText": [{"type": "picture", "downloadCode": "mIoZ1A=="}, {"text": " "}]}
VOICE = {"duration": 3200, "downloadCode": "mIoZ3C==", "recognition": "华东医药那个项目进入投标阶段"}
SHEET = {"downloadCode": "mIoZ5E==", "fileName": "报价单.xlsx", "fileId": "150000000001", "spaceId": "240000000002"}
QUOTED = {
    "content": "同意",
    "isReplyMsg": True,
    "repliedMsg": {"msgType": "text", "msgId": "m", "content": {"text": "别的话"}},
}
MENTION = (Mention("mgr0042", "", CORP),)

MESSAGES: list[tuple[str, dict[str, Any], Received]] = [
    ("text", MESSAGE, Say(text="报备 华东医药 预算30万", **ENVELOPE)),
    ("in a group", IN_GROUP, Say(text="转交 BB1001 @陈经理", mentions=MENTION, **ENVELOPE | {"place": GROUP})),
    ("createAt as a string", MESSAGE | {"createAt": "1790000001100"}, Say(text="报备 华东医药 预算30万", **ENVELOPE)),
    ("quoting somebody", MESSAGE | {"text": QUOTED, "originalMsgId": "m"}, Say(text="同意", **ENVELOPE)),
    (
        "quoting the robot",
        MESSAGE | {"text": QUOTED, "originalMsgId": "m", "originalProcessQueryKey": "4vKx0Pq="},
        Say(text="同意", quotes="4vKx0Pq=", **ENVELOPE),
    ),
    (
        "a file as an answer",
        message("file", SHEET, originalProcessQueryKey="4vKx0Pq="),
        Upload(kind=FileKind.FILE, handle="mIoZ5E==", name="报价单.xlsx", quotes="4vKx0Pq=", **ENVELOPE),
    ),
    ("content on top", message("text", " 帮助 "), Say(text="帮助", **ENVELOPE)),
    ("content on top as an object", message("text", {"content": "帮助"}), Say(text="帮助", **ENVELOPE)),
    ("unclean", MESSAGE | {"text": {"content": "云\x00栖\ud83d湾\r\n\u202e"}}, Say(text="云栖\ufffd湾", **ENVELOPE)),
    ("errorCode zero", MESSAGE | {"errorCode": "0"}, Say(text="报备 华东医药 预算30万", **ENVELOPE)),
    (
        "unknown fields",
        MESSAGE | {"openThreadId": 5, "hostingContext": {}},
        Say(text="报备 华东医药 预算30万", **ENVELOPE),
    ),
    ("no staff id", MESSAGE | {"senderStaffId": ""}, Say(text="报备 华东医药 预算30万", **outsider(CORP))),
    (
        "another company",
        without(MESSAGE, "senderStaffId") | {"senderCorpId": OTHER_CORP},
        Say(text="报备 华东医药 预算30万", **outsider(OTHER_CORP)),
    ),
    (
        "another company with a staff id",
        MESSAGE | {"senderCorpId": OTHER_CORP},
        Say(
            text="报备 华东医药 预算30万",
            **ENVELOPE
            | {
                "sender": Account("dingtalk", OTHER_CORP, "agent0071"),
                "place": Place("dingtalk", OTHER_CORP, "agent0071"),
                "foreign": True,
            },
        ),
    ),
    ("rich text", message("richText", RICH), Say(text="现场照片见下\n请审核", **ENVELOPE)),
    (
        "rich text of a picture",
        message("richText", ONLY_A_PICTURE),
        Upload(kind=FileKind.PICTURE, handle="mIoZ1A==", **ENVELOPE),
    ),
    (
        "picture",
        message("picture", {"downloadCode": "mIoZ2B==", "pictureDownloadCode": "p"}),
        Upload(kind=FileKind.PICTURE, handle="mIoZ2B==", **ENVELOPE),
    ),
    (
        "voice",
        message("audio", VOICE),
        Upload(kind=FileKind.VOICE, handle="mIoZ3C==", text="华东医药那个项目进入投标阶段", **ENVELOPE),
    ),
    (
        "voice with a string's duration and no words",
        message("audio", {"duration": "5", "downloadCode": "c"}),
        Upload(kind=FileKind.VOICE, handle="c", **ENVELOPE),
    ),
    (
        "video",
        message("video", {"duration": 5000, "downloadCode": "mIoZ4D==", "videoType": "mp4"}),
        Upload(kind=FileKind.VIDEO, handle="mIoZ4D==", **ENVELOPE),
    ),
    ("file", message("file", SHEET), Upload(kind=FileKind.FILE, handle="mIoZ5E==", name="报价单.xlsx", **ENVELOPE)),
    ("forwarded", message("unknownMsgType", {"unknownMsgType": "x"}), Unsupported(what="这类消息", **ENVELOPE)),
    ("a type to come", message("hologram", {}), Unsupported(what="这类消息", **ENVELOPE)),
    (
        "over quota",
        without(MESSAGE, "text") | {"errorCode": 20001, "errorMessage": "quota"},
        Ignored("over_quota"),
    ),
    ("over quota, no type", without(MESSAGE, "text", "msgtype") | {"errorCode": "20001"}, Ignored("over_quota")),
    ("not addressed", IN_GROUP | {"isInAtList": False}, Ignored("not_addressed")),
    ("the robot itself", MESSAGE | {"senderId": ROBOT}, Ignored("from_a_bot")),
]


@pytest.mark.parametrize(("payload", "expected"), [pytest.param(*case[1:], id=case[0]) for case in MESSAGES])
def test_a_message_becomes(payload: dict[str, Any], expected: Received) -> None:
    assert received(payload) == expected


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="nothing"),
        pytest.param(without(MESSAGE, "msgId"), id="no id"),
        pytest.param(MESSAGE | {"msgId": ""}, id="empty id"),
        pytest.param(MESSAGE | {"createAt": 1790000001}, id="seconds"),
        pytest.param(MESSAGE | {"createAt": "soon"}, id="no instant"),
        pytest.param(MESSAGE | {"conversationType": "3"}, id="no such chat"),
        pytest.param(MESSAGE | {"senderStaffId": "", "senderId": ""}, id="nobody"),
        pytest.param(without(MESSAGE, "text"), id="text without content"),
        pytest.param(MESSAGE | {"text": {"content": 5}}, id="a number for words"),
        pytest.param(MESSAGE | {"text": {"content": None}}, id="null for words"),
        pytest.param(message("picture", {}), id="picture without a code"),
        pytest.param(message("richText", {"richText": "x"}), id="no rich text"),
        pytest.param(message("file", None), id="no file"),
        pytest.param(MESSAGE | {"atUsers": "all"}, id="at whom"),
        pytest.param(MESSAGE | {"originalProcessQueryKey": 5}, id="quoting a number"),
    ],
)
def test_what_the_platform_does_not_document_is_bad_input(payload: dict[str, Any]) -> None:
    assert isinstance(received(payload), BadInput)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (MESSAGE, ("", "")),
        (MESSAGE | {"senderStaffId": ""}, ("$:LWCP_v1:$zH0uMin8Ff0a==", WEBHOOK)),
        (without(MESSAGE, "senderStaffId") | {"sessionWebhook": 5}, ("", "")),
    ],
)
def test_only_who_cannot_be_written_to_is_answered_by_session(
    payload: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert session(payload) == expected


# -- clicks ----------------------------------------------------------------------------------------------------------

CLICKED: dict[str, Any] = {
    "key": "f1",
    "sender": MANAGER,
    "place": Place("dingtalk", CORP, "mgr0042"),
    "sent_at": AT,
    "trace": "t1",
    "message": f"card-{KEY}",
}
BUTTON = "c1a3.1.k3Jx9QwE"
OF_GROUP = f"card-{KEY}-{CORP}"
CLICKED_IN_GROUP = CLICKED | {"place": GROUP, "message": OF_GROUP}
FILLED = {
    "reason": "价格超出授权\n请重报",
    "line": {"index": 2, "value": "pump"},
    "tags": {"index": [0, 1], "value": ["a", "b"]},
    "day": "2026-06-30",
    "moment": "2026-06-30 00:00:00",
    "count": 3,
    "rate": 1.5,
    "agreed": True,
    "note": None,
    "list": ["x", "y"],
}
SPELLED = {
    "reason": "价格超出授权\n请重报",
    "line": "pump",
    "tags": "a;b",
    "day": "2026-06-30",
    "moment": "2026-06-30",
    "count": "3",
    "rate": "1.5",
    "agreed": "true",
    "note": "",
    "list": "x;y",
}


def clicked(payload: dict[str, Any]) -> Received:
    return read_click(payload, key="f1", at=AT, channel="dingtalk", trace="t1")


CLICKS: list[tuple[str, dict[str, Any], Received]] = [
    ("params.id", CLICK, Press(button=BUTTON, **CLICKED)),
    (
        "params.id before another action",
        click({"actionIds": ["x"], "params": {"id": f"{BUTTON}~"}}),
        Press(button=BUTTON, **CLICKED),
    ),
    ("no params", click({"actionIds": [f"{BUTTON}~"]}), Press(button=BUTTON, **CLICKED)),
    ("an action with its index", click({"actionIds": [f"{BUTTON}~0"], "params": {}}), Press(button=BUTTON, **CLICKED)),
    ("an id as the core has it", click({"params": {"id": BUTTON}}), Press(button=BUTTON, **CLICKED)),
    ("no action at all", click({"params": {"id": f"{BUTTON}~"}}), Press(button=BUTTON, **CLICKED)),
    ("nothing of ours", click({"actionIds": [], "params": {"id": 5}}), Press(button="", **CLICKED)),
    (
        "params beside",
        CLICK | {"content": json.dumps({"cardPrivateData": {"actionIds": ["1"]}, "params": {"id": f"{BUTTON}~"}})},
        Press(button=BUTTON, **CLICKED),
    ),
    ("value only", without(CLICK, "content", "spaceId", "userIdType"), Press(button=BUTTON, **CLICKED)),
    ("in a group", CLICK | {"outTrackId": OF_GROUP}, Press(button=BUTTON, **CLICKED_IN_GROUP)),
    (
        "in a group, the place is not said",
        without(CLICK, "spaceId") | {"outTrackId": OF_GROUP},
        Press(button=BUTTON, **CLICKED | {"message": OF_GROUP}),
    ),
    (
        "in a group, by another company",
        CLICK | {"outTrackId": OF_GROUP, "corpId": OTHER_CORP},
        Press(
            button=BUTTON,
            **CLICKED_IN_GROUP | {"sender": Account("dingtalk", OTHER_CORP, "mgr0042"), "foreign": True},
        ),
    ),
    (
        "somebody else's card",
        CLICK | {"outTrackId": "approval-5521-v1"},
        Press(button=BUTTON, **CLICKED | {"message": "approval-5521-v1"}),
    ),
    ("form", click({"params": {"id": f"{BUTTON}~", "form": FILLED}}), Form(button=BUTTON, values=SPELLED, **CLICKED)),
    (
        "form as text",
        click({"params": {"id": f"{BUTTON}~", "form": '{"reason":"贵"}'}}),
        Form(button=BUTTON, values={"reason": "贵"}, **CLICKED),
    ),
    ("empty form", click({"params": {"id": BUTTON, "form": None}}), Form(button=BUTTON, values={}, **CLICKED)),
    (
        "who clicked is not what the params say",
        click({"params": {"id": f"{BUTTON}~", "userId": "boss", "userIdType": 2}}),
        Press(button=BUTTON, **CLICKED),
    ),
]


@pytest.mark.parametrize(("payload", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CLICKS])
def test_a_click_becomes(payload: dict[str, Any], expected: Received) -> None:
    assert clicked(payload) == expected


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="nothing"),
        pytest.param(CLICK | {"userId": ""}, id="nobody"),
        pytest.param(without(CLICK, "corpId"), id="of no company"),
        pytest.param(CLICK | {"userIdType": 2}, id="a union id"),
        pytest.param(CLICK | {"userIdType": "x"}, id="no kind of id"),
        pytest.param(CLICK | {"content": "{"}, id="half a content"),
        pytest.param(CLICK | {"content": "[]"}, id="a list"),
        pytest.param(CLICK | {"content": "[" * 100_000}, id="too deep"),
        pytest.param(click({"params": "x"}), id="no params"),
        pytest.param(click({"actionIds": [5]}), id="a number for an action"),
        pytest.param(click({"params": {"form": {"x": {"deep": 1}}}}), id="a deep value"),
        pytest.param(click({"params": {"form": [1]}}), id="a list for a form"),
    ],
)
def test_an_odd_callback_is_bad_input(payload: dict[str, Any]) -> None:
    assert isinstance(clicked(payload), BadInput)


# -- events ----------------------------------------------------------------------------------------------------------


def happened(kind: str, data: dict[str, Any]) -> Happened:
    return event(Event("e1", kind, CORP, "dingtalk", "t1"), data)


INSTALLED = {
    "coolAppCode": "c",
    "openConversationId": CID,
    "openConversationCorpId": CORP,
    "operator": "mgr0042",
    "operateTime": "1790000001100",
}
DISBANDED = {"timeStamp": 1790000001100, "openConversationId": CID, "operator": "mgr0042", "corpId": CORP}


def gone(user: str) -> AccountGone:
    place = Place("dingtalk", CORP, user)
    return AccountGone(key=f"e1/{user}", sender=Account("dingtalk", CORP, user), place=place, sent_at=AT, trace="t1")


IN: dict[str, Any] = {"key": "e1", "sender": MANAGER, "place": GROUP, "sent_at": AT, "trace": "t1"}


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (
            "robot_msg_read",
            READ,
            (
                Read(
                    key="e1",
                    sender=ZHOU,
                    place=SINGLE,
                    sent_at=datetime.fromtimestamp(1790000123.001, UTC),
                    trace="t1",
                    messages=("Yt9vF3kq0hM1=",),
                ),
            ),
        ),
        ("robot_msg_read", READ | {"userId": ""}, Ignored("from_outside")),
        ("im_cool_app_install", INSTALLED, (Joined(**IN),)),
        ("im_cool_app_uninstall", INSTALLED, (Joined(left=True, **IN),)),
        ("chat_disband", DISBANDED, (Joined(left=True, **IN),)),
        ("user_leave_org", LEFT, (gone("agent0071"), gone("mgr0042"))),
        (
            "user_leave_org",
            LEFT | {"timeStamp": "1790000001100", "optStaffId": "a"},
            (gone("agent0071"), gone("mgr0042")),
        ),
        ("user_leave_org", LEFT | {"userId": []}, ()),
        ("user_add_org", {"userId": ["x"]}, Ignored("unknown_type")),
        ("robot_msg_recall", READ, Ignored("unknown_type")),
    ],
)
def test_an_event_becomes(kind: str, data: dict[str, Any], expected: Happened) -> None:
    assert happened(kind, data) == expected


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("robot_msg_read", without(READ, "processQueryKey")),
        ("robot_msg_read", READ | {"operatTime": "soon"}),
        ("im_cool_app_install", without(INSTALLED, "operateTime")),
        ("chat_disband", {}),
        ("user_leave_org", without(LEFT, "userId")),
        ("user_leave_org", LEFT | {"userId": "agent0071"}),
        ("user_leave_org", LEFT | {"userId": ["agent0071", ""]}),
        ("user_leave_org", without(LEFT, "timeStamp")),
    ],
)
def test_an_odd_event_is_bad_input(kind: str, data: dict[str, Any]) -> None:
    assert isinstance(happened(kind, data), BadInput)


# -- whatever else may come ------------------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
READERS = [
    *((received, payload) for _, payload, _ in MESSAGES),
    *((clicked, payload) for _, payload, _ in CLICKS),
    (lambda data: happened("robot_msg_read", data), READ),
    (lambda data: happened("im_cool_app_install", data), INSTALLED),
    (lambda data: happened("user_leave_org", data), LEFT),
]


def leaves(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inside for found in leaves(part, (*path, key)))]


@given(data=st.data())
def test_no_payload_raises(data: st.DataObject) -> None:
    read, sample = data.draw(st.sampled_from(READERS))
    payload = copy.deepcopy(sample)
    *parents, last = data.draw(st.sampled_from(leaves(payload)[1:]))
    inner: Any = payload
    for key in parents:
        inner = inner[key]
    inner[last] = data.draw(ANYTHING)
    read(payload)


@given(
    content=st.recursive(
        ANYTHING,
        lambda inner: st.fixed_dictionaries(
            {}, optional={"cardPrivateData": inner, "params": inner, "actionIds": inner, "form": inner}
        ),
        max_leaves=4,
    )
)
def test_no_callback_raises(content: object) -> None:
    clicked(CLICK | {"content": json.dumps(content)})
