"""Cards: what the template takes, who gets them, what an update does."""

import json
from typing import Any

import pytest

from adapters.dingtalk.emulation.template import ContractTemplate
from adapters.dingtalk.emulator import ClientRefused, DingTalkEmulator
from tests.dingtalk_emulator.stage import BY_KEY, Api, Client, card, reason

CREATE, DELIVER = "/v1.0/card/instances", "/v1.0/card/instances/deliver"


def button(n: int, **more: str) -> dict[str, str]:
    return {"id": f"k{n}", "text": f"按钮{n}", "color": "gray", **more}


# What the template takes


async def test_a_card_is_drawn_from_its_variables(dingtalk: DingTalkEmulator, api: Api) -> None:
    fields = json.dumps([{"label": "客户", "text": "华东医药"}, {"label": "金额", "text": "30 万元"}])
    message_id = await api.card("li", fields=fields, **reason(placeholder="不少于 5 个字"))
    message = dingtalk.message(message_id)
    lines = [
        "报备审批",
        "新报备 BB1001",
        "客户:华东医药",
        "金额:30 万元",
        "同意",
        "理由",
        "不少于 5 个字",
        "驳回",
        "转交",
    ]
    assert message.text.splitlines() == lines
    assert message.buttons == ["同意", "驳回", "转交"]
    assert message.content["cardParamMap"]["title"] == "报备审批"
    await api.update("card-1", status="已同意 李静 13:05")
    assert (message.text.splitlines()[-1], message.buttons) == ("已同意 李静 13:05", [])
    assert len(message.history) == 2


FORM = json.dumps({"fields": [{"name": "a", "label": "A", "type": "TEXT"}]})


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"title": ""}, "title is empty"),
        ({"tone": "red"}, "tone red"),
        ({"body": "字" * 342}, "body is longer than 1024 bytes"),
        ({"colour": "x"}, "no variable colour"),
        ({"fields": "{}"}, "fields is no list"),
        ({"fields": '[{"label":"a"}]'}, "fields: every item"),
        ({"fields": '[{"label":"","text":"a"}]'}, "a label is empty"),
        ({"fields": "[NaN]"}, "fields is no JSON"),
        ({"buttons": ""}, "buttons is no JSON"),
        ({"buttons": json.dumps([button(n) for n in range(6)])}, "6 of 5"),
        ({"buttons": json.dumps([button(1, color="grey")])}, "colour grey"),
        ({"buttons": json.dumps([button(1), button(1)])}, "ids must be unique"),
        ({"buttons": json.dumps([button(1, text="")])}, "an id or a text is empty"),
        ({"form": "[]"}, "form is not"),
        ({"form": FORM}, "a form without submit1"),
        ({"submit1_id": "k", "submit1_text": "驳回"}, "submit buttons without a form"),
        ({"form": FORM, "submit1_text": "驳回"}, "submit1_text without submit1_id"),
        (reason(type="TEXTAREA"), "a known type"),
        (reason(type="SELECT"), "options of reason"),
        (reason(required="true"), "required of reason is no bool"),
        (reason(maxlength=5), "a field has no maxlength"),
        (reason(type="SELECT", options=[{"value": "1", "label": "a"}]), "an option of reason"),
    ],
)
async def test_cards_the_template_cannot_draw(api: Api, params: dict[str, str], why: str) -> None:
    status, answer = await api.deliver("li", cardData={"cardParamMap": card(**params)})
    assert (status, answer["code"]) == (400, "param.invalid")
    assert why in answer["message"]
    assert not api.dingtalk.world.cards


@pytest.mark.parametrize("name", ContractTemplate.VARIABLES)
async def test_every_variable_is_needed(api: Api, name: str) -> None:
    params = {key: value for key, value in card().items() if key != name}
    status, answer = await api.deliver("li", cardData={"cardParamMap": params})
    assert (status, f"no value for {name}" in answer["message"]) == (400, True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outTrackId": ""}, "param.outTrackIdEmpty"),
        ({"outTrackId": "x" * 101}, "param.invalid"),
        ({"cardTemplateId": "no.schema"}, "param.templateNotExist"),
        ({"cardData": {"cardParamMap": {}}}, "param.cardPublicDataEmpty"),
        ({"cardData": {"cardParamMap": {"title": 1}}}, "param.invalid"),
        ({"callbackType": "stream"}, "param.invalid"),
        ({"openSpaceId": "li"}, "param.openSpaceIdInvalid"),
        ({"openSpaceId": "dtv1.card//IM_OTHER.li"}, "param.openSpaceIdInvalid"),
        ({"openSpaceId": "dtv1.card//IM_ROBOT." + "x" * 1000}, "param.openSpaceIdInvalid"),
        ({"openSpaceId": "dtv1.card//IM_ROBOT.nobody"}, "param.userIdNotExist"),
        ({"imRobotOpenSpaceModel": None}, "param.openSpaceModelInvalid"),
        ({"imRobotOpenDeliverModel": None}, "param.openDeliverModelEmpty"),
        ({"imRobotOpenDeliverModel": {"robotCode": "other"}}, "param.openDeliverModelError"),
        ({"userIdType": 3}, "param.invalid"),
        ({"cardUpdateOptions": BY_KEY}, "param.invalid"),
    ],
)
async def test_refused_cards(api: Api, change: dict[str, Any], code: str) -> None:
    status, answer = await api.deliver("li", **change)
    assert (status, answer["code"]) == (400, code)
    assert not api.dingtalk.world.cards


