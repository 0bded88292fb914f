"""The page's other end without a browser: asks and what is told, over the real WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

PATIENCE = 5.0


class Browser:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = 0
        self.state: dict[str, Any] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.told: list[dict[str, Any]] = []

    async def hear(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(await self._socket.receive_str(timeout=PATIENCE))
        self.told.append(told)
        if told["type"] == "state":
            self.state, self.messages = told, {}
        for message in told.get("messages", ()):
            self.messages[message["key"]] = message
        return told

    async def ask(self, op: str, **more: Any) -> dict[str, Any]:
        """The answer; what is told meanwhile is taken in."""
        self._numbers += 1
        await self._socket.send_str(json.dumps({"op": op, "id": self._numbers, **more}))
        while True:
            told = await self.hear()
            if told["type"] == "done" and told["id"] == self._numbers:
                return told

    async def until(self, found: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE):
            while not (value := found()):
                await self.hear()
        return value

    def of(self, seat: str) -> list[dict[str, Any]]:
        mine = [message for message in self.messages.values() if message["seat"] == seat]
        return sorted(mine, key=lambda message: message["order"])

    def card(self, seat: str, title: str) -> dict[str, Any] | None:
        cards = [message for message in self.of(seat) if message["kind"] == "interactive"]
        return next((one for one in cards if one["content"]["header"]["title"]["content"] == title), None)


@asynccontextmanager
async def browsing(address: str, **headers: str) -> AsyncIterator[Browser]:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{address}playground/live", headers=headers) as socket,
    ):
        browser = Browser(socket)
        await browser.hear()
        yield browser
