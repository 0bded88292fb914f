"""Stream mode: frames read and acknowledged, over a real socket to a gateway that says what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from adapters.connection import Address, Denied, Failed
from adapters.dingtalk.adapter import DingtalkAdapter
from adapters.dingtalk.card import variables
from adapters.dingtalk.frames import Frame, ack, pong, read_frame
from adapters.dingtalk.stream import opened
from adapters.http import open_session
from bot.errors import Unavailable
from bot.messages import Answer, AnyInbound, Form, Press, Read, Say
from bot.ports import Taken
from tests.connections.gateway import PATIENCE, Gateway, Side
from tests.dingtalk.fake import Answer as Reply
from tests.dingtalk.fake import code, says
from tests.dingtalk.samples import CLICK, LEFT, MESSAGE, READ, click, without
from tests.dingtalk.stage import NOW, Count, config
from tests.feishu.card_samples import DECIDED
from tests.feishu.stage import Counts, Desk, serve

OPEN = "/v1.0/gateway/connections/open"
ROBOT, CARD = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"


def frame(kind: str, topic: str, data: object, **headers: str | None) -> dict[str, Any]:
    known: dict[str, str | None] = {
        "topic": topic,
        "messageId": "21a3c7e0_5f1",
        "contentType": "application/json",
        "time": "1790000001234",
        **headers,
    }
    text = data if isinstance(data, str) else json.dumps(data)
    return {
        "specVersion": "1.0",
        "type": kind,
        "headers": {name: value for name, value in known.items() if value is not None},
        "data": text,
    }


def event(kind: str, data: object) -> dict[str, Any]:
    return frame("EVENT", "*", data, eventType=kind, eventId="b7d0e1c8", eventCorpId="ding8a2f41c07be9d635")


@dataclass
class Stage:
    gateway: Gateway
    adapter: DingtalkAdapter
    desk: Desk
    counts: Counts
    asked: list[Any]

    async def says(self, said: object, answers: int = 1) -> list[dict[str, Any]]:
        """What one connection acknowledges with, its data read as well."""
        side = await self.gateway.side(1)
        await side.says(said)
        heard = await side.answered(answers)
        return [answer | {"data": json.loads(answer["data"])} for answer in heard]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nobody tells of the change
            await asyncio.sleep(0.001)


async def stays(side: Side) -> None:
    await side.listens()


@asynccontextmanager
async def streaming(gateway: Gateway, desk: Desk, counts: Counts, meter: Count) -> AsyncIterator[Stage]:
    asked: list[Any] = []

    async def opens(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response({"endpoint": gateway.url, "ticket": "5c1e 7d/02"})

    app = web.Application()
    app.router.add_post(OPEN, opens)
    app.router.add_get("/connect", gateway.connect)
    async with serve(app) as port:
        gateway.url = f"ws://127.0.0.1:{port}/connect"
        adapter = DingtalkAdapter(config(f"http://127.0.0.1:{port}"), lambda: NOW, meter, counts.add)
        await adapter.listen(desk)
        yield Stage(gateway, adapter, desk, counts, asked)
        await adapter.leave()
        await adapter.stop()


@pytest.fixture
async def stage(desk: Desk, counts: Counts, meter: Count) -> AsyncIterator[Stage]:
    async with streaming(Gateway([stays]), desk, counts, meter) as found:
        yield found


# -- opening ---------------------------------------------------------------------------------------------------------


async def test_two_connections_subscribe_to_everything_that_is_read(stage: Stage) -> None:
    await stage.gateway.side(2)
    assert stage.asked[0] == {
        "clientId": "dingq7xv2m4kfjzpw3ta",
        "clientSecret": "Zk3v-demo-client-secret",
        "subscriptions": [
            {"type": "EVENT", "topic": "*"},
            {"type": "CALLBACK", "topic": ROBOT},
            {"type": "CALLBACK", "topic": CARD},
        ],
        "ua": "channelops-sdk-python/1",
    }
    assert [side.request.query["ticket"] for side in stage.gateway.sides] == ["5c1e 7d/02"] * 2
    assert len(stage.asked) == 2
    assert stage.adapter.callback(stage.desk) is None


GOOD = {"endpoint": "wss://wss-open-connection.dingtalk.com:443/connect", "ticket": "5c1e"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (says(200, GOOD), Address(f"{GOOD['endpoint']}?ticket=5c1e")),
        (says(200, GOOD | {"endpoint": "http://127.0.0.1/"}), Failed),
        (says(200, GOOD | {"endpoint": "wss://a/b?c=1"}), Failed),
        (says(200, GOOD | {"ticket": ""}), Failed),
        (says(200, {}), Failed),
        (says(200, "<html>"), Failed),
        (says(502, "<html>"), Failed),
        (code("system.busy", status=500), Failed),
        (code("Forbidden.AccessDenied.QpsLimitForApi", status=403), Failed),
        (code("invalidClientIdOrSecret"), Denied),
        (code("whatever", status=401), Denied),
        (code("authFailed", status=400), Denied),
        (code("Forbidden.AccessDenied.IpNotInWhiteList", status=403), Denied),
    ],
)
async def test_what_the_gateway_answers(answer: Reply, expected: Any) -> None:
    app = web.Application()
    app.router.add_post(OPEN, answer)
    async with serve(app) as port, open_session() as session:
        found = await opened(config(f"http://127.0.0.1:{port}"), lambda: session)
    assert found == expected if isinstance(expected, Address) else isinstance(found, expected)
    assert "Zk3v-demo-client-secret" not in str(found)


async def test_nobody_there_is_tried_again() -> None:
    async with open_session() as session:
        assert isinstance(await opened(config("http://127.0.0.1:1"), lambda: session), Failed)


# -- frames ----------------------------------------------------------------------------------------------------------


async def test_silence_means_nothing_at_a_gateway_that_never_pinged(stage: Stage) -> None:
    """Otherwise two reconnections every two minutes would be charged to the month."""
    dialect = stage.adapter._connections[0]._dialect
    assert dialect.pulse.silence == 0.0
    await stage.says(frame("SYSTEM", "ping", {"opaque": "1"}))
    assert dialect.pulse.silence == 120.0


async def test_a_message_is_acknowledged_once_it_is_stored(stage: Stage) -> None:
    stored = asyncio.Event()

    async def slowly(_inbound: AnyInbound) -> None:
        await stored.wait()

    stage.desk.deed = slowly
    side = await stage.gateway.side(1)
    await side.says(frame("CALLBACK", ROBOT, MESSAGE))
    await side.says(frame("SYSTEM", "ping", {"opaque": "op-77c1"}, messageId="p1"))
    (pinged,) = await side.answered()
    assert json.loads(pinged["data"]) == {"opaque": "op-77c1"}
    stored.set()
    acknowledged = (await side.answered(2))[1]
    assert acknowledged == {
        "code": 200,
        "headers": {"contentType": "application/json", "messageId": "21a3c7e0_5f1"},
        "message": "OK",
        "data": '{"response":null}',
    }
    (said,) = stage.desk.inbounds
    assert isinstance(said, Say)
    assert said.key == "msgW3tq0Lk9sXb2vN1=="


async def test_a_click_is_answered_in_its_own_acknowledgement(stage: Stage) -> None:
    stage.desk.taken = Taken(Answer(card=DECIDED), (7,))
    (answer,) = await stage.says(frame("CALLBACK", CARD, CLICK))
    assert answer["code"] == 200
    assert answer["data"]["response"]["cardData"]["cardParamMap"] == variables(DECIDED)
    (pressed,) = stage.desk.inbounds
    assert isinstance(pressed, Press)
    assert (pressed.key, pressed.sent_at.timestamp()) == ("21a3c7e0_5f1", 1790000001.234)
    await until(lambda: stage.desk.answers == [stage.desk.taken])


async def test_a_form_without_a_message_id_or_a_time(stage: Stage) -> None:
    filled = click({"params": {"id": "c1a3.2.k~", "form": {"reason": "贵"}}})
    await stage.says(frame("CALLBACK", CARD, filled, messageId=None, time=None))
    (form,) = stage.desk.inbounds
    assert isinstance(form, Form)
    assert len(form.key) == 32
    assert form.sent_at == NOW


async def test_an_event_is_acknowledged_with_its_status(stage: Stage) -> None:
    (answer,) = await stage.says(event("robot_msg_read", READ))
    assert (answer["code"], answer["data"]) == (200, {"status": "SUCCESS", "message": "ok"})
    (seen,) = stage.desk.inbounds
    assert isinstance(seen, Read)
    assert seen.key == "b7d0e1c8"


async def test_an_event_about_several_is_acknowledged_after_the_last_of_them(stage: Stage) -> None:
    asked, stored = asyncio.Event(), asyncio.Event()

    async def slowly(inbound: AnyInbound) -> None:
        if inbound.sender.user == "mgr0042":
            asked.set()
            await stored.wait()

    stage.desk.deed = slowly
    side = await stage.gateway.side(1)
    await side.says(event("user_leave_org", LEFT))
    async with asyncio.timeout(PATIENCE):
        await asked.wait()
    (pinged,) = await stage.says(frame("SYSTEM", "ping", {"opaque": "1"}))
    assert pinged["data"] == {"opaque": "1"}
    stored.set()
    (_, acknowledged) = await side.answered(2)
    assert json.loads(acknowledged["data"])["status"] == "SUCCESS"
    assert [one.key for one in stage.desk.inbounds] == ["b7d0e1c8/agent0071", "b7d0e1c8/mgr0042"]


async def test_an_event_comes_again_if_one_of_several_was_not_stored(stage: Stage) -> None:
    def full(inbound: AnyInbound) -> None:
        if inbound.sender.user == "mgr0042":
            raise Unavailable

    stage.desk.deed = full
    (answer,) = await stage.says(event("user_leave_org", LEFT))
    assert (answer["code"], answer["data"]["status"]) == (200, "LATER")


@pytest.mark.parametrize(
    ("said", "expected", "counted"),
    [
        (frame("CALLBACK", ROBOT, without(MESSAGE, "text") | {"errorCode": 20001}), 200, "ignored_over_quota"),
        (frame("CALLBACK", ROBOT, without(MESSAGE, "text")), 400, "malformed"),
        (frame("CALLBACK", CARD, {}), 400, "malformed"),
        (event("robot_msg_read", {}), 400, "malformed"),
        (event("user_add_org", {}), 200, "ignored_unknown_type"),
        (frame("CALLBACK", "/v1.0/graph/api/invoke", {}), 404, ""),
        (frame("RIDDLE", "x", {}), 404, ""),
    ],
)
async def test_what_is_not_taken_is_acknowledged_as_such(
    stage: Stage, said: dict[str, Any], expected: int, counted: str
) -> None:
    (answer,) = await stage.says(said)
    assert answer["code"] == expected
    assert stage.desk.inbounds == []
    assert dict(stage.counts) == ({counted: 1} if counted else {})


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[]",
        '{"type":"EVENT","type":"SYSTEM"}',
        "[" * 100_000,
        frame("CALLBACK", ROBOT, "not json"),
        frame("CALLBACK", CARD, "[]"),
        frame("SYSTEM", "ping", "{"),
        {"type": 5},
        {"type": "EVENT", "headers": []},
    ],
    ids=range(9),
)
async def test_garbage_leaves_the_connection_as_it_is(stage: Stage, said: object) -> None:
    side = await stage.gateway.side(1)
    await side.says(said)
    await stage.counts.until("malformed")
    (answer,) = await stage.says(frame("SYSTEM", "ping", {"opaque": "1"}))
    assert answer["data"] == {"opaque": "1"}
    assert stage.desk.inbounds == []


@pytest.mark.parametrize("topic", ["KEEPALIVE", "REGISTERED", "CONNECTED"])
async def test_other_system_frames_want_no_answer(stage: Stage, topic: str) -> None:
    side = await stage.gateway.side(1)
    await side.says(frame("SYSTEM", topic, {}))
    (answer,) = await stage.says(frame("SYSTEM", "ping", {"opaque": "1"}))
    assert answer["data"] == {"opaque": "1"}


@pytest.mark.parametrize("data", [{"reason": "connection is expired"}, "", "x"], ids=["reason", "no data", "no json"])
async def test_disconnect_brings_another_connection_first(stage: Stage, data: object) -> None:
    side = await stage.gateway.side(1)
    await stage.gateway.side(2)
    await side.says(frame("SYSTEM", "disconnect", data, messageId=None))
    third = await stage.gateway.side(3)
    assert not side.closed
    await third.says(frame("CALLBACK", ROBOT, MESSAGE))
    await third.answered()


async def test_without_the_database(stage: Stage) -> None:
    def no_store(_inbound: AnyInbound) -> None:
        raise Unavailable

    stage.desk.deed = no_store
    side = await stage.gateway.side(1)
    await side.says(frame("CALLBACK", ROBOT, MESSAGE, messageId="m1"))
    await side.says(frame("CALLBACK", CARD, CLICK, messageId="c1"))
    await side.says(event("robot_msg_read", READ) | {"n": 1})
    answers = {
        answer["headers"]["messageId"]: answer
        for answer in await stage.says(frame("SYSTEM", "ping", {}, messageId="p"), 3)
    }
    assert "m1" not in answers
    assert (answers["c1"]["code"], answers["c1"]["data"]) == (500, {"response": {}})
    assert (answers["21a3c7e0_5f1"]["code"], answers["21a3c7e0_5f1"]["data"]["status"]) == (200, "LATER")
    assert stage.counts["unavailable"] == 3


async def test_a_late_answer_is_not_reported(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.dingtalk.edge.WINDOW_SECONDS", 0.0)
    stage.desk.taken = Taken(Answer(card=DECIDED), (7,))
    await stage.says(frame("CALLBACK", CARD, CLICK))
    await stage.counts.until("unanswered")
    assert stage.desk.answers == []


async def test_what_was_pushed_is_charged(stage: Stage, meter: Count) -> None:
    await stage.says(frame("CALLBACK", ROBOT, MESSAGE))
    await stage.says(frame("CALLBACK", CARD, CLICK), 2)
    await stage.says(event("robot_msg_read", READ), 3)
    await stage.says(event("user_leave_org", LEFT), 4)  # the address book is free
    assert meter == {"message": 1, "click": 1, "event": 1}


async def test_the_state_is_up_while_one_connection_stands(stage: Stage) -> None:
    first, second = await stage.gateway.side(1), await stage.gateway.side(2)
    await until(lambda: stage.adapter.state.up)
    first.aborts()
    await stage.gateway.closed(1)
    assert stage.adapter.state.up
    assert not second.closed


FRAMES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["SYSTEM", "EVENT", "CALLBACK"]) | st.text(max_size=3),
        "headers": st.dictionaries(
            st.sampled_from(["topic", "messageId", "time"]), st.text(max_size=5) | st.integers()
        ),
        "data": st.text(max_size=10) | st.just("{}"),
    },
)


@given(frame=FRAMES, noise=st.text(max_size=5))
def test_no_frame_raises_anything_but_a_value_error(frame: dict[str, Any], noise: str) -> None:
    for raw in (json.dumps(frame), json.dumps(frame) + noise):
        try:
            read = read_frame(raw)
            answer = json.loads(ack(read, {"response": {}}))
            pong(read)
        except ValueError:
            continue
        assert isinstance(read, Frame)
        assert isinstance(answer["headers"]["messageId"], str)
