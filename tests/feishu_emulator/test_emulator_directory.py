"""The bot itself, chats and members, people by phone or mail, pictures and files."""

from io import BytesIO
from typing import Any

import aiohttp
import pytest

from adapters.feishu.emulator import FeishuEmulator
from tests.feishu_emulator.stage import Api

PNG = b"\x89PNG\r\n\x1a\n..."


async def upload(api: Api, feishu: FeishuEmulator, kind: str, data: bytes, **fields: str) -> Any:
    form = aiohttp.FormData(fields)
    form.add_field("image" if kind == "images" else "file", BytesIO(data), filename="报价单.xlsx")
    headers = {"Authorization": f"Bearer {api.token}"}
    async with api.session.post(f"{feishu.base_url}/open-apis/im/v1/{kind}", data=form, headers=headers) as response:
        return await response.json()


async def test_the_bot_knows_itself(feishu: FeishuEmulator, api: Api) -> None:
    _status, answer = await api.call("GET", "bot/v3/info")
    assert (answer["code"], answer["msg"]) == (0, "ok")
    assert (answer["bot"]["open_id"], answer["bot"]["app_name"]) == (feishu.world.bot_open_id, "渠道助手")


async def test_chats_and_members(feishu: FeishuEmulator, api: Api) -> None:
    feishu.p2p_chat("ou_zhao")
    feishu.add_group("oc_without", "没有机器人", ["ou_zhao"], bot_inside=False)
    _status, chats = await api.call("GET", "im/v1/chats")
    assert [(one["chat_id"], one["external"]) for one in chats["data"]["items"]] == [
        ("oc_team", False),
        ("oc_outside", True),
    ]
    _status, members = await api.call("GET", "im/v1/chats/oc_outside/members")
    assert [(one["name"], one["tenant_key"]) for one in members["data"]["items"]] == [
        ("赵敏", feishu.tenant_key),
        ("周强", "tkother000000001"),
    ]
    assert members["data"]["member_total"] == 2
    assert (await api.call("GET", "im/v1/chats/oc_without/members"))[1]["code"] == 230002
    assert (await api.call("GET", "im/v1/chats/oc_without/members/is_in_chat"))[1]["data"] == {"is_in_chat": False}
    assert (await api.call("GET", "im/v1/chats/oc_none"))[1]["code"] == 232006


async def test_people_are_found_in_the_own_company_only(feishu: FeishuEmulator, api: Api) -> None:
    feishu.world.users["ou_zhao"].mobile = "13800000000"
    feishu.world.users["ou_li"].email = "li@example.com"
    feishu.world.users["ou_zhou"].mobile = "13900000000"
    body = {"mobiles": ["13800000000", "13900000000"], "emails": ["li@example.com", "x@y.z"]}
    _status, answer = await api.call("POST", "contact/v3/users/batch_get_id", body)
    found = {one.get("mobile", one.get("email")): one.get("user_id") for one in answer["data"]["user_list"]}
    assert found == {"li@example.com": "ou_li", "x@y.z": None, "13800000000": "ou_zhao", "13900000000": None}
    assert (await api.call("POST", "contact/v3/users/batch_get_id", {"mobiles": ["1"] * 51}))[0] == 400


async def test_an_uploaded_picture_is_sent_and_fetched(feishu: FeishuEmulator, api: Api) -> None:
    key = (await upload(api, feishu, "images", PNG, image_type="message"))["data"]["image_key"]
    assert (await api.send("ou_zhao", {"image_key": key}, "image"))[0] == 200
    url, headers = f"{feishu.base_url}/open-apis/im/v1/images/{key}", {"Authorization": f"Bearer {api.token}"}
    async with api.session.get(url, headers=headers) as response:
        assert await response.read() == PNG


@pytest.mark.parametrize(
    ("kind", "data", "fields", "code"),
    [
        ("images", b"", {"image_type": "message"}, 234010),
        ("images", b"%PDF", {"image_type": "message"}, 234011),
        ("images", PNG, {}, 234001),
        ("images", PNG + b"x" * 10 * 1024 * 1024, {"image_type": "message"}, 234006),
        ("files", b"PK", {"file_type": "xlsx", "file_name": "a.xlsx"}, 234001),
        ("files", b"PK", {"file_type": "xls"}, 234001),
    ],
    ids=["empty", "no picture", "no type", "over 10 MB", "unknown type", "no name"],
)
async def test_refused_uploads(
    feishu: FeishuEmulator, api: Api, kind: str, data: bytes, fields: dict[str, str], code: int
) -> None:
    assert (await upload(api, feishu, kind, data, **fields))["code"] == code


async def test_a_file_is_sent_as_what_it_was_uploaded(feishu: FeishuEmulator, api: Api) -> None:
    uploaded = await upload(api, feishu, "files", b"PK", file_type="xls", file_name="报价单.xlsx")
    content = {"file_key": uploaded["data"]["file_key"]}
    assert (await api.send("ou_zhao", content, "file"))[0] == 200
    assert (await api.send("ou_zhao", content, "audio"))[1]["code"] == 230055


async def test_resources_belong_to_their_message(feishu: FeishuEmulator, api: Api) -> None:
    push = await feishu.image("ou_zhao", PNG)
    other = await feishu.image("ou_zhao", PNG)
    key = feishu.message(other.message_id).content["image_key"]
    path = f"im/v1/messages/{push.message_id}/resources/{key}"
    assert (await api.call("GET", path, type="image"))[1]["code"] == 234003
    assert (await api.call("GET", path))[1]["code"] == 234001
    headers = {"Authorization": f"Bearer {api.token}"}
    async with api.session.get(f"{feishu.base_url}/open-apis/im/v1/images/{key}", headers=headers) as response:
        assert (await response.json())["code"] == 234001, "images/{key} is for the bot's own uploads"
