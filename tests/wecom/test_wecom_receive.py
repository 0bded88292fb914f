"""The page's samples as plaintext, and what becomes of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.push import BadInput, Ignored, Received, Shared, Trouble
from adapters.wecom.receive import receive
from bot.messages import (
    Account,
    AccountGone,
    AccountRenamed,
    AnyInbound,
    FileKind,
    Form,
    Place,
    Press,
    Say,
    Unsupported,
    Upload,
)
from tests.wecom.stage import CORP, chosen, clicked, contact, event, message, said
from tests.wecom.test_wecom_crypto import V2_PLAIN

WANG = Account("wecom", CORP, "wangxiaoyan")


def read(plain: str) -> Received:
    return receive(plain, channel="wecom", own=CORP, trace="t1")


def test_the_vector() -> None:
    assert read(V2_PLAIN) == Say(
        key="7301122334455667788",
        sender=WANG,
        place=Place("wecom", CORP, "wangxiaoyan"),
        sent_at=datetime.fromtimestamp(1759912400, UTC),
        trace="t1",
        text="/报备 云帆科技 ERP 30万",
    )


MSG_ID = "<MsgId>7301122334455667788</MsgId>"
MEDIA = "<MediaId><![CDATA[media1]]></MediaId>"


@pytest.mark.parametrize(
    ("plain", "kind", "values"),
    [
        (message("image", "<PicUrl><![CDATA[https://x]]></PicUrl>", MEDIA, MSG_ID), Upload, {"kind": FileKind.PICTURE}),
        (message("voice", MEDIA, "<Format>amr</Format>", MSG_ID), Upload, {"kind": FileKind.VOICE, "handle": "media1"}),
        (message("video", MEDIA, "<ThumbMediaId>t</ThumbMediaId>", MSG_ID), Upload, {"kind": FileKind.VIDEO}),
        (message("location", "<Location_X>30.27</Location_X>", MSG_ID), Unsupported, {"what": "位置"}),
        (
            message("link", "<Title><![CDATA[招标公告]]></Title><Url><![CDATA[https://e.cn/1]]></Url>", MSG_ID),
            Say,
            {"text": "招标公告 https://e.cn/1"},
        ),
        (message("sticker", MSG_ID), Unsupported, {"what": "这类消息"}),
        (event("click", "<EventKey><![CDATA[我的报备]]></EventKey>"), Say, {"text": "我的报备"}),
        (event("subscribe", "<EventKey></EventKey>"), Say, {"text": "帮助"}),
    ],
)
def test_what_people_do(plain: str, kind: type[AnyInbound], values: dict[str, object]) -> None:
    inbound = read(plain)
    assert isinstance(inbound, kind)
    assert inbound.sender == WANG
    assert {name: getattr(inbound, name) for name in values} == values


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (event("enter_agent"), Ignored("entered")),
        (event("unsubscribe"), Ignored("left")),
        (event("view", "<EventKey>https://x</EventKey>"), Ignored("unknown_type")),
        (event("LOCATION", "<Latitude>30.2</Latitude>"), Ignored("unknown_type")),
        (contact("update_user", "<UserID>lizheng</UserID><Department>4,9</Department>"), Ignored("contact")),
        (contact("create_user", "<UserID>lizheng</UserID>"), Ignored("contact")),
        (contact("update_tag", "<TagId>3</TagId>"), Ignored("contact")),
        (event("sys_approval_change", user="sys"), Ignored("unknown_type")),
        (event("template_card_menu_event"), Ignored("unknown_type")),
        (event("share_chain_change", user="sys"), Shared()),
        (event("share_agent_change", user="sys"), Shared()),
        (event("close_inactive_agent", user="sys"), Trouble("close_inactive_agent")),
    ],
)
def test_what_is_for_nobody(plain: str, expected: Received) -> None:
    assert read(plain) == expected


def test_a_member_who_leaves_and_one_who_is_renamed() -> None:
    """Events are told apart by whom they are about: two in one second are two (page 2.3)."""
    left, other = (read(contact("delete_user", f"<UserID>{user}</UserID>")) for user in ("LiZheng", "chen"))
    renamed = read(contact("update_user", "<UserID>LiZheng</UserID><NewUserID>Li.Zheng</NewUserID>"))
    downstream = read(contact("delete_user", "<UserID>woAJ2G</UserID>", corp="wwDOWN1"))
    assert isinstance(left, AccountGone)
    assert isinstance(other, AccountGone)
    assert isinstance(renamed, AccountRenamed)
    assert isinstance(downstream, AccountGone)
    assert (left.sender, left.foreign) == (Account("wecom", CORP, "lizheng"), False)
    assert (renamed.sender.user, renamed.user) == ("lizheng", "li.zheng")
    assert (downstream.sender, downstream.foreign) == (Account("wecom", "wwDOWN1", "woAJ2G"), True)
    assert len({left.key, other.key, renamed.key, downstream.key}) == 4


def test_a_click_brings_the_code_that_changes_its_card() -> None:
    press = read(clicked("c1a3.1.k3Jx9QwE", user="ChenManager"))
    assert isinstance(press, Press)
    assert (press.button, press.message, press.sender.user) == ("c1a3.1.k3Jx9QwE", " RESPONSECODE72H", "chenmanager")


@pytest.mark.parametrize(
    ("selected", "values"),
    [
        ([], {}),
        ([chosen("line", "hvac")], {"line": "hvac"}),
        ([chosen("line", "-")], {"line": ""}),
        ([chosen("line", "hvac", "pump"), chosen("stage", "s2")], {"line": "hvac;pump", "stage": "s2"}),
        (["<SelectedItem><QuestionKey>line</QuestionKey></SelectedItem>"], {"line": ""}),
    ],
)
def test_a_forms_button_hands_in_what_was_chosen(selected: list[str], values: dict[str, str]) -> None:
    form = read(clicked("f:c1a4.1.k3Jx9QwE", *selected))
    assert isinstance(form, Form)
    assert (form.button, form.values) == ("c1a4.1.k3Jx9QwE", values)


def test_another_button_of_that_card_hands_in_nothing() -> None:
    assert type(read(clicked("c1a4.2.k3Jx9QwE", chosen("line", "hvac")))) is Press


def test_a_retry_has_the_same_key_and_another_click_another_one() -> None:
    first = clicked("a")
    others = (clicked("b"), clicked("a", at=1759912401), clicked("a", task="t2"), clicked("a", code="NEXT"))
    keys = [read(plain) for plain in (first, first, *others)]
    once, again, *different = [inbound.key for inbound in keys if isinstance(inbound, Press)]
    assert once == again
    assert len({once, *different}) == 5


def test_a_downstream_member_is_somebody_else() -> None:
    """ToUserName says whose corp (page 6.3); the platform's made-up ids keep their case."""
    inbound = read(said("你好", corp="wwDOWN1", user="woAJ2GCAAAXtWyuj"))
    assert isinstance(inbound, Say)
    assert inbound.sender == Account("wecom", "wwDOWN1", "woAJ2GCAAAXtWyuj")
    assert (inbound.place.tenant, inbound.foreign) == ("wwDOWN1", True)
    assert inbound.key == "wwDOWN1/7301122334455667788"


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "你好",
        "<xml/>",
        "<xml></xml>",
        "<xml><MsgType>text</MsgType></xml>",
        said("你好", user=""),
        said("你好", user="a|b"),
        said("你好", user="x" * 65),
        said("你好", corp=""),
        said("你好", at=1),
        message("text", "<Content>你好</Content>"),
        message("text", "<Content>你好</Content><MsgId>-1</MsgId>"),
        '<!DOCTYPE x [<!ENTITY a "b">]>' + said("&a;"),
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + said("你好"),
        said("]]>&a;<![CDATA["),
        "<xml>" * 200_000,
        said("你好").replace("</xml>", ""),
        said("你好") + "<xml/>",
        clicked("a", user=""),
        contact("delete_user"),
        contact("delete_user", "<UserID>a|b</UserID>"),
        contact("update_user", "<UserID>a</UserID><NewUserID>b c</NewUserID>"),
    ],
)
def test_what_is_not_as_documented(plain: str) -> None:
    assert isinstance(read(plain), BadInput)


@pytest.mark.parametrize(
    ("text", "cleaned"), [("  好 ", "好"), ("a\u202eb", "ab"), ("一\r\n二", "一\n二"), ("]]]]><![CDATA[>", "]]>")]
)
def test_words_are_cleaned(text: str, cleaned: str) -> None:
    inbound = read(said(text))
    assert isinstance(inbound, Say)
    assert inbound.text == cleaned


NAMES = st.sampled_from(
    ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "SelectedItems", "Content"]
)
VALUES = st.text(max_size=12) | st.sampled_from(["event", "text", "template_card_event", "1759912400", "wangxiaoyan"])


@given(parts=st.lists(st.tuples(NAMES, VALUES), max_size=12), cut=st.integers(0, 40))
def test_nothing_raises(parts: list[tuple[str, str]], cut: int) -> None:
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in parts)
    plain = f"<xml>{inner}</xml>"
    read(plain)
    read(plain[: max(0, len(plain) - cut)])
