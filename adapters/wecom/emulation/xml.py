"""The XML of callbacks and passive replies (90239-90241): text in CDATA, numbers bare, lists as repeated siblings."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from adapters.emulation.wire import JSON

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BEGINNING = re.compile(r"\s*(?:<\?xml [^>]*\?>\s*)?<xml>")
"""A DTD could only stand before this."""


class BadXml(Exception):
    """A passive reply that the platform cannot read."""


def write(fields: JSON) -> str:
    """One line, in the order given; a list repeats its element. What XML 1.0 cannot carry (NUL, half surrogates) is left
    out, as by every serialiser that makes valid XML; the page says nothing of it."""
    return f"<xml>{''.join(_elements(fields))}</xml>"


def _elements(fields: JSON) -> Iterator[str]:
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            yield f"<{name}>{_inside(one)}</{name}>"


def _inside(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_elements(value))
    if isinstance(value, int | float):
        return str(value)
    text = _NOT_XML.sub("", str(value))
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def read(text: str) -> JSON:
    """Elements to names, always lists of what stands there: `{"Encrypt": ["…"]}`. BadXml also for any DTD."""
    if not _BEGINNING.match(text):
        raise BadXml("must begin with <xml>: entities are not taken")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 nothing with a DTD gets here
    except ElementTree.ParseError as problem:
        raise BadXml(str(problem)) from problem
    return _children(root)


def _children(element: ElementTree.Element) -> JSON:
    found: JSON = {}
    for child in element:
        found.setdefault(child.tag, []).append(_children(child) if len(child) else child.text or "")
    return found


def text_of(fields: JSON, name: str) -> str:
    """The text of an element that stands there once; BadXml otherwise."""
    values = fields.get(name, [])
    if len(values) != 1 or not isinstance(values[0], str):
        raise BadXml(f"<{name}> must stand there once, with text")
    return values[0]
