"""What ``/metrics`` shows: a registry of its own, labels only from closed sets (channels, ends, states, reasons)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
TURN_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0)  # 1, 1.5 and 10 s are limits

SECURITY = frozenset({"bad_signature", "bad_token", "unsigned", "stale", "too_large", "malformed"})


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
        self._failures = Gauge(
            "bot_failed_pushes", "Pushes whose turn failed, waiting for a replay", ["channel"], registry=self.registry
        )
        self._queue_age = Gauge(
            "bot_queue_age_seconds", "The oldest message that should have gone", ["channel"], registry=self.registry
        )
        self._callbacks = Counter(
            "bot_callbacks", "Pushes as they came in at the door", ["channel", "cause"], registry=self.registry
        )
        self._rejections = Counter(
            "bot_security_rejections", "Pushes refused at the door", ["channel", "reason"], registry=self.registry
        )
        self._channels = Gauge("bot_channel_up", "1 while the channel works", ["channel"], registry=self.registry)
        self._quota = Gauge(
            "bot_quota_spent", "What the messenger charges this month", ["channel", "kind"], registry=self.registry
        )
        self._tick_age = Gauge("bot_tick_age_seconds", "Since the newest tick", registry=self.registry)
        self._loop_lag = Gauge("bot_loop_lag_seconds", "How late the event loop woke", registry=self.registry)

    def turn(self, channel: str, end: str, seconds: float) -> None:
        """One push, by how its turn ended (``duplicate`` and ``unavailable`` besides the ends of ``bot.ports.End``)."""
        self._inbound.labels(channel, end).inc()
        self._turn.labels(channel).observe(seconds)

    def door(self, channel: str) -> Callable[[str], None]:
        """Counts what a channel's callback did with each push: ``taken``, ``challenge``, or why it was not taken."""

        def count(cause: str) -> None:
            self._callbacks.labels(channel, cause).inc()
            if cause in SECURITY:
                self._rejections.labels(channel, cause).inc()

        return count

    def ended(self, channel: str, word: str) -> None:
        """How an attempt to deliver ended (``bot.sending.settler.Meter``)."""
        self._deliveries.labels(channel, word).inc()

    def queue_age(self, channel: str, seconds: float) -> None:
        self._queue_age.labels(channel).set(seconds)

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

    def failures(self, counts: Mapping[str, int]) -> None:
        """Replaces all, as ``outbox`` does."""
        self._failures.clear()
        for channel, waiting in counts.items():
            self._failures.labels(channel).set(waiting)

    def quota(self, spent: Mapping[tuple[str, str], int]) -> None:
        """(channel, kind) → this month's. Replaces all: with the month it begins anew."""
        self._quota.clear()
        for (channel, kind), count in spent.items():
            self._quota.labels(channel, kind).set(count)

    def text(self) -> bytes:
        return generate_latest(self.registry)
