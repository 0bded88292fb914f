"""What a platform repeats because the bot did not take it: at its time, by the demo's clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from adapters.playground.messengers.messenger import Messenger


class Repeating:
    """``messengers`` are asked anew each time: a restart brings other ones."""

    def __init__(self, messengers: Callable[[], Iterable[Messenger]]) -> None:
        self._messengers = messengers
        self._one = asyncio.Lock()

    def due(self) -> list[datetime]:
        """When which push comes again."""
        pushes = (push for one in self._messengers() for push in one.emulator.failed_pushes)
        return sorted(push.due for push in pushes if push.due)

    async def repeat(self) -> None:
        """Everything due now, once; whoever asks meanwhile waits for it."""
        async with self._one:
            for one in list(self._messengers()):
                if any(push.due and push.due <= one.emulator.now() for push in one.emulator.failed_pushes):
                    await one.emulator.redeliver_due()
