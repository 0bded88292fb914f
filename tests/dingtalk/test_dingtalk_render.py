"""Cards as the template's variables and as markdown: within the limits, without effect, whatever stands in them."""

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dingtalk.adapter import WITH_CARDS, WITHOUT_CARDS
from adapters.dingtalk.answer import response
from adapters.dingtalk.card import variables
from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.form import LONGER, MOST_BYTES, field
from adapters.dingtalk.markdown import literal
from adapters.dingtalk.packing import cut_to, joined
from adapters.dingtalk.render import NEWLINE, is_card, render
from bot.cards import AnyInput, Button, Card, Form, Progress, TextInput
from bot.messages import Answer, Toast
from bot.planner import suited
from bot.ports import OutboxRow, Sending
from tests.dingtalk.samples import CID, CORP, GROUP, KEY, SINGLE, row
from tests.dingtalk.stage import config
from tests.feishu.card_samples import ATTACK, DECIDED, ENTRY, HOSTILE, LIST, LONG, PREVIEW, REVIEW
from tests.feishu.test_feishu_render import CARDS, INPUTS, NASTY

NAMES = {
    *("title", "tone", "body", "fields", "buttons", "form", "status"),
    *("submit1_id", "submit1_text", "submit2_id", "submit2_text"),
}
TEMPLATE, PLAIN = config(), config(card_template_id="")


def body(of: OutboxRow, by: DingtalkConfig = TEMPLATE) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(render(of, by))
    return sent


def markdown(card: Card) -> str:
    text: str = json.loads(body(row(card), PLAIN)["msgParam"])["text"]
    return text


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_a_card_in_a_single_chat() -> None:
    sent = body(row(REVIEW))
    assert sent | {"cardData": None} == {
        "cardTemplateId": "0d6c1f22-7c35-4a86-b1a5-3e9f40aa9c11.schema",
        "outTrackId": f"card-{KEY}",
        "callbackType": "STREAM",
        "userIdType": 1,
        "cardData": None,
        "openSpaceId": "dtv1.card//IM_ROBOT.agent0071",
        "imRobotOpenSpaceModel": {"supportForward": False},
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": "dingq7xv2m4kfjzpw3ta"},
    }
    assert set(sent["cardData"]) == {"cardParamMap"}


def test_a_card_in_a_group_bears_the_groups_company() -> None:
    sent = body(row(REVIEW, place=GROUP))
    assert sent["outTrackId"] == f"card-{KEY}-{CORP}"
    assert sent["openSpaceId"] == f"dtv1.card//IM_GROUP.{CID}"
    assert sent["imGroupOpenSpaceModel"] == {"supportForward": False}
    assert sent["imGroupOpenDeliverModel"] == {"robotCode": "dingq7xv2m4kfjzpw3ta"}
    assert "imRobotOpenDeliverModel" not in sent


def test_by_http_a_card_says_where_its_clicks_go() -> None:
    sent = body(row(REVIEW), config(stream=False))
    assert (sent["callbackType"], sent["callbackRouteKey"]) == ("HTTP", "dingtalk")


@pytest.mark.parametrize(
    ("place", "receiver"), [(SINGLE, {"userIds": ["agent0071"]}), (GROUP, {"openConversationId": CID})]
)
def test_a_line_is_plain_text(place: Any, receiver: dict[str, Any]) -> None:
    sent = body(row(f"{ATTACK} BB1001", place=place))
    assert json.loads(sent.pop("msgParam")) == {"content": f"{ATTACK} BB1001"}
    assert sent == {"robotCode": "dingq7xv2m4kfjzpw3ta", "msgKey": "sampleText"} | receiver


def test_an_edit_replaces_all_variables_by_key() -> None:
    by_its_receipt = msgspec.structs.replace(row(DECIDED, Sending.CLOSING, handle="4vKx0Pq="), target_key=KEY)
    sent = body(by_its_receipt)
    assert sent == {
        "outTrackId": f"card-{KEY}",
        "userIdType": 1,
        "cardData": {"cardParamMap": variables(DECIDED)},
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
    }
    assert body(row(DECIDED, Sending.CLOSING, handle=f"card-{KEY}")) == sent, "by its click"
    in_group = msgspec.structs.replace(by_its_receipt, place=GROUP)
    assert body(in_group)["outTrackId"] == f"card-{KEY}-{CORP}"


def test_a_line_cannot_be_edited() -> None:
    assert render(row("已撤回", Sending.REFRESH, handle="Yt9v="), TEMPLATE) == b""


