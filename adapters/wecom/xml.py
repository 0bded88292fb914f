"""XML as WeCom writes it: elements and text. A document type, and with it every entity of one's own, is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from msgspec import Struct

MOST_DEPTH = 16
MOST_ELEMENTS = 2000

# Before the signature is checked nothing is parsed: the one element it covers is cut out of the raw bytes.
_ENCRYPT = re.compile(
    rb"<Encrypt>\s{0,16}(?:<!\[CDATA\[([A-Za-z0-9+/=]*)\]\]>|([A-Za-z0-9+/=]*))\s{0,16}</Encrypt>", re.ASCII
)


class Element(Struct):
    """``text`` is what stands directly in it, as written."""

    name: str
    text: str = ""
    parts: list[Element] = []

    def all(self, name: str) -> Iterator[Element]:
        return (part for part in self.parts if part.name == name)

    def first(self, name: str) -> Element | None:
        return next(self.all(name), None)

    def get(self, name: str) -> str:
        """The text of a part, "" if it is not there."""
        found = self.first(name)
        return found.text.strip() if found else ""


def encrypted(body: bytes) -> str:
    """The content of the envelope's one ``Encrypt``. ValueError if there is none, or more than one."""
    found = _ENCRYPT.findall(body)
    if len(found) != 1 or body.count(b"<Encrypt") != 1:
        raise ValueError("no Encrypt")
    written, plain = found[0]
    return str(written or plain, "ascii")


def parse(text: str) -> Element:
    """The root element. ValueError for anything but well-formed, shallow XML without a document type."""
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.said
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        raise ValueError("no XML") from None
    return tree.root.parts[0]


def _refuse(*_declaration: object) -> None:
    raise ValueError("a document type")


class _Tree:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._count = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > MOST_DEPTH or self._count > MOST_ELEMENTS:
            raise ValueError("too much XML")
        element = Element(name)
        self._open[-1].parts.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def said(self, text: str) -> None:
        self._open[-1].text += text
