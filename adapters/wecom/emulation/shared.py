"""Files people send to the smart bot: behind a url for five minutes, encrypted with the item's own key (4.1)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from adapters.wecom.emulation.crypto import encrypt_file
from adapters.wecom.emulation.errors import ClientRefused

LIFE_SECONDS, MOST_BYTES = 300.0, 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Shared:
    name: str
    data: bytes
    until: float


class SharedFiles:
    """The page names no status for a url that is too old: here 403. The file's name stands in Content-Disposition."""

    def __init__(self, machine: Callable[[], float]) -> None:
        self._machine = machine
        self._files: dict[str, _Shared] = {}
        self.base_url = ""

    def share(self, name: str, data: bytes, key: bytes) -> str:
        if len(data) > MOST_BYTES:
            raise ClientRefused("the file is over 100 MB")
        secret = secrets.token_urlsafe(32)
        self._files[secret] = _Shared(name, encrypt_file(data, key), self._machine() + LIFE_SECONDS)
        return f"{self.base_url}/aibot/file/{secret}"

    async def get(self, request: web.Request) -> web.Response:
        shared = self._files.get(request.match_info["secret"])
        if shared is None or self._machine() > shared.until:
            return web.Response(status=403)
        name = f"attachment; filename*=utf-8''{quote(shared.name)}"
        return web.Response(body=shared.data, headers={"Content-Disposition": name})
