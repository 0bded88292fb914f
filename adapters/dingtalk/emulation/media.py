"""Files: what the robot uploads, and what people sent it (3.8, 2.6)."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath

from adapters.dingtalk.emulation.errors import ApiError, OldError
from adapters.dingtalk.emulation.front import Ask, Route, only
from adapters.dingtalk.emulation.wire import stamp
from adapters.dingtalk.emulation.world import Blob, World
from adapters.emulation.wire import JSON

_MB = 1024 * 1024
KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "image": (20 * _MB, ("jpg", "jpeg", "gif", "png", "bmp")),
    "voice": (2 * _MB, ("amr", "mp3", "wav")),
    "video": (20 * _MB, ("mp4",)),
    "file": (20 * _MB, ("doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "pdf", "rar")),
}


class Media:
    """How long codes and addresses live is not documented: `code_life` and `url_life` are short on purpose."""

    def __init__(self, world: World, base_url: Callable[[], str]) -> None:
        self._world, self._base_url = world, base_url
        self._codes: dict[str, tuple[str, datetime]] = {}
        self._urls: dict[str, tuple[str, datetime]] = {}
        self.code_life, self.url_life = timedelta(hours=2), timedelta(minutes=10)

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/media/upload", self.upload, write=True, old=True),
            Route("POST", "/v1.0/robot/messageFiles/download", self.download, scope="qyapi_robot_sendmsg"),
            Route("GET", "/files/{name}", self.file, public=True, counted=False),
        ]

    def upload(self, ask: Ask) -> JSON:
        kind = str(ask.body.get("type") or ask.query.get("type"))
        part = ask.files.get("media")
        if kind not in KINDS or part is None:
            raise OldError(40035, "type, media")
        most, names = KINDS[kind]
        if PurePath(part.name).suffix.lstrip(".").lower() not in names:
            raise OldError(40004)
        if not part.data or len(part.data) > most:
            raise OldError(40006)
        key = self._world.new_id("@lAzPM0")
        self._world.blobs[key] = Blob(key, kind, part.name, part.data, True)
        return {"type": kind, "media_id": key, "created_at": stamp(self._world.now())}

    def download(self, ask: Ask) -> JSON:
        """A temporary address for a downloadCode or a pictureDownloadCode."""
        only(ask.body, "downloadCode", "robotCode", code="invalidParameter")
        if not ask.body.get("robotCode"):
            raise ApiError("invalidParameter.robotCode.empty")
        if ask.body["robotCode"] != self._world.robot_code:
            raise ApiError("invalidParameter.robotCode.auth")
        key, end = self._codes.get(str(ask.body.get("downloadCode")), ("", self._world.now()))
        if end <= self._world.now():
            raise ApiError("invalidParameter.robotCode.downloadCode")
        signature, until = secrets.token_hex(16), self._world.now() + self.url_life
        self._urls[signature] = (key, until)
        query = f"Expires={int(until.timestamp())}&Signature={signature}"
        return {"downloadUrl": f"{self._base_url()}/files/{secrets.token_hex(8)}.file?{query}"}

    def file(self, ask: Ask) -> Blob:
        key, end = self._urls.get(ask.query.get("Signature", ""), ("", self._world.now()))
        if end <= self._world.now():
            raise ApiError("AccessDenied", "Request has expired.", status=403)
        return self._world.blobs[key]

    def from_person(self, kind: str, name: str, data: bytes) -> str:
        """A person's client uploaded this; the key of the file."""
        key = self._world.new_id("@dt")
        self._world.blobs[key] = Blob(key, kind, name, data, False)
        return key

    def code(self, key: str) -> str:
        """One more code for a file; every push has its own."""
        code = "mIoZ" + secrets.token_urlsafe(32) + "=="
        self._codes[code] = (key, self._world.now() + self.code_life)
        return code
