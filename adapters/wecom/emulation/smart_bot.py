"""The smart bot as a whole: its gateway, its callbacks, what it may answer, what members do with it (4)."""

from collections.abc import Callable

from aiohttp import web

from adapters.wecom.emulation.answers import Answers
from adapters.wecom.emulation.callbacks import Callbacks
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.gateway import Call
from adapters.wecom.emulation.limits import Limits
from adapters.wecom.emulation.push import Push
from adapters.wecom.emulation.shared import SharedFiles
from adapters.wecom.emulation.sockets import Credentials, Sockets
from adapters.wecom.emulation.talk import Talk
from adapters.wecom.emulation.uploads import Uploads
from adapters.wecom.emulation.world import World


class SmartBot:
    """`sockets` also kicks, cuts, freezes and closes the live connection; `talk` also enters and gives feedback."""

    def __init__(
        self, world: World, faults: Faults, limits: Limits, credentials: Credentials, machine: Callable[[], float]
    ) -> None:
        self.sockets = Sockets(world, faults, limits, credentials)
        self.files = SharedFiles(machine)
        self.callbacks = Callbacks(world, faults, self.sockets, machine)
        self.answers = Answers(world, limits, self.callbacks)
        self.talk = Talk(world, self.callbacks, self.files)
        self.sockets.commands = {**self.answers.commands(), **Uploads(world, limits, machine).commands()}

    @property
    def connected(self) -> bool:
        return self.sockets.live is not None

    def share_logs(self, calls: list[Call], pushes: list[Push]) -> None:
        """Frames and callbacks stand in the same lists as calls and pushes of the app."""
        self.sockets.calls, self.callbacks.pushes = calls, pushes

    def serve_from(self, base_url: str) -> None:
        self.files.base_url = self.callbacks.base_url = base_url

    def mount(self, app: web.Application) -> None:
        app.router.add_get("/", self.sockets.connect)
        app.router.add_get("/aibot/file/{secret}", self.files.get)

    async def stop(self) -> None:
        await self.sockets.stop()
