"""How words and buttons were understood, noted for whoever listens; nothing is read anew when nobody does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot import watching
from bot.entry import Slot
from bot.feature import Command
from bot.filling import RECOGNISED, finder
from bot.messages import Answer, AnyInbound, known_as
from bot.permit import Person
from bot.ports import Copy, Draft, StoredButton
from bot.ports.looking import Word
from bot.recognise.found import Found
from bot.slots import Context, raw_of, show
from bot.suggest import Guess

SURE, INFERRED, TO_ASK = "确定", "推定", "要问"


def entry(command: Command, draft: Draft, context: Context, unsure: Mapping[str, str], words: str) -> None:
    """Every slot that has a value, and every one that is asked about."""
    watch = watching.current()
    if watch is None:
        return
    rows = []
    for slot in command.slots:
        if slot.name in unsure:
            rows.append(Word(words, slot.prompt, unsure[slot.name], TO_ASK))
        elif slot.name in draft.given:
            given = draft.given[slot.name]
            typed = _typed(slot, given.raw, context, words)
            rows.append(Word(typed, slot.prompt, show(slot, given.raw, context), INFERRED if given.inferred else SURE))
    watch.understood(rows)


def _typed(slot: Slot, raw: str, context: Context, words: str) -> str:
    """The piece of what was typed that the value was read from, "" if it came otherwise."""
    if slot.kind not in RECOGNISED:
        return raw if raw and raw in words else ""
    found = finder(slot.kind, [slot], context)(words)
    return next((f.text.strip() for f in found if isinstance(f, Found) and raw_of(f) == raw), "")


def sender(inbound: AnyInbound, person: Person | None) -> None:
    account = str(known_as(inbound))
    if person is None:
        watching.note(watching.KNOWN, ("账号", account), ("人员", "未绑定，只能绑定和看帮助"))
        return
    place = person.agent or person.province or person.region
    said = " · ".join(part for part in (person.name, person.role.named, place) if part)
    watching.note(watching.KNOWN, ("账号", account), ("人员", said if person.active else f"{said}（已停用）"))


def answer(told: Answer) -> None:
    if told.toast is not None:
        watching.note(watching.ANSWERED, ("点击的提示", told.toast.text))
    if told.card is not None:
        watching.note(watching.ANSWERED, ("被点的卡片", f"回调应答里换成「{told.card.title}」"))


def button(command: Command | None, copy: Copy, stored: StoredButton, number: int) -> None:
    """What its token stood for, and the words that would have done the same."""
    watch = watching.current()
    if watch is None:
        return
    record = f"{copy.kind}{copy.number}"
    watch.note(
        watching.UNDERSTOOD,
        ("按钮令牌", f"{stored.label}，签名正确"),
        ("动作", stored.command),
        ("记录", record if command else "这份草稿"),
        ("版本", "现行的" if number >= copy.current else "已过时，卡片后来改过"),
        ("等同文字", f"{command.title} {record}" if command and command.words else stored.label),
    )


def guessed(guesses: Sequence[Guess]) -> None:
    """What came near, and how near."""
    if watch := watching.current():
        watch.note(watching.UNDERSTOOD, *((guess.word, f"相差 {guess.distance:.2f}") for guess in guesses))
