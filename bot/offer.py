"""What somebody probably meant, each with one tap: the record they named, the nearest commands. Never run by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot import names, parse, route, suggest, text, understood
from bot.cards import Button, Card, Text, Tone
from bot.entry import Kind
from bot.feature import Catalog
from bot.permit import Person
from bot.recognise.found import Found
from bot.route import Heard
from bot.turn import Reply
from bot.values import ShortId

MOST_SHOWN = 30
"""Characters of somebody's own words that are repeated to them."""
MOST_ON_BUTTON = 40


def offer(catalog: Catalog, person: Person | None, words: str, quoted: str = "") -> Reply:
    """The answer to words that begin with no command; ``quoted`` is the record whose card they were a reply to."""
    found = next(iter(parse.find_ids(words)), None)
    about = found.value if found else next((f.value for f in parse.find_ids(quoted)), None)
    choices = tuple(dict.fromkeys(_choices(catalog, person, words, found, about)))[: suggest.MOST]
    if choices:
        return card_of(choices, f"没看懂「{words[:MOST_SHOWN]}」。")
    usual = "、".join(f"「{c.words[0]}」" for c in catalog.commands_for(person)[:4])
    said = f"没看懂「{words[:MOST_SHOWN]}」。" if words else "您好。"
    return Reply(text=f"{said}您可以说{usual}；发送「帮助」看全部。")


HOW = re.compile("(?:怎么|怎样|如何|咋|什么意思|是什么|是啥|有什么用)")
ASKING = re.compile("(?:请问|想问)?(?:怎么|怎样|如何|咋|教我|什么是|啥是)(?:去|样)?")


def explanation(catalog: Catalog, person: Person | None, words: str, heard: Heard | None) -> Reply | None:
    """「报备怎么弄」, 「如何报备」: a question about a command is offered its help."""
    if heard is not None and HOW.match(heard.rest):
        title = heard.commands[0].title
    elif (asking := ASKING.match(words)) and (meant := route.hear(catalog, person, words[asking.end() :])):
        title = meant.commands[0].title
    else:
        return None
    return card_of((f"帮助 {title}",), f"想知道{title}怎么办理，可以看帮助。")


def card_of(choices: Sequence[str], said: str) -> Reply:
    buttons = tuple(Button(choice[:MOST_ON_BUTTON], "core.run", {"words": choice}) for choice in choices)
    listed = "、".join(f"{at}「{choice}」" for at, choice in enumerate(choices, 1))
    asked = Text(f"{said}您要说的是{listed}吗？按一下，或回复序号。")
    return Reply(card=Card("您是想说", Tone.INFO, blocks=(asked,), buttons=buttons), choices=tuple(choices))


def _choices(
    catalog: Catalog, person: Person | None, words: str, found: Found[ShortId] | None, about: ShortId | None
) -> Iterator[str]:
    """What sounds like a command, for the record if one stands in front (SP2001 同义); then the record itself."""
    mine = catalog.commands_for(person)
    leading = found if found and found.start == 0 else None
    said = words[leading.end :].strip() if leading else words
    guesses = suggest.guesses(mine, said)
    understood.guessed(guesses)
    for guess in guesses:
        if not text.fold(said).text.startswith(guess.word):  # the very word was heard and is not meant: 同意不了 SP2001
            yield " ".join(filter(None, (_named(catalog, guess), str(about) if leading else "", guess.rest)))
    opener = catalog.opener(about.kind) if about else None
    if about is not None and opener is not None and opener.allowed(person):
        yield f"{opener.title} {about}"


def _named(catalog: Catalog, guess: suggest.Guess) -> str:
    """The word people read for it: 报备, not baobei."""
    return catalog.commands[guess.command].title if guess.word.isascii() else guess.word


def misplaced(catalog: Catalog, person: Person | None, heard: Heard) -> Reply | None:
    """「报备 BB1001」: an id given to a command that takes none means something about that record."""
    first = next((f for f in parse.find_ids(heard.rest) if f.start == 0), None)
    command = heard.commands[0]
    if first is None or not command.slots or command.slots[0].kind is Kind.TEXT or command.takes(first.value.kind):
        return None
    again = route.hear(catalog, person, heard.rest)
    opener = catalog.opener(first.value.kind)
    if again is not None and again.commands[0].takes(first.value.kind) and again.commands[0].allowed(person):
        choice = f"{again.commands[0].title} {first.value} {again.rest[first.end :].strip()}".strip()
    elif (
        opener is not None
        and opener.allowed(person)
        and not any(names.looks_like_company(word) for word in heard.rest.split())
    ):
        choice = f"{opener.title} {first.value}"
    else:
        return None
    own = next((slot.ref for slot in command.slots if slot.ref), "")
    return card_of((choice,), f"「{heard.word}」后面{f'写 {own} 开头的' if own else '不写'}编号。")
