"""media/upload and media/get (3.5, 90253): three days, shared by the apps of a corp."""

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.content import MEDIA_LIFE
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.gateway import Ask, Route
from adapters.wecom.emulation.world import Blob, World

MEGABYTE = 1024 * 1024
MOST = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}
LEAST = 5


class Media:
    """A filename is shown as it came: one that was percent-encoded on the way stays so, as no page says it is decoded.

    The codes of wrong sizes and types (40004, 40005, 40006) are those of the platform's list of global codes, of which
    the page quotes others only."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [Route("POST", "media/upload", self.upload), Route("GET", "media/get", self.get)]

    def upload(self, ask: Ask) -> JSON:
        kind = ask.query.get("type", "")
        if kind not in MOST:
            raise ApiError(40004)
        name, data = ask.files.get("media", ("", b""))
        if not name:
            raise ApiError(40063, "media, with a filename")
        check_file(kind, data)
        media_id = self._world.keep(kind, name, data, ask.corp.corp_id)
        created = str(int(self._world.now().timestamp()))
        return {"errmsg": "", "type": kind, "media_id": media_id, "created_at": created}

    def get(self, ask: Ask) -> Blob:
        blob = self._world.blobs.get(ask.query.get("media_id", ""))
        if blob is None or blob.corp_id != ask.corp.corp_id or self._world.now() - blob.created > MEDIA_LIFE:
            raise ApiError(40007)
        return blob


def check_file(kind: str, data: bytes) -> None:
    if not LEAST < len(data) <= MOST[kind]:
        raise ApiError(40006, f"{LEAST + 1} to {MOST[kind]} bytes")
    good = {
        "image": data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")),
        "voice": data.startswith(b"#!AMR"),
        "video": data[4:8] == b"ftyp",
        "file": True,
    }
    if not good[kind]:
        raise ApiError(40005, kind)
