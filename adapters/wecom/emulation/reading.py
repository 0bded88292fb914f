"""What a person sees of a message: its lines, cut where the client cuts them, and what can be pressed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from adapters.emulation.wire import JSON

Names: TypeAlias = Callable[[str], str]
_SHOWN_AS = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件", "location": "位置", "link": "链接"}
_ANCHOR = re.compile(r'<a\s[^>]*?href=["\']([^"\']*)["\'][^>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_FONT = re.compile(r'<font color="?(?:info|comment|warning)"?>(.*?)</font>', re.DOTALL)
_DIV = re.compile(r'<div class="(?:gray|normal|highlight)">(.*?)</div>', re.DOTALL)
_NAME = re.compile(r"\$userName=([^$]+)\$")
APP = {
    "source": 20, "title": 36, "desc": 44, "vote_title": 16, "sub": 160, "jump": 18, "button": 10, "option": 16,
    "vote": 17, "keyname": 5, "value": 30, "big": 14, "big_desc": 22, "vertical": 38, "vertical_desc": 160,
}  # fmt: skip
BOT = {**APP, "source": 13, "title": 26, "desc": 30, "sub": 112, "jump": 13, "option": 10, "vote": 11}
"""Lengths in characters from which the client cuts (3.3, 4.4)."""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(slots=True)
class Reading:
    lines: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def line(self, words: Any) -> None:
        if words:
            self.lines.append(str(words))

    def link(self, words: Any, url: Any) -> None:
        if url:
            self.links.append(Link(str(words or ""), str(url)))


@dataclass(frozen=True, slots=True)
class Drawing:
    """How it is drawn: by the smart bot's lengths or the app's, with ids as names, its buttons replaced by a grey one."""

    names: Names
    bot: bool = False
    id_trans: bool = False
    replaced: str = ""
    file_name: str = ""


def read(msg_type: str, content: JSON, drawing: Drawing) -> Reading:
    seen = Reading()
    match msg_type:
        case "template_card":
            _Card(content, seen, drawing).read()
        case "text":
            seen.line(_ANCHOR.sub(lambda match: _linked(seen, match[2], match[1]), str(content["content"])))
        case "markdown" | "stream":
            seen.line(_markdown(str(content.get("content", "")), seen))
        case "textcard":
            seen.line(content["title"])
            seen.line(_DIV.sub(r"\1", content["description"]))
            seen.link(content.get("btntxt") or "详情", content["url"])
        case "news":
            for article in content["articles"]:
                seen.line(article["title"])
                seen.line(article.get("description"))
                seen.link(article["title"], article.get("url"))
        case "mixed":
            for item in content["msg_item"]:
                seen.lines.extend(read(item["msgtype"], item[item["msgtype"]], drawing).lines)
        case _:
            named = drawing.file_name or content.get("Label") or content.get("Title") or content.get("content") or ""
            seen.line(f"[{_SHOWN_AS.get(msg_type, msg_type)}] {named}".rstrip())
    if drawing.id_trans:
        seen.lines = [_NAME.sub(lambda match: drawing.names(match[1]) or match[1], line) for line in seen.lines]
    return seen


def cut(words: Any, most: int) -> str:
    text = str(words or "")
    return text if len(text) <= most else text[:most] + "…"


def chosen(selector: JSON) -> str:
    """The option a selector shows: the preselected one, else nothing."""
    return next((one["text"] for one in selector["option_list"] if one["id"] == selector.get("selected_id")), "")


def _linked(seen: Reading, words: str, url: str) -> str:
    seen.link(words, url)
    return words


def _markdown(text: str, seen: Reading) -> str:
    """The subset of the app: headings, bold, links, inline code, quotes, coloured fonts; all else is shown as typed."""
    text = _LINK.sub(lambda match: _linked(seen, match[1], match[2]), text)
    text = _FONT.sub(r"\1", text)
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text)
    text = re.sub(r"`([^`\n]+)`", r"\1", text)
    return re.sub(r"^(?:#{1,6} +|> ?)", "", text, flags=re.MULTILINE)


class _Card:
    def __init__(self, card: JSON, seen: Reading, drawing: Drawing) -> None:
        self._card, self._seen, self._replaced = card, seen, drawing.replaced
        self._most = BOT if drawing.bot else APP

    def read(self) -> None:
        card, line, most = self._card, self._seen.line, self._most
        title = most["vote_title" if card["card_type"] == "vote_interaction" else "title"]
        line(cut(card.get("source", {}).get("desc"), most["source"]))
        line(cut(card.get("main_title", {}).get("title"), title))
        line(cut(card.get("main_title", {}).get("desc"), most["desc"]))
        line(cut(card.get("emphasis_content", {}).get("title"), most["big"]))
        line(cut(card.get("emphasis_content", {}).get("desc"), most["big_desc"]))
        for block in ("quote_area", "image_text_area"):
            for name in ("title", "quote_text", "desc"):
                line(card.get(block, {}).get(name))
        line(cut(card.get("sub_title_text"), most["sub"]))
        self._lists()
        self._questions()
        self._links()
        self._buttons()

    def _lists(self) -> None:
        most = self._most
        for one in self._card.get("vertical_content_list", []):
            self._seen.line(cut(one["title"], most["vertical"]))
            self._seen.line(cut(one.get("desc"), most["vertical_desc"]))
        for one in self._card.get("horizontal_content_list", []):
            self._seen.line(f"{cut(one['keyname'], most['keyname'])} {cut(one.get('value'), most['value'])}".rstrip())
            self._seen.link(one["keyname"], one.get("url") if one.get("type") == 1 else None)

    def _questions(self) -> None:
        card, most = self._card, self._most
        selectors = [card["button_selection"]] if "button_selection" in card else []
        for one in [*selectors, *card.get("select_list", [])]:
            self._seen.line(f"{one.get('title', '')} {cut(chosen(one), most['option'])}".strip())
        for option in card.get("checkbox", {}).get("option_list", []):
            self._seen.line(cut(option["text"], most["vote"]))

    def _links(self) -> None:
        for jump in self._card.get("jump_list", []):
            words = cut(jump["title"], self._most["jump"])
            self._seen.line(words)
            self._seen.link(words, jump.get("url"))
            if jump.get("type") == 3:
                self._seen.buttons.append(words)
        for block in ("quote_area", "image_text_area", "card_action"):
            self._seen.link("", self._card.get(block, {}).get("url"))

    def _buttons(self) -> None:
        card, most = self._card, self._most["button"]
        self._seen.buttons += [one["text"] for one in card.get("action_menu", {}).get("action_list", [])]
        grey = self._replaced or card.get("replace_text", "")
        if grey:
            self._seen.line(grey)
            return
        for button in labelled(card):
            self._seen.buttons.append(cut(button["text"], most))
            self._seen.link(button["text"], button.get("url"))


def labelled(card: JSON) -> Iterator[JSON]:
    """Buttons at the foot of a card."""
    yield from card.get("button_list", [])
    if "submit_button" in card:
        yield card["submit_button"]
