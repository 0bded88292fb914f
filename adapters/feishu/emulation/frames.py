"""The long connection's frames, after the page's message definition: proto2, written out by hand (LC)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

CONTROL, DATA = 0, 1
_VARINT, _BYTES = 0, 2
_NUMBERS: Final = {1: "seq_id", 2: "log_id", 3: "service", 4: "method"}
_TEXTS: Final = {6: "payload_encoding", 7: "payload_type", 9: "log_id_new"}


@dataclass(frozen=True, slots=True)
class Frame:
    """`seq_id` … `method` are required on the wire, even if they are 0."""

    seq_id: int
    log_id: int
    service: int
    method: int
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes = b""
    payload_encoding: str = ""
    payload_type: str = ""
    log_id_new: str = ""

    @property
    def header(self) -> dict[str, str]:
        return dict(self.headers)


@dataclass(slots=True)
class _Parts:
    numbers: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    payload: bytes = b""


def encode(frame: Frame) -> bytes:
    raw = b"".join(_number(number, getattr(frame, name)) for number, name in _NUMBERS.items())
    raw += b"".join(_bytes(5, _text(1, key) + _text(2, value)) for key, value in frame.headers)
    raw += _optional(6, frame.payload_encoding.encode()) + _optional(7, frame.payload_type.encode())
    return raw + _optional(8, frame.payload) + _optional(9, frame.log_id_new.encode())


def decode(raw: bytes) -> Frame:
    """ValueError for what is no frame; unknown fields are passed over."""
    parts = _Parts()
    for number, value in _fields(raw):
        if isinstance(value, int):
            if number in _NUMBERS:
                parts.numbers[_NUMBERS[number]] = value
        elif number == 5:
            parts.headers.append(_header(value))
        elif number == 8:
            parts.payload = value
        elif number in _TEXTS:
            parts.texts[_TEXTS[number]] = value.decode()
    if len(parts.numbers) < len(_NUMBERS):
        raise ValueError("a required field is missing")
    seq_id, log_id, service, method = (parts.numbers[name] for name in _NUMBERS.values())
    encoding, kind, log_id_new = (parts.texts.get(name, "") for name in _TEXTS.values())
    return Frame(seq_id, log_id, service, method, tuple(parts.headers), parts.payload, encoding, kind, log_id_new)


def _header(raw: bytes) -> tuple[str, str]:
    found = {number: value.decode() for number, value in _fields(raw) if isinstance(value, bytes)}
    if not {1, 2} <= found.keys():
        raise ValueError("a header lacks its key or value")
    return found[1], found[2]


def _fields(raw: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        value, at = _varint(raw, at)
        if tag & 7 == _VARINT:
            yield tag >> 3, value
        elif tag & 7 == _BYTES and at + value <= len(raw):
            yield tag >> 3, raw[at : at + value]
            at += value
        else:
            raise ValueError("not this message's wire type")


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(raw):
            break
        value |= (raw[at] & 0x7F) << shift
        at += 1
        if raw[at - 1] < 0x80:
            return value, at
    raise ValueError("a number has no end")


def _number(number: int, value: int) -> bytes:
    return _as_varint(number << 3 | _VARINT) + _as_varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _as_varint(number << 3 | _BYTES) + _as_varint(len(value)) + value


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _optional(number: int, value: bytes) -> bytes:
    return _bytes(number, value) if value else b""


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
