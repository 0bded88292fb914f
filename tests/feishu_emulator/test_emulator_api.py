"""The OpenAPI: what it takes, what it refuses, and with which code."""

import json
from typing import Any

import pytest

from adapters.feishu.emulator import FeishuEmulator
from tests.feishu_emulator.stage import Api, Clock, button, card

TEXT = {"text": "好"}
TOKEN = "auth/v3/tenant_access_token/internal"


@pytest.mark.parametrize(
    ("secret", "code"), [("wrong", 10014), (5, 10003), (None, 10003)], ids=["wrong", "a number", "missing"]
)
async def test_wrong_credentials(feishu: FeishuEmulator, api: Api, secret: Any, code: int) -> None:
    _status, answer = await api.call("POST", TOKEN, {"app_id": feishu.app_id, "app_secret": secret})
    assert answer["code"] == code
    assert feishu.calls[-1].body["app_secret"] == "***"


async def test_a_token_lives_two_hours_and_is_renewed_in_its_last_half_hour(
    feishu: FeishuEmulator, api: Api, clock: Clock
) -> None:
    credentials = {"app_id": feishu.app_id, "app_secret": feishu.app_secret}
    clock.seconds += 5400
    _status, same = await api.call("POST", TOKEN, credentials)
    assert (same["tenant_access_token"], same["expire"]) == (api.token, 1800)
    clock.seconds += 1
    _status, new = await api.call("POST", TOKEN, credentials)
    assert (new["tenant_access_token"] != api.token, new["expire"]) == (True, 7200)
    assert (await api.send("ou_zhao", TEXT))[0] == 200
    clock.seconds += 1800
    assert (await api.send("ou_zhao", TEXT))[1]["code"] == 99991663


@pytest.mark.parametrize(
    ("token", "code"), [("", 99991661), ("t-unknown", 99991663), ("secret", 99991671)], ids=["none", "unknown", "odd"]
)
async def test_bearer(api: Api, token: str, code: int) -> None:
    api.token = token
    status, answer = await api.send("ou_zhao", TEXT)
    assert (status, answer["code"]) == (400, code)
    assert answer["error"]["log_id"]


async def test_a_text_comes_back_with_placeholders(feishu: FeishuEmulator, api: Api) -> None:
    status, answer = await api.send("ou_zhao", {"text": '<at user_id="ou_li">李静</at> 已登记'}, uuid="row-1")
    data = answer["data"]
    assert (status, answer["code"], data["chat_id"]) == (200, 0, feishu.p2p_chat("ou_zhao"))
    assert json.loads(data["body"]["content"]) == {"text": "@_user_1 已登记"}
    assert data["mentions"][0] | {"tenant_key": ""} == {
        "key": "@_user_1", "id": "ou_li", "id_type": "open_id", "name": "李静", "tenant_key": "",
    }  # fmt: skip
    assert data["sender"]["id"] == feishu.app_id
    [message] = feishu.messages(data["chat_id"])
    assert (message.sender, message.text, message.mentions, message.uuid) == ("bot", "@李静 已登记", ["ou_li"], "row-1")


REFUSED: dict[str, tuple[str, str, Any, int]] = {
    "nobody": ("ou_nobody", "text", TEXT, 230034),
    "no such chat": ("oc_nowhere", "text", TEXT, 230034),
    "resigned": ("ou_gone", "text", TEXT, 230029),
    "outside the app's range": ("ou_hidden", "text", TEXT, 230013),
    "turned the bot off": ("ou_deaf", "text", TEXT, 230053),
    "bot not in the group": ("oc_without", "text", TEXT, 230002),
    "dissolved group": ("oc_dissolved", "text", TEXT, 232009),
    "no json": ("ou_zhao", "text", "好", 230001),
    "json of no object": ("ou_zhao", "text", '"好"', 230001),
    "NaN": ("ou_zhao", "text", '{"text": "a", "x": NaN}', 230001),
    "empty text": ("ou_zhao", "text", {"text": ""}, 230001),
    "unknown msg_type": ("ou_zhao", "markdown", TEXT, 230001),
    "text over 150 KB": ("ou_zhao", "text", {"text": "x" * 153_600}, 230025),
    "post over 30 KB": ("ou_zhao", "post", {"zh_cn": {"content": [[{"tag": "text", "text": "x" * 30_720}]]}}, 230025),
    "post without language": ("ou_zhao", "post", {"title": "", "content": [[]]}, 230001),
    "card over 30 KB": ("ou_zhao", "interactive", card({"tag": "markdown", "content": "x" * 30_720}), 230025),
    "card with an old tag": ("ou_zhao", "interactive", card({"tag": "action", "actions": []}), 230099),
    "unknown image": ("ou_zhao", "image", {"image_key": "img_none"}, 230001),
}


