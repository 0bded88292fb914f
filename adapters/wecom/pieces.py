"""A file for the smart bot's conversations: over its long connection, piece by piece (page 4.3)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from io import BufferedReader
from pathlib import Path
from typing import Any

import msgspec

from adapters.wecom.errors import Refusal, Success
from bot.ports import FileRow, Unknown

INIT, CHUNK, FINISH = "aibot_upload_media_init", "aibot_upload_media_chunk", "aibot_upload_media_finish"
PIECE = 512 * 1024
"""Bytes before base64; at most 100 of them, which is more than a file may have."""

Ask = Callable[[str, bytes], Awaitable[Success | Refusal]]
"""(command, body) → the answer to it."""


async def hand_over(ask: Ask, kind: str, file: FileRow, path: Path) -> Success | Refusal:
    """``media_id`` stands in the answer's body. What is broken off is forgotten by the platform after half an hour."""
    with await asyncio.to_thread(path.open, "rb") as opened:
        began = await ask(INIT, await asyncio.to_thread(_announced, kind, file, opened))
        upload = _said(began, "upload_id")
        if upload is None:
            return _otherwise(began)
        for index in range(
            _pieces(file.size)
        ):  # from 0, as the vendor's client counts; the page's sample begins with 1
            piece = await asyncio.to_thread(opened.read, PIECE)
            body = {"upload_id": upload, "chunk_index": index, "base64_data": base64.b64encode(piece).decode()}
            taken = await ask(CHUNK, msgspec.json.encode(body))
            if not isinstance(taken, Success):
                return taken
    ended = await ask(FINISH, msgspec.json.encode({"upload_id": upload}))
    return ended if _said(ended, "media_id") else _otherwise(ended)


def _announced(kind: str, file: FileRow, opened: BufferedReader) -> bytes:
    digest = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    opened.seek(0)
    told: dict[str, Any] = {
        "type": kind,
        "filename": file.name,
        "total_size": file.size,
        "total_chunks": _pieces(file.size),
        "md5": digest,
    }
    return msgspec.json.encode(told)


def _pieces(size: int) -> int:
    return -(-size // PIECE)


def _said(ended: Success | Refusal, name: str) -> str | None:
    found = ended.answer.get(name) if isinstance(ended, Success) else None
    return found if isinstance(found, str) and found else None


def _otherwise(ended: Success | Refusal) -> Refusal:
    return Unknown("智能机器人的回答里没有文件的编号") if isinstance(ended, Success) else ended
