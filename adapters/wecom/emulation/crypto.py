"""Encryption and signature of what WeCom pushes (90930, 90968), and of files people send to the smart bot (101463)."""

import base64
import hashlib
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""Padding goes up to 32 bytes, although AES itself works in blocks of 16."""


class BadCipher(Exception):
    """What came cannot be read: said to nobody, only recorded."""


def aes_key(encoding_aes_key: str) -> bytes:
    return base64.b64decode(encoding_aes_key + "=", validate=True)


def encrypt(message: str, encoding_aes_key: str, receive_id: str, random: bytes | None = None) -> str:
    """base64(AES-256-CBC(16 random bytes, length, message, receiveid)); the smart bot's receiveid is ""."""
    raw = message.encode()
    plain = (random or os.urandom(16)) + len(raw).to_bytes(4, "big") + raw + receive_id.encode()
    return base64.b64encode(_encrypt(plain, aes_key(encoding_aes_key))).decode()


def decrypt(encrypted: str, encoding_aes_key: str) -> tuple[str, str]:
    """The message and its receiveid. BadCipher for anything that is not exactly right."""
    try:
        plain = _decrypt(base64.b64decode(encrypted, validate=True), aes_key(encoding_aes_key))
        end = 20 + int.from_bytes(plain[16:20], "big")
        if len(plain) < 20 or end > len(plain):
            raise BadCipher("the length field is beyond the end")
        return plain[20:end].decode(), plain[end:].decode()
    except ValueError as problem:
        raise BadCipher(str(problem)) from problem


def sign(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """msg_signature: the four strings sorted by their bytes."""
    parts = sorted(part.encode() for part in (token, timestamp, nonce, encrypted))
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()


def encrypt_file(data: bytes, key: bytes) -> bytes:
    """A file behind the `url` of a smart bot's message: the item's own key, its first 16 bytes as IV (4.1)."""
    return _encrypt(data, key)


def _encrypt(plain: bytes, key: bytes) -> bytes:
    fill = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()


def _decrypt(cipher: bytes, key: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = decryptor.update(cipher) + decryptor.finalize()
    fill = padded[-1] if padded else 0
    if not 1 <= fill <= BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise BadCipher("the padding is wrong")
    return padded[:-fill]
