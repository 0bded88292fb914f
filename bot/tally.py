"""What an import finds, row by row, counted for its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.feature import Imported, Problem, Row


@dataclass(slots=True)
class Tally:
    """What an import found, row by row; problems name row and column."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    duplicate: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, row: Row, column: str, text: str) -> None:
        self.problems.append(Problem(row.number, column, text))

    @property
    def imported(self) -> Imported:
        named = {"新增": self.new, "更改": self.changed, "重复": self.duplicate}
        return Imported(
            new=len(self.new),
            changed=len(self.changed),
            same=len(self.same),
            duplicate=len(self.duplicate),
            problems=tuple(self.problems),
            notes=tuple(f"{word}：第 {row_numbers(rows)} 行" for word, rows in named.items() if rows),
        )


def row_numbers(rows: Sequence[int]) -> str:
    """2-5、8、10-11."""
    spans: list[list[int]] = []
    for number in sorted(rows):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
