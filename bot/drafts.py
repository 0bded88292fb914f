"""An entry on its way: asked slot by slot or by form, previewed, changed, submitted, dropped (design 4).

A draft lives in the database and is itself an object with a view, so its cards are redrawn, go stale and are superseded
like all others. It is consumed in the commit that runs its command; pressing 提交 again gives the stored result.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from bot import choices, filling, keeping, labels, parse, understood, watching
from bot import slots as reading
from bot.draft_card import ANY, KIND, VIEW, correction, question_of, vocabularies
from bot.entry import CHOSEN, CLOSED, Kind, Preview, Slot
from bot.errors import Refusal
from bot.feature import Command
from bot.messages import single_chat
from bot.ports import Draft, DraftState, Given, Page
from bot.slots import Context
from bot.turn import Reply, Turn

MOST_HEARD = 200
NOT_ALLOWED = "无权限：这件事不在您的职责范围内。发送「帮助」看看您可以做什么。"


def context_of(turn: Turn, slots: Sequence[Slot]) -> Context:
    options = vocabularies(turn.unit, slots, turn.person)
    return Context(turn.now, turn.house.calendar, options, turn.mentioned)


def start(turn: Turn, command: Command, words: str, given: Mapping[str, str] | None = None) -> Reply:
    """Runs a command from words and the values a button brings; what is missing is asked."""
    watching.note(watching.UNDERSTOOD, ("指令", f"{command.title}（{command.name}）"))
    if not command.slots:
        return command.handler(turn, turn.unit)
    context = context_of(turn, command.slots)
    words, known = _by_another(turn, command, words)
    known |= {name: Given(raw) for name, raw in (given or {}).items() if _slot(command, name)}
    open_slots = [s for s in command.slots if s.name not in known]
    found = filling.fill(open_slots, words, context) if words.strip() else filling.Reading()
    draft = Draft(
        id=secrets.randbits(53),
        person=turn.person.id if turn.person else 0,
        command=command.name,
        given=_usual(turn, command, found, words) | known | found.given,
        updated=turn.now,
    )
    return _advance(turn, command, draft, context, found.unsure | _another_kind(command, draft, words), words)


def _another_kind(command: Command, draft: Draft, words: str) -> dict[str, str]:
    """「进度 GG301」: why the id that was given is asked for again."""
    first = next((found.value for found in parse.find_ids(words) if found.start == 0), None)
    missing = [s for s in command.slots if s.kind is Kind.REF and not s.optional and s.name not in draft.given]
    if first is None:
        return {}
    return {s.name: f"{first} 不是{s.prompt}，请写 {s.ref} 开头的编号。「取消」放弃。" for s in missing}


def _by_another(turn: Turn, command: Command, words: str) -> tuple[str, dict[str, Given]]:
    """「同意 BB1001」: the approval that is open about it. Only for an id in front: further behind it is part of a reason."""
    first = next((found for found in parse.find_ids(words) if found.start == 0), None)
    for slot in command.slots:
        if first is not None and slot.via is not None and slot.ref != first.value.kind:
            number = slot.via(turn, turn.unit, first.value)
            if number is not None:
                return words[first.end :], {slot.name: Given(str(number))}
    return words, {}


def _usual(turn: Turn, command: Command, found: filling.Reading, words: str) -> dict[str, Given]:
    """What goes without saying: the object last spoken of, the one that can be meant. Never beside another record's id."""
    usual = {}
    named = bool(parse.find_ids(words))
    for slot in command.slots:
        if slot.kind is Kind.REF and named:
            continue
        if slot.usual is not None and slot.name not in found.given and slot.name not in found.unsure:
            raw = slot.usual(turn, turn.unit)
            if raw is not None:
                usual[slot.name] = Given(raw, inferred=not slot.sure)
    return usual


def answer(turn: Turn, command: Command, draft: Draft, words: str) -> Reply:
    """Words as the answer to what is being asked; other values in them are taken as well."""
    context = context_of(turn, command.slots)
    slot = _slot(command, draft.asked)
    if slot is None:
        return change(turn, command, draft, words)
    found = _heard(slot, command, draft, words, replace(context, heard=draft.heard))
    changed = msgspec.structs.replace(draft, given=draft.given | found.given, updated=turn.now)
    return _advance(turn, command, changed, context, found.unsure, f"{draft.heard} {words}".strip())


