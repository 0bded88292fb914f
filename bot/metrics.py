"""What ``/metrics`` shows: a registry of its own, labels only from closed sets (channels, ends, states, reasons)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
TURN_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0)  # 1, 1.5 and 10 s are limits


class Metrics:
    """One per process. All methods may be called from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._inbound = Counter(
            "bot_inbound", "Pushes by how their turn ended", ["channel", "end"], registry=self.registry
        )
        self._turn = Histogram(
            "bot_turn_seconds", "From the push to its commit", ["channel"], buckets=TURN_BUCKETS, registry=self.registry
        )
        self._outbox = Gauge("bot_outbox_rows", "Outbox rows by state", ["channel", "state"], registry=self.registry)
        self._deliveries = Counter(
            "bot_deliveries", "Attempts by outcome", ["channel", "outcome"], registry=self.registry
        )
        self._rejections = Counter(
            "bot_security_rejections", "Pushes refused at the door", ["channel", "reason"], registry=self.registry
        )
        self._channels = Gauge("bot_channel_up", "1 while the channel works", ["channel"], registry=self.registry)
        self._tick_age = Gauge("bot_tick_age_seconds", "Since the newest tick", registry=self.registry)
        self._loop_lag = Gauge("bot_loop_lag_seconds", "How late the event loop woke", registry=self.registry)

    def turn(self, channel: str, end: str, seconds: float) -> None:
        """One push, by how its turn ended (``duplicate`` and ``unavailable`` besides the ends of ``bot.ports.End``)."""
        self._inbound.labels(channel, end).inc()
        self._turn.labels(channel).observe(seconds)

    def delivery(self, channel: str, outcome: str) -> None:
        self._deliveries.labels(channel, outcome).inc()

    def rejected(self, channel: str, reason: str) -> None:
        self._rejections.labels(channel, reason).inc()

    def loop_lag(self, seconds: float) -> None:
        self._loop_lag.set(seconds)

    def tick_age(self, measure: Callable[[], float]) -> None:
        """``measure`` is asked at every scrape; ``inf`` before the first tick."""
        self._tick_age.set_function(measure)

    def channels(self, up: Mapping[str, bool]) -> None:
        for channel, works in up.items():
            self._channels.labels(channel).set(works)

    def outbox(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Replaces all: a state without rows is gone rather than stale."""
        self._outbox.clear()
        for (channel, state), rows in counts.items():
            self._outbox.labels(channel, state).set(rows)

    def text(self) -> bytes:
        return generate_latest(self.registry)
