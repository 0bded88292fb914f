"""Cards: what the template takes, who gets them, what an update and a click do."""

import asyncio
import json
from typing import Any

import pytest

from adapters.dingtalk.emulation.clicks import FAILED
from adapters.dingtalk.emulation.template import ContractTemplate
from adapters.dingtalk.emulator import ClientRefused, DingTalkEmulator
from tests.dingtalk_emulator.stage import CARDS, Answering, Api, Client, card, reason

BY_KEY = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
CREATE, DELIVER = "/v1.0/card/instances", "/v1.0/card/instances/deliver"


def sets(**params: str) -> Answering:
    """The bot answers a click with these variables."""
    return lambda _frame: {"response": {"cardUpdateOptions": BY_KEY, "cardData": {"cardParamMap": params}}}


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
        "理由",
        "不少于 5 个字",
        "同意",
        "转交",
        "驳回",
    ]
    assert message.text.splitlines() == lines
    assert message.buttons == ["同意", "转交", "驳回"]
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


# Clicks


async def test_a_click_changes_the_card(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message = dingtalk.message(await api.card("li"))
    client.answer = sets(status="已同意 李静")
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.card_changed, click.status, click.toast) == (True, 200, None)
    assert (message.text.splitlines()[-1], message.buttons) == ("已同意 李静", [])
    [callback] = client.heard(CARDS)
    assert (callback["outTrackId"], callback["userId"], callback["corpId"]) == ("card-1", "li", dingtalk.corp_id)
    assert callback["content"] == callback["value"]
    assert json.loads(callback["content"])["cardPrivateData"] == {"actionIds": ["k1"], "params": {"id": "k1"}}


async def test_three_shapes_of_callbacks(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message_id = await api.card("li")
    for _ in range(3):
        assert not (await dingtalk.press("li", message_id, "转交")).card_changed
    plain, suffixed, beside = (json.loads(heard["content"]) for heard in client.heard(CARDS))
    assert plain == {"cardPrivateData": {"actionIds": ["k2"], "params": {"id": "k2"}}}
    assert suffixed == {"cardPrivateData": {"actionIds": ["k21"], "params": {"id": "k2"}}}
    assert beside == {"cardPrivateData": {"actionIds": ["k2"]}, "params": {"id": "k2"}}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"response": "OK"},
        {"response": None},
        {"response": {"cardData": {"cardParamMap": {"status": "x"}}}},
        {"response": {"cardUpdateOptions": BY_KEY, "privateData": {"li": {}}}},
        {"response": {"cardUpdateOptions": BY_KEY, "cardData": {"cardParamMap": {"tone": "red"}}}},
        {"response": {"cardUpdateOptions": {"byKey": True}, "cardData": {"cardParamMap": card()}}},
    ],
)
async def test_answers_the_client_shows_as_failed(
    dingtalk: DingTalkEmulator, api: Api, client: Client, answer: Any
) -> None:
    message = dingtalk.message(await api.card("li"))
    client.answer = lambda _frame: answer
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.error, click.card_changed, message.buttons) == (FAILED, False, ["同意", "转交"])
    assert click.push is not None
    assert click.push.error


async def test_nobody_there_and_an_answer_too_late(dingtalk: DingTalkEmulator, api: Api) -> None:
    message = dingtalk.message(await api.card("li"))
    assert (await dingtalk.press("li", message.message_id, "同意")).error == FAILED
    release = asyncio.Event()

    async def late(_frame: Any) -> Any:
        await release.wait()
        return sets(status="迟了")({})

    client = await api.connect(answer=late)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.pusher.card_seconds = 0.05
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.error, click.status) == (FAILED, None)
    assert click.push is not None
    assert click.push.error == "timeout"
    release.set()
    await client.close()
    assert message.buttons == ["同意", "转交"], "the late answer changes nothing"


async def test_a_lost_answer(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message = dingtalk.message(await api.card("li"))
    client.answer = sets(status="已同意")
    dingtalk.faults.lose_answers_next()
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.error, click.card_changed, message.buttons) == (FAILED, False, ["同意", "转交"])


async def test_an_update_that_races_with_the_answer_is_undone(
    dingtalk: DingTalkEmulator, api: Api, client: Client
) -> None:
    message = dingtalk.message(await api.card("li"))

    async def racing(_frame: Any) -> Any:
        assert (await api.update("card-1", title="由接口改"))[0] == 200
        return sets(body="由回答改")({})

    client.answer = racing
    await dingtalk.press("li", message.message_id, "同意")
    assert message.text.splitlines()[:2] == ["报备审批", "由回答改"]


async def test_an_update_during_an_unanswered_click_stays(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message = dingtalk.message(await api.card("li"))

    async def silent(_frame: Any) -> Any:
        await api.update("card-1", title="由接口改")

    client.answer, dingtalk.pusher.card_seconds = silent, 0.1
    assert (await dingtalk.press("li", message.message_id, "同意")).error == FAILED
    assert message.text.startswith("由接口改")


async def test_two_clicks_at_once_keep_both_answers(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message = dingtalk.message(await api.card("cidTeam=="))
    both = asyncio.Event()

    async def answer(frame: Any) -> Any:
        if json.loads(frame["data"])["userId"] == "li":
            return sets(body="李静")(frame)
        await both.wait()
        return sets(title="赵敏")(frame)

    client.answer = answer
    first = asyncio.create_task(dingtalk.press("zhao", message.message_id, "同意"))
    await dingtalk.until(lambda: dingtalk.pushes and dingtalk.pushes[0].headers)
    await dingtalk.press("li", message.message_id, "同意")
    both.set()
    await first
    assert message.text.splitlines()[:2] == ["赵敏", "李静"]


@pytest.mark.parametrize(
    ("who", "label", "why"),
    [("zhao", "同意", "does not see"), ("li", "驳回", "0 buttons"), ("li", "报备审批", "the card shows 同意 转交")],
)
async def test_what_cannot_be_pressed(dingtalk: DingTalkEmulator, api: Api, who: str, label: str, why: str) -> None:
    message_id = await api.card("li")
    with pytest.raises(ClientRefused, match=why):
        await dingtalk.press(who, message_id, label)


async def test_an_old_drawing_can_still_be_pressed(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message_id = await api.card("li")
    await api.update("card-1", status="已同意")
    with pytest.raises(ClientRefused):
        await dingtalk.press("li", message_id, "同意")
    click = await dingtalk.press("li", message_id, "同意", drawing=0)
    assert (click.status, click.card_changed) == (200, False)


async def test_a_forged_click(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message_id = await api.card("li")
    click = await dingtalk.press_value("zhou", message_id, {"id": "k-of-another", "deal": 7})
    assert click.status == 200
    [callback] = client.heard(CARDS)
    assert (callback["userId"], callback["corpId"]) == ("zhou", "dingother")
    assert json.loads(callback["content"])["cardPrivateData"]["params"] == {"id": "k-of-another", "deal": 7}


async def test_cards_without_a_callback_type_call_nobody(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    await api.deliver("li", callbackType=None)
    [message] = dingtalk.messages(dingtalk.p2p_chat("li"))
    assert (await dingtalk.press("li", message.message_id, "同意")).error == FAILED
    assert not client.heard(CARDS)


async def test_union_ids(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    union_id = dingtalk.world.users["li"].union_id
    await api.deliver(union_id, userIdType=2)
    [message] = dingtalk.messages(dingtalk.p2p_chat("li"))
    await dingtalk.press("li", message.message_id, "同意")
    assert (client.heard(CARDS)[0]["userId"], client.heard(CARDS)[0]["userIdType"]) == (union_id, 2)
