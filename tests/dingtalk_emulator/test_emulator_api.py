"""Tokens, robot messages, recalls, read states: what is taken and what is refused, with which code."""

import json
from typing import Any

import pytest

from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import Api, Client, Clock

TEXT = {"content": "请于周五前更新项目进度"}
RECALL, GROUP_RECALL = "/v1.0/robot/otoMessages/batchRecall", "/v1.0/robot/groupMessages/recall"
READ, QUERY = "/v1.0/robot/oToMessages/readStatus", "/v1.0/robot/groupMessages/query"


def texts(dingtalk: DingTalkEmulator, user_id: str) -> list[str]:
    return [message.text for message in dingtalk.messages(dingtalk.p2p_chat(user_id))]


# Tokens


async def test_one_token_for_both_families_and_its_life(dingtalk: DingTalkEmulator, api: Api, clock: Clock) -> None:
    first = api.token
    await api.log_in()
    query = {"appkey": dingtalk.client_id, "appsecret": dingtalk.client_secret}
    _status, old = await api.call("GET", "/gettoken", **query)
    assert (old["errcode"], old["access_token"], old["expires_in"]) == (0, first, 7200)
    assert api.token == first
    clock.seconds += 7000
    await api.log_in()
    clock.seconds += 7000
    assert (api.token, (await api.send("zhao", TEXT))[0]) == (first, 200), "asking again began its life anew"
    clock.seconds += 201
    assert (await api.send("zhao", TEXT))[1]["code"] == "InvalidAuthentication"
    await api.log_in()
    assert api.token != first


async def test_bad_credentials_and_a_revoked_token(dingtalk: DingTalkEmulator, api: Api) -> None:
    wrong = {"appKey": dingtalk.client_id, "appSecret": "no"}
    status, answer = await api.call("POST", "/v1.0/oauth2/accessToken", wrong)
    assert (status, answer["code"]) == (400, "invalidClientIdOrSecret")
    assert (await api.call("GET", "/gettoken", appkey="a", appsecret="b"))[1]["errcode"] == 40089
    dingtalk.faults.revoke_tokens()
    status, answer = await api.send("zhao", TEXT)
    assert (status, answer["code"], set(answer)) == (400, "InvalidAuthentication", {"code", "requestid", "message"})
    dingtalk.faults.unauthorized_status = 401
    assert (await api.send("zhao", TEXT))[0] == 401
    status, answer = await api.call("POST", "/topapi/v2/user/get", {"userid": "zhao"}, access_token=api.token)
    assert (status, answer["errcode"]) == (200, 40014)


async def test_secrets_never_stand_in_the_log(dingtalk: DingTalkEmulator, api: Api) -> None:
    await api.call("GET", "/gettoken", appkey=dingtalk.client_id, appsecret=dingtalk.client_secret)
    assert dingtalk.client_secret not in f"{dingtalk.calls}"


async def test_a_missing_permission_is_named(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.front.scopes.remove("qyapi_robot_sendmsg")
    status, answer = await api.send("zhao", TEXT)
    assert (status, answer["code"]) == (403, "Forbidden.AccessDenied.AccessTokenPermissionDenied")
    assert answer["accessdenieddetail"] == {"requiredScopes": ["qyapi_robot_sendmsg"]}


async def test_what_is_not_built_is_seen(dingtalk: DingTalkEmulator, api: Api) -> None:
    assert (await api.call("POST", "/v1.0/robot/ding/send", {}))[0] == 404
    assert dingtalk.calls[-1].path == "/v1.0/robot/ding/send"


# Sending


async def test_some_receivers_get_nothing(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.add_user("gone", "何川", resigned=True)
    dingtalk.add_user("held", "陈经理").flow_controlled = True
    everybody = ["zhao", "li", "gone", "held", "zhou", "nobody", "zhao"]
    status, answer = await api.send(everybody, {"title": "政策通知", "text": "### 返点\n见附件"}, "sampleMarkdown")
    assert status == 200
    assert answer["invalidStaffIdList"] == ["gone", "zhou", "nobody"]
    assert answer["flowControlledStaffIdList"] == ["held"]
    assert texts(dingtalk, "zhao") == texts(dingtalk, "li") == ["返点\n见附件"]
    keys = {message.process_query_key for message in dingtalk.world.messages.values()}
    assert keys == {answer["processQueryKey"]}


async def test_empty_lists_of_receivers_have_three_shapes(api: Api) -> None:
    answers = [(await api.send("zhao", TEXT))[1] for _ in range(3)]
    lists = [answer.get(name, "absent") for answer in answers for name in list(answer)[1:] or ["x"]]
    shapes = {str(one) for one in lists} | {f"{len(answer)} keys" for answer in answers}
    assert {"[]", "None"} <= shapes
    assert {len(answer) for answer in answers} == {2, 3}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"robotCode": "other"}, "invalidParameter.robotCode.notExsit"),
        ({"robotCode": ""}, "invalidParameter.robotCode.empty"),
        ({"userIds": []}, "invalidParameter.userIds.empty"),
        ({"userIds": [f"u{n}" for n in range(21)]}, "invalidParameter.userIds.overMax"),
        ({"userIds": ["nobody", "zhou"]}, "staffId.notExisted"),
        ({"msgKey": "text"}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": {"content": "x"}}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": "{content"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": "[]"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": '{"content":""}'}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": '{"content":"x","at":"y"}'}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": json.dumps({"content": "字" * 5001}, ensure_ascii=False)}, "invalidParameter.msgParam.tooLong"),
        ({"uuid": "1"}, "invalidParameter"),
    ],
)
async def test_refused_single_messages(api: Api, change: dict[str, Any], code: str) -> None:
    good = {"robotCode": api.dingtalk.client_id, "userIds": ["zhao"], "msgKey": "sampleText"}
    body = {**good, "msgParam": json.dumps(TEXT), **change}
    status, answer = await api.call("POST", "/v1.0/robot/oToMessages/batchSend", body)
    assert (status, answer["code"]) == (400, code)
    assert not api.dingtalk.world.messages


