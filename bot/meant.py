"""Which of several capabilities a word means that they share, once the store may be asked.

``route`` decides by an id of their own kind, then by the object last spoken of. What is left to ask here: what another
record is about (进度 SP2001), and of which kind there is an object that goes without saying.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot import filling, parse
from bot.drafts import context_of
from bot.errors import Refusal
from bot.feature import Command
from bot.keeping import talk_of
from bot.turn import Turn
from bot.values import ShortId


def narrowed(turn: Turn, commands: Sequence[Command], words: str) -> Sequence[Command]:
    """The commands that can be meant; all of them if nothing tells them apart."""
    if len(commands) < 2:
        return commands
    ids = [found for found in parse.find_ids(words) if found.start == 0]
    if not ids:
        return [c for c in commands if _goes_without_saying(turn, c)] or commands
    about = [c for c in commands if _leads_to(turn, c, ids[0].value)]
    focus = talk_of(turn).focus
    return about or [c for c in commands if len(focus) == 1 and c.on and focus[0].startswith(c.on)] or commands


def surely(turn: Turn, command: Command, words: str) -> dict[str, str]:
    """The values these words give the command without a doubt, as a button carries them."""
    found = filling.fill(command.slots, words, context_of(turn, command.slots))
    return {name: given.raw for name, given in found.given.items() if not given.inferred}


def _goes_without_saying(turn: Turn, command: Command) -> bool:
    return any(s.usual is not None and s.usual(turn, turn.unit) is not None for s in command.slots if s.ref)


def _leads_to(turn: Turn, command: Command, ref: ShortId) -> bool:
    """Whether the other record is about an object of this command's."""
    try:
        return any(s.via is not None and s.via(turn, turn.unit, ref) is not None for s in command.slots)
    except Refusal:
        return False