@pytest.mark.parametrize(
    ("place", "handle", "expected"),
    [
        (SINGLE, "Yt9v=", {"processQueryKeys": ["Yt9v="]}),
        (SINGLE, "4vKx0Pq=", {"processQueryKeys": ["4vKx0Pq="]}),
        (GROUP, "gR7L==", {"processQueryKeys": ["gR7L=="], "openConversationId": CID}),
    ],
)
def test_a_recall_names_the_message(place: Any, handle: str, expected: dict[str, Any]) -> None:
    sent = body(row("", Sending.RECALL, place=place, handle=handle))
    assert sent == expected | {"robotCode": "dingq7xv2m4kfjzpw3ta"}


def test_an_outsider_is_answered_in_the_form_of_their_own_address() -> None:
    stranger = msgspec.structs.replace(SINGLE, chat="$:LWCP_v1:$zH0u==")
    assert body(row("请先绑定", place=stranger)) == {"msgtype": "text", "text": {"content": "请先绑定"}}
    assert body(row(PREVIEW, place=stranger))["msgtype"] == "markdown"


def test_the_same_row_gives_the_same_bytes() -> None:
    again = msgspec.convert(msgspec.to_builtins(row(REVIEW)), OutboxRow)
    assert render(again, TEMPLATE) == render(row(REVIEW), TEMPLATE)


@pytest.mark.parametrize(
    ("content", "by", "yes"), [(REVIEW, TEMPLATE, True), (REVIEW, PLAIN, False), ("好", TEMPLATE, False)]
)
def test_bytes_show_whether_they_are_a_card(content: Any, by: DingtalkConfig, yes: bool) -> None:
    assert is_card(render(row(content), by)) == yes


# -- variables -------------------------------------------------------------------------------------------------------


def test_an_approval_has_a_button_to_agree_and_a_form_to_refuse() -> None:
    drawn = variables(REVIEW)
    assert set(drawn) == NAMES
    assert drawn["title"] == "新报备 BB1001 · 待审批"
    assert drawn["tone"] == "warning"
    assert json.loads(drawn["fields"])[0] == {"label": "客户", "text": "杭州云栖湾酒店管理有限公司"}
    assert json.loads(drawn["buttons"]) == [{"id": "c1a3.1.k3Jx9QwE~", "text": "同意", "color": "blue"}]
    assert json.loads(drawn["form"]) == {
        "fields": [
            {
                "name": "reason",
                "label": "驳回理由",
                "type": "TEXT_AREA",
                "required": True,
                "placeholder": "会发给提交人",
            }
        ]
    }
    assert (drawn["submit1_id"], drawn["submit1_text"]) == ("c1a3.2.k3Jx9QwE~", "驳回")
    assert (drawn["submit2_id"], drawn["submit2_text"], drawn["status"]) == ("", "", "")
    assert drawn["body"] == "**杭州启明机电有限公司 王磊 提交**<br>也可以回复：同意 SP2001<br>同意：保护期 90 天"


def test_a_settled_card_has_its_status_in_place_of_everything_to_press() -> None:
    drawn = variables(DECIDED)
    assert drawn["status"] == "已同意 李静 13:05"
    assert (drawn["buttons"], drawn["form"], drawn["submit1_text"]) == ("[]", '{"fields":[]}', "")
    settled = msgspec.structs.replace(REVIEW, decided=DECIDED.decided)
    pressable = ("buttons", "form", "submit1_id", "submit1_text")
    assert [variables(settled)[name] for name in pressable] == ["[]", '{"fields":[]}', "", ""]


def test_a_form_has_every_kind_of_input() -> None:
    fields = json.loads(variables(ENTRY)["form"])["fields"]
    assert [(asked["name"], asked["type"], asked.get("defaultValue", "")) for asked in fields] == [
        ("customer", "TEXT", "云栖湾"),
        ("line", "SELECT", "pump"),
        ("amount", "TEXT", ""),
        ("sign_date", "DATE", "2026-06-30"),
        ("count", "NUMBER", ""),
        ("note", "TEXT_AREA", ""),
    ]
    assert fields[1]["options"] == [{"value": "hvac", "text": "中央空调"}, {"value": "pump", "text": "热泵"}]
    assert [asked.get("required", False) for asked in fields] == [True] * 4 + [False] * 2


def test_an_answer_is_the_changed_variables() -> None:
    assert response(Answer(Toast("好"), DECIDED)) == {
        "cardData": {"cardParamMap": variables(DECIDED)},
        "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
    }
    assert response(Answer(Toast("好"))) == {}


