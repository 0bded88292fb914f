"""Payload files in, inbounds out: every shape of the platform page's section 2."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.push import BadInput, Challenge, Ignored, Received
from adapters.feishu.receive import receive
from bot.messages import (
    Account,
    AccountGone,
    AnyInbound,
    FileKind,
    Form,
    Inbound,
    Joined,
    Mention,
    Place,
    Press,
    Read,
    Say,
    Unsupported,
    Upload,
)

PAYLOADS = Path(__file__).parent.parent / "payloads" / "feishu"
TENANT, OTHER = "tkdemo0000000001", "tkdemo0000000002"
GROUP = Place("feishu", TENANT, "oc_demo_grp_1", group=True)


def load(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return payload


def received(name: str, bot: str = "ou_demo_bot") -> Received:
    return receive(load(name), channel="feishu", trace="t1", bot=bot)


def by(user: str, at: float, place: Place | None = None, tenant: str = TENANT) -> dict[str, Any]:
    """Sender, place, instant and trace; the place is the single chat unless it is given."""
    return {
        "sender": Account("feishu", tenant, user),
        "place": place or Place("feishu", tenant, user),
        "sent_at": datetime.fromtimestamp(at, UTC),
        "trace": "t1",
        "foreign": tenant != TENANT,
    }


def message(place: Place | None = None, user: str = "ou_demo_u2", tenant: str = TENANT) -> dict[str, Any]:
    event = "e0000000000000000000000000000009"
    return {"key": "om_demo_0002", "alias": event, **by(user, 1750000010, place, tenant)}


def event(user: str, at: float, place: Place | None = None, tenant: str = TENANT) -> dict[str, Any]:
    return {"key": "e0000000000000000000000000000009", **by(user, at, place, tenant)}


def click(place: Place | None = None, user: str = "ou_demo_mgr", tenant: str = TENANT) -> dict[str, Any]:
    key = "c0000000000000000000000000000001"
    return {"key": key, "message": "om_demo_0200", **by(user, 1750000300.123456, place, tenant)}


SEVERAL = (
    *(Mention(f"ou_demo_u{number}", f"同事{number}", TENANT) for number in range(2, 10)),
    Mention("ou_demo_u10", "赵@_user_2敏", OTHER),
)
FILLED = {
    "reason": "同意\n请尽快",
    "due": "2026-06-10",
    "at": "2026-06-10 19:19 +0800",
    "owner": "ou_demo_u2",
    "labels": "x;y",
    "note": "",
    "blank": "",
    "agreed": "true",
    "count": "3",
}

INBOUNDS: list[tuple[str, AnyInbound]] = [
    ("text", Say(text="报备 华东某某科技", **message())),
    ("text_without_user_id", Say(text="帮助", **message())),
    ("text_of_another_company", Say(text="我的报备", **message(user="ou_demo_u7", tenant=OTHER))),
    ("text_mention_in_p2p", Say(text="", **message())),
    ("text_unclean", Say(text="报备 某某\ufffd科技\n120万", **message())),
    ("group_text", Say(text="项目 P-7 进度改成 60%", quotes="om_demo_0001", **message(GROUP))),
    ("group_text_all_and_bot", Say(text="@所有人 待办", **message(GROUP))),
    (
        "group_text_ten_mentions",
        Say(text="转交 BB1001 @赵@_user_2敏，抄送 @同事2", mentions=SEVERAL, **message(GROUP)),
    ),
    ("group_of_another_company", Say(text="我的报备", **message(GROUP, "ou_demo_u7", OTHER))),
    (
        "post",
        Say(
            text="新报备\n客户 云栖湾 https://example.com/x @李静\n120万",
            mentions=(Mention("ou_demo_u3", "李静", TENANT),),
            **message(),
        ),
    ),
    ("post_with_only_a_picture", Upload(kind=FileKind.PICTURE, handle="om_demo_0002 img_demo", **message())),
    ("image", Upload(kind=FileKind.PICTURE, handle="om_demo_0002 img_v3_demo", **message())),
    ("file", Upload(kind=FileKind.FILE, handle="om_demo_0002 file_v3_demo", name="报价单.xlsx", **message())),
    ("audio", Upload(kind=FileKind.VOICE, handle="om_demo_0002 file_v3_voice", **message())),
    ("media", Upload(kind=FileKind.VIDEO, handle="om_demo_0002 file_v3_video", name="a.mp4", **message())),
    ("sticker", Unsupported(what="表情", **message())),
    ("location", Unsupported(what="位置", **message())),
    ("share_chat", Unsupported(what="群名片", **message())),
    ("share_user", Unsupported(what="个人名片", **message())),
    ("merge_forward", Unsupported(what="合并转发的消息", **message())),
    ("calendar", Unsupported(what="这类消息", **message())),
    ("bot_added", Joined(group_name="华东渠道群", **event("ou_demo_u1", 1750000010.123, GROUP))),
    (
        "bot_added_by_another_company",
        Joined(group_name="华东渠道群", **event("ou_demo_u1", 1750000010.123, GROUP, OTHER)),
    ),
    ("bot_deleted", Joined(group_name="华东渠道群", left=True, **event("ou_demo_u1", 1750000010.123, GROUP))),
    ("user_deleted", AccountGone(**event("ou_demo_u5", 1750000010.123))),
    ("menu", Say(text="我的报备", sender_name="李四", **event("ou_demo_u2", 1750000200))),
    ("message_read", Read(messages=("om_demo_0100", "om_demo_0101"), **event("ou_demo_u1", 1750000100))),
    ("press", Press(button="c5s.1.k3Jx9", **click())),
    ("press_in_a_group", Press(button="c5s.1.k3Jx9", **click(GROUP))),
    ("press_context_beside", Press(button="c5s.1.k3Jx9", **click(GROUP))),
    ("press_by_another_company", Press(button="c5s.1.k3Jx9", **click(user="ou_demo_u7", tenant=OTHER))),
    ("press_foreign_value", Press(button="", **click())),
    ("press_string_value", Press(button="", **click())),
    ("form", Form(button="c5s.2.k3Jx9", values=FILLED, **click())),
    ("form_empty", Form(button="c5s.2.k3Jx9", values={}, **click())),
]
OTHERS: list[tuple[str, Received]] = [
    ("from_a_bot", Ignored("from_a_bot")),
    ("group_text_other_bot", Ignored("not_addressed")),
    ("group_text_not_addressed", Ignored("not_addressed")),
    ("group_text_all", Ignored("not_addressed")),
    ("user_added", Ignored("unknown_type")),
    ("entered", Ignored("unknown_type")),
    ("recalled", Ignored("unknown_type")),
    ("schema_1", Ignored("schema_1")),
    ("url_verification", Challenge("c0ffee00-1111-2222-3333-444455556666")),
]


@pytest.mark.parametrize(("name", "expected"), [pytest.param(*case, id=case[0]) for case in INBOUNDS + OTHERS])
def test_a_payload_becomes(name: str, expected: Received) -> None:
    assert received(name) == expected


def test_every_payload_file_stands_in_a_table() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {name for name, _ in [*INBOUNDS, *OTHERS]}


@pytest.mark.parametrize(
    ("name", "addressed"), [("group_text", True), ("group_text_other_bot", True), ("group_text_all", False)]
)
def test_until_the_own_id_is_known_any_mentioned_bot_is_this_one(name: str, addressed: bool) -> None:
    assert isinstance(received(name, bot=""), Say) == addressed


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("text", "schema", "3.0"),
        ("text", "header", None),
        ("text", "header.event_id", 5),
        ("text", "header.tenant_key", None),
        ("text", "event", []),
        ("text", "event.message", None),
        ("text", "event.message.content", {"text": "不是字符串"}),
        ("text", "event.message.content", "[]"),
        ("text", "event.message.content", '{"text":5}'),
        ("text", "event.message.content", '{"text":"一","text":"二"}'),
        ("text", "event.message.content", "[" * 100_000),
        ("text", "event.message.create_time", "昨天"),
        ("text", "event.message.create_time", "17500000100001"),
        ("text", "event.sender.sender_id.open_id", ""),
        ("text", "event.sender.sender_id", None),
        ("group_text", "event.message.mentions", "@_user_1"),
        ("image", "event.message.content", "{}"),
        ("file", "event.message.content", '{"file_key":"k","file_name":["x"]}'),
        ("post", "event.message.content", '{"content":[{"tag":"text"}]}'),
        ("press", "event.operator", {}),
        ("press", "event.action", "approve"),
        ("press", "header.create_time", ""),
        ("form", "event.action.form_value", {"x": {"deep": 1}}),
        ("menu", "event.timestamp", 17.5),
        ("url_verification", "challenge", 5),
        ("schema_1", "type", "something"),
    ],
)
def test_what_the_platform_does_not_document_is_bad_input(name: str, path: str, value: object) -> None:
    payload = load(name)
    *parents, last = path.split(".")
    inner = payload
    for key in parents:
        inner = inner[key]
    inner[last] = value
    assert isinstance(receive(payload, channel="feishu", trace="t1"), BadInput)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def leaves(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inside for found in leaves(part, (*path, key)))]


@given(data=st.data())
def test_no_payload_raises(data: st.DataObject) -> None:
    payload = load(data.draw(st.sampled_from(sorted(path.stem for path in PAYLOADS.glob("*.json")))))
    *parents, last = data.draw(st.sampled_from(leaves(payload)[1:]))
    inner: Any = payload
    for key in parents:
        inner = inner[key]
    inner[last] = data.draw(ANYTHING)
    ended = receive(payload, channel="feishu", trace="t1", bot="ou_demo_bot")
    assert isinstance(ended, Inbound | Challenge | Ignored | BadInput)