@pytest.mark.parametrize(("to", "msg_type", "content", "code"), REFUSED.values(), ids=REFUSED)
async def test_refused_sends(feishu: FeishuEmulator, api: Api, to: str, msg_type: str, content: Any, code: int) -> None:
    feishu.add_user("ou_gone", "离", resigned=True)
    feishu.add_user("ou_hidden", "隐", available=False)
    feishu.add_user("ou_deaf", "静音").stopped_bot = True
    feishu.add_group("oc_without", "没有机器人", ["ou_zhao"], bot_inside=False)
    feishu.add_group("oc_dissolved", "解散", ["ou_zhao"]).dissolved = True
    status, answer = await api.send(to, content, msg_type)
    assert (status, answer["code"]) == (400, code), answer
    assert not feishu.world.messages


@pytest.mark.parametrize(
    ("body", "query", "code"),
    [
        ({"msg_type": "text", "content": "{}"}, {}, 99992402),
        ({"receive_id": "ou_zhao", "msg_type": "text", "content": {"text": "好"}}, {}, 230001),
        ({"receive_id": "ou_zhao", "msg_type": "text", "content": "{}", "uuid": "x" * 51}, {}, 99992402),
        ({"receive_id": "ou_zhao", "msg_type": "text", "content": "{}"}, {"receive_id_type": "phone"}, 99992402),
        ({"receive_id": "u1", "msg_type": "text", "content": "{}"}, {"receive_id_type": "user_id"}, 99991672),
        ([], {}, 99992402),
    ],
    ids=["no receive_id", "content an object", "uuid of 51", "unknown id type", "no scope for user_id", "a list"],
)
async def test_refused_bodies(api: Api, body: Any, query: dict[str, str], code: int) -> None:
    status, answer = await api.call("POST", "im/v1/messages", body, **query)
    assert (status, answer["code"]) == (400, code), answer


async def test_people_of_other_companies_need_sharing(feishu: FeishuEmulator, api: Api) -> None:
    assert (await api.send("ou_zhou", TEXT))[0] == 200
    feishu.message_api.sharing = False
    assert (await api.send("ou_zhou", TEXT))[1]["code"] == 230038


