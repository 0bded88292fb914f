"""The official SDK as judge: lark-oapi, unchanged, talks to the emulator and takes what it pushes; the page's vectors."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiohttp import web

from adapters.feishu.emulation.wire import compact, encrypt, sign
from adapters.feishu.emulator import FeishuEmulator
from tests.feishu_emulator.stage import Api, Bot, button, card

KEY, TOKEN = "pm-bot-demo-encrypt-key", "pmbotDemoVerificationToken000001"
IV = bytes(range(16))
V1 = (
    '{"challenge":"c0ffee00-1111-2222-3333-444455556666",'
    '"token":"pmbotDemoVerificationToken000001","type":"url_verification"}'
)
V1_ENCRYPTED = (
    "AAECAwQFBgcICQoLDA0OD9aYmLExVZWvuUpUGXv4C8SsFcw23/f1KHrbsRliKn8zbiPYJ5s08xN0Re/+goJIqN2cLddskHyySFGtgvDNXGdKPi2Ik8j+"
    "SSdyxsu3AF+F1wqgaXDyNalQr+EYXVkbtCtnXffZujUlxrSii0qx+ZKciMO8wphDXHit1Y4ygW6E"
)
V2 = (
    '{"schema":"2.0","header":{"event_id":"e0000000000000000000000000000001","event_type":"im.message.receive_v1",'
    '"create_time":"1750000000123","token":"pmbotDemoVerificationToken000001","app_id":"cli_demo000000000001",'
    '"tenant_key":"tkdemo0000000001"},"event":{"sender":{"sender_id":{"union_id":"on_demo_u1","user_id":"u1demo01",'
    '"open_id":"ou_demo_u1"},"sender_type":"user","tenant_key":"tkdemo0000000001"},"message":{"message_id":'
    '"om_demo_0001","create_time":"1750000000000","update_time":"1750000000000","chat_id":"oc_demo_p2p_1","chat_type":'
    '"p2p","message_type":"text","content":"{\\"text\\":\\"报备 华东某某科技\\"}"}}}'
)
V2_SIGNATURE = "5b3db83f6e25b9be54c43e3a757cc9079c42e2da8e8815e7367f13c6f3ea1379"


@pytest.fixture(scope="module")
def lark() -> Iterator[Any]:
    """Imported here: it takes two seconds and 140 MB. In a thread, because it keeps the event loop it finds at import."""

    def load() -> Any:
        import lark_oapi.ws.client

        return lark_oapi

    with ThreadPoolExecutor(1) as pool:
        sdk = pool.submit(load).result()
    yield sdk
    sdk.ws.client.loop.close()


def client_of(lark: Any, feishu: FeishuEmulator) -> Any:
    """A fresh client: the SDK's token cache knows no domain, so the last test's tokens are cleared."""
    from lark_oapi.core.token.manager import TokenManager

    TokenManager.cache = type(TokenManager.cache)()
    builder = lark.Client.builder().app_id(feishu.app_id).app_secret(feishu.app_secret)
    return builder.domain(feishu.base_url).build()


def messages_of(client: Any) -> dict[str, Callable[..., Any]]:
    """create, reply, patch, update, delete and read_users of the SDK, without their builders' noise."""
    from lark_oapi.api.im import v1

    def create(to: str, msg_type: str, content: str, uuid: str = "") -> Any:
        body = (
            v1.CreateMessageRequestBody.builder().receive_id(to).msg_type(msg_type).content(content).uuid(uuid).build()
        )
        return client.im.v1.message.create(
            v1.CreateMessageRequest.builder().receive_id_type("open_id").request_body(body).build()
        )

    def reply(message_id: str, content: str) -> Any:
        body = v1.ReplyMessageRequestBody.builder().msg_type("text").content(content).build()
        return client.im.v1.message.reply(
            v1.ReplyMessageRequest.builder().message_id(message_id).request_body(body).build()
        )

    def patch(message_id: str, content: str) -> Any:
        body = v1.PatchMessageRequestBody.builder().content(content).build()
        return client.im.v1.message.patch(
            v1.PatchMessageRequest.builder().message_id(message_id).request_body(body).build()
        )

    def delete(message_id: str) -> Any:
        return client.im.v1.message.delete(v1.DeleteMessageRequest.builder().message_id(message_id).build())

    return {"create": create, "reply": reply, "patch": patch, "delete": delete}


def test_the_pages_vectors(lark: Any) -> None:
    from lark_oapi.core.utils import AESCipher

    assert encrypt(V1.encode(), KEY, IV) == V1_ENCRYPTED
    assert AESCipher(KEY).decrypt_str(V1_ENCRYPTED) == V1
    body = compact({"encrypt": encrypt(V2.encode(), KEY, IV)}).encode()
    assert sign("1750000001", "n0nce42", KEY, body) == V2_SIGNATURE
    printed = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="
    assert encrypt(b"hello world", "test key", base64.b64decode(printed)[:16]) == printed


async def test_client_sends_changes_answers_and_recalls(lark: Any, feishu: FeishuEmulator) -> None:
    def use() -> None:
        api = messages_of(client_of(lark, feishu))
        sent = api["create"]("ou_zhao", "interactive", compact(card(button("同意"))), "row-1")
        assert sent.success(), sent.msg
        again = api["create"]("ou_zhao", "interactive", compact(card(button("同意"))), "row-1")
        assert again.data.message_id == sent.data.message_id
        patched = api["patch"](sent.data.message_id, compact(card(button("已同意"))))
        assert patched.success(), patched.msg
        replied = api["reply"](sent.data.message_id, '{"text":"好"}')
        assert replied.data.parent_id == sent.data.message_id
        assert api["delete"](replied.data.message_id).success()

    await asyncio.to_thread(use)
    first, second = feishu.messages(feishu.p2p_chat("ou_zhao"))
    assert first.buttons == ["已同意"]
    assert second.recalled


