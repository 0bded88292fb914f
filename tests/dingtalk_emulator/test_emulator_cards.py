"""Cards: what the template takes, who gets them, what a click does."""

import json

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import CARDS, Api, Client, reason


async def test_a_card_is_sent_pressed_and_changed(dingtalk: DingTalkEmulator, api: Api, client: Client) -> None:
    message_id = await api.card("li", **reason())
    card = dingtalk.message(message_id)
    assert card.text == "报备审批\n新报备 BB1001\n理由\n同意\n转交\n驳回"
    assert card.buttons == ["同意", "转交", "驳回"]
    options = {"updateCardDataByKey": True}
    client.answer = lambda _frame: {
        "response": {"cardUpdateOptions": options, "cardData": {"cardParamMap": {"status": "已同意 李静"}}}
    }
    click = await dingtalk.press("li", message_id, "同意")
    assert (click.card_changed, click.status, click.toast) == (True, 200, None)
    assert (card.text, card.buttons) == ("报备审批\n新报备 BB1001\n已同意 李静", [])
    [callback] = client.heard(CARDS)
    assert (callback["outTrackId"], callback["userId"]) == ("card-1", "li")
    private = json.loads(callback["content"])["cardPrivateData"]
    assert private == {"actionIds": ["k1"], "params": {"id": "k1"}}
