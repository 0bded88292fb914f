"""What happened lately, as a test that failed shows it."""

from collections.abc import Sequence

from adapters.wecom.emulation.gateway import Call
from adapters.wecom.emulation.push import Push
from adapters.wecom.emulation.world import World


def dump(world: World, calls: Sequence[Call], pushes: Sequence[Push], last: int) -> str:
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
