"""The official client as the judge: dingtalk-stream runs in a thread of its own, because its requests block the loop."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from typing import Any

import pytest

from adapters.dingtalk.emulation.wire import card_sign, sign
from adapters.dingtalk.emulator import DingTalkEmulator
from tests.dingtalk_emulator.stage import Api, card, reason

ENDPOINT_HOLDERS = ("stream", "chatbot", "card_replier")


@pytest.fixture
def sdk(dingtalk: DingTalkEmulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package, its hosts set to the emulator where it keeps them (1.7)."""
    import dingtalk_stream
    import dingtalk_stream.card_replier
    import dingtalk_stream.stream
    import websockets.exceptions  # noqa: F401 the SDK uses it before it is an attribute of websockets (#65)

    for name in ENDPOINT_HOLDERS:
        monkeypatch.setattr(f"dingtalk_stream.{name}.DINGTALK_OPENAPI_ENDPOINT", dingtalk.base_url)
    url = dingtalk.base_url + "/v1.0/gateway/connections/open"
    monkeypatch.setattr(dingtalk_stream.DingTalkStreamClient, "OPEN_CONNECTION_API", url)
    monkeypatch.setattr(dingtalk_stream.DingTalkStreamClient, "get_host_ip", lambda _self: "127.0.0.1")
    return dingtalk_stream


class Running:
    """A client of the SDK in its thread; `heard` is what its handlers were given."""

    def __init__(self, sdk: Any, dingtalk: DingTalkEmulator) -> None:
        self.sdk, self.heard = sdk, []  # type: tuple[Any, list[Any]]
        log = logging.getLogger("sdk under test")
        self.client = sdk.DingTalkStreamClient(sdk.Credential(dingtalk.client_id, dingtalk.client_secret), log)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._main: Future[Any] = Future()

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        task = self.loop.create_task(self.client.start())
        self._main.set_result(task)
        self.loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        left = asyncio.all_tasks(self.loop)
        for one in left:
            one.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    def stop(self) -> None:
        """Twice: the SDK takes the first cancel for a network problem (1.7)."""
        task = self._main.result()
        self.loop.call_soon_threadsafe(task.cancel)
        self.loop.call_soon_threadsafe(lambda: self.loop.call_later(0.05, task.cancel))
        self._thread.join(5)

    def answers(self, topic: str, answer: Callable[[Any], tuple[int, Any]]) -> None:
        heard = self.heard

        class Handler(self.sdk.CallbackHandler):  # type: ignore[misc,name-defined]
            async def process(self, callback: Any) -> tuple[int, Any]:
                heard.append(callback)
                return answer(callback)

        self.client.register_callback_handler(topic, Handler())


@pytest.fixture
async def running(sdk: Any, dingtalk: DingTalkEmulator) -> AsyncIterator[Running]:
    """Connected, taking robot messages; register more before the first `until`."""
    running = Running(sdk, dingtalk)
    running.answers(sdk.ChatbotMessage.TOPIC, lambda _callback: (sdk.AckMessage.STATUS_OK, "OK"))
    yield running
    await asyncio.to_thread(running.stop)


async def connected(running: Running, dingtalk: DingTalkEmulator) -> None:
    running.start()
    await dingtalk.until(lambda: dingtalk.connections)


def test_the_pages_vectors() -> None:
    assert sign("1577262236757", "this is a secret") == "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="
    by_openssl = "cviWWKk4OPwVpK0VGNkvThhQ7PXwQPYvJhM+/YVA1VI="  # the page has no vector of this one
    assert card_sign("1577262236757", "this is a secret") == by_openssl


async def test_client_hears_every_kind_of_message(running: Running, sdk: Any, dingtalk: DingTalkEmulator) -> None:
    await connected(running, dingtalk)
    pushes = [
        await dingtalk.say("zhao", "报备 华东医药", chat_id="cidTeam==", mention_bot=True, mentions=["li"]),
        await dingtalk.image("zhao", b"\x89PNG"),
        await dingtalk.rich_text("zhao", ["现场照片见下", b"\x89PNG"]),
        await dingtalk.audio("zhao", b"#!AMR", recognition="进入投标阶段"),
    ]
    assert [push.status for push in pushes] == [200] * 4
    text, picture, rich, audio = (sdk.ChatbotMessage.from_dict(callback.data) for callback in running.heard)
    assert text.text.content == " @李静 报备 华东医药"
    assert (text.sender_staff_id, text.conversation_title, text.is_in_at_list) == ("zhao", "华东渠道群", True)
    assert [at.staff_id for at in text.at_users] == [None, "li"]
    assert picture.image_content.download_code
    assert rich.get_text_list() == ["现场照片见下"]
    assert audio.extensions["content"]["recognition"] == "进入投标阶段"
    assert not dingtalk.stream.odd_frames


