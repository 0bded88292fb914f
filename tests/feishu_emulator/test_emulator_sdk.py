"""The official SDK as judge: lark-oapi, unchanged, talks to the emulator and takes what it pushes."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aiohttp import web

from adapters.feishu.emulator import FeishuEmulator
from adapters.feishu.emulator_wire import compact, encrypt, sign
from tests.feishu_emulator.stage import Bot, button, card

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


def test_v1_is_encrypted_as_the_page_prints_it(lark: Any) -> None:
    from lark_oapi.core.utils import AESCipher

    assert encrypt(V1.encode(), KEY, IV) == V1_ENCRYPTED
    assert AESCipher(KEY).decrypt_str(V1_ENCRYPTED) == V1


async def test_client(lark: Any, feishu: FeishuEmulator) -> None:
    from lark_oapi.api.im.v1 import (
        CreateMessageRequest,
        CreateMessageRequestBody,
        DeleteMessageRequest,
        PatchMessageRequest,
        PatchMessageRequestBody,
        ReplyMessageRequest,
        ReplyMessageRequestBody,
    )

    def use() -> None:
        client = (
            lark.Client.builder().app_id(feishu.app_id).app_secret(feishu.app_secret).domain(feishu.base_url).build()
        )
        body = CreateMessageRequestBody.builder().receive_id("ou_zhao").msg_type("interactive")
        body = body.content(compact(card(button("同意")))).uuid("row-1").build()
        create = CreateMessageRequest.builder().receive_id_type("open_id").request_body(body).build()
        sent = client.im.v1.message.create(create)
        assert sent.success(), sent.msg
        assert client.im.v1.message.create(create).data.message_id == sent.data.message_id
        patch = PatchMessageRequestBody.builder().content(compact(card(button("已同意")))).build()
        patched = client.im.v1.message.patch(
            PatchMessageRequest.builder().message_id(sent.data.message_id).request_body(patch).build()
        )
        assert patched.success(), patched.msg
        reply = ReplyMessageRequestBody.builder().msg_type("text").content('{"text":"好"}').build()
        replied = client.im.v1.message.reply(
            ReplyMessageRequest.builder().message_id(sent.data.message_id).request_body(reply).build()
        )
        assert replied.data.parent_id == sent.data.message_id
        deleted = client.im.v1.message.delete(
            DeleteMessageRequest.builder().message_id(replied.data.message_id).build()
        )
        assert deleted.success(), deleted.msg

    await asyncio.to_thread(use)
    first, second = feishu.messages(feishu.p2p_chat("ou_zhao"))
    assert first.buttons == ["已同意"]
    assert second.recalled