async def test_a_template_nobody_published(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.cards.unpublished.add(dingtalk.card_template_id)
    assert (await api.deliver("li"))[1]["code"] == "param.templateUnpublished"


# Who gets it


async def test_an_out_track_id_is_one_card_for_ever(dingtalk: DingTalkEmulator, api: Api) -> None:
    await api.card("li")
    status, answer = await api.deliver("li")
    assert (status, answer["code"]) == (400, "param.cardAlreadyExist")
    assert len(dingtalk.messages(dingtalk.p2p_chat("li"))) == 1


async def test_some_deliveries_fail_with_http_200(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.world.users["zhao"].available = False
    status, answer = await api.deliver("li", "zhao", "cidTeam==", "cidNone==")
    results = answer["result"]["deliverResults"]
    assert (status, answer["success"]) == (200, True)
    assert [one["success"] for one in results] == [True, False, True, False]
    assert [bool(one["carrierId"]) for one in results] == [True, False, True, False]
    assert [one["errorMsg"] for one in results] == [None, "staffId.notExisted", "", "resource.not.found"]
    await api.update("card-1", status="已同意")
    for chat in (dingtalk.p2p_chat("li"), "cidTeam=="):
        assert dingtalk.messages(chat)[0].text.endswith("已同意"), "one card, shared"


async def test_after_a_failed_delivery_the_card_exists(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.faults.fail_delivery_next()
    _status, answer = await api.deliver("li")
    assert not answer["result"]["deliverResults"][0]["success"]
    assert (await api.deliver("li"))[1]["code"] == "param.cardAlreadyExist"
    body = {
        "outTrackId": "card-1",
        "openSpaceId": "dtv1.card//im_robot.li",
        "imRobotOpenDeliverModel": {"robotCode": ""},
    }
    assert (await api.call("POST", DELIVER, body))[1]["code"] == "param.openDeliverModelError"
    body["imRobotOpenDeliverModel"] = {"spaceType": "IM_ROBOT"}
    status, answer = await api.call("POST", DELIVER, body)
    assert (status, answer["result"][0]["success"]) == (200, True)
    assert dingtalk.messages(dingtalk.p2p_chat("li"))[0].buttons == ["同意", "转交"]


async def test_a_space_needs_a_model_at_creation(dingtalk: DingTalkEmulator, api: Api) -> None:
    create = {"cardTemplateId": dingtalk.card_template_id, "outTrackId": "c", "cardData": {"cardParamMap": card()}}
    assert (await api.call("POST", CREATE, create)) == (200, {"success": True, "result": "c"})
    deliver = {
        "outTrackId": "c",
        "openSpaceId": "dtv1.card//IM_ROBOT.li",
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT"},
    }
    assert (await api.call("POST", DELIVER, deliver))[1]["code"] == "param.openSpaceModelInvalid"
    spaces = {"outTrackId": "c", "imRobotOpenSpaceModel": {"supportForward": False}}
    assert (await api.call("PUT", CREATE + "/spaces", spaces))[0] == 200
    assert (await api.call("POST", DELIVER, deliver))[1]["result"][0]["success"]
    assert (await api.call("POST", DELIVER, deliver | {"outTrackId": "no"}))[1]["code"] == "param.cardNotExist"


async def test_a_group_card_for_one_person(dingtalk: DingTalkEmulator, api: Api) -> None:
    model = {"robotCode": dingtalk.client_id, "atUserIds": {"li": "李静"}, "recipients": ["li"]}
    await api.deliver("cidTeam==", imGroupOpenDeliverModel=model)
    [message] = dingtalk.messages("cidTeam==")
    assert message.mentions == ["li"]
    with pytest.raises(ClientRefused, match="for others"):
        await dingtalk.press("zhao", message.message_id, "同意")


# Updates


async def test_updates_replace_everything_by_default(dingtalk: DingTalkEmulator, api: Api) -> None:
    message = dingtalk.message(await api.card("li"))
    status, answer = await api.update("card-1", by_key=False, status="已同意")
    assert (status, "no value for title" in answer["message"]) == (400, True)
    assert message.buttons == ["同意", "转交"], "nothing happened"
    assert (await api.update("card-1", by_key=False, **card(title="新标题")))[0] == 200
    assert message.text.startswith("新标题")
    assert (await api.update("no", status="x"))[1]["code"] == "param.cardNotExist"
    empty = await api.call("PUT", CREATE, {"outTrackId": "card-1"})
    assert empty[1]["code"] == "param.cardDataAndPrivateDataBothEmpty"


async def test_private_data_reaches_only_private_variables(
    dingtalk: DingTalkEmulator, api: Api, client: Client
) -> None:
    """None of our template's are private."""
    message = dingtalk.message(await api.card("cidTeam=="))
    private = {"li": {"cardParamMap": {"status": "只给李静"}}}
    body = {"outTrackId": "card-1", "privateData": private, "cardUpdateOptions": BY_KEY}
    assert (await api.call("PUT", CREATE, body))[0] == 200
    assert message.seen_by("li").buttons == ("同意", "转交")
    dingtalk.world.cards["card-1"].template.private = frozenset({"status"})
    assert (message.seen_by("li").buttons, message.seen_by("zhao").buttons) == ((), ("同意", "转交"))
    with pytest.raises(ClientRefused):
        await dingtalk.press("li", message.message_id, "同意")
