"""One life cycle for every long connection (design 6), over real sockets: how connections end, and what comes next."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from adapters.connecting.pace import pause
from adapters.connection import Denied, Failed, Pace, Pulse, Socket, combined
from adapters.http import Call, open_session, send
from bot.health import ChannelState
from tests.connections.gateway import QUICK, UNPROVEN, Behaviour, Side, black_hole, line, stays


async def closes(side: Side) -> None:
    """Cleanly, and at once."""


async def aborts(side: Side) -> None:
    side.aborts()


async def says_goodbye(side: Side) -> None:
    """DingTalk: no more pushes here; closed from that side once nobody speaks any more."""
    await side.says({"topic": "disconnect", "reason": "connection is expired"})
    await side.listens()


async def goes_deaf(side: Side) -> None:
    """The socket stays open; nobody is there any more, not even for a ping."""
    await asyncio.Event().wait()


async def forgets(side: Side) -> None:
    """Pings are answered, but nothing of the messenger's own comes any more."""
    await side.listens()


# -- what every ending leads to --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [closes, aborts, says_goodbye])
async def test_the_next_connection_works(ends: Behaviour) -> None:
    async with line(ends, stays) as it:
        second = await it.gateway.side(2)
        await second.says({"n": 1})
        assert await second.answered() == [{"n": 1}]
        assert it.connection.state == ChannelState(up=True)


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (Failed("网关 502"), "测试连接已断开，正在重新连接：网关 502"),
        (ConnectionResetError(), "测试连接已断开，正在重新连接：连不上对方服务器（ConnectionResetError）"),
        (KeyError("endpoint"), "测试连接已断开，正在重新连接：程序出错，详见日志"),
        (Denied("密钥不对"), "测试连接被拒绝：密钥不对"),
    ],
)
async def test_dialling_fails_before_the_first_connection_and_is_tried_again(
    failed: Failed | Denied | Exception, said: str
) -> None:
    """#65: any failure before its first connection ended dingtalk-stream with an AttributeError."""
    async with line(answers=[failed]) as it:
        await it.until(lambda: it.connection.state == ChannelState(up=False, why=said))
        it.gateway.answers = [None]
        await it.up()


async def test_a_refused_handshake_is_tried_again() -> None:
    async with line() as it:
        await it.up()
        right, it.gateway.url = it.gateway.url, it.gateway.url.replace("/connect", "/nowhere")
        (await it.gateway.side(1)).aborts()
        await it.until(lambda: "HTTP 404" in it.connection.state.why)
        it.gateway.url = right
        await it.gateway.side(2)


# -- how fast --------------------------------------------------------------------------------------------------------


async def test_a_clean_close_at_once_in_a_loop_is_slowed_down() -> None:
    """S2: dingtalk-stream 0.24.3 made 680 opens in 1.5 s of this."""
    async with line(closes, pace=Pace(first=0.1, proven=UNPROVEN, spread=lambda _, high: high)) as it:
        await it.gateway.side(5)
        gaps = [later - earlier for earlier, later in pairwise(it.gateway.dials)]
        for gap, least in zip(gaps, (0.1, 0.2, 0.4, 0.8), strict=False):
            assert gap >= least


async def test_a_goodbye_at_once_in_a_loop_is_slowed_down() -> None:
    async with line(says_goodbye, pace=Pace(first=0.1, proven=UNPROVEN, grace=0.1, spread=lambda _, high: high)) as it:
        await it.gateway.side(4)
        gaps = [later - earlier for earlier, later in pairwise(it.gateway.dials)]
        for gap, least in zip(gaps, (0.1, 0.2, 0.4), strict=False):
            assert gap >= least


