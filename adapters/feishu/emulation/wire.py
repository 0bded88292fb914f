"""Bytes of the push side: encryption, signature and the platform's ways to write time (open.feishu.cn, RECV and WH)."""

import base64
import hashlib
import json
import os
import re
from datetime import datetime
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

JSON: TypeAlias = dict[str, Any]
_HALF = re.compile("[\ud800-\udfff]")


def compact(value: object) -> str:
    """JSON as the platform writes it: no spaces, Chinese characters as they are, half surrogates escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _HALF.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def parse(text: str | bytes) -> Any:
    """The value of a JSON text; ValueError for what is none, NaN and Infinity included."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def encrypt(plain: bytes, encrypt_key: str, iv: bytes | None = None) -> str:
    """base64(iv + AES-256-CBC(PKCS#7(plain))) under SHA-256(encrypt_key)."""
    iv = iv or os.urandom(16)
    padder = PKCS7(128).padder()
    padded = padder.update(plain) + padder.finalize()
    key = hashlib.sha256(encrypt_key.encode()).digest()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + encryptor.update(padded) + encryptor.finalize()).decode()


def sign(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """X-Lark-Signature: over the raw body as sent, never over a re-serialised one."""
    return hashlib.sha256((timestamp + nonce + encrypt_key).encode() + body).hexdigest()


def millis(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))


def micros(at: datetime) -> str:
    """Card callbacks stamp microseconds where events stamp milliseconds (CARDCB)."""
    return str(int(at.timestamp() * 1_000_000))
