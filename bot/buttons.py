"""A button's id: the copy it stands on, its number there, a MAC. Everything else lies with the copy (contract 6).

About 30 characters, so that it fits every messenger; it means nothing by itself and cannot be moved to another copy.
"""

from __future__ import annotations

from typing import Protocol

PURPOSE = "buttons"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Signer(Protocol):
    def sign(self, purpose: str, message: bytes) -> str:
        """A short MAC with the id of the key it was made with."""

    def check(self, purpose: str, message: bytes, mac: str) -> bool: ...

    def sign_long(self, purpose: str, message: bytes) -> str:
        """The complete signature, for what is kept."""

    def check_long(self, purpose: str, message: bytes, mac: str) -> bool: ...


def button_id(signer: Signer, copy: int, number: int) -> str:
    body = f"{base36(copy)}.{base36(number)}"
    return f"{body}.{signer.sign(PURPOSE, body.encode())}"


def read_button_id(signer: Signer, text: str) -> tuple[int, int] | None:
    """(copy, number), or None for anything this bot has not made."""
    if len(text) > 64 or not text.isascii():
        return None
    copy, dot, rest = text.partition(".")
    number, second, mac = rest.partition(".")
    if not (dot and second and mac and _is_base36(copy) and _is_base36(number)):
        return None
    if not signer.check(PURPOSE, f"{copy}.{number}".encode(), mac):
        return None
    return int(copy, 36), int(number, 36)


def base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = ALPHABET[digit] + digits
        if not number:
            return digits


def _is_base36(text: str) -> bool:
    return 0 < len(text) <= 13 and all(c in ALPHABET for c in text)
