"""A limit is never broken in any window, is used up to 95 %, and costs no memory for chats long silent."""

from __future__ import annotations

import random

import pytest

from bot.ports import Limits, Rate
from bot.sending.limits import IDLE_CHECK, Breaker, Limiter


class Hand:
    """Machine time, moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def sent_as_fast_as_allowed(rates: tuple[Rate, ...], seconds: float, seed: int = 1) -> list[float]:
    """One sender that wakes up to 2 ms late and whose requests leave up to 3 ms after they were reserved."""
    clock, late = Hand(), random.Random(seed)
    limiter = Limiter(Limits(channel=rates), clock)
    sent: list[float] = []
    while clock.at < 1000.0 + seconds:
        wait = limiter.ready("", "")
        if wait:
            clock.at += wait + late.uniform(0, 0.002)
            continue
        ticket = limiter.take("", "")
        clock.at += late.uniform(0, 0.003)
        ticket.start()
        sent.append(clock.at)
    return sent


@pytest.mark.parametrize(
    "rates",
    [(Rate(50, 1.0),), (Rate(50, 1.0), Rate(1000, 60.0)), (Rate(9, 2.0),), (Rate(28, 60.0),), (Rate(1, 1.0),)],
    ids=lambda rates: " and ".join(f"{r.count} in {r.seconds:g} s" for r in rates),
)
def test_no_window_holds_more_and_the_channel_runs_at_its_limit(rates: tuple[Rate, ...]) -> None:
    sent = sent_as_fast_as_allowed(rates, 600.0)

    for rate in rates:
        for first, beyond in zip(sent, sent[rate.count :], strict=False):
            assert beyond - first > rate.seconds
    slowest = min(rate.count / rate.seconds for rate in rates)
    assert len(sent) >= 0.95 * slowest * 600.0


def test_bulk_leaves_a_tenth_of_a_long_window_to_the_others() -> None:
    clock = Hand()
    limiter = Limiter(Limits(channel=(Rate(50, 60.0), Rate(100, 1.0))), clock)

    for _ in range(45):
        assert not limiter.ready("", "", bulk=True)
        limiter.take("", "").start()
    assert limiter.ready("", "", bulk=True) > 59.0
    for _ in range(5):
        assert not limiter.ready("", "")
        limiter.take("", "").start()
    assert limiter.ready("", "") > 59.0


def test_a_chat_at_its_limit_does_not_hold_up_another() -> None:
    clock = Hand()
    limiter = Limiter(Limits(channel=(Rate(100, 1.0),), chat=(Rate(2, 1.0),), per_message=(Rate(1, 1.0),)), clock)

    for _ in range(2):
        limiter.take("u:t/wang", "").start()
    limiter.take("", "om_1").start()

    assert limiter.ready("u:t/wang", "") == pytest.approx(1.01)
    assert limiter.ready("u:t/li", "") == 0.0
    assert limiter.ready("", "om_1") == pytest.approx(1.01)
    assert limiter.ready("", "om_2") == 0.0


def test_a_reserved_request_counts_until_it_is_given_back() -> None:
    clock = Hand()
    limiter = Limiter(Limits(channel=(Rate(1, 1.0),)), clock)

    ticket = limiter.take("", "")
    assert limiter.room() == 0
    assert limiter.ready("", "") > 0
    ticket.give_back()

    assert limiter.room() == 1
    assert limiter.ready("", "") == 0.0


def test_silent_chats_are_forgotten() -> None:
    clock = Hand()
    limiter = Limiter(Limits(channel=(), chat=(Rate(5, 1.0),)), clock)

    for number in range(20 * IDLE_CHECK):
        limiter.take(f"u:t/{number}", "").start()
        clock.at += 0.01

    assert len(limiter) <= 2 * IDLE_CHECK


class TestBreaker:
    def test_two_short_pauses_then_one_probe_in_thirty_seconds(self) -> None:
        clock = Hand()
        breaker = Breaker(clock)
        pauses = []
        for _ in range(2000):
            breaker.failed(0.0)
            pauses.append(breaker.wait())
            clock.at += breaker.wait()

        assert pauses == pytest.approx([1.0, 2.0] + 1998 * [30.0])
        assert breaker.probing

    def test_the_messenger_s_own_figure_is_kept_to(self) -> None:
        clock = Hand()
        breaker = Breaker(clock)

        breaker.failed(17.0)
        assert breaker.wait() == 17.0
        clock.at += 17.0
        breaker.passed()

        assert not breaker.probing
        breaker.failed(0.0)
        assert breaker.wait() == 1.0

    def test_what_fails_together_counts_once(self) -> None:
        clock = Hand()
        breaker = Breaker(clock)

        for _ in range(64):
            breaker.failed(0.0)
            clock.at += 0.001

        assert breaker.wait() < 1.1

    def test_silence_is_a_failure_when_it_repeats(self) -> None:
        breaker = Breaker(Hand())

        for _ in range(Breaker.DOUBTS - 1):
            breaker.doubted()
        assert breaker.wait() == 0.0
        breaker.doubted()

        assert breaker.wait() > 0.0