async def test_client_answers_pings_and_comes_back_after_disconnect(
    running: Running, sdk: Any, dingtalk: DingTalkEmulator
) -> None:
    await connected(running, dingtalk)
    [first] = dingtalk.connections
    await dingtalk.stream.ping()
    await dingtalk.until(lambda: first.pongs == 1)
    await dingtalk.stream.disconnect(message_id=False)
    await dingtalk.until(lambda: first not in dingtalk.connections and dingtalk.connections)
    assert (await dingtalk.say("zhao", "帮助")).status == 200
    assert not dingtalk.stream.odd_frames


async def test_events_need_a_status_the_client_does_not_send(
    running: Running, sdk: Any, dingtalk: DingTalkEmulator
) -> None:
    """Its handler echoes the event's data (1.5); overriding raw_process is what the page advises."""

    class Echo(sdk.EventHandler):  # type: ignore[misc]
        async def process(self, event: Any) -> tuple[int, str]:
            return sdk.AckMessage.STATUS_OK, "OK"

    class Status(Echo):
        async def raw_process(self, event: Any) -> Any:
            ack = await super().raw_process(event)
            ack.data = {"status": "SUCCESS", "message": "ok"}
            return ack

    running.client.register_all_event_handler(Echo())
    await connected(running, dingtalk)
    echoed = await dingtalk.raw("chat_disband", {"openConversationId": "cidTeam=="})
    assert (echoed.status, echoed.delivered, echoed.due is None) == (200, False, False)
    dingtalk.pusher.events_need_status = False
    assert (await dingtalk.raw("chat_disband", {})).delivered
    dingtalk.pusher.events_need_status = True
    running.client.event_handler = Status()
    assert (await dingtalk.raw("chat_disband", {})).delivered


async def test_client_answers_a_click(running: Running, sdk: Any, dingtalk: DingTalkEmulator, api: Api) -> None:
    options = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
    answer = {"cardUpdateOptions": options, "cardData": {"cardParamMap": {"status": "已驳回"}}}
    running.answers(sdk.CallbackHandler.TOPIC_CARD_CALLBACK, lambda _callback: (sdk.AckMessage.STATUS_OK, answer))
    await connected(running, dingtalk)
    click = await dingtalk.press("li", await api.card("li", **reason()), "驳回", {"理由": "价格太低"})
    assert click.card_changed
    message = sdk.CardCallbackMessage.from_dict(running.heard[-1].data)
    assert (message.card_instance_id, message.user_id) == ("card-1", "li")
    assert message.content["cardPrivateData"]["params"] == {"id": "k9", "form": {"reason": "价格太低"}}


async def test_client_replies_and_sends_cards(running: Running, sdk: Any, dingtalk: DingTalkEmulator) -> None:
    await connected(running, dingtalk)
    await dingtalk.say("zhao", "帮助")
    incoming = sdk.ChatbotMessage.from_dict(running.heard[0].data)
    handler = sdk.ChatbotHandler()
    handler.dingtalk_client = running.client

    def reply() -> str:
        handler.reply_text("您好", incoming)
        handler.reply_markdown("帮助", "**报备** 登记客户", incoming)
        handler.reply_markdown_card("**本周** 3 条", incoming, title="周报")
        replier = sdk.CardReplier(running.client, incoming)
        replier.create_and_deliver_card(
            dingtalk.card_template_id, card(), imRobotOpenDeliverModel={"spaceType": "IM_ROBOT"}, openSpaceId=robot
        )
        return str(replier.create_and_send_card(dingtalk.card_template_id, card()))

    robot = "dtv1.card//IM_ROBOT.zhao"
    track = await asyncio.to_thread(reply)
    texts = [message.text for message in dingtalk.messages(dingtalk.p2p_chat("zhao"))[1:]]
    assert texts[:3] == ["您好", "报备 登记客户", "周报\n本周 3 条"]
    assert texts[3] == texts[4] == "报备审批\n新报备 BB1001\n同意\n转交"
    replier = sdk.CardReplier(running.client, incoming)
    await asyncio.to_thread(replier.put_card_data, track, card(status="已同意"))
    assert dingtalk.messages(dingtalk.p2p_chat("zhao"))[-1].text.endswith("已同意")
    assert {call.code for call in dingtalk.calls} == {"ok"}


async def test_client_fetches_what_people_sent(running: Running, sdk: Any, dingtalk: DingTalkEmulator) -> None:
    await connected(running, dingtalk)
    await dingtalk.image("zhao", b"\x89PNG\r\n")
    incoming = sdk.ChatbotMessage.from_dict(running.heard[0].data)
    handler = sdk.ChatbotHandler()
    handler.dingtalk_client = running.client
    url = await asyncio.to_thread(handler.get_image_download_url, incoming.image_content.download_code)
    import requests

    response = await asyncio.to_thread(requests.get, url, timeout=5)
    assert response.content == b"\x89PNG\r\n"