@pytest.mark.parametrize(
    ("failures", "most"), [(1, 1.0), (2, 2.0), (3, 4.0), (6, 32.0), (7, 60.0), (100, 60.0), (100_000, 60.0)]
)
def test_pauses_grow_up_to_a_minute_and_are_spread_from_nothing(failures: int, most: float) -> None:
    asked: list[tuple[float, float]] = []

    def spread(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    assert pause(Pace(spread=spread), failures) == most
    assert asked == [(0.0, most)]


async def test_only_a_connection_that_stood_for_a_while_ends_the_growth() -> None:
    async def stands(side: Side) -> None:
        await asyncio.sleep(0.3)

    asked: list[float] = []

    def spread(_: float, high: float) -> float:
        asked.append(high)
        return 0.0

    pace = Pace(first=1.0, proven=0.2, spread=spread)
    async with line(closes, closes, closes, stands, closes, stays, pace=pace) as it:
        await it.gateway.side(6)
    assert asked == [1.0, 2.0, 4.0, 1.0, 2.0]


async def test_revoked_credentials_are_tried_slowly_and_told_to_the_operator() -> None:
    """lark-oapi stops for good at the first refusal, and the process stays there, deaf."""
    asked: list[tuple[float, float]] = []

    def spread(low: float, high: float) -> float:
        asked.append((low, high))
        return 0.01

    async def revokes(side: Side) -> None:
        await side.says({"topic": "revoked"})
        await side.listens()

    denied = Denied("AppSecret 不对，请在开放平台核对")
    async with line(revokes, stays, pace=Pace(spread=spread), answers=[None, denied]) as it:
        await it.until(lambda: it.connection.state.why == "测试连接被拒绝：AppSecret 不对，请在开放平台核对")
        it.gateway.answers = [None]
        await it.gateway.side(2)
        await it.up()
    assert set(asked) == {(150.0, 300.0)}


async def test_a_kick_is_not_fought_over() -> None:
    async def kicks(side: Side) -> None:
        await side.says({"topic": "kicked"})
        await side.listens()

    async with line(kicks, stays, alone=True) as it:
        await it.gateway.closed(1)
        await it.until(lambda: not it.connection.state.up)
        assert it.connection.state.why == "测试连接已停用：另一处登录了同一个机器人"
        with pytest.raises(TimeoutError):  # longer than any pause before another attempt would be
            await asyncio.wait_for(it.gateway.until(lambda: len(it.gateway.dials) > 1, 5), 3 * QUICK.most)
        await it.connection.start()
        await it.gateway.side(2)
        await it.up()


# -- half-dead -------------------------------------------------------------------------------------------------------


async def test_a_half_dead_socket_is_noticed_by_unanswered_pings() -> None:
    """#63: after a connection broke silently, no more messages came."""
    async with line(goes_deaf, stays, beat=Pulse(ping=0.05)) as it:
        await it.gateway.side(2)
        assert it.gateway.opens[1] - it.gateway.opens[0] >= 0.1


async def test_a_connection_that_takes_no_more_bytes_is_left() -> None:
    async with line(goes_deaf, stays, pace=Pace(write=0.1, proven=0.0, first=0.01)) as it:
        await it.up()
        socket = it.connection.socket
        assert socket is not None
        sent = [await socket.send("0" * 1_000_000) for _ in range(30)]
        assert not sent[-1]
        await it.gateway.side(2)


async def test_a_healthy_connection_is_left_alone_however_quiet_it_is() -> None:
    async with line(stays, beat=Pulse(ping=0.02, says=0.02)) as it:
        first = await it.gateway.side(1)
        await first.answered(10)  # ten pings of the messenger's own later
        assert first.heard[0] == {"topic": "ping", "note": "note"}
        assert len(it.gateway.sides) == 1


@pytest.mark.parametrize("alone", [False, True])
async def test_a_server_that_has_forgotten_us_is_left(alone: bool) -> None:
    """It answers pings, but nothing of its own comes: the new connection opens before the old one closes, if it may."""
    open_then: list[bool] = []

    async def looks(side: Side) -> None:
        open_then.append(not side.gateway.sides[0].closed)
        await side.listens()

    async with line(forgets, looks, beat=Pulse(ping=0.02, silence=0.15), alone=alone) as it:
        await it.gateway.side(2)
        await it.gateway.closed(1)
        assert open_then[0] is not alone


# -- overlap ---------------------------------------------------------------------------------------------------------


async def test_the_new_connection_opens_before_the_old_one_closes_and_nothing_in_between_is_lost() -> None:
    """dingtalk-stream-sdk-go #16: the first message after a reconnect was lost."""

    async def speaks_on(side: Side) -> None:
        await side.says({"topic": "disconnect"})
        await side.gateway.side(2)
        await side.says({"n": "after the goodbye"})
        await side.listens()

    async with line(speaks_on, stays) as it:
        first, second = await it.gateway.side(1), await it.gateway.side(2)
        assert not first.closed
        assert await first.answered() == [{"n": "after the goodbye"}]
        await second.says({"n": "on the new one"})
        assert await second.answered() == [{"n": "on the new one"}]
        await first.says({"n": "still on its way"})
        assert await first.answered(2) == [{"n": "after the goodbye"}, {"n": "still on its way"}]
        await it.gateway.closed(1)
        assert it.connection.state.up


async def test_the_old_connection_serves_until_a_new_one_can_be_had() -> None:
    async with line(stays, answers=[None, Failed("网关 503"), Failed("网关 503"), None]) as it:
        first = await it.gateway.side(1)
        await it.up()
        await first.says({"topic": "disconnect"})
        await it.until(lambda: len(it.gateway.dials) >= 3)
        assert it.connection.state.up
        await first.says({"n": 1})
        assert await first.answered() == [{"n": 1}]
        await it.gateway.side(2)


# -- greeting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refused", [Denied("853000"), Failed("忙")])
async def test_who_is_not_let_in_closes_and_comes_back(refused: Failed | Denied) -> None:
    """WeCom leaves a wrong secret's socket open and unauthenticated: closing is ours."""
    answers: list[Failed | Denied | None] = [refused, None]

    async def greeting(socket: Socket) -> Failed | Denied | None:
        await socket.send('{"cmd": "subscribe"}')
        return answers.pop(0)

    async with line(greeting=greeting) as it:
        await it.gateway.closed(1)
        second = await it.gateway.side(2)
        await it.up()
        assert second.heard == [{"cmd": "subscribe"}]


async def test_a_greeting_that_nobody_answers_has_an_end() -> None:
    async def greeting(socket: Socket) -> None:
        await asyncio.Event().wait()

    async with line(greeting=greeting, pace=Pace(dial=0.1, spread=lambda *_: 0.0)) as it:
        await it.gateway.side(2)
        assert it.connection.state == ChannelState(up=False, why="测试连接已断开，正在重新连接：没有及时得到许可")


async def test_a_connection_that_breaks_during_the_greeting_is_tried_again() -> None:
    async def greeting(socket: Socket) -> None:
        await asyncio.Event().wait()

    async with line(aborts, greeting=greeting) as it:
        await it.gateway.side(3)


# -- several ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([(False, "a"), (True, "")], (True, "")),
        ([(True, ""), (False, "b")], (True, "")),
        ([(False, "a"), (False, "b")], (False, "a")),
    ],
)
def test_two_connections_have_one_state(states: list[tuple[bool, str]], expected: tuple[bool, str]) -> None:
    assert combined(ChannelState(up=up, why=why) for up, why in states) == ChannelState(up=expected[0], why=expected[1])


