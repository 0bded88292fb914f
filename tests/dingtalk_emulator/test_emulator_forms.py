"""A card's form: what the client checks by itself, and what it sends."""

import json
from typing import Any

import pytest

from adapters.dingtalk.emulator import ClientRefused, DingTalkEmulator
from tests.dingtalk_emulator.stage import CARDS, Api, Client

OPTIONS = [{"value": "cold", "text": "中央空调"}, {"value": "heat", "text": "热泵"}, {"value": "air", "text": "新风"}]


def form(*fields: dict[str, Any]) -> dict[str, str]:
    return {"form": json.dumps({"fields": list(fields)}), "submit1_id": "k9", "submit1_text": "提交"}


def field(kind: str, **more: Any) -> dict[str, Any]:
    return {"name": "x", "label": "问题", "type": kind, **more}


def sent(client: Client) -> Any:
    """params.form of the last click, wherever params stand."""
    content = json.loads(client.heard(CARDS)[-1]["content"])
    params = content.get("params") or content["cardPrivateData"]["params"]
    assert params["id"] == "k9"
    return params["form"]


@pytest.mark.parametrize(
    ("asked", "typed", "value"),
    [
        (field("TEXT"), "价格太低", "价格太低"),
        (field("NUMBER"), "12.5", "12.5"),
        (field("DATE"), "2026-06-30", "2026-06-30"),
        (field("TIME"), "09:30", "09:30"),
        (field("DATETIME"), "2026-06-30 09:30", "2026-06-30 09:30"),
        (field("CHECKBOX"), True, True),
        (field("SWITCH"), "false", False),
        (field("TEXT_ARRAY"), ["a", "b"], ["a", "b"]),
        (field("SELECT", options=OPTIONS), "热泵", {"index": 1, "value": "heat"}),
        (field("MULTI_SELECT", options=OPTIONS), ["新风", "cold"], {"index": [2, 0], "value": ["air", "cold"]}),
        (field("TEXT", defaultValue="照旧"), None, "照旧"),
    ],
)
async def test_what_is_sent(
    dingtalk: DingTalkEmulator, api: Api, client: Client, asked: dict[str, Any], typed: Any, value: Any
) -> None:
    message_id = await api.card("li", **form(asked))
    await dingtalk.press("li", message_id, "提交", {"问题": typed} if typed is not None else {})
    assert sent(client) == {"x": value}


@pytest.mark.parametrize(
    ("asked", "typed", "why"),
    [
        (field("TEXT_AREA", required=True), {}, "is required"),
        (field("TEXT_AREA", required=True, requiredMsg="请写理由"), {"x": ""}, "请写理由"),
        (field("NUMBER"), {"x": "十二"}, "is no number"),
        (field("DATE"), {"x": "6月底"}, "cannot be picked"),
        (field("SELECT", options=OPTIONS), {"x": "锅炉"}, "is no option"),
        (field("TEXT", readOnly=True), {"x": "改"}, "cannot be changed"),
        (field("TEXT"), {"y": "1"}, "the form asks x 问题"),
        (field("TEXT", hidden=True), {"x": "1"}, "the form asks nothing"),
    ],
)
async def test_what_the_client_does_not_send(
    dingtalk: DingTalkEmulator, api: Api, client: Client, asked: dict[str, Any], typed: dict[str, Any], why: str
) -> None:
    message_id = await api.card("li", **form(asked))
    with pytest.raises(ClientRefused, match=why):
        await dingtalk.press("li", message_id, "提交", typed)
    assert not client.heard(CARDS)


async def test_an_empty_field_arrives_in_two_ways(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message_id = await api.card("li", **form(field("TEXT")))
    values = []
    for _ in range(2):
        await dingtalk.press("li", message_id, "提交")
        values.append(sent(client))
    assert values == [{}, {"x": ""}]


async def test_a_button_outside_sends_no_form(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message_id = await api.card("li", **form(field("TEXT", required=True)))
    with pytest.raises(ClientRefused, match="belongs to no form"):
        await dingtalk.press("li", message_id, "同意", {"x": "1"})
    assert (await dingtalk.press("li", message_id, "同意")).status == 200
    assert "form" not in client.heard(CARDS)[-1]["content"]


async def test_a_second_submit(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    params = form(field("TEXT")) | {"submit2_id": "k8", "submit2_text": "退回"}
    message = dingtalk.message(await api.card("li", **params))
    assert message.buttons == ["同意", "提交", "退回", "转交"]
    await dingtalk.press("li", message.message_id, "退回", {"x": "再补"})
    assert json.loads(client.heard(CARDS)[0]["content"])["cardPrivateData"]["actionIds"] == ["k8"]
