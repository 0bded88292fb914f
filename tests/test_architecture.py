"""The four rules of the house, held against the real imports of every file."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("bot", "adapters", "handlers", "storage")
COMPOSITION = ("bot/app.py", "bot/__main__.py")
MAY_IMPORT = {
    "bot": {"bot"},
    "storage": {"bot", "storage"},
    "adapters": {"bot", "adapters"},
    "handlers": {"bot", "storage", "handlers"},
}
SDKS = {"lark_oapi", "dingtalk_stream", "wechatpy"}
MESSENGERS = ("feishu", "wecom", "dingtalk")
LAZY = {"lark_oapi", "dingtalk_stream", "wechatpy", "opencc", "pypinyin", "python_calamine", "requests"}
"""Never imported when a module is: their cost is paid by who needs them."""
POSSESSIVE = re.compile(r"(?<!\\)(?:[*+?]|\{\d+(?:,\d*)?\})\+")


def files() -> list[Path]:
    return sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[tuple[str, bool], ...]:
    """(module, at import time) for every import of a file; those for type checkers only do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(_imports(tree.body, at_import=True))


def _imports(body: list[ast.stmt], *, at_import: bool) -> Iterator[tuple[str, bool]]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((alias.name, at_import) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", at_import) for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imports(node.orelse, at_import=at_import)
        else:
            inner = at_import and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            children = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
            yield from _imports(list(children), at_import=inner and not isinstance(node, ast.ClassDef))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def wrong(found: Callable[[Path], Iterable[str]], among: Iterable[Path]) -> dict[str, list[str]]:
    """The files that break a rule, and with what."""
    return {name(path): broken for path in among if (broken := list(found(path)))}


def test_imports_point_down() -> None:
    def upward(path: Path) -> list[str]:
        may = MAY_IMPORT[name(path).split("/")[0]]
        return [m for m, _ in imports(path) if m.split(".")[0] in OURS and m.split(".")[0] not in may]

    assert not wrong(upward, (path for path in files() if name(path) not in COMPOSITION))


def test_sdks_stay_in_the_adapters() -> None:
    elsewhere = [path for path in files() if not name(path).startswith("adapters/")]
    assert not wrong(lambda path: [m for m, _ in imports(path) if m.split(".")[0] in SDKS], elsewhere)


def test_tables_and_queries_alone_know_sqlalchemy() -> None:
    def knows(path: Path) -> list[str]:
        parts = name(path).split("/")
        allowed = parts[0] == "storage" or (
            parts[0] == "handlers" and (parts[-1].endswith(("tables.py", "queries.py")) or "migrations" in parts)
        )
        return [] if allowed else [m for m, _ in imports(path) if m.split(".")[0] in ("sqlalchemy", "alembic")]

    assert not wrong(knows, files())


def test_what_is_heavy_is_imported_late() -> None:
    def early(path: Path) -> list[str]:
        return [m for m, at_import in imports(path) if at_import and m.split(".")[0] in LAZY]

    assert not wrong(early, files())


@pytest.mark.parametrize("messenger", MESSENGERS)
def test_one_messenger_never_imports_another(messenger: str) -> None:
    others = tuple(f"adapters.{m}" for m in MESSENGERS if m != messenger)

    def imported(path: Path) -> list[str]:
        return [m for m, _ in imports(path) if m.startswith(others)]

    assert not wrong(imported, (ROOT / "adapters" / messenger).rglob("*.py"))


def test_no_regular_expression_is_possessive() -> None:
    """Python 3.11.2 lets ``*+`` match a character too many. Looks at every string, so a plain one may not hold such signs."""

    def possessive(path: Path) -> list[str]:
        strings = [
            n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)
        ]
        return [s for s in strings if isinstance(s, str) and "\n" not in s and POSSESSIVE.search(s)]

    assert not wrong(possessive, files())


def capabilities() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "handlers").glob("*/feature.py"))


@pytest.mark.parametrize("capability", capabilities())
def test_a_capability_imports_what_it_says_it_needs(capability: str) -> None:
    feature = importlib.import_module(f"handlers.{capability}.feature").feature
    used = {
        module.split(".")[1]
        for path in (ROOT / "handlers" / capability).rglob("*.py")
        for module, _ in imports(path)
        if module.startswith("handlers.")
    } - {capability}
    assert used == set(feature.needs)


def test_needs_have_no_circle() -> None:
    needs = {c: set(importlib.import_module(f"handlers.{c}.feature").feature.needs) for c in capabilities()}
    while needs:
        free = {c for c, wanted in needs.items() if not wanted & needs.keys()}
        assert free, f"these need each other: {sorted(needs)}"
        needs = {c: wanted for c, wanted in needs.items() if c not in free}


def test_sizes() -> None:
    """Design 8: no file over 400 lines, no function over 50."""

    def large(path: Path) -> list[str]:
        text = path.read_text(encoding="utf-8")
        functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        lines = [(n.name, (n.end_lineno or 0) - n.lineno + 1) for n in functions]
        return [f"{n} lines" for n in [text.count("\n")] if n > 400] + [f"{name} {n}" for name, n in lines if n > 50]

    assert not wrong(large, files())