def _heard(slot: Slot, command: Command, draft: Draft, words: str, context: Context) -> filling.Reading:
    """Several values in one answer are all taken; a single one is the answer to what was asked, word for word."""
    missing = [s for s in command.slots if s.name not in draft.given or s is slot]
    if slot.whole or (slot.kind in CLOSED and choices.NUMBERS.fullmatch(words)):
        return _only(slot, words, context)
    found = filling.fill(missing, words, context)
    several = len(found.given) > 1 and slot.name in found.given and len(words.split()) > 1
    told = [s for s in missing if s.name in found.given and not (s.optional and s.kind in reading.FREE)]
    elsewhere = told and slot not in told and not found.rest  # a wrong answer is no 备注
    if several or elsewhere or (slot.name in found.given and slot.kind not in reading.FREE):
        return found
    return _only(slot, words, context)


def _only(slot: Slot, words: str, context: Context) -> filling.Reading:
    taken = reading.read(slot, words, context)
    return filling.Reading({slot.name: taken}) if isinstance(taken, Given) else _asked(slot, taken)


def hand_in(turn: Turn, command: Command, draft: Draft, values: Mapping[str, str]) -> Reply:
    """A form's values; a wrong one is asked about, the others are kept."""
    context = context_of(turn, command.slots)
    given, unsure = read_form(command, values, context)
    cleared = {s.name for s in command.slots if s.optional and s.name in values and not values[s.name].strip()}
    kept = {name: g for name, g in draft.given.items() if name not in cleared}
    changed = msgspec.structs.replace(draft, given=kept | given, updated=turn.now)
    typed = next((values[s.name] for s in command.slots if s.name in unsure), "")
    return _advance(turn, command, changed, context, unsure, typed)


def take_file(turn: Turn, command: Command, draft: Draft, slot: str, raw: str) -> Reply:
    """A file for a slot: as if it had been the answer, and what is still missing is asked."""
    given = draft.given | {slot: Given(raw)}
    changed = msgspec.structs.replace(draft, given=given, page=0, updated=turn.now)
    return _advance(turn, command, changed, context_of(turn, command.slots), {})


def lose_file(turn: Turn, command: Command, draft: Draft, raw: str) -> Reply:
    """What was taken for a slot cannot be had: it is asked for again, if it is needed."""
    given = {name: each for name, each in draft.given.items() if each.raw != raw}
    changed = msgspec.structs.replace(draft, given=given, updated=turn.now)
    return _advance(turn, command, changed, context_of(turn, command.slots), {})


def read_form(command: Command, values: Mapping[str, str], context: Context) -> tuple[dict[str, Given], dict[str, str]]:
    """Values by slot, and a sentence for each that could not be read."""
    given: dict[str, Given] = {}
    unsure: dict[str, str] = {}
    for slot in command.slots:
        words = values.get(slot.name, "")
        if not words.strip():
            continue
        taken = reading.read(slot, words, context)
        if isinstance(taken, Given):
            given[slot.name] = Given(taken.raw)
        else:
            unsure[slot.name] = taken
    return given, unsure


def must_be_allowed(turn: Turn, command: Command) -> None:
    if not command.allowed(turn.person):
        raise Refusal("not_allowed", NOT_ALLOWED)
    watching.note(
        watching.ALLOWED, ("角色", f"{turn.person.role.named if turn.person else '陌生人'}可以{command.title}")
    )


def submit(turn: Turn, command: Command, draft: Draft, digest: str) -> Reply:
    """Runs the command of a previewed draft, if the check still says what the preview said."""
    preview = _check(turn, command, draft)
    fresh = _with_preview(draft, preview, turn)
    if fresh.digest != digest or draft.asked:
        turn.unit.dialogue.save_draft(fresh)
        turn.changed(KIND, draft.id)
        return Reply(text="情况有变，请看新的预览。", view=VIEW, number=draft.id)
    return _run(turn, command, draft)


