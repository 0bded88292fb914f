"""The operator's documents, read as what they promise: tables, commands, blocks of code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

from bot.__main__ import commands

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
REFERENCE = DEPLOY / "reference.md"

Row = tuple[str, ...]


def tables(document: Path, heading: str) -> list[list[Row]]:
    """The tables below a heading, up to the next one: each its rows of cells, without header and rule."""
    lines = document.read_text(encoding="utf-8").splitlines()
    found: list[list[Row]] = [[]]
    for line in map(str.strip, lines[lines.index(heading) + 1 :]):
        if line.startswith("#"):
            break
        if line.startswith("|"):
            found[-1].append(tuple(cell.strip() for cell in line.strip("|").split("|")))
        elif found[-1]:
            found.append([])
    return [table[2:] for table in found if table]


def codes(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def blocks(document: Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


@cache
def command_parameters() -> dict[str, frozenset[str]]:
    """Every command with its arguments and options, ``--help`` aside."""
    found: dict[str, frozenset[str]] = {}

    def walk(command: Any, path: tuple[str, ...]) -> None:
        for name, below in getattr(command, "commands", {}).items():
            walk(below, (*path, name))
        if not hasattr(command, "commands"):
            found[" ".join(path)] = frozenset(spelling for each in command.params for spelling in each.opts)

    walk(get_command(commands()), ())
    return found