@pytest.mark.parametrize(
    ("msg_key", "param", "seen"),
    [
        ("sampleText", {"content": "**好**"}, "**好**"),
        ("sampleMarkdown", {"title": "标题", "text": "# 一\n> 二 **三** [四](https://a.b)"}, "一\n二 三 四"),
        ("sampleMarkdown", {"title": "t", "text": "|a|b|\n`c` <b>d</b>"}, "|a|b|\n`c` <b>d</b>"),
        ("sampleImageMsg", {"photoURL": "https://a.b/c.png"}, "[图片]"),
        ("sampleLink", {"title": "一", "text": "二", "picUrl": "", "messageUrl": "https://a.b"}, "一\n二"),
        (
            "sampleActionCard6",
            {"title": "t", "text": "x", **{f"button{p}{n}": f"{p}{n}" for n in (1, 2) for p in ("Title", "Url")}},
            "t\nx\nTitle1\nTitle2",
        ),
    ],
)
async def test_kinds_of_messages(api: Api, msg_key: str, param: dict[str, str], seen: str) -> None:
    assert (await api.send("zhao", param, msg_key))[0] == 200
    assert texts(api.dingtalk, "zhao") == [seen]


async def test_files_need_a_media_id(dingtalk: DingTalkEmulator, api: Api) -> None:
    dingtalk.media.from_person("file", "a.pdf", b"%PDF")
    [key] = dingtalk.world.blobs
    file = {"mediaId": key, "fileName": "报价单.pdf", "fileType": "pdf"}
    assert (await api.send("zhao", file, "sampleFile"))[0] == 200
    assert (await api.send("zhao", file | {"mediaId": "@no"}, "sampleFile"))[0] == 400
    assert (await api.send("zhao", file | {"fileType": "txt"}, "sampleFile"))[0] == 400
    assert texts(dingtalk, "zhao") == ["报价单.pdf"]


async def test_groups(dingtalk: DingTalkEmulator, api: Api) -> None:
    status, answer = await api.send("cidTeam==", TEXT)
    assert (status, set(answer)) == (200, {"processQueryKey"})
    assert [message.text for message in dingtalk.messages("cidTeam==")] == [TEXT["content"]]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ("disbanded", "group.disbanded"),
        ("bot_muted", "bot.forbidden.sendMessage"),
        ("outside", "resource.not.found"),
        ("unknown", "invalid.openConversationId"),
    ],
)
async def test_groups_that_take_nothing(dingtalk: DingTalkEmulator, api: Api, trouble: str, code: str) -> None:
    chat = dingtalk.world.chats["cidTeam=="]
    chat.disbanded, chat.bot_muted = trouble == "disbanded", trouble == "bot_muted"
    chat.bot_inside = trouble != "outside"
    status, answer = await api.send("cidNone==" if trouble == "unknown" else "cidTeam==", TEXT)
    assert (status, answer["code"]) == (400, code)


async def test_a_single_chat_is_no_group(dingtalk: DingTalkEmulator, api: Api) -> None:
    assert (await api.send(dingtalk.p2p_chat("zhao"), TEXT))[1]["code"] == "invalid.openConversationId"


# Recalls


async def test_recalled_messages_leave_no_trace(dingtalk: DingTalkEmulator, api: Api, clock: Clock) -> None:
    robot = {"robotCode": dingtalk.client_id}
    old = (await api.send(["zhao", "li"], TEXT))[1]["processQueryKey"]
    clock.pass_(hours=25)
    young = (await api.send(["zhao", "li"], TEXT))[1]["processQueryKey"]
    status, answer = await api.call("POST", RECALL, robot | {"processQueryKeys": [old, young, "no"]})
    assert (status, answer["successResult"]) == (200, [young])
    assert answer["failedResult"] == {old: "robot.processQueryKey.expired", "no": "invalid.processQueryKey"}
    assert texts(dingtalk, "li") == [TEXT["content"], ""]
    again = await api.call("POST", RECALL, robot | {"processQueryKeys": [young]})
    assert (again[0], again[1]["code"]) == (400, "invalid.processQueryKey")
    none = await api.call("POST", RECALL, robot | {"processQueryKeys": [young, old]})
    assert none[1]["code"] == "notRevoke.all.messages"
    many = await api.call("POST", RECALL, robot | {"processQueryKeys": [f"k{n}" for n in range(21)]})
    assert many[1]["code"] == "invalidParameter.processQueryKeys.overMax"


