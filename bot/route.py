"""From words to a command: the longest command word at the beginning (or behind an id), never inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot import parse, text
from bot.feature import Catalog, Command
from bot.permit import Person

CHATTER = re.compile(
    r"@[^\s@]{1,20}(?=\s)|[\s,，。.!！~～、:：;；#＃【\[「『“\"（(*]|你好|您好|哈喽|好的?|行|可以|收到|请问|请|麻烦您?|劳驾|辛苦|帮忙|[帮给替]我|帮|"
    r"我[要想来]|再|呃|额|嗯|啊|那个|那么|就是|然后|一下|看看|看一?下|查看|查询|查一?下|查|打开|发起|办理"
)
"""What people put in front of a command when they speak, piece by piece."""
MOST_CHATTER = 12
QUOTATION = re.compile(r"^\s*(?:「[^」]{1,2000}」\s*\n\s*(?:[-—–] ?){3,60}\n|(?:>[^\n]*\n)+)\s*")
"""What some clients put in front of an answer: the words it answers. They are somebody else's, or the bot's own."""
MENTION_BEHIND = re.compile(r"\s+@[^\s@]{1,20}\s*$")
LEADING = re.compile(r"^(?:[\s:：,，、;；】\]」』”\"）)*]|一下|(?:一?[个条项单]|[下吧的])(?=[\s:：,，、]|$))+")
"""What they put between a command and what belongs to it."""
TOLD = re.compile("^(?:改[成为]|换成|更新为|是)")
"""联系人改成李总: right behind the command's word."""
UNABLE = re.compile(r"不[了行成上出到起过去动完掉得能会]|[吗么嘛]|没有?用|失败|[?？]+\s*[^\s?？]")
"""Right behind a command it says that somebody cannot, or asks: 同意不了, 同意吗 are no agreement."""
ENDING = " 。.!！?？~～,，】]」』）)"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a line of words asks for. ``commands`` has several when the word belongs to several capabilities."""

    word: str
    commands: tuple[Command, ...]
    rest: str
    exact: bool
    """The word stood by itself: it may interrupt a question. 报备系统改造 as an answer may not."""


def hear(catalog: Catalog, person: Person | None, words: str, focus: str = "", quoted: str = "") -> Heard | None:
    """The command these words begin with, for this person; None if they begin with none.

    ``focus`` is the object last spoken of: it decides between capabilities when no id is given. ``quoted`` is the record
    whose card the words are a reply to: it counts as its id typed with them, where they hold none and the command takes it.
    """
    line = MENTION_BEHIND.sub("", QUOTATION.sub("", words)).strip()
    found = _greeted(catalog, line) or _behind_id(catalog, line) or _begins(catalog, line)
    if found is None:
        return None
    word, rest, exact = found
    commands = [c for c in catalog.words[word] if c.allowed(person)] or list(catalog.words[word])
    if quoted and not parse.find_ids(rest) and any(c.takes(quoted[:2]) for c in commands):
        rest, exact = f"{quoted} {rest}".strip(), True
    return Heard(word, tuple(_by_id(commands, rest, focus)), rest, exact)


def _greeted(catalog: Catalog, line: str) -> tuple[str, str, bool] | None:
    """「你好，帮我报备 …」: the command behind the chatter, though a greeting may be a command itself."""
    cuts = [0]
    while len(cuts) <= MOST_CHATTER and (piece := CHATTER.match(line, cuts[-1])) is not None:
        cuts.append(piece.end())
    heard = (_behind_id(catalog, line[cut:]) or _begins(catalog, line[cut:]) for cut in reversed(cuts[1:]))
    return next((found for found in heard if found is not None), None)


def _begins(catalog: Catalog, line: str) -> tuple[str, str, bool] | None:
    """(word, rest, whether the word stood by itself)."""
    folded = text.fold(line)
    said = folded.text.lstrip()
    lead = len(folded.text) - len(said)
    for word in catalog.by_initial.get(said[:1], ()):
        if said.startswith(word) and _ends_there(word, said[len(word) :]):
            behind = line[folded.span(lead, lead + len(word))[1] :]
            if UNABLE.match(behind):
                return None
            rest = LEADING.sub("", TOLD.sub("", behind))
            by_itself = rest != behind or not behind[:1].isalpha() or _starts_with_id(rest)
            return word, rest.strip(), by_itself
    return None


def _ends_there(word: str, rest: str) -> bool:
    """A word of ASCII letters must end; a Chinese one may be followed by anything (people write without spaces)."""
    return not rest or not (_is_latin(word[-1]) and _is_latin(rest[0]))


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _starts_with_id(rest: str) -> bool:
    """「同意SP2001」 is a command, also while a question is open."""
    return any(found.start == 0 for found in parse.find_ids(rest))


def _behind_id(catalog: Catalog, line: str) -> tuple[str, str, bool] | None:
    """「BB1001 进度」 and 「BB1001」 alone."""
    ids = [f for f in parse.find_ids(line) if f.start == 0]
    if not ids:
        return None
    first = ids[0]
    rest = LEADING.sub("", re.sub("^的", "", line[first.end :].strip()))
    if not rest.strip(ENDING):
        opener = catalog.opener(first.value.kind)
        return (opener.words[0], line, True) if opener and opener.words else None
    found = _begins(catalog, rest)
    return (found[0], f"{first.text} {found[1]}".strip(), True) if found else None


def _by_id(commands: Sequence[Command], rest: str, focus: str) -> list[Command]:
    """The id decides, then the focus, else all are left and the bot asks."""
    if len(commands) == 1:
        return list(commands)
    kinds = {f.value.kind for f in parse.find_ids(rest)}
    by_id = [c for c in commands if c.on in kinds]
    if by_id:
        return by_id
    focused = [c for c in commands if c.on and focus.startswith(c.on) and not kinds]
    plain = [c for c in commands if not c.on]
    return focused or plain or list(commands)
