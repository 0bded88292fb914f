"""Clicks on cards: the callback, its answers, races, and what the client does not let happen."""

import asyncio
import json
from typing import Any

import pytest

from adapters.dingtalk.emulation.clicks import FAILED
from adapters.dingtalk.emulator import ClientRefused, DingTalkEmulator
from tests.dingtalk_emulator.stage import BY_KEY, CARDS, Api, Client, ack, card, sets


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
    client = await api.connect(answer=lambda _frame: None)
    await dingtalk.until(lambda: dingtalk.connections)
    dingtalk.pusher.card_seconds = 0.02
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.error, click.status) == (FAILED, None)
    assert click.push is not None
    assert click.push.error == "timeout"
    await client.send(ack({"headers": click.push.headers}, sets(status="迟了")({})))
    await client.send("flush")
    await dingtalk.until(lambda: dingtalk.stream.odd_frames == ["flush"])
    assert (click.push.status, message.buttons) == (None, ["同意", "转交"]), "the late answer changes nothing"
    await client.close()


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


async def test_an_update_is_undone_by_the_answer_of_a_later_click_too(
    dingtalk: DingTalkEmulator, api: Api, client: Client
) -> None:
    message = dingtalk.message(await api.card("cidTeam=="))
    client.answer = lambda frame: None if json.loads(frame["data"])["userId"] == "zhao" else sets(body="李静")(frame)
    dingtalk.pusher.card_seconds = 0.2
    first = asyncio.create_task(dingtalk.press("zhao", message.message_id, "同意"))
    await dingtalk.until(lambda: dingtalk.pushes and dingtalk.pushes[0].headers)
    await api.update("card-1", title="由接口改")
    await dingtalk.press("li", message.message_id, "同意")
    assert message.text.splitlines()[:2] == ["报备审批", "李静"]
    assert (await first).error == FAILED


async def test_a_refused_click_changes_nothing(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message = dingtalk.message(await api.card("li"))
    client.answer = lambda frame: ack(frame, sets(status="已同意")(frame), code=500)
    click = await dingtalk.press("li", message.message_id, "同意")
    assert (click.error, click.status, message.buttons) == (FAILED, 500, ["同意", "转交"])


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