def test_a_list_is_numbered_lines() -> None:
    lines = variables(LIST)["body"].split("<br>")
    assert lines[0] == "1. BB1001 客户1001有限公司 保护中"
    assert lines[-1] == "回复「下一页」看更多"


def test_how_far_something_has_come() -> None:
    assert variables(Card("通知", blocks=(Progress("送达", 506, 512),)))["body"] == "送达 506/512 ■■■■■■■■■□ 98%"


def test_buttons_that_find_no_room_are_said() -> None:
    many = tuple(Button(f"选项{number}", "x", id=f"c.{number}.m") for number in range(1, 9))
    drawn = variables(Card("请选择", buttons=many))
    assert len(json.loads(drawn["buttons"])) == 5
    assert drawn["body"] == "可直接回复：选项6、选项7、选项8"


def test_a_third_submit_is_typed() -> None:
    submits = tuple(Button(label, "x", id=label) for label in ("甲", "乙", "丙"))
    drawn = variables(Card("x", form=Form((TextInput(name="a", label="A"),), submits)))
    assert (drawn["submit1_text"], drawn["submit2_text"], drawn["body"]) == ("甲", "乙", "可直接回复：丙")


def test_what_is_too_long_says_how_to_read_on() -> None:
    drawn = variables(LONG)
    assert drawn["body"].startswith("很长的说明。")
    assert "…更多 SP2001" in drawn["body"]
    assert len(drawn["body"].encode()) > 900
    assert json.loads(drawn["buttons"])[0]["text"] == "同意"
    shown = len(json.loads(drawn["fields"]))
    assert 4 < shown < 100


def test_a_field_too_large_for_the_form_is_asked_in_the_chat() -> None:
    words = TextInput(name="a", label="A", initial="长" * 400)
    drawn = variables(Card("x", form=Form((words,), (Button("交", "x", id="b"),))))
    assert (drawn["form"], drawn["submit1_id"]) == ('{"fields":[]}', "")
    assert json.loads(drawn["buttons"])[0]["id"] == "b~"


# -- markdown --------------------------------------------------------------------------------------------------------


def test_without_a_template_a_card_ends_in_the_commands_to_type() -> None:
    card = suited(REVIEW, WITHOUT_CARDS)
    assert markdown(card).split(NEWLINE) == [
        "### 新报备 BB1001 · 待审批",
        "**杭州启明机电有限公司 王磊 提交**",
        "客户:杭州云栖湾酒店管理有限公司",
        "项目:中央空调改造",
        "产品线:中央空调",
        "金额:120.00 万元",
        "也可以回复：同意 SP2001",
        "可直接回复：同意 SP2001、驳回",
    ]


def test_without_a_template_a_settled_card_has_nothing_to_type() -> None:
    lines = markdown(DECIDED).split(NEWLINE)
    assert lines[-1] == "**✓ 已同意 李静 13:05**"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("DN50*3.5 [见](https://x.y)", ["DN50＊3.5 ［见］(https://x.y)"]),
        ("# 标题\n\n  - 一\n+ 二\n1. 三\n2) 四\n1.5 倍", ["＃ 标题", "－ 一", "＋ 二", "1． 三", "2． 四", "1.5 倍"]),
        (
            "<font color=red>&lt;</font> `x` ~~y~~ a_b | !",
            ["＜font color=red＞&lt;＜/font＞ ｀x｀ ～～y～～ a＿b ｜ ！"],
        ),
        ("---\n===", ["－--", "＝=="]),
        ("${title} $5", ["＄{title} $5"]),
        ("\u202e \x00", []),
    ],
)
def test_peoples_words_are_no_markup(said: str, shown: list[str]) -> None:
    assert literal(said) == shown


MARKUP = re.compile(r"[*_`~\[\]<>#|\\]|^\s*(?:[-+=]|\d+[.)])\s", re.M)


def test_a_hostile_card_shows_its_words_only() -> None:
    drawn = variables(HOSTILE)
    for line in drawn["body"].split("<br>"):
        assert not MARKUP.search(line.removeprefix("**").removesuffix("**").removeprefix("1. "))
    text = markdown(HOSTILE)
    for line in text.split(NEWLINE):
        assert not MARKUP.search(line.removeprefix("### ").removeprefix("**").removesuffix("**").removeprefix("1. "))


