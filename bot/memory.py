"""The garbage collector in a process that serves: most of what it would look through was made at the start and stays."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 10_000, 20, 50
"""A turn makes some thousand objects and hardly a cycle: Python's own 700 has it look after every few statements."""


def settle() -> None:
    """Called once everything that lives as long as the process is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
