"""What can be seen of the emulated platform from outside: conversations, calls, pushes, silent losses."""

from collections.abc import Callable, Sequence
from typing import Any

from adapters.wecom.emulation.gateway import Call, Gateway
from adapters.wecom.emulation.push import Push, Pusher
from adapters.wecom.emulation.world import APP_CHAT, GROUP, SINGLE, Chat, Drop, Message, World


class Observed:
    world: World
    gateway: Gateway
    pusher: Pusher

    @property
    def pushes(self) -> list[Push]:
        """Everything pushed so far, over both ways."""
        return self.pusher.pushes

    @property
    def failed_pushes(self) -> list[Push]:
        """Pushes not taken yet: waiting for their retry, or given up."""
        return [push for push in self.pushes if push.due is not None or push.given_up]

    @property
    def calls(self) -> list[Call]:
        return self.gateway.calls

    @property
    def drops(self) -> list[Drop]:
        """What was accepted and lost in silence: nobody but the emulator knows."""
        return self.world.drops

    def messages(self, chat: str) -> list[Message]:
        """The conversation's messages in order, recalled ones too; they are live and follow updates."""
        return self.world.in_chat(chat)

    def conversations(self, user: str) -> list[Chat]:
        """A member's: with the app, with the smart bot once there was one, groups."""
        person = self.world.user(user)
        self.world.app_chat(person.key)
        mine = [chat for chat in self.world.chats.values() if person.key in chat.members]
        return sorted(mine, key=lambda chat: (APP_CHAT, SINGLE, GROUP).index(chat.chat_type))

    def message(self, message_id: str) -> Message:
        return self.world.messages[message_id]

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back on each change; returns what ends that."""
        return self.world.subscribe(callback)

    async def until(self, predicate: Callable[[], Any], timeout: float = 5.0) -> Any:  # noqa: ASYNC109
        """The predicate's first true value, asked again on every change; TimeoutError shows what there was instead."""
        try:
            return await self.world.until(predicate, timeout)
        except TimeoutError as problem:
            raise TimeoutError(f"not within {timeout:g} s\n{self.dump()}") from problem

    def dump(self, last: int = 12) -> str:
        """Recent messages, refused calls, failed pushes and silent losses, readably."""
        return _dump(self.world, self.calls, self.pushes, last)


def _dump(world: World, calls: Sequence[Call], pushes: Sequence[Push], last: int) -> str:
    lines = ["messages:"]
    for message in list(world.messages.values())[-last:]:
        who = world.name_of(message.sender) or message.sender
        text = message.text.replace("\n", "\n      ")
        lines.append(f"  [{message.chat_id}] {who} {message.message_id} ({message.msg_type}): {text}")
    refused = [call for call in calls if call.code != 0][-last:]
    lines += ["refused calls:", *(f"  {call.method} {call.path} {call.status} {call.answer}" for call in refused)]
    failed = [push for push in pushes if push.error or not push.delivered][-last:]
    lines += ["failed pushes:", *(f"  {push.event_type} {push.status} {push.error}" for push in failed)]
    lines += ["lost in silence:", *(f"  {drop.user} {drop.msgid}: {drop.reason}" for drop in world.drops[-last:])]
    return "\n".join(lines)
