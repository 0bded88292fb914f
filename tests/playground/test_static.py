"""The page's files: small, nothing from elsewhere, and colours that can be read."""

import re
from pathlib import Path

import pytest

from adapters.playground.page import STATIC

FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
CARD, DINGTALK_CARD, TOKENS = (
    (STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in ("feishu-card", "dingtalk-card", "tokens")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_a_file_is_small_and_asks_nobody_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}


def _tones() -> list[tuple[str, str, str]]:
    found = []
    for name, values in re.findall(r"\.tone-(\w+)[^{]*\{([^}]*)\}", CARD):
        tone = dict(re.findall(r"--([\w-]+): (#\w{6})", values))
        pairs = (("tone", "tone-bg"), ("tone-tag", "tone-tag-bg"), ("tone-tag", "tone-bg"))
        found += [(f"{name} {ink}", tone[ink], tone[ground]) for ink, ground in pairs if {ink, ground} <= tone.keys()]
    return found


def _ours() -> list[tuple[str, str, str]]:
    token = dict(re.findall(r"--([\w-]+): (#\w{6})", TOKENS))
    pairs = [("ink-1", "surface"), ("ink-2", "surface-3"), ("ink-3", "page"), ("ink-3", "surface"), ("teal", "teal-bg"),
             ("teal", "surface"), ("amber", "amber-bg"), ("red", "red-bg"), ("green", "surface"), ("green", "page"),
             ("on-badge", "badge"), ("on-graphite", "graphite")]  # fmt: skip
    return [(f"{ink} on {ground}", token[ink], token[ground]) for ink, ground in pairs]


def _states() -> list[tuple[str, str, str]]:
    tones = re.findall(r"\.dtone-(\w+) \{ --tone: (#\w{6}); --tone-bg: (#\w{6}); \}", DINGTALK_CARD)
    assert len(tones) == 5
    return [(f"dingtalk {name}", ink, ground) for name, ink, ground in tones]


def _skins() -> list[tuple[str, str, str]]:
    """White on a messenger's own blue stays as the messenger has it (README 7)."""
    found = []
    for skin in ("feishu", "dingtalk", "wecom"):
        text = (STATIC / "css" / f"{skin}.css").read_text(encoding="utf-8")
        token = dict(re.findall(r"--skin-([\w-]+): (#\w{6})", text))
        grounds = [token[name] for name in ("chat", "surface", "own", "others", "hover")]
        found += [(f"{skin} text on {ground}", token["text"], ground) for ground in grounds]
        found += [
            (f"{skin} text-2 on {ground}", token["text-2"], ground) for ground in (token["chat"], token["surface"])
        ]
        pairs = (("blue-text", "surface"), ("red-text", "surface"))
        found += [(f"{skin} {ink}", token[ink], token[ground]) for ink, ground in pairs]
    return found


@pytest.mark.parametrize(("name", "ink", "ground"), [*_ours(), *_tones(), *_states(), *_skins()])
def test_text_can_be_read(name: str, ink: str, ground: str) -> None:
    assert _contrast(ink, ground) >= 4.45, name


def _contrast(one: str, other: str) -> float:
    """WCAG 2, 1.4.3."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