async def test_a_uuid_sends_once_an_hour(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    _status, first = await api.send("ou_zhao", TEXT, uuid="row-1")
    clock.pass_(minutes=59, seconds=59)
    _status, second = await api.send("ou_zhao", TEXT, uuid="row-1")
    assert second == first
    clock.pass_(seconds=1)
    _status, third = await api.send("ou_zhao", TEXT, uuid="row-1")
    assert third["data"]["message_id"] != first["data"]["message_id"]
    assert len(feishu.world.messages) == 2


async def test_a_refused_uuid_may_try_again(feishu: FeishuEmulator, api: Api) -> None:
    assert (await api.send("ou_zhao", {"text": ""}, uuid="row-1"))[0] == 400
    assert (await api.send("ou_zhao", TEXT, uuid="row-1"))[0] == 200


async def test_replies_carry_their_parent(feishu: FeishuEmulator, api: Api) -> None:
    asked = await feishu.say("ou_zhao", "在吗", chat_id="oc_team", mention_bot=True)
    reply = {"msg_type": "text", "content": json.dumps(TEXT), "reply_in_thread": True}
    status, answer = await api.call("POST", f"im/v1/messages/{asked.message_id}/reply", reply)
    data = answer["data"]
    assert (status, data["parent_id"], data["root_id"], data["chat_id"]) == (
        200,
        asked.message_id,
        asked.message_id,
        "oc_team",
    )
    assert data["thread_id"].startswith("omt_")
    feishu.world.chats["oc_team"].bot_inside = False
    assert (await api.call("POST", f"im/v1/messages/{asked.message_id}/reply", reply))[1]["code"] == 230002


async def test_a_card_is_patched_for_14_days(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    message_id = await api.card("oc_team", card(button("同意")))
    clock.pass_(days=14)
    assert await api.patch(message_id, card(button("已同意"))) == (200, {"code": 0, "msg": "ok", "data": {}})
    message = feishu.message(message_id)
    assert (message.buttons, message.updated, len(message.history)) == (["已同意"], clock.now(), 2)
    clock.pass_(seconds=1)
    assert (await api.patch(message_id, card()))[1]["code"] == 230031
    assert message.buttons == ["已同意"]


@pytest.mark.parametrize("old", [True, False, None])
@pytest.mark.parametrize("new", [True, False, None])
async def test_both_cards_must_state_update_multi(api: Api, old: bool | None, new: bool | None) -> None:
    configs = [{} if shared is None else {"update_multi": shared} for shared in (old, new)]
    message_id = await api.card("ou_zhao", card(config=configs[0]))
    status, _answer = await api.patch(message_id, card(config=configs[1]))
    assert status == (200 if old and new else 400)


async def test_what_cannot_be_patched(feishu: FeishuEmulator, api: Api) -> None:
    theirs = (await feishu.say("ou_zhao", "帮助")).message_id
    words = (await api.send("ou_zhao", TEXT))[1]["data"]["message_id"]
    mine = await api.card("ou_zhao", card())
    assert (await api.patch(theirs, card()))[1]["code"] == 230071
    assert (await api.patch(words, card()))[1]["code"] == 230001
    assert (await api.patch("om_none", card()))[1]["code"] == 230001
    assert (await api.patch(mine, {"schema": "1.0"}))[1]["code"] == 230099
    assert (await api.call("DELETE", f"im/v1/messages/{mine}"))[0] == 200
    assert (await api.patch(mine, card()))[1]["code"] == 230011
    assert feishu.message(mine).text == ""


async def test_a_text_is_edited_20_times(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    message_id = (await api.send("ou_zhao", TEXT))[1]["data"]["message_id"]
    for edit in range(21):
        clock.seconds += 1
        body = {"msg_type": "text", "content": json.dumps({"text": f"第 {edit} 稿"})}
        status, answer = await api.call("PUT", f"im/v1/messages/{message_id}", body)
        assert (status, answer["code"]) == ((200, 0) if edit < 20 else (400, 230072))
    assert feishu.message(message_id).text == "第 19 稿"


async def test_a_card_is_not_edited(api: Api) -> None:
    body = {"msg_type": "interactive", "content": json.dumps(card())}
    assert (await api.call("PUT", f"im/v1/messages/{await api.card('ou_zhao', card())}", body))[1]["code"] == 230001


async def test_recall(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    theirs = (await feishu.say("ou_zhao", "帮助")).message_id
    assert (await api.call("DELETE", f"im/v1/messages/{theirs}"))[1]["code"] == 230026
    late = (await api.send("ou_zhao", TEXT))[1]["data"]["message_id"]
    clock.pass_(days=1, seconds=1)
    assert (await api.call("DELETE", f"im/v1/messages/{late}"))[1]["code"] == 230009


async def test_readers_are_listed_in_pages_for_7_days(feishu: FeishuEmulator, api: Api, clock: Clock) -> None:
    message_id = (await api.send("oc_team", TEXT))[1]["data"]["message_id"]
    await feishu.read("ou_zhao", [message_id])
    await feishu.read("ou_li", [message_id])
    assert not feishu.pushes, "the bot hears of readers in single chats only"
    path = f"im/v1/messages/{message_id}/read_users"
    _status, first = await api.call("GET", path, page_size="1")
    _status, second = await api.call("GET", path, page_size="1", page_token=first["data"]["page_token"])
    assert [one["data"]["items"][0]["user_id"] for one in (first, second)] == ["ou_zhao", "ou_li"]
    assert [one["data"]["has_more"] for one in (first, second)] == [True, False]
    clock.pass_(days=7, seconds=1)
    assert (await api.call("GET", path))[1]["code"] == 230033


async def test_external_groups_refuse_readers_urgency_and_files(feishu: FeishuEmulator, api: Api) -> None:
    message_id = (await api.send("oc_outside", TEXT))[1]["data"]["message_id"]
    picture = (await feishu.image("ou_zhou", b"\x89PNG\r\n\x1a\n...", chat_id="oc_outside")).message_id
    key = feishu.message(picture).content["image_key"]
    urgent = {"user_id_list": ["ou_zhou"]}
    assert (await api.call("GET", f"im/v1/messages/{message_id}/read_users"))[1]["code"] == 230027
    assert (await api.call("PATCH", f"im/v1/messages/{message_id}/urgent_app", urgent))[1]["code"] == 230027
    assert (await api.call("GET", f"im/v1/messages/{picture}/resources/{key}", type="image"))[1]["code"] == 234009


async def test_urgent(feishu: FeishuEmulator, api: Api) -> None:
    message_id = (await api.send("oc_team", TEXT))[1]["data"]["message_id"]
    path = f"im/v1/messages/{message_id}/urgent_app"
    _status, answer = await api.call("PATCH", path, {"user_id_list": ["ou_li", "ou_zhou"]})
    assert (answer["data"], feishu.message(message_id).urged) == ({"invalid_user_id_list": ["ou_zhou"]}, ["ou_li"])
    assert (await api.call("PATCH", path, {"user_id_list": ["ou_zhou"]}))[1]["code"] == 230001


async def test_what_is_not_there_is_seen(feishu: FeishuEmulator, api: Api) -> None:
    async with api.session.get(feishu.base_url + "/open-apis/im/v2/messages") as response:
        assert response.status == 404
    assert (feishu.calls[-1].path, feishu.calls[-1].status) == ("/open-apis/im/v2/messages", 404)
