"""Bytes of the push side: encryption, signature and the platform's ways to write time (open.feishu.cn, RECV and WH)."""

import base64
import hashlib
import os
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from adapters.emulation.wire import JSON, compact, millis, parse

__all__ = ["JSON", "compact", "encrypt", "micros", "millis", "parse", "sign"]


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


def micros(at: datetime) -> str:
    """Card callbacks stamp microseconds where events stamp milliseconds (CARDCB)."""
    return str(int(at.timestamp() * 1_000_000))
