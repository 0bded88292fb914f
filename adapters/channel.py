"""What the process asks of one channel, whatever its messenger: to send, to be pushed to, to stay connected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from aiohttp import web

from bot.health import ChannelState
from bot.ports import Adapter, Asked, Fetch, FileRow, Intake, Media, Need, OutboxRow, Retry, Sink

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Count = Callable[[str], None]
"""Gets the name of whatever a push ended as, for the metrics."""


class Meter(Protocol):
    """What a messenger charges by the month, of one channel; over all processes and their restarts."""

    def spend(self, kind: str) -> None: ...

    def warn(self, about: str, text: str, *, daily: bool = False, mute: bool = False) -> None:
        """Tells HQ in the chat, once a month for each ``about``, or once a day. ``mute``: not by this channel."""

    def spent(self) -> Mapping[str, int]:
        """Of this month, by kind, as far as is known here."""


Line = tuple[str, str]
"""Of the doctor: ok, warn or fail; and one sentence that says what to do."""


class Channel(Adapter, Protocol):
    """The order of a life: ``start``, ``listen``; then backwards ``leave``, ``stop``. Sending works between the outer two."""

    @property
    def state(self) -> ChannelState:
        """For ``/health/ready``, ``/metrics`` and ``check``."""

    async def start(self) -> None:
        """Returns at once; whatever has to be asked of the platform first is asked beside."""

    async def stop(self) -> None: ...

    def callback(self, intake: Intake) -> Handler | None:
        """What is served at ``/channels/{name}/callback``; None if nothing is pushed there."""

    async def listen(self, intake: Intake) -> None:
        """Opens the long connections and keeps them; returns at once."""

    async def leave(self) -> None:
        """Takes nothing more; what was taken is answered, the connections are closed."""

    def elected(self, sender: bool) -> None:
        """Whether this process is the channel's one sender from now on: a connection there may be only one of is its."""

    async def fetch(self, asked: Asked, into: Sink) -> Fetch:
        """A file somebody sent, written to the sink. Raises the sink's TooLarge."""

    @property
    def media_life(self) -> timedelta:
        """How long the messenger keeps what was uploaded to it."""

    def needs(self, row: OutboxRow) -> Sequence[Need]:
        """The files that have to be uploaded before the row is rendered; none for what goes out as links."""

    async def upload(self, row: OutboxRow, need: Need, file: FileRow, path: Path) -> Media | Retry:
        """What the messenger calls it from now on; without a key, the reason why it does not take it."""

    async def check(self) -> list[Line]:
        """The doctor's lines, by real calls that send nothing; also without ``start``."""
