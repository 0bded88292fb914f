"""wechatpy's client as judge: unchanged but for its address, in a thread because it blocks."""

import asyncio
from typing import Any

import pytest

from adapters.wecom.emulator import WeComEmulator


def client_of(wecom: WeComEmulator) -> Any:
    """The client's token call has its host written into it; everything else follows API_BASE_URL."""
    from wechatpy.enterprise import WeChatClient

    class Client(WeChatClient):  # type: ignore[misc]
        API_BASE_URL = f"{wecom.base_url}/cgi-bin/"

        def fetch_access_token(self) -> Any:
            params = {"corpid": self.corp_id, "corpsecret": self.secret}
            return self._fetch_access_token(url=f"{self.API_BASE_URL}gettoken", params=params)

    return Client(wecom.corp_id, wecom.secret, auto_retry=False)


async def test_client_sends_updates_and_recalls(wecom: WeComEmulator) -> None:
    def use() -> None:
        client = client_of(wecom)
        sent = client.message.send_text(wecom.agent_id, ["zhaomin", "nobody"], content="好")
        assert sent["invaliduser"] == "nobody"
        article = {
            "title": "政策",
            "description": "返点",
            "url": "https://example.com",
            "image": "https://example.com/i",
        }
        client.message.send_articles(wecom.agent_id, "zhaomin", [article])
        assert client.post("message/recall", data={"msgid": sent["msgid"]})["errcode"] == 0
        assert client.user.get("zhaomin")["name"] == "赵敏"

    await asyncio.to_thread(use)
    text, news = wecom.messages(wecom.app_chat("zhaomin"))
    assert (text.recalled, news.text) == (True, "政策\n返点")


async def test_client_uploads(wecom: WeComEmulator) -> None:
    """Its download has the host written into it as well, and cannot be led here."""

    def use() -> str:
        client = client_of(wecom)
        media = str(client.media.upload("file", ("a.txt", b"content"))["media_id"])
        client.message.send_file(wecom.agent_id, "zhaomin", media_id=media)
        return media

    media = await asyncio.to_thread(use)
    assert wecom.world.blobs[media].data == b"content"
    assert wecom.messages(wecom.app_chat("zhaomin"))[0].text == "[文件] a.txt"


async def test_client_reads_refusals(wecom: WeComEmulator) -> None:
    from wechatpy.exceptions import APILimitedException, WeChatClientException

    def use() -> None:
        client = client_of(wecom)
        with pytest.raises(WeChatClientException) as refused:
            client.message.send_text(wecom.agent_id, "nobody", content="好")
        assert refused.value.errcode == 81013
        wecom.faults.rate_limit_next()
        with pytest.raises(APILimitedException):
            client.message.send_text(wecom.agent_id, "zhaomin", content="好")

    await asyncio.to_thread(use)
