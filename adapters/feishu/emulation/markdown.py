"""What a person sees of Feishu's markdown, and what it does: whom it mentions, where its links lead.

Read wider than the client does: whatever could be taken for a mention or a link counts as one, so that an injection
shows.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

Names = Callable[[str], str]
ZONE = ZoneInfo("Asia/Shanghai")  # the viewer's zone, for times that the client draws

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xE000  # a backslash-escaped character waits here until everything else is parsed
_AT = re.compile(r"<at\s+([^<>]*?)/?>(?:([^<]*)</at>)?", re.IGNORECASE)
_PERSON = re.compile(r"<person\s+([^<>]*?)/?>(?:[^<]*</person>)?")
_TIME = re.compile(r"<local_datetime\s+([^<>]*?)/?>(?:[^<]*</local_datetime>)?")
_LINK_TAG = re.compile(r"<(?:link|a)\s+([^<>]*?)>([^<]*)</(?:link|a)>", re.IGNORECASE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*([^()\s]+)[^)]*\)")
_AUTOLINK = re.compile(r"<((?:https?|lark|mailto):[^<>\s]+)>")
_ATTRIBUTE = re.compile(r"([a-z_]+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^\s'\"]+))")
_BREAK = re.compile(r"<br\s*/?>")
_TAG = re.compile(r"</?(?:font|text_tag|number_tag|raw|hr|b|i|u|s|br)(?:\s[^<>]*)?/?>")
_EMPHASIS = tuple(map(re.compile, (r"\*\*(?=\S)(.+?)\*\*", r"~~(?=\S)(.+?)~~", r"\*(?=\S)([^*]+)\*", r"`+([^`]+)`+")))
_LINE_START = re.compile(r"^(?:#{1,6} |> )", re.MULTILINE)
_TABLE_RULE = re.compile(r"^(?=[^\n]*\|)[ \t|]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*(?:\n|$)", re.MULTILINE)


class Link(NamedTuple):
    text: str
    url: str


@dataclass(slots=True)
class Seen:
    """Collected while reading; `mentions` holds open_ids, "all" for everybody."""

    lines: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.lines.extend(part.strip() for part in text.split("\n") if part.strip())


def attributes(inside: str) -> dict[str, str]:
    return {name: html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(inside)}


def mentioned(inside: str) -> list[str]:
    """The ids of one `<at …>`: id=, ids=a,b, user_id= (text messages) or email=."""
    found = attributes(inside)
    ids = found.get("ids") or found.get("id") or found.get("user_id") or found.get("email") or ""
    return [one.strip() for one in ids.split(",") if one.strip()]


def mentions_in(source: str) -> list[str]:
    return [one for match in _AT.finditer(_ESCAPED.sub(_hide, source)) for one in mentioned(match[1])]


def tables_in(source: str) -> int:
    return len(_TABLE_RULE.findall(source))


def read_markdown(source: str, names: Names, seen: Seen, styles: bool = True) -> str:
    """The visible text; mentions and links go into `seen`. Text messages know tags and links, but no `styles`."""

    def at(match: re.Match[str]) -> str:
        ids = mentioned(match[1])
        seen.mentions.extend(ids)
        return " ".join("@" + (names(one) or match[2] or one) for one in ids)

    def link(match: re.Match[str]) -> str:
        seen.links.append(Link(_plain(match[1]), _plain(match[2])))
        return match[1]

    def link_tag(match: re.Match[str]) -> str:
        found = attributes(match[1])
        seen.links.append(Link(_plain(match[2]), found.get("url") or found.get("href") or ""))
        return match[2]

    def autolink(match: re.Match[str]) -> str:
        seen.links.append(Link(_plain(match[1]), _plain(match[1])))
        return match[1]

    def moment(match: re.Match[str]) -> str:
        at_ms = attributes(match[1]).get("millisecond", "0")
        return datetime.fromtimestamp(int(at_ms) / 1000, ZONE).strftime("%Y-%m-%d %H:%M")

    text = _ESCAPED.sub(_hide, source) if styles else source
    text = _AT.sub(at, text)
    text = _PERSON.sub(lambda match: names(attributes(match[1]).get("id", "")), text)
    text = _TIME.sub(moment, text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK_TAG.sub(link_tag, text)
    text = _AUTOLINK.sub(autolink, text)
    return _plain(_LINK.sub(link, text), styles)


def _plain(text: str, styles: bool = True) -> str:
    """Styles taken off, entities and escapes resolved: last, so that nothing an escape hid is parsed."""
    text = _TAG.sub("", _BREAK.sub("\n", text))
    if styles:
        text = _LINE_START.sub("", _TABLE_RULE.sub("", text))
    for emphasis in _EMPHASIS if styles else ():
        text = emphasis.sub(r"\1", text)
    return html.unescape("".join(chr(ord(c) - _PRIVATE) if _PRIVATE <= ord(c) < _PRIVATE + 128 else c for c in text))


def _hide(match: re.Match[str]) -> str:
    return chr(_PRIVATE + ord(match[1]))
