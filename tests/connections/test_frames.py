"""What happens to frames: side by side, answered where they came from, and never in the way of reading."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.connecting.crew import Crew
from tests.connections.gateway import TICKET, Side, line, stays


class Door:
    """Work that goes on until it is let through. ``inside``: who stands before it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.inside: list[Any] = []

    async def __call__(self, frame: Any) -> None:
        self.inside.append(frame)
        await self.open.wait()


async def test_a_slow_frame_delays_nobody() -> None:
    """S5, lark-oapi #109: it runs handlers on the socket's loop: one that took 4 s delayed everything behind it (issue #109)."""
    door = Door()

    async def work(frame: Any) -> None:
        if frame["n"] == "slow":
            await door(frame)

    async with line(work=work) as it:
        side = await it.gateway.side(1)
        await side.says({"n": "slow"})
        await side.says({"n": "quick"})
        assert await side.answered() == [{"n": "quick"}]
        door.open.set()
        assert await side.answered(2) == [{"n": "quick"}, {"n": "slow"}]


async def test_a_thousand_frames_at_once_are_all_answered_and_others_get_their_turn_in_between() -> None:
    turns, moments = 0, set()

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def work(_: Any) -> None:
        moments.add(turns)

    async with line(work=work) as it:
        side = await it.gateway.side(1)
        running = asyncio.create_task(others())
        for number in range(1000):
            await side.says({"n": number})
        answered = await side.answered(1000)
        running.cancel()
    assert sorted(frame["n"] for frame in answered) == list(range(1000))
    assert len(moments) > 900


async def test_so_many_at_once_and_what_comes_beyond_all_measure_is_not_taken() -> None:
    door = Door()
    crew = Crew("test", at_once=2, most=3)
    taken = [crew.take(lambda n=n: door(n)) for n in range(4)]  # type: ignore[misc]
    assert taken == [True, True, True, False]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert door.inside == [0, 1]
    door.open.set()
    assert await crew.done(5)
    assert door.inside == [0, 1, 2]


@pytest.mark.parametrize("frame", ["{", "[1", "\x00", '"text"', "null"])
async def test_a_frame_that_is_no_json_does_not_cost_the_connection(
    frame: str, caplog: pytest.LogCaptureFixture
) -> None:
    """dingtalk-stream dropped the connection, and printed a logging error of its own (#75, #76)."""
    async with line() as it:
        side = await it.gateway.side(1)
        await side.says(frame)
        await side.says({"n": 1})
        assert await side.answered() == [{"n": 1}]
        assert it.counts["malformed"] + it.counts["error"] == 1
    assert len(it.gateway.sides) == 1
    assert frame not in caplog.text


async def test_work_that_fails_is_logged_and_nothing_else_suffers(caplog: pytest.LogCaptureFixture) -> None:
    """S5: dingtalk-stream logged one line without a traceback."""

    async def work(frame: Any) -> None:
        if frame["n"] == 1:
            raise KeyError("senderStaffId")

    async with line(work=work) as it:
        side = await it.gateway.side(1)
        await side.says({"n": 1})
        await side.says({"n": 2})
        assert await side.answered() == [{"n": 2}]
    assert "KeyError: 'senderStaffId'" in caplog.text


async def test_an_answer_goes_to_the_connection_its_frame_came_from_or_nowhere() -> None:
    """S7: dingtalk-stream sent late acknowledgements to whatever socket was the newest by then."""
    door = Door()
    async with line(work=door) as it:
        first = await it.gateway.side(1)
        await first.says({"n": 1})
        await it.until(lambda: door.inside)
        first.aborts()
        second = await it.gateway.side(2)
        await it.up()
        door.open.set()
        await it.until(lambda: it.talk.sent)
        assert it.talk.sent == [False]
        await second.says({"n": 2})
        assert await second.answered() == [{"n": 2}]


async def test_work_under_way_is_not_forgotten_by_the_garbage_collector() -> None:
    """S7: dingtalk-stream kept no reference to its tasks."""

    async def work(_: Any) -> None:
        waiting = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.05, waiting.set_result, None)
        gc.collect()
        await waiting

    gc.freeze()  # what other tests have left would be looked through every time
    try:
        async with line(work=work) as it:
            side = await it.gateway.side(1)
            for number in range(4):
                await side.says({"n": number})
            assert len(await side.answered(4)) == 4
    finally:
        gc.unfreeze()


async def test_neither_ticket_nor_words_get_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """S4: dingtalk-stream and lark-oapi log their address with its ticket at INFO, and payloads."""

    async def ends(side: Side) -> None:
        await side.says({"n": "13800138000"})
        await side.says("{ 13800138000")
        side.aborts()

    with caplog.at_level(logging.DEBUG, "adapters"):
        async with line(ends, stays) as it:
            await it.gateway.side(2)
            it.gateway.url = "ws://127.0.0.1:1/nobody"
            (await it.gateway.side(2)).aborts()
            await it.until(lambda: "连不上" in it.connection.state.why)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("adapters")]
    assert ours
    assert not [said for said in ours if TICKET in said or "13800138000" in said]


# -- shutdown --------------------------------------------------------------------------------------------------------


async def test_a_shutdown_in_the_middle_of_a_frame_answers_it_and_takes_no_other() -> None:
    door = Door()
    async with line(work=door) as it:
        side = await it.gateway.side(1)
        await side.says({"n": 1})
        await it.until(lambda: door.inside)
        stopping = asyncio.create_task(it.connection.stop())
        await asyncio.sleep(0)
        await side.says({"n": 2})
        await it.until(lambda: it.counts["not_taken"])
        assert not stopping.done()
        door.open.set()
        await stopping
        assert await side.answered() == [{"n": 1}]
        await it.gateway.closed(1)
        assert door.inside == [{"n": 1}]
        assert len(it.gateway.sides) == 1


async def test_what_hangs_does_not_hold_up_a_shutdown_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    from adapters.connection import Pace

    door = Door()
    async with line(work=door, pace=Pace(drain=0.05)) as it:
        await (await it.gateway.side(1)).says({"n": 1})
        await it.until(lambda: door.inside)
        await it.connection.stop()
    assert "not answered" in caplog.text


Moment = Callable[[Any], Awaitable[None]]


async def _while_dialling(it: Any) -> None:
    await it.until(lambda: it.gateway.dials)


async def _while_connected(it: Any) -> None:
    await it.up()


async def _before_anything(_: Any) -> None:
    """At once."""


@pytest.mark.parametrize("moment", [_before_anything, _while_dialling, _while_connected])
async def test_it_can_be_stopped_at_any_moment_and_started_again(moment: Moment) -> None:
    """S3: dingtalk-stream swallows the cancellation; the task went on running."""
    async with line() as it:
        await moment(it)
        async with asyncio.timeout(1):
            await it.connection.stop()
            await it.connection.stop()
        assert it.connection.state.why == "测试连接已关闭"
        await it.connection.start()
        await it.connection.start()
        await it.up()
