"""Where to answer those whom no API reaches: the address that comes with what they say, for as long as it is good."""

from __future__ import annotations

import time
from collections.abc import Callable

LIFE = 85 * 60.0
"""Machine seconds, of the 90 minutes an address lives (page 0)."""
MOST = 1000


class Sessions:
    """In this process only: whoever was heard elsewhere is not answered."""

    def __init__(self, legacy_base_url: str, machine: Callable[[], float] = time.monotonic) -> None:
        self._begins = f"{legacy_base_url.rstrip('/')}/robot/sendBySession?"
        self._machine = machine
        self._known: dict[str, tuple[str, float]] = {}

    def heard(self, sender: str, address: str) -> None:
        """Only addresses of the platform are kept: nothing is ever posted elsewhere."""
        if sender and address.startswith(self._begins):
            self._known.pop(sender, None)
            self._known[sender] = (address, self._machine() + LIFE)
            if len(self._known) > MOST:
                del self._known[next(iter(self._known))]

    def address(self, sender: str) -> str:
        """ "" if there is none, or none that is still good."""
        address, until = self._known.get(sender, ("", 0.0))
        return address if self._machine() < until else ""
