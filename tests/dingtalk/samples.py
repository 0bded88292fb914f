"""The page's pushes, with its own invented ids, and rows for cards and lines."""

import json
from typing import Any

from bot.cards import Card
from bot.messages import Place
from bot.ports import OutboxRow, OutState, Sending

CORP, OTHER_CORP = "ding8a2f41c07be9d635", "ding00000000000other"
ROBOT = "$:LWCP_v1:$bR0bOtqTz1f2+Xy"
CID = "cidT5u1nA0qLwS8v3kYd2QxZ9g=="
SINGLE = Place("dingtalk", CORP, "agent0071")
GROUP = Place("dingtalk", CORP, CID, group=True)
KEY = "0123456789abcdef0123456789abcdef"
WEBHOOK = "https://oapi.dingtalk.com/robot/sendBySession?session=0f3c7a91be52d4e8"

MESSAGE: dict[str, Any] = {
    "senderPlatform": "Win",
    "conversationId": "cidS1ngle==",
    "chatbotCorpId": CORP,
    "chatbotUserId": ROBOT,
    "msgId": "msgW3tq0Lk9sXb2vN1==",
    "senderNick": "周敏",
    "isAdmin": False,
    "senderStaffId": "agent0071",
    "sessionWebhookExpiredTime": 1790005401234,
    "createAt": 1790000001100,
    "senderCorpId": CORP,
    "conversationType": "1",
    "senderId": "$:LWCP_v1:$zH0uMin8Ff0a==",
    "sessionWebhook": WEBHOOK,
    "text": {"content": "报备 华东医药 预算30万"},
    "robotCode": "dingq7xv2m4kfjzpw3ta",
    "msgtype": "text",
}
IN_GROUP: dict[str, Any] = MESSAGE | {
    "conversationId": CID,
    "conversationType": "2",
    "conversationTitle": "华东渠道协同群",
    "isInAtList": True,
    "atUsers": [
        {"dingtalkId": ROBOT, "staffId": "robot"},
        {"dingtalkId": "$:LWCP_v1:$pE0pLe77Qq==", "staffId": "mgr0042", "unionId": "kQ2mU9PiiB3iE"},
    ],
    "text": {"content": " 转交 BB1001 @陈经理"},
}


def without(payload: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key not in keys}


def message(msgtype: str, content: object, **changed: Any) -> dict[str, Any]:
    """Of another type than text, in a single chat."""
    return without(MESSAGE, "text") | {"msgtype": msgtype, "content": content} | changed


CONTENT = {
    "cardPrivateData": {
        "actionIds": ["c1a3.1.k3Jx9QwE~"],
        "params": {"id": "c1a3.1.k3Jx9QwE~"},
    }
}
CLICK: dict[str, Any] = {
    "extension": "{}",
    "corpId": CORP,
    "spaceType": "im",
    "userIdType": 1,
    "type": "actionCallback",
    "userId": "mgr0042",
    "content": json.dumps(CONTENT),
    "spaceId": CID,
    "outTrackId": f"card-{KEY}",
    "value": json.dumps(CONTENT),
}


def click(private: object, **changed: Any) -> dict[str, Any]:
    """A callback with this ``cardPrivateData``."""
    content = json.dumps({"cardPrivateData": private})
    return CLICK | {"content": content, "value": content} | changed


READ: dict[str, Any] = {
    "unionId": "uN4rk2iPiiT8iE",
    "operatTime": "1790000123001",
    "robotCode": "dingq7xv2m4kfjzpw3ta",
    "openConversationId": "cidS1ngle==",
    "userId": "agent0071",
    "processQueryKey": "Yt9vF3kq0hM1=",
}

LEFT: dict[str, Any] = {"timeStamp": 1790000001100, "userId": ["agent0071", "mgr0042"]}


def row(content: Card | str, what: Sending = Sending.SEND, place: Place = SINGLE, handle: str = "") -> OutboxRow:
    return OutboxRow(
        id=1,
        key=KEY,
        what=what,
        state=OutState.PENDING,
        place=place,
        content=content,
        payload=None,
        target=None,
        target_state=None,
        handle=handle,
        copy=None,
        attempts=0,
        first_sent=None,
        expires=None,
        trace="t1",
    )
