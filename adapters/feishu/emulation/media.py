"""Pictures and files: what the bot uploads, and what people sent it (4.4)."""

from adapters.feishu.emulation.errors import ApiError
from adapters.feishu.emulation.gateway import Ask, Route
from adapters.feishu.emulation.wire import JSON
from adapters.feishu.emulation.world import Blob, World

IMAGE_BYTES, FILE_BYTES = 10 * 1024 * 1024, 30 * 1024 * 1024
FILE_TYPES = ("opus", "mp4", "pdf", "doc", "xls", "ppt", "stream")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")


class Media:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/open-apis/im/v1/images", self.upload_image),
            Route("POST", "/open-apis/im/v1/files", self.upload_file),
            Route("GET", "/open-apis/im/v1/images/{key}", self.own),
            Route("GET", "/open-apis/im/v1/files/{key}", self.own),
            Route("GET", "/open-apis/im/v1/messages/{message_id}/resources/{key}", self.resource),
        ]

    def upload_image(self, ask: Ask) -> JSON:
        part = _part(ask, "image", IMAGE_BYTES)
        if ask.body.get("image_type") not in ("message", "avatar"):
            raise ApiError(234001, "image_type")
        if not part.data.startswith(_IMAGES):
            raise ApiError(234011)
        return {"data": {"image_key": self._keep("img_v3_", "image", part.name, part.data)}}

    def upload_file(self, ask: Ask) -> JSON:
        part = _part(ask, "file", FILE_BYTES)
        kind, name = ask.body.get("file_type"), ask.body.get("file_name")
        if kind not in FILE_TYPES or not name:
            raise ApiError(234001, "file_type, file_name")
        return {"data": {"file_key": self._keep("file_v3_", kind, name, part.data)}}

    def own(self, ask: Ask) -> Blob:
        blob = self._world.blobs.get(ask.path["key"])
        if blob is None or not blob.from_bot:
            raise ApiError(234001, "not uploaded by this app")
        return blob

    def resource(self, ask: Ask) -> Blob:
        """What stands in a message; not from external groups, not from chats without the bot."""
        message = self._world.messages.get(ask.path["message_id"])
        if message is None or ask.query.get("type") not in ("image", "file"):
            raise ApiError(234001)
        chat = self._world.chats[message.chat_id]
        if not chat.bot_inside:
            raise ApiError(234004)
        if chat.external:
            raise ApiError(234009)
        if message.msg_type in ("interactive", "merge_forward"):
            raise ApiError(234043)
        blob = self._world.blobs.get(ask.path["key"])
        if blob is None or blob.key not in message.raw:
            raise ApiError(234003)
        return blob

    def _keep(self, prefix: str, kind: str, name: str, data: bytes, from_bot: bool = True) -> str:
        key = self._world.new_id(prefix)
        self._world.blobs[key] = Blob(key, kind, name, data, from_bot)
        return key

    def from_person(self, kind: str, name: str, data: bytes) -> str:
        """A person's client uploaded this; the key goes into their message."""
        return self._keep("img_v3_" if kind == "image" else "file_v3_", kind, name, data, from_bot=False)


def _part(ask: Ask, name: str, most: int) -> Blob:
    part = ask.files.get(name)
    if part is None:
        raise ApiError(234001, name)
    if not part.data:
        raise ApiError(234010)
    if len(part.data) > most:
        raise ApiError(234006)
    return part
