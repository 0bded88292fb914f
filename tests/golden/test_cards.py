"""Every card on every messenger, byte by byte: a change shows as a diff.

    UPDATE_GOLDEN=1 pytest tests/golden        writes the files anew; the diff is then for a person to read

The cards are those of the capabilities' scenes, played through the real adapters before the messengers' emulators, which
refuse what breaks a limit of theirs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from adapters.gallery import gallery
from adapters.gallery.house import PLATFORMS
from adapters.gallery.page import page
from adapters.gallery.play import Drawn, Played, Step, played
from bot.app import App, all_features
from bot.cards import Card
from bot.clock import Clock
from bot.config import Config
from bot.feature import Scene, View
from bot.turn import Viewer

FOLDER = Path(__file__).parent
SCENES = {scene.name: scene for scene in gallery.scenes(all_features())}
OTHER_EVERY_TIME = re.compile(
    r"""[\w.~=+/-]*(?:(?=[\w.~=+/-]*\d)(?=[\w.~=+/-]*[A-Za-z]))[\w.~=+/-]{20,}
    | [\w~-]{6,}\.[\w~-]{40,}
    | \b[a-z0-9]{6,13}\.[a-z0-9]{1,3}\.[\w-]{8,}
    | \b[0-9a-f]{8}(?:[0-9a-f]{8})?\b
    | \b[A-Z0-9]{4}-[A-Z0-9]{4}\b
    | (?<=关联[ ])[A-Z0-9]{4}\b
    | (?<=\n\#)\d+$""",
    re.ASCII | re.VERBOSE,
)
"""Ids of copies, receipts, codes, addresses of pages, what tells two lines of the same words apart."""
TOO_OLD = ("230031", "42088")
"""What Feishu and WeCom say of cards they do not let anybody change any more."""


class Drawing(App):
    """The bot; notes which views were drawn."""

    def __init__(self, config: Config, clock: Clock) -> None:
        super().__init__(config, clock)
        self.catalog.views = {name: self._noting(view) for name, view in self.catalog.views.items()}

    def _noting(self, view: View) -> View:
        def draw(db: Any, number: int, viewer: Viewer) -> Card:
            SEEN.add(view.name)
            return view.draw(db, number, viewer)

        return View(view.name, view.of, draw)


SEEN: set[str] = set()


def shown(play: Played) -> list[dict[str, Any]]:
    """Line by line what was drawn, whatever came first; the same card for several people stands once."""
    return [{"line": step.line, "drawn": list(_different(step.drawn))} for step in play.steps]


def _different(drawn: tuple[Drawn, ...]) -> Iterator[dict[str, Any]]:
    once: dict[str, dict[str, Any]] = {}
    for each in drawn:
        content = _opened(each.content)
        card = once.setdefault(json.dumps(content), {"for": [], "kind": each.kind, "content": content})
        card["for"].append(each.who)
    yield from (once[key] for key in sorted(once))


def _opened(content: Any) -> Any:
    """JSON within JSON, line by line as well; without what is another one every time."""
    if isinstance(content, dict):
        return {key: _opened(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_opened(value) for value in content]
    if isinstance(content, str) and content[:1] in ("{", "["):
        try:
            return {"json": _opened(json.loads(content))}
        except ValueError:
            return OTHER_EVERY_TIME.sub("…", content)
    return OTHER_EVERY_TIME.sub("…", content) if isinstance(content, str) else content


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", SCENES)
async def test_golden(name: str, platform: str) -> None:
    play = await played(SCENES[name], platform, Drawing)
    assert [refused for refused in play.refused if not any(code in refused for code in TOO_OLD)] == []
    file = FOLDER / platform / "cards" / f"{name}.json"
    now = json.dumps(shown(play), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
    assert now == file.read_text(encoding="utf-8"), f"{file.name} on {platform}; UPDATE_GOLDEN=1 writes it anew"


def test_every_golden_file_is_of_a_scene() -> None:
    files = {file.relative_to(FOLDER).as_posix() for file in FOLDER.glob("*/cards/*.json")}
    assert files == {f"{platform}/cards/{name}.json" for platform in PLATFORMS for name in SCENES}


async def test_every_view_is_drawn_in_some_scene() -> None:
    """A new view without a scene: ``handlers/<name>/scenes.py`` shows what it looks like."""
    SEEN.clear()
    for scene in SCENES.values():
        await played(scene, "feishu", Drawing)
    missing = all_features().views.keys() - SEEN
    assert not missing, f"no scene draws {', '.join(sorted(missing))}: see Feature.scene"


def test_the_names_of_scenes_are_their_own() -> None:
    assert len(gallery.scenes(all_features())) == len(SCENES)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for key, value in attrs if key in ("href", "src") or key.startswith("on")]


def test_the_page_is_escaped_and_stands_for_itself(tmp_path: Path) -> None:
    attack = "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    drawn = Drawn(attack, attack, {attack: attack, "b": json.dumps({"a": attack})}, f"{attack}\n{attack}", (attack,), 2)
    scene = Scene("x.y", attack, (attack,))
    plays = [Played(scene, platform, (Step(attack, (drawn,)),), ()) for platform in PLATFORMS]
    read = Tags()
    assert gallery.write(tmp_path / "gallery.html", [plays]) == 3
    read.feed((tmp_path / "gallery.html").read_text(encoding="utf-8"))
    assert not {"script", "img", "link", "iframe"} & read.tags
    assert read.links == ["#x.y"]
    assert "http" not in page([plays]).split("<main>")[0].replace("http-equiv", "")
