"""What a command line works with: ``python -m bot invite``, ``audit verify``, ``import`` … run at this desk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from bot.clock import Clock
from bot.feature import Catalog
from bot.house import House
from bot.keys import Keyring
from bot.ports import Store


class Records(Store, Protocol):
    """The store as a command line uses it: in the caller's thread, and for as long as it takes."""

    def snapshot(self) -> AbstractContextManager[Any]:
        """For reading only: all of one moment, and nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """``store.unit()`` is one transaction in the caller's thread; ``say`` prints one line of the result to stdout."""

    store: Records
    clock: Clock
    house: House
    keys: Keyring
    catalog: Catalog
    say: Callable[[str], None]