async def test_a_black_hole_behind_the_address_costs_nothing_but_its_time() -> None:
    async with black_hole() as nowhere, line(pace=Pace(dial=0.1, spread=lambda *_: 0.0)) as it:
        await it.up()
        right, it.gateway.url = it.gateway.url, f"ws://{nowhere}/connect"
        dials = len(it.gateway.dials)
        (await it.gateway.side(1)).aborts()
        await it.until(lambda: len(it.gateway.dials) >= dials + 3)
        assert "秒内没有回应" in it.connection.state.why
        it.gateway.url = right
        await it.up()


async def test_a_black_hole_gateway_does_not_stop_the_loop() -> None:
    """S1, #81: dingtalk-stream and lark-oapi ask for their address with a blocking call without a time limit."""
    loop, gaps = asyncio.get_running_loop(), [0.0]
    async with black_hole() as nowhere, open_session() as session:

        async def dialling() -> None:
            await send(session, Call(method="POST", url=f"http://{nowhere}/open"))

        async with line(dialling=dialling, pace=Pace(dial=0.1, spread=lambda *_: 0.0)) as it:
            while len(it.gateway.dials) < 4:
                asked = loop.time()
                await asyncio.sleep(0.005)
                gaps.append(loop.time() - asked)
            assert "秒内没有回应" in it.connection.state.why
            it.talk.dialling = None
            await it.up()
    assert sorted(gaps)[len(gaps) // 2] < 0.05


async def test_a_slow_gateway_is_waited_for() -> None:
    async def dialling() -> None:
        await asyncio.sleep(0.2)

    async with line(dialling=dialling) as it:
        await it.up()
        assert len(it.gateway.dials) == 1


async def test_thirty_breaks_in_a_row() -> None:
    """S8: lark-oapi's connect leaves its lock held when a connection is there already, and never comes back."""
    async with line(*[closes, aborts, says_goodbye] * 10, stays, pace=Pace(first=0.005, proven=0.0, grace=0.01)) as it:
        last = await it.gateway.side(31)
        await last.says({"n": 1})
        assert await last.answered() == [{"n": 1}]


async def test_several_in_one_process_inside_a_running_loop() -> None:
    """S9: lark-oapi has one event loop for all its clients, taken at import, and cannot start inside a running one."""
    async with line() as one, line() as another:
        for it in (one, another):
            side = await it.gateway.side(1)
            await side.says({"n": 1})
            assert await side.answered() == [{"n": 1}]
