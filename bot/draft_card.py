"""How a draft looks: a form while something is asked, a preview once all is there, its result once it was submitted."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from bot import choices, persons
from bot import slots as reading
from bot.cards import AnyBlock, Button, Card, Fields, Form, Link, Note, Option, Style, Text, Tone
from bot.entry import Kind, Slot
from bot.feature import Command, Feature
from bot.permit import Person
from bot.ports import Draft, DraftState, Unit
from bot.slots import Context
from bot.turn import Viewer

VIEW = "core.draft"
KIND = "draft"
ANY = "*"
"""Stands for "any slot" while a preview is open for changes."""
MOST_OPTION_BUTTONS = 8


def question_of(slot: Slot, context: Context, page: str = "") -> str:
    """``page``: where a file is handed in that the chat does not take."""
    hint = f"（{slot.hint}）" if slot.hint else ""
    match slot.kind:
        case Kind.CHOICE:
            how = f"{choices.listed(context.among(slot))}。回复序号或名称"
        case Kind.CHOICES:
            how = f"{choices.listed(context.among(slot))}。可选几项，回复序号或名称，例如 1、2"
        case Kind.PERSON:
            how = "回复姓名或手机号"
        case Kind.FILE if page:
            how = f"照片可以直接发给我；其他文件请打开 {page} 上传，链接只能用一次"
        case Kind.FILE:
            how = "请把文件或照片直接发给我"
        case _:
            how = "直接回复即可"
    return f"{slot.prompt}{hint}？{how}，「取消」放弃。"


def correction(slots: Sequence[Slot], context: Context) -> str:
    """How one value is changed in words: 金额 150万, 原因 等客户确认."""
    ranked = sorted(slots, key=lambda slot: (slot.kind is not Kind.MONEY, slot.kind is Kind.REF))
    shown = ((slot.label, _example(slot, context)) for slot in ranked)
    return next((f"{label} {value}" for label, value in shown if value), f"{ranked[0].label} …")


def _example(slot: Slot, context: Context) -> str:
    if slot.kind is Kind.MONEY:
        return "150万"
    if slot.hint.startswith("例如 "):
        return slot.hint.removeprefix("例如 ")
    return (
        next((option.label for option in context.among(slot)), "") if slot.kind in (Kind.CHOICE, Kind.CHOICES) else ""
    )


def vocabularies(unit: Unit, slots: Sequence[Slot], asker: Person | None) -> dict[str, Sequence[Option]]:
    """What the closed slots of an entry may be, for whoever is asked."""
    found = {s.name: s.options(unit) for s in slots if s.options is not None}
    people = {s.name: s.people(unit, asker) for s in slots if s.people is not None and asker is not None}
    return {**found, **people}


def core_feature() -> Feature:
    """The core's own contribution: the view of a draft."""
    feature = Feature("core", "对话")
    feature.glossary |= {"push.replayed": "重放请求"}

    @feature.view(VIEW, of=KIND)
    def draft_card(unit: Unit, number: int, viewer: Viewer) -> Card:
        draft = unit.dialogue.draft(number)
        command = viewer.catalog.commands.get(draft.command) if draft else None
        if draft is None or command is None or draft.state is DraftState.DROPPED:
            return Card("草稿", tag="已取消", blocks=(Text("这份草稿已取消，什么都没有提交。"),))
        if draft.state is DraftState.DONE:
            return Card(command.title, Tone.SUCCESS, "已提交", (Text(draft.result or "已完成。"),))
        context = Context(viewer.now, viewer.house.calendar, vocabularies(unit, command.slots, viewer.person))
        card = _form_card(command, draft, context) if draft.asked else _preview_card(command, draft, context)
        return replace(card, blocks=(*card.blocks, *_file_asked(command, draft, viewer)))

    return feature


def _file_asked(command: Command, draft: Draft, viewer: Viewer) -> tuple[AnyBlock, ...]:
    """How a file can be added: no form has a field for it."""
    files = [s for s in command.slots if s.kind is Kind.FILE and s.name not in draft.given]
    slot = next((s for s in files if s.name == draft.asked), files[0] if files else None)
    if slot is None:
        return ()
    if address := viewer.page(draft.page) if draft.page else "":
        note = "照片可以直接发给我；其他文件请用链接上传，链接只能用一次。"
        return Note(note), Link(f"上传{slot.label}", address)
    return (Note(f"可附{slot.label}：把文件或照片直接发给我。"),) if slot.optional else ()


def _facts(command: Command, draft: Draft, context: Context) -> Fields:
    pairs = []
    for slot in command.slots:
        if slot.name in draft.given:
            given = draft.given[slot.name]
            shown = reading.show(slot, given.raw, context)
            pairs.append((slot.label, f"{shown}（推定）" if given.inferred else shown))
    return Fields(tuple(pairs))


def _preview_card(command: Command, draft: Draft, context: Context) -> Card:
    facts = _facts(command, draft, context)
    guessed = any(g.inferred for g in draft.given.values())
    notes = [Note(line) for line in draft.lines]
    if guessed:
        notes.append(Note("标「推定」的请核对，不对请按「修改」。"))
    values = {"draft": str(draft.id), "digest": draft.digest}
    buttons = (
        Button("提交", "core.submit", values, Style.PRIMARY),
        Button("修改", "core.edit", {"draft": str(draft.id)}),
        Button("取消", "core.drop", {"draft": str(draft.id)}),
    )
    return Card(f"{command.title}：请核对", Tone.INFO, "待提交", (facts, *notes), buttons)


def _form_card(command: Command, draft: Draft, context: Context) -> Card:
    everything = draft.asked == ANY
    asked = next((s for s in command.slots if s.name == draft.asked), None)
    wanted = [s for s in command.slots if everything or s.name not in draft.given or s is asked]
    inputs = tuple(reading.form_input(s, draft.given.get(s.name), context) for s in wanted)
    draft_id = {"draft": str(draft.id)}
    how = f"改好后提交；也可以直接回复，例如：{correction(command.slots, context)}。"
    question = draft.question or (question_of(asked, context) if asked else how)
    blocks = (_facts(command, draft, context), Text(question)) if not everything else (Text(question),)
    drop_button = Button("取消", "core.drop", draft_id)
    chosen = _pickable(asked, draft, context) if asked is not None and (len(wanted) == 1 or draft.heard) else ()
    if asked is not None and chosen:
        picks = tuple(
            Button(o.label, "core.choose", {**draft_id, "slot": asked.name, "value": o.value}) for o in chosen
        )
        return Card(command.title, Tone.INFO, "请选择", blocks, (*picks, drop_button))
    form = Form(inputs, (Button("下一步", "core.fill", draft_id, Style.PRIMARY),))
    return Card(command.title, Tone.INFO, "待补全", blocks, (drop_button,), form)


def _pickable(asked: Slot, draft: Draft, context: Context) -> Sequence[Option]:
    """What a tap can answer: the options of a choice, or the people that were named."""
    options = context.among(asked)
    if asked.kind is Kind.PERSON:
        return persons.among(options, draft.heard)
    return options[:MOST_OPTION_BUTTONS] if asked.kind is Kind.CHOICE else ()
