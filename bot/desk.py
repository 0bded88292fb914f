"""What a command line works with: ``python -m bot invite``, ``audit verify``, ``import`` … run at this desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.feature import Catalog
from bot.house import House
from bot.keys import Keyring
from bot.ports import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """``store.unit()`` is one transaction in the caller's thread; ``say`` prints one line of the result to stdout."""

    store: Store
    clock: Clock
    house: House
    keys: Keyring
    catalog: Catalog
    say: Callable[[str], None]
