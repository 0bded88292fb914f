"""The one table: what was measured, the figure, and what it is held against."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    part: str
    what: str
    figure: str
    against: str = ""
    """A ratio to the floor of the same run, or the aim."""


@dataclass(slots=True)
class Table:
    rows: list[Row] = field(default_factory=list)

    def add(self, part: str, what: str, figure: str, against: str = "") -> None:
        """Also shown at once, so that a long run is seen to go on."""
        self.rows.append(Row(part, what, figure, against))
        print(f"  {part}: {what}: {figure} {against}".rstrip(), file=sys.stderr, flush=True)

    def __str__(self) -> str:
        heads = Row("part", "what", "figure", "against")
        columns = [[getattr(row, name) for row in (heads, *self.rows)] for name in Row.__slots__]
        widths = [max(map(len, column)) for column in columns]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in zip(*columns, strict=True)
        ]
        return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def rate(per_second: float) -> str:
    return f"{per_second:,.0f}/s"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