# -- packing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "tail", "most", "result"),
    [
        (["一", "二"], [], 30, "一|二"),
        (["一", "二"], ["尾"], 30, "一|二|尾"),
        (["一" * 5, "二" * 9, "三"], ["尾"], 40, "一一一一一|二二二二二…|尾"),
        (["**" + "一" * 20 + "**"], [], 30, "**一一一一一一一…**"),
        (["一" * 8, "**二二**"], ["尾"], 32, "一一一一一一一一|尾"),
        (["一" * 9, "**二二**"], [], 30, "一一一一一一一一一"),
        ([], ["尾"], 30, "尾"),
        ([], [], 30, ""),
    ],
)
def test_lines_are_packed(head: list[str], tail: list[str], most: int, result: str) -> None:
    packed = joined(head, tail, "|", most, "")
    assert packed == result
    assert len(packed.encode()) <= most


@given(text=st.text(max_size=40), most=st.integers(3, 60), about=st.sampled_from(["", "BB1001"]))
def test_a_cut_fits(text: str, most: int, about: str) -> None:
    assert len(cut_to(text, most, about).encode()) <= most


@given(head=st.lists(NASTY, max_size=8), tail=st.lists(NASTY, max_size=4), most=st.integers(40, 400))
def test_whatever_is_packed_fits(head: list[str], tail: list[str], most: int) -> None:
    head, tail = ([line.replace("\ud800", "") for line in lines] for lines in (head, tail))
    assert len(joined(head, tail, "<br>", most, "BB1001").encode()) <= most


# -- any card --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(card=CARDS)
def test_any_card_is_within_the_limits(card: Card) -> None:
    drawn = json.loads(render(row(card, place=GROUP), TEMPLATE))
    assert len(drawn["outTrackId"]) <= 100
    values = drawn["cardData"]["cardParamMap"]
    assert set(values) == NAMES
    assert all(isinstance(value, str) and len(value.encode()) <= 1024 for value in values.values())
    assert values["title"]
    assert "${" not in "".join(values[name] for name in ("title", "body", "fields", "buttons", "status"))
    for button in json.loads(values["buttons"]):
        assert button["id"]
        assert 0 < len(button["text"]) <= 20
        assert button["color"] in ("blue", "gray", "red")
    assert all(set(pair) == {"label", "text"} for pair in json.loads(values["fields"]))
    for asked in json.loads(values["form"])["fields"]:
        values_of = [option["value"] for option in asked.get("options", ())]
        assert len(values_of) == len(set(values_of))
        assert asked.get("defaultValue", next(iter(values_of), "")) in (values_of or [asked.get("defaultValue", "")])
    assert bool(values["submit1_text"]) == bool(json.loads(values["form"])["fields"])


@settings(max_examples=100, deadline=None)
@given(card=CARDS)
def test_any_card_without_a_template_is_within_the_limits(card: Card) -> None:
    sent = body(row(card, place=GROUP), PLAIN)
    assert len(sent["msgParam"].encode()) <= 15_000
    param = json.loads(sent["msgParam"])
    assert param["title"]
    assert param["text"].startswith("### ")


@given(line=NASTY | st.integers(6000, 15000).map(lambda most: '"' * most))
def test_any_line_is_sendable(line: str) -> None:
    param = body(row(line))["msgParam"]
    assert len(param.encode()) <= 15_000
    assert json.loads(param)["content"]


@given(asked=INPUTS)
def test_a_drawn_input_is_no_larger_than_the_planner_thinks(asked: AnyInput) -> None:
    try:
        planned = len(msgspec.json.encode(asked))
    except UnicodeEncodeError:
        return
    assert len(msgspec.json.encode(field(asked))) + len(",") <= planned + LONGER


@settings(deadline=None)
@given(inputs=st.lists(INPUTS, min_size=1, max_size=10))
def test_what_the_planner_keeps_finds_room(inputs: list[AnyInput]) -> None:
    named = tuple(msgspec.structs.replace(asked, name=f"f{number}") for number, asked in enumerate(inputs))
    try:
        card = suited(Card("x", form=Form(named, (Button("交", "x", id="b"),))), WITH_CARDS)
    except UnicodeEncodeError:
        return
    kept = [asked.name for asked in card.form.inputs] if card.form else []
    assert [asked["name"] for asked in json.loads(variables(card)["form"])["fields"]] == kept


def test_an_approvals_form_and_two_more_fields_fit() -> None:
    assert MOST_BYTES > 850
    assert suited(REVIEW, WITH_CARDS) == REVIEW
    assert suited(ENTRY, WITH_CARDS) == ENTRY
