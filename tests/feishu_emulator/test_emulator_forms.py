"""A form as the client fills it, field by field."""

import itertools
from typing import Any

import pytest

from adapters.feishu.emulation.forms import fill
from adapters.feishu.emulator import ClientRefused, FeishuEmulator
from tests.feishu_emulator.stage import Api, Bot, button, card, text

OPTIONS = [{"text": text("暖通"), "value": "hvac"}, {"text": text("照明"), "value": "light"}]
PEOPLE = [{"value": "ou_li"}]
FIELDS: dict[str, dict[str, Any]] = {
    "input": {"tag": "input", "max_length": 5},
    "select": {"tag": "select_static", "options": OPTIONS},
    "several": {"tag": "multi_select_static", "options": OPTIONS},
    "person": {"tag": "select_person", "options": PEOPLE},
    "anybody": {"tag": "select_person", "options": []},
    "date": {"tag": "date_picker"},
    "time": {"tag": "picker_time"},
    "moment": {"tag": "picker_datetime"},
    "tick": {"tag": "checker", "text": text("打勾")},
}


def form(kind: str, **more: Any) -> dict[str, Any]:
    field = {**FIELDS[kind], "name": "a", "placeholder": text("请填"), **more}
    return {"tag": "form", "name": "f", "elements": [field, button("提交", name="ok", form_action_type="submit")]}


@pytest.mark.parametrize(
    ("kind", "typed", "sent"),
    [
        ("input", "好\n的", "好\n的"),
        ("input", 12, "12"),
        ("select", "暖通", "hvac"),
        ("select", "hvac", "hvac"),
        ("several", ["暖通", "light"], ["hvac", "light"]),
        ("person", "ou_li", "ou_li"),
        ("anybody", "ou_zhao", "ou_zhao"),
        ("date", "2026-06-30", "2026-06-30 +0800"),
        ("time", "09:30", "09:30 +0800"),
        ("moment", "2026-06-30 19:19", "2026-06-30 19:19 +0800"),
        ("tick", True, True),
        ("tick", False, False),
    ],
)
def test_filled(kind: str, typed: Any, sent: Any) -> None:
    assert fill(form(kind), {"a": typed}, itertools.repeat("missing")) == {"a": sent}
    assert fill(form(kind), {"请填": typed}, itertools.repeat("missing")) == {"a": sent}


@pytest.mark.parametrize(
    ("kind", "preset", "sent"),
    [
        ("input", {"default_value": "旧"}, "旧"),
        ("select", {"initial_option": "light"}, "light"),
        ("select", {"initial_index": 1}, "hvac"),
        ("several", {"selected_values": ["light"]}, ["light"]),
        ("date", {"initial_date": "2026-06-30"}, "2026-06-30 +0800"),
        ("tick", {"checked": True}, True),
    ],
)
def test_presets_are_sent(kind: str, preset: dict[str, Any], sent: Any) -> None:
    assert fill(form(kind, **preset), {}, itertools.repeat("missing")) == {"a": sent}


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("input", {"a": "六个字放不下"}, "at most 5"),
        ("input", {}, "is required"),
        ("input", {"a": ""}, "is required"),
        ("input", {"b": "x"}, "no field b"),
        ("select", {"a": "空调"}, "暖通 照明"),
        ("several", {"a": []}, "is required"),
        ("person", {"a": "ou_zhao"}, "no option"),
        ("date", {"a": "明天"}, "cannot be picked"),
    ],
)
def test_refused(kind: str, typed: dict[str, Any], words: str) -> None:
    with pytest.raises(ClientRefused, match=words):
        fill(form(kind, required=True), typed, itertools.repeat("missing"))


async def test_an_empty_field_arrives_in_three_ways(feishu: FeishuEmulator, api: Api) -> None:
    message_id = await api.card("ou_zhao", card(form("input")))
    values = []
    for _ in range(3):
        click = await feishu.press("ou_zhao", message_id, "提交")
        assert click.push is not None
        values.append(click.push.body["event"]["action"]["form_value"])
    assert values == [{}, {"a": ""}, {"a": None}]


async def test_a_missing_required_field_never_reaches_the_bot(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    message_id = await api.card("ou_zhao", card(form("input", required=True, label=text("理由"))))
    with pytest.raises(ClientRefused, match="「理由」 is required"):
        await feishu.press("ou_zhao", message_id, "提交")
    assert not bot.got


async def test_only_the_submit_button_of_a_form_calls_back(feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    whole = form("input")
    whole["elements"] += [button("清空", name="no", form_action_type="reset"), button("算一算", name="sum")]
    message_id = await api.card("ou_zhao", card(whole, button("外面")))
    assert (await feishu.press("ou_zhao", message_id, "清空")).push is None
    with pytest.raises(ClientRefused, match="does not submit"):
        await feishu.press("ou_zhao", message_id, "算一算")
    with pytest.raises(ClientRefused, match="belongs to no form"):
        await feishu.press("ou_zhao", message_id, "外面", form={"a": "x"})
    assert not bot.got


async def test_a_preset_is_seen(feishu: FeishuEmulator, api: Api) -> None:
    message_id = await api.card("ou_zhao", card(form("select", initial_option="light")))
    assert feishu.message(message_id).text == "报备审批\n照明\n提交"