def edit(turn: Turn, draft: Draft) -> Reply:
    """Opens a previewed draft for changes, everything prefilled."""
    opened = msgspec.structs.replace(draft, asked=ANY, question="", updated=turn.now)
    keeping.keep(turn, opened)
    return Reply(view=VIEW, number=draft.id)


def back(turn: Turn, command: Command, draft: Draft) -> Reply:
    """One question back: the last slot answered before the one being asked is asked again."""
    names = [s.name for s in command.slots]
    before = names[: names.index(draft.asked)] if draft.asked in names else names
    last = next((name for name in reversed(before) if name in draft.given), None)
    if last is None:
        return Reply(text="前面没有问题了。回复「取消」可以放弃。")
    slot = _slot(command, last)
    given = {name: g for name, g in draft.given.items() if name != last}
    asked = msgspec.structs.replace(draft, given=given, asked=last, question="", updated=turn.now)
    keeping.keep(turn, asked)
    return Reply(text=question_of(slot, context_of(turn, command.slots)) if slot else "")


def skip(turn: Turn, command: Command, draft: Draft) -> Reply:
    """Only what is optional can be skipped."""
    slot = _slot(command, draft.asked)
    if slot is None or not slot.optional:
        raise Refusal("not_optional", f"{slot.prompt if slot else '这一项'}是必填的。回复「取消」可以放弃。")
    return _advance(turn, command, draft, context_of(turn, command.slots), {})


def resume(turn: Turn, command: Command, draft: Draft) -> Reply:
    return _advance(turn, command, draft, context_of(turn, command.slots), {})


# -- steps ---------------------------------------------------------------------------------------------------------


def _advance(
    turn: Turn, command: Command, draft: Draft, context: Context, unsure: dict[str, str], heard: str = ""
) -> Reply:
    understood.entry(command, draft, context, unsure, heard)
    missing = [s for s in command.slots if not s.optional and s.name not in draft.given]
    asked = next((s for s in command.slots if s.name in unsure), None) or next(iter(missing), None)
    inferred = any(given.inferred for given in draft.given.values())
    if asked is not None or inferred:
        _must_be_possible(turn, command, draft)
    if asked is not None:
        heard = heard if asked.kind is Kind.PERSON and asked.name in unsure else ""
        waiting = msgspec.structs.replace(
            draft, asked=asked.name, question=unsure.get(asked.name, ""), heard=heard[:MOST_HEARD]
        )
        return _ask(turn, command, waiting, missing, context)
    preview = _check(turn, command, draft)
    if preview is None and not inferred:
        return _run(turn, command, draft)
    keeping.keep(turn, _with_page(turn, command, _with_preview(draft, preview, turn)))
    return Reply(view=VIEW, number=draft.id)


def _must_be_possible(turn: Turn, command: Command, draft: Draft) -> None:
    """Nobody is asked for a reason, only to hear then that SP2001 is decided already."""
    for slot in command.slots:
        if slot.must is not None and slot.name in draft.given:
            slot.must(turn, turn.unit, reading.value(slot, draft.given[slot.name].raw))
            watching.note(watching.ALLOWED, (slot.prompt, "现在还可以办理"))


def _ask(turn: Turn, command: Command, draft: Draft, missing: Sequence[Slot], context: Context) -> Reply:
    """Several missing values make a form; one is asked in words, which is quicker with a thumb.

    Where the form stands already, it follows what is answered in words.
    """
    if turn.person is None:  # a draft belongs to a person: who is none yet says it in one line
        raise Refusal("say_it_whole", f"请写在一句话里，例如：{command.example or command.title}")
    said = "" if turn.unit.dialogue.draft(draft.id) else _understood(command, draft, context)
    draft = _with_page(turn, command, draft)
    keeping.keep(turn, draft)
    slot = _slot(command, draft.asked)
    here = any(copy.place == turn.place for copy in turn.unit.copies.live(KIND, draft.id))
    if slot is None or (not here and (len(missing) > 1 or slot.kind in CHOSEN or draft.heard)):
        return Reply(view=VIEW, number=draft.id)
    return Reply(text=said + (draft.question or question_of(slot, context, _address(turn, draft))))