async def test_group_messages_are_recalled_in_their_group(dingtalk: DingTalkEmulator, api: Api) -> None:
    key = (await api.send("cidTeam==", TEXT))[1]["processQueryKey"]
    body = {"robotCode": dingtalk.client_id, "processQueryKeys": [key]}
    assert (await api.call("POST", RECALL, body))[0] == 400, "not by the call for single chats"
    dingtalk.add_group("cidOther==", "另一个群", ["zhao"])
    assert (await api.call("POST", GROUP_RECALL, body | {"openConversationId": "cidOther=="}))[0] == 400
    status, answer = await api.call("POST", GROUP_RECALL, body | {"openConversationId": "cidTeam=="})
    assert (status, answer["successResult"]) == (200, [key])


# Read states


async def test_who_has_read(dingtalk: DingTalkEmulator, api: Api, client: Client, clock: Clock) -> None:
    key = (await api.send(["zhao", "li"], TEXT))[1]["processQueryKey"]
    [message] = dingtalk.messages(dingtalk.p2p_chat("li"))
    [push] = await dingtalk.read("li", [message.message_id])
    assert (push.event_type, push.body["userId"], push.body["processQueryKey"]) == ("robot_msg_read", "li", key)
    assert isinstance(push.body["operatTime"], str)
    assert await dingtalk.read("li", [message.message_id]) == [], "once"
    query = {"robotCode": dingtalk.client_id, "processQueryKey": key}
    _status, answer = await api.call("GET", READ, **query)
    assert answer["sendStatus"] == "SUCCESS"
    assert {one["userId"]: one["readStatus"] for one in answer["messageReadInfoList"]} == {
        "zhao": "UNREAD",
        "li": "READ",
    }
    clock.pass_(hours=24, seconds=1)
    status, answer = await api.call("GET", READ, **query)
    assert (status, answer["code"]) == (400, "processQueryKey.expireTime")


async def test_readers_of_a_group_come_in_pages_and_without_outsiders(dingtalk: DingTalkEmulator, api: Api) -> None:
    key = (await api.send("cidTeam==", TEXT))[1]["processQueryKey"]
    [message] = dingtalk.messages("cidTeam==")
    for one in ("li", "zhou", "zhao"):
        await dingtalk.read(one, [message.message_id])
    body = {"robotCode": dingtalk.client_id, "openConversationId": "cidTeam==", "processQueryKey": key, "maxResults": 1}
    _status, first = await api.call("POST", QUERY, body)
    assert (first["readUserIds"], first["hasMore"]) == (["li"], True)
    _status, second = await api.call("POST", QUERY, body | {"nextToken": first["nextToken"]})
    assert (second["readUserIds"], second["hasMore"], "nextToken" in second) == (["zhao"], False, False)
    assert (await api.call("POST", QUERY, body | {"maxResults": 201}))[0] == 400


async def test_a_card_s_carrier_is_a_key_too(dingtalk: DingTalkEmulator, api: Api) -> None:
    _status, answer = await api.deliver("li")
    key = answer["result"]["deliverResults"][0]["carrierId"]
    status, read = await api.call("GET", READ, robotCode=dingtalk.client_id, processQueryKey=key)
    assert (status, read["messageReadInfoList"][0]["readStatus"]) == (200, "UNREAD")
    await api.call("POST", RECALL, {"robotCode": dingtalk.client_id, "processQueryKeys": [key]})
    assert (texts(dingtalk, "li"), dingtalk.messages(dingtalk.p2p_chat("li"))[0].buttons) == ([""], [])


# Who is there


async def test_the_directory(dingtalk: DingTalkEmulator, api: Api) -> None:
    async def ask(path: str, **body: Any) -> Any:
        return (await api.call("POST", "/topapi" + path, body, access_token=api.token))[1]

    user = (await ask("/v2/user/get", userid="zhao"))["result"]
    assert (user["name"], user["mobile"]) == ("赵敏", "13900000001")
    assert (await ask("/v2/user/getbymobile", mobile="13900000001"))["result"]["userid"] == "zhao"
    assert (await ask("/user/getbyunionid", unionid=user["unionid"]))["result"]["userid"] == "zhao"
    assert (await ask("/user/listid", dept_id=1))["result"] == {"userid_list": ["zhao", "li"]}
    assert (await ask("/v2/department/listsubid", dept_id=1))["result"] == {"dept_id_list": []}
    dingtalk.world.users["li"].resigned = True
    for path, body in (("/v2/user/get", {"userid": "li"}), ("/v2/user/getbymobile", {"mobile": "1"})):
        assert (await ask(path, **body))["errcode"] == 60121
    assert dingtalk.quota.api == 0
