"""Files to a messenger: one form with one file, read from the disk while it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import aiohttp
from msgspec import Struct

from adapters.http import MOST_REPLY, UNREACHABLE_PAUSE, Reply, read_at_most
from bot.cards import Card, Picture
from bot.ports import Need, OutboxRow, Retry, Sending, Unknown

SECONDS = 100.0
IMAGE, FILE = "image", "file"


class Handed(Struct, frozen=True, kw_only=True):
    """``fields`` come before the file, which stands in ``part``. ``headers`` and ``url`` may hold credentials: never logged."""

    url: str
    headers: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}
    part: str
    name: str
    media: str


async def upload(session: Callable[[], aiohttp.ClientSession], handed: Handed, path: Path) -> Reply | Retry | Unknown:
    """One attempt; one that is repeated leaves a second copy with the messenger, which nobody refers to."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _upload(session(), handed, path)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        return Retry(UNREACHABLE_PAUSE, f"连不上对方服务器（{type(error).__name__}）")
    except TimeoutError:
        return Unknown("上传超时")
    except (aiohttp.ClientError, OSError) as error:
        return Unknown(f"上传中断（{type(error).__name__}）")


async def _upload(session: aiohttp.ClientSession, handed: Handed, path: Path) -> Reply:
    form = aiohttp.FormData(quote_fields=False)  # no messenger decodes a name that was percent-encoded
    for name, value in handed.fields.items():
        form.add_field(name, value)
    with await asyncio.to_thread(path.open, "rb") as file:
        form.add_field(handed.part, file, filename=handed.name, content_type=handed.media)
        async with session.post(
            handed.url, data=form, headers=handed.headers, allow_redirects=False, timeout=aiohttp.ClientTimeout(SECONDS)
        ) as response:
            body = await read_at_most(response.content, MOST_REPLY)
            return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


def lone(row: OutboxRow) -> Sequence[Need]:
    """The file that a message consists of."""
    only = row.content.lone if isinstance(row.content, Card) and row.what is Sending.SEND else None
    return (Need(only.file, IMAGE if only.picture else FILE),) if only else ()


def shown(row: OutboxRow) -> Sequence[Need]:
    """The pictures on a card."""
    blocks = row.content.blocks if isinstance(row.content, Card) else ()
    return tuple(Need(block.file, IMAGE) for block in blocks if isinstance(block, Picture))
