"""What the life cycle asks of one messenger's long connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from msgspec import Struct

from adapters.connecting.crew import Work
from adapters.connecting.endings import Denied, Failed
from adapters.connecting.socket import Pulse, Socket


class Address(Struct, frozen=True):
    """Where to connect; ``url`` may carry a ticket and is never logged. ``note`` is kept as ``socket.note``: what later
    frames of this connection repeat (Feishu's service_id)."""

    url: str
    headers: Mapping[str, str] = {}
    note: str = ""


class Dialect(ABC):
    """One channel's dialect; it outlives its connections, so it keeps nothing that belongs to one of them."""

    overlaps: bool = True
    """Two connections may be open for a while. False (WeCom's smart bot): a second one kicks the first."""

    @property
    def pulse(self) -> Pulse:
        """Asked for again before each ping, so that the platform may change it."""
        return Pulse()

    @abstractmethod
    async def dial(self) -> Address | Failed | Denied:
        """Asks the platform for an address and a ticket; anew for each connection, within ten seconds."""

    def rejected(self, status: int, headers: Mapping[str, str]) -> Failed | Denied:
        """What a refused handshake means; header names in lower case."""
        return Failed(f"握手被拒绝（HTTP {status}）")

    async def greet(self, socket: Socket) -> Failed | Denied | None:
        """The first words after the handshake (WeCom's ``aibot_subscribe``), within ten seconds; None: we are in.

        Frames are heard meanwhile: ``hear`` finds the answer and sets the future that this waits for.
        """
        return None

    @abstractmethod
    def hear(self, socket: Socket, data: str | bytes) -> Work | None:
        """Reads one frame at once; whatever has to be awaited is returned, and done beside other frames' work.

        Acknowledgements of our own frames, pongs and ``disconnect`` are dealt with here and now: then they are heard
        even while all hands are full. ValueError for a frame that is not what the platform documents.
        """

    def ping(self, socket: Socket) -> str | bytes | None:
        """A ping of the messenger's own making, every ``pulse.says`` seconds."""
        return None
