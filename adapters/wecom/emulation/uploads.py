"""Files the smart bot uploads: aibot_upload_media_init, _chunk, _finish (4.3).

Chunks are counted from 0, as the vendor's client does it (the document's sample shows 1).
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from adapters.emulation.wire import JSON
from adapters.wecom.emulation.errors import ApiError
from adapters.wecom.emulation.limits import Limits
from adapters.wecom.emulation.media import MOST, check_file
from adapters.wecom.emulation.shapes import Shape, filled, refuse, text, whole
from adapters.wecom.emulation.sockets import Command, Frame
from adapters.wecom.emulation.world import World

CHUNK_BYTES, MOST_CHUNKS, SESSION_SECONDS = 512 * 1024, 100, 1800.0
_INIT = Shape(
    {
        "type": filled,
        "filename": filled,
        "total_size": whole(1, CHUNK_BYTES * MOST_CHUNKS),
        "total_chunks": whole(1, MOST_CHUNKS),
        "md5": filled,
    }
)
_CHUNK = Shape({"upload_id": filled, "chunk_index": whole(0, MOST_CHUNKS - 1), "base64_data": text})
_FINISH = Shape({"upload_id": filled})


@dataclass(slots=True)
class _Session:
    kind: str
    name: str
    size: int
    chunks: int
    md5: str
    until: float
    parts: dict[int, bytes] = field(default_factory=dict)


class Uploads:
    def __init__(self, world: World, limits: Limits, machine: Callable[[], float]) -> None:
        self._world, self._limits, self._machine = world, limits, machine
        self._sessions: dict[str, _Session] = {}

    def commands(self) -> dict[str, Command]:
        return {
            "aibot_upload_media_init": Command(self.init, write=False),
            "aibot_upload_media_chunk": Command(self.chunk, write=False),
            "aibot_upload_media_finish": Command(self.finish, write=False),
        }

    def init(self, frame: Frame) -> JSON:
        _INIT(frame.body, "body")
        body = frame.body
        if body["type"] not in MOST:
            raise ApiError(40004)
        if body["total_size"] > MOST[body["type"]]:
            raise ApiError(40006)
        self._limits.upload()
        upload_id = self._world.new_id("up")
        until = self._machine() + SESSION_SECONDS
        self._sessions[upload_id] = _Session(
            body["type"], body["filename"], body["total_size"], body["total_chunks"], body["md5"].lower(), until
        )
        return {"upload_id": upload_id}

    def chunk(self, frame: Frame) -> JSON:
        _CHUNK(frame.body, "body")
        session, index = self._session(frame), frame.body["chunk_index"]
        try:
            data = base64.b64decode(frame.body["base64_data"], validate=True)
        except ValueError as problem:
            raise refuse("base64_data", "is no base64") from problem
        if index >= session.chunks or not 0 < len(data) <= CHUNK_BYTES:
            raise refuse("chunk_index, base64_data", f"{session.chunks} chunks of at most {CHUNK_BYTES} bytes")
        session.parts[index] = data
        return {}

    def finish(self, frame: Frame) -> JSON:
        _FINISH(frame.body, "body")
        session = self._session(frame)
        data = b"".join(session.parts[index] for index in sorted(session.parts))
        if len(session.parts) != session.chunks or len(data) != session.size:
            raise refuse("chunks", f"{len(session.parts)} of {session.chunks}, {len(data)} of {session.size} bytes")
        if hashlib.md5(data, usedforsecurity=False).hexdigest() != session.md5:
            raise refuse("md5", "is another one")
        check_file(session.kind, data)
        del self._sessions[frame.body["upload_id"]]
        media_id = self._world.keep(session.kind, session.name, data, "aibot")
        return {"media_id": media_id}

    def _session(self, frame: Frame) -> _Session:
        session = self._sessions.get(frame.body["upload_id"])
        if session is None or self._machine() > session.until:
            raise refuse("upload_id", "is unknown or over 30 minutes old")
        return session
