"""What a person sees of a message: visible texts line by line, labels that can be pressed, links (3.4, 3.5)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from adapters.emulation.wire import JSON

Names = Callable[[str], str]
_LINK = re.compile(r"(!?)\[([^\]\[]*)\]\(([^()\s]+)\)")
_MARKS = re.compile(r"^(#{1,6} +|> ?)|\*\*|(?<!\*)\*(?!\*| )|</?font[^<>]*>|<br ?/?>", re.MULTILINE)
_AT = re.compile(r"<a atId=[^<>]*>([^<]*)</a>")


@dataclass(frozen=True, slots=True)
class Link:
    """`says`: a dtmd link makes whoever presses it say this to the robot (3.4)."""

    text: str
    url: str

    @property
    def says(self) -> str:
        parts = urlsplit(self.url)
        if (parts.scheme, parts.netloc, parts.path) != ("dtmd", "dingtalkclient", "/sendMessage"):
            return ""
        return parse_qs(parts.query).get("content", [""])[0]


@dataclass(frozen=True, slots=True)
class Reading:
    lines: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(slots=True)
class Seen:
    """Collects a reading."""

    lines: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def line(self, text: str) -> None:
        if text:
            self.lines.append(text)

    def link(self, text: str, url: str) -> None:
        self.links.append(Link(text, url))

    def button(self, label: str) -> None:
        self.line(label)
        self.buttons.append(label)

    def reading(self) -> Reading:
        says = [link.text for link in self.links if link.says]
        return Reading(tuple(self.lines), (*self.buttons, *says), tuple(self.links))


def markdown(text: str, seen: Seen) -> None:
    """The documented subset is drawn, everything else stands as it was typed."""

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return "[图片]"
        seen.link(match[2], match[3])
        return match[2]

    drawn = _MARKS.sub(lambda match: "\n" if match[0].startswith("<br") else "", _LINK.sub(replace, text))
    for line in _AT.sub(lambda match: f"@{match[1]}", drawn).splitlines():
        seen.line(line.strip())


def read(msg_type: str, content: JSON, names: Names) -> Reading:
    seen = Seen()
    if msg_type.startswith("sample"):
        _sample(msg_type, content, seen)
    else:
        _said(msg_type, content, seen)
    return seen.reading()


def _sample(msg_key: str, content: JSON, seen: Seen) -> None:
    """A robot's message by its msgKey. The title of a markdown message stands in the list of chats only."""
    match msg_key:
        case "sampleText":
            seen.line(content["content"])
        case "sampleMarkdown":
            markdown(content["text"], seen)
        case "sampleImageMsg":
            seen.line("[图片]")
        case "sampleLink":
            seen.line(content["title"])
            seen.line(content["text"])
            seen.link(content["title"], content["messageUrl"])
        case "sampleAudio" | "sampleVideo":
            seen.line("[语音]" if msg_key == "sampleAudio" else "[视频]")
        case "sampleFile":
            seen.line(content["fileName"])
        case _:
            seen.line(content["title"])
            markdown(content["text"], seen)
            for label, url in action_links(content):
                seen.line(label)
                seen.link(label, url)


def action_links(content: JSON) -> Iterator[tuple[str, str]]:
    """Titles and addresses of an action card's links, in order."""
    for key in content:
        match = re.fullmatch(r"(single|action|button)Title(\d?)", key)
        if match:
            kind = {"single": "singleURL", "action": "actionURL", "button": "buttonUrl"}[match[1]]
            yield content[key], content[kind + match[2]]


def _said(msg_type: str, content: JSON, seen: Seen) -> None:
    """What a person sent, or a session webhook brought."""
    match msg_type:
        case "text":
            seen.line(content["content"].strip())
        case "markdown":
            markdown(content["text"], seen)
        case "richText":
            for part in content["richText"]:
                seen.line(part.get("text", "[图片]"))
        case "link":
            seen.line(content["title"])
            seen.line(content["text"])
            seen.link(content["title"], content["messageUrl"])
        case "actionCard":
            seen.line(content["title"])
            markdown(content["text"], seen)
            buttons = content.get("btns") or [{"title": content["singleTitle"], "actionURL": content["singleURL"]}]
            for button in buttons:
                seen.line(button["title"])
                seen.link(button["title"], button["actionURL"])
        case "feedCard":
            for one in content["links"]:
                seen.line(one["title"])
                seen.link(one["title"], one["messageURL"])
        case "audio":
            seen.line(f"[语音] {content.get('recognition', '')}".strip())
        case "file":
            seen.line(content["fileName"])
        case _:
            seen.line({"picture": "[图片]", "video": "[视频]"}.get(msg_type, "[不支持的消息]"))