async def test_client_reads_refusals(lark: Any, feishu: FeishuEmulator) -> None:
    def use() -> None:
        api = messages_of(client_of(lark, feishu))
        refused = api["create"]("ou_nobody", "text", '{"text":"好"}')
        assert (refused.success(), refused.code, refused.raw.status_code) == (False, 230034, 400)
        feishu.faults.rate_limit_next()
        limited = api["create"]("ou_zhao", "text", '{"text":"好"}')
        assert (limited.code, limited.raw.status_code) == (99991400, 429)
        assert limited.raw.headers["x-ogw-ratelimit-reset"] == "1"
        feishu.faults.revoke_tokens()
        assert api["create"]("ou_zhao", "text", '{"text":"好"}').code == 99991663

    await asyncio.to_thread(use)


async def test_dispatcher_takes_events_and_the_challenge(lark: Any, feishu: FeishuEmulator, bot: Bot) -> None:
    heard: list[Any] = []
    builder = lark.EventDispatcherHandler.builder(KEY, TOKEN)
    builder.register_p2_im_message_receive_v1(heard.append).register_p2_im_message_message_read_v1(heard.append)
    builder.register_p2_im_chat_member_bot_added_v1(heard.append).register_p2_application_bot_menu_v6(heard.append)
    bot.answer = through(lark, builder.build())
    assert await feishu.verify_url()
    say = await feishu.say("ou_zhao", "@李静 你好", chat_id="oc_team", mention_bot=True, mentions=["ou_li"])
    await feishu.read("ou_zhao", [bots_text(feishu)])
    await feishu.bot_added("oc_outside", "ou_zhou")
    await feishu.menu("ou_li", "my_deals")
    assert [push.status for push in feishu.pushes] == [200] * 5
    message, read, added, menu = heard
    assert message.event.message.message_id == say.message_id
    assert json.loads(message.event.message.content) == {"text": "@_user_1 @_user_2 你好"}
    assert [one.id.open_id for one in message.event.message.mentions] == [feishu.world.bot_open_id, "ou_li"]
    assert (message.event.sender.sender_id.open_id, message.event.message.chat_type) == ("ou_zhao", "group")
    assert read.event.reader.reader_id.open_id == "ou_zhao"
    assert (added.event.external, added.event.operator_tenant_key) == (True, "tkother000000001")
    assert (menu.event.event_key, menu.event.timestamp) == ("my_deals", 1772413200)


def bots_text(feishu: FeishuEmulator) -> str:
    """A message of the bot, put there without a call."""
    return feishu.world.post(feishu.p2p_chat("ou_zhao"), "bot", "text", {"text": "好"}).message_id


async def test_dispatcher_answers_clicks(lark: Any, feishu: FeishuEmulator, api: Api, bot: Bot) -> None:
    clicks: list[Any] = []

    def decide(click: Any) -> dict[str, Any]:
        clicks.append(click)
        return {"toast": {"type": "success", "content": "已驳回"}}

    builder = lark.EventDispatcherHandler.builder(KEY, TOKEN)
    bot.answer = through(lark, builder.register_p2_card_action_trigger(decide).build())
    reason = {"tag": "input", "name": "reason", "label": {"tag": "plain_text", "content": "理由"}, "required": True}
    form = {"tag": "form", "name": "f", "elements": [reason, button("驳回", name="no", form_action_type="submit")]}
    message_id = await api.card("ou_li", card(form))
    click = await feishu.press("ou_li", message_id, "驳回", form={"理由": "价格太低"})
    assert click.toast is not None
    assert click.toast.content == "已驳回"
    [trigger] = clicks
    assert (trigger.event.action.name, trigger.event.action.value) == ("no", {"b": "驳回"})
    assert trigger.event.action.form_value == {"reason": "价格太低"}
    assert trigger.event.context.open_message_id == message_id
    assert (trigger.event.operator.open_id, len(trigger.header.create_time)) == ("ou_li", 16)


async def test_dispatcher_refuses_another_secret(lark: Any, feishu: FeishuEmulator, bot: Bot) -> None:
    bot.answer = through(lark, lark.EventDispatcherHandler.builder("another key", TOKEN).build())
    assert (await feishu.say("ou_zhao", "帮助")).status == 500
    assert not await feishu.verify_url()


def test_ids_of_two_emulators_never_meet() -> None:
    one, another = FeishuEmulator(), FeishuEmulator()
    assert one.world.new_id("om_") != another.world.new_id("om_")
    assert one.p2p_chat(one.add_user("ou_zhao", "赵敏").open_id) == another.p2p_chat(
        another.add_user("ou_zhao", "赵敏").open_id
    )


def through(lark: Any, dispatcher: Any) -> Callable[[dict[str, str], bytes], web.Response]:
    """The bot answers with what the SDK's dispatcher says; header names reach it as they came over the wire."""

    def answer(headers: dict[str, str], raw: bytes) -> web.Response:
        request = lark.RawRequest()
        request.uri, request.body, request.headers = "/callback", raw, headers
        response = dispatcher.do(request)
        return web.Response(status=response.status_code, body=response.content, content_type="application/json")

    return answer