def _with_page(turn: Turn, command: Command, draft: Draft) -> Draft:
    """Where the chat does not take files, a page does, once: for the slot that is asked, or the next that may have one."""
    files = [s for s in command.slots if s.kind is Kind.FILE and s.name not in draft.given]
    if not files or draft.page or turn.can is None or turn.can.files or turn.account is None:
        return draft
    slot = next((s for s in files if s.name == draft.asked), files[0])
    page = Page(
        id=secrets.randbits(53),
        person=draft.person,
        account=turn.account,
        place=turn.place or single_chat(turn.account),
        draft=draft.id,
        slot=slot.name,
        expires=turn.now + keeping.LIFE,
    )
    turn.unit.files.open_page(page)
    return msgspec.structs.replace(draft, page=page.id)


def _address(turn: Turn, draft: Draft) -> str:
    return turn.links.upload(draft.page) if draft.page else ""


def _understood(command: Command, draft: Draft, context: Context) -> str:
    """What was taken from the line that left a question open, or what the question is about."""
    shown = [reading.show(s, draft.given[s.name].raw, context) for s in command.slots if s.name in draft.given]
    if len(shown) > 1:
        return f"已记下：{'，'.join(dict.fromkeys(shown))}。\n"
    about = any(s.kind is Kind.REF and s.name in draft.given for s in command.slots)
    return f"{shown[0]}：" if about else ""


def change(turn: Turn, command: Command, draft: Draft, words: str) -> Reply:
    """「金额 150万」 while a preview is open for changes."""
    context = context_of(turn, command.slots)
    head, _, tail = words.strip().partition(" ")
    slot = labels.slot_named(command.slots, head) if tail else None
    if slot is not None:
        taken = reading.read(slot, tail, context)
        found = filling.Reading({slot.name: taken}) if isinstance(taken, Given) else _asked(slot, taken)
    else:
        typed = [s for s in command.slots if s.kind not in reading.FREE or s.pattern]
        found = filling.fill(typed, words, context)
    if not found.given and not found.unsure:
        return Reply(text=f"没看出要改哪一项。请这样写：{correction(command.slots, context)}。「取消」放弃。")
    changed = msgspec.structs.replace(draft, given=draft.given | found.given, updated=turn.now, asked="")
    return _advance(turn, command, changed, context, found.unsure)


def _asked(slot: Slot, question: str) -> filling.Reading:
    return filling.Reading(unsure={slot.name: question})


def _check(turn: Turn, command: Command, draft: Draft) -> Preview | None:
    if command.checker is None:
        return None
    preview = command.checker(turn, turn.unit, build(command, draft.given))
    watching.note(watching.ALLOWED, ("核对", "要先看预览" if preview else "没有要先说明的"))
    return preview


def _with_preview(draft: Draft, preview: Preview | None, turn: Turn) -> Draft:
    lines = preview.lines if preview else ()
    basis = preview.basis if preview else ""
    told = msgspec.json.encode([sorted((n, g.raw) for n, g in draft.given.items()), lines, basis])
    digest = hashlib.blake2b(told, digest_size=9).hexdigest()
    return msgspec.structs.replace(draft, lines=lines, digest=digest, asked="", question="", updated=turn.now)


def _run(turn: Turn, command: Command, draft: Draft) -> Reply:
    """Runs the handler and consumes the draft, if it was ever kept."""
    must_be_allowed(turn, command)  # a draft lives for days, and roles change
    reply = command.handler(turn, turn.unit, build(command, draft.given))
    if turn.unit.dialogue.draft(draft.id) is not None:
        done = msgspec.structs.replace(draft, state=DraftState.DONE, asked="", result=reply.text, updated=turn.now)
        turn.unit.dialogue.save_draft(done)
        turn.changed(KIND, draft.id)
        keeping.let_go(turn)
    return reply


def build(command: Command, given: Mapping[str, Given]) -> Any:
    if command.entry is None:
        raise LookupError(f"{command.name} has no entry")
    values = {s.name: reading.value(s, given[s.name].raw) if s.name in given else None for s in command.slots}
    return command.entry(**values)


def _slot(command: Command, name: str) -> Slot | None:
    return next((s for s in command.slots if s.name == name), None)
