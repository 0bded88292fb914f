"""What members do in their conversation with the app, and the callbacks it makes."""

from adapters.emulation.wire import JSON
from adapters.wecom.emulation import events
from adapters.wecom.emulation.errors import ClientRefused
from adapters.wecom.emulation.push import Push, Pusher
from adapters.wecom.emulation.world import World


class People:
    """`base_url` is where a picture's PicUrl leads (the page does not say what answers there)."""

    def __init__(self, world: World, pusher: Pusher) -> None:
        self._world, self._pusher = world, pusher
        self.base_url = ""

    async def say(self, key: str, text: str) -> Push:
        return await self._message(key, "text", {"Content": text}, {"content": text})

    async def picture(self, key: str, data: bytes) -> Push:
        media_id = self._upload(key, "image", "image.jpg", data)
        fields = {"PicUrl": f"{self.base_url}/pic/{media_id}", "MediaId": media_id}
        return await self._message(key, "image", fields, {"media_id": media_id})

    async def voice(self, key: str, data: bytes) -> Push:
        media_id = self._upload(key, "voice", "voice.amr", data)
        return await self._message(key, "voice", {"MediaId": media_id, "Format": "amr"}, {"media_id": media_id})

    async def video(self, key: str, data: bytes) -> Push:
        media_id = self._upload(key, "video", "video.mp4", data)
        thumb = self._upload(key, "image", "thumb.jpg", data)
        return await self._message(key, "video", {"MediaId": media_id, "ThumbMediaId": thumb}, {"media_id": media_id})

    async def location(self, key: str, latitude: float, longitude: float, label: str, scale: int) -> Push:
        fields = {"Location_X": latitude, "Location_Y": longitude, "Scale": scale, "Label": label, "AppType": "wxwork"}
        return await self._message(key, "location", fields, {"Label": label})

    async def link(self, key: str, title: str, url: str, description: str) -> Push:
        fields = {"Title": title, "Description": description, "Url": url, "PicUrl": ""}
        return await self._message(key, "link", fields, {"Title": title, "Url": url})

    async def file(self, key: str, name: str, data: bytes) -> Push:
        """Stands in the conversation; the app never hears of it (2.2), so the push has no attempts."""
        media_id = self._upload(key, "file", name, data)
        message = self._world.post(
            self._world.app_chat(key).chat_id, key, "file", {"media_id": media_id}, file_name=name
        )
        return Push("file", {}, message_id=message.message_id)

    async def event(self, key: str, name: str, event_key: str = "") -> Push:
        user = self._world.user(key)
        corp = self._world.corps[user.corp_id]
        return await self._pusher.push(events.plain_event(self._world, user, corp, name, event_key))

    async def position(self, key: str, latitude: float, longitude: float, precision: float) -> Push:
        user = self._world.user(key)
        corp = self._world.corps[user.corp_id]
        return await self._pusher.push(events.position(self._world, user, corp, latitude, longitude, precision))

    async def _message(self, key: str, kind: str, fields: JSON, content: JSON) -> Push:
        user = self._world.user(key)
        if not user.available:
            raise ClientRefused("the app is not visible to this person")
        corp = self._world.corps[user.corp_id]
        message = self._world.post(self._world.app_chat(key).chat_id, user.key, kind, content)
        return await self._pusher.push(events.message(self._world, user, corp, kind, fields), message.message_id)

    def _upload(self, key: str, kind: str, name: str, data: bytes) -> str:
        return self._world.keep(kind, name, data, self._world.user(key).corp_id)
