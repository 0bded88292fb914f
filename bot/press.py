"""Buttons: which copy and which of its buttons, whether this person may press it, and what a stale one is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot import confirming, draft_card, drafts, guessing, keeping, understood, watching
from bot.buttons import Signer, read_button_id
from bot.cards import Card
from bot.copies import Copyist, Drawn
from bot.errors import Refusal
from bot.listen import Listener
from bot.messages import Form, Press, single_chat
from bot.ports import Copy, DraftState, StoredButton
from bot.turn import Reply, Turn


@dataclass(slots=True)
class Spoken:
    """What came of the words or the click: the reply, and the copy it was pressed on."""

    reply: Reply
    clicked: Copy | None = None
    takes_over: bool = False
    drawn: Drawn = field(default_factory=Drawn)


class Presses:
    """A click counts only for whom the copy was made, and only while its button is the one drawn."""

    def __init__(self, listener: Listener, copyist: Copyist, signer: Signer) -> None:
        self.listener = listener
        self.catalog = listener.catalog
        self.copyist = copyist
        self.signer = signer

    def press(self, turn: Turn, inbound: Press) -> Spoken:
        place = read_button_id(self.signer, inbound.button)
        copy = turn.unit.copies.get(place[0]) if place else None
        stored = copy.buttons.get(place[1]) if place and copy else None
        if place is None or copy is None or stored is None:
            raise self._forged(turn, inbound)
        understood.button(self.catalog.commands.get(stored.command), copy, stored, place[1])
        if not _made_for(copy, turn, inbound):
            raise self._forged(turn, inbound)
        watching.note(watching.ALLOWED, ("这份副本", "是发给这个人的"))
        values = inbound.values if isinstance(inbound, Form) else {}
        if place[1] < copy.current:
            watching.note(watching.ALLOWED, ("这个按钮", "卡片后来改过，不再办理"))
            return self._stale(turn, copy, stored)
        return self._pressed(turn, copy, stored, values)

    def _pressed(self, turn: Turn, copy: Copy, stored: StoredButton, values: dict[str, str]) -> Spoken:
        if confirming.is_answer(stored):
            return self._confirmed(turn, copy, stored)
        if stored.confirm is not None and (can := self.copyist.can(copy.place)) and not can.confirms:
            if (command := self.catalog.commands.get(stored.command)) is not None:
                drafts.must_be_allowed(turn, command)
            return Spoken(Reply(card=confirming.question(stored, values)), copy)
        return self._meant(turn, copy, stored, values)

    def _confirmed(self, turn: Turn, copy: Copy, stored: StoredButton) -> Spoken:
        """The question is answered once: its card says so, and has no buttons any more."""
        meant = confirming.meant(stored)
        answered = self.copyist.replace(turn, copy, confirming.answered(stored))
        if meant is None:
            return Spoken(Reply(text=confirming.DECLINED), copy, drawn=answered)
        spoken = self._meant(turn, copy, *meant)
        return replace(spoken, drawn=answered)

    def _meant(self, turn: Turn, copy: Copy, stored: StoredButton, values: dict[str, str]) -> Spoken:
        if stored.command.startswith("core."):
            reply = self._core(turn, stored, values)
            return Spoken(reply, copy, takes_over=copy.kind == draft_card.KIND and bool(reply.view))
        command = self.catalog.commands[stored.command]
        drafts.must_be_allowed(turn, command)
        guessing.must_not_guess_in_form(turn, command, values)
        context = drafts.context_of(turn, command.slots)
        given, unsure = drafts.read_form(command, values, context)
        if unsure:
            raise Refusal("form", "".join(unsure.values()))
        return Spoken(drafts.start(turn, command, "", stored.values | {n: g.raw for n, g in given.items()}), copy)

    def _core(self, turn: Turn, stored: StoredButton, values: dict[str, str]) -> Reply:
        if stored.command == "core.run":
            return self.listener.run(turn, stored.values["words"])
        draft = turn.unit.dialogue.draft(int(stored.values["draft"]))
        if draft is None or draft.person != turn.me.id:
            raise Refusal("draft_gone", "这份草稿已过期，请重新发起。")
        if over := keeping.ended(turn, draft):
            return over
        command = self.listener.command_of(draft)
        match stored.command.removeprefix("core."):
            case "submit":
                return drafts.submit(turn, command, draft, stored.values["digest"])
            case "edit":
                return drafts.edit(turn, draft)
            case "drop":
                return keeping.drop(turn, draft)
            case "fill":
                guessing.must_not_guess_in_form(turn, command, values)
                return drafts.hand_in(turn, command, draft, values)
            case "choose":
                return drafts.hand_in(turn, command, draft, {stored.values["slot"]: stored.values["value"]})
            case "take":
                guessing.must_not_guess_in_answer(turn, command, draft, stored.values["words"])
                return drafts.answer(turn, command, draft, stored.values["words"])
            case _:
                return Reply(text=f"好的。{command.title}的草稿还在，回复「继续」可以接着填。")

    def _stale(self, turn: Turn, copy: Copy, stored: StoredButton) -> Spoken:
        """A button that was redrawn since: who decided, or what became of it; the clicked copy is brought up to date."""
        card = self.copyist.current(turn, copy)
        if stored.command == "core.submit":
            draft = turn.unit.dialogue.draft(int(stored.values["draft"]))
            line = draft.result if draft and draft.state is DraftState.DONE else "这份草稿已变更，请看新的卡片。"
        elif card is not None and card.decided is not None:
            line = card.decided.repeated
        else:
            line = "这张卡片已变更，请看新的内容。"
        return Spoken(Reply(text=line), copy, drawn=self._shown_again(turn, copy, card))

    def overtaken(self, turn: Turn, inbound: Press) -> Drawn:
        """What a refused click shows if somebody else was faster: the copy has changed since the turn looked at it."""
        place = read_button_id(self.signer, inbound.button)
        copy = turn.unit.copies.lock(place[0]) if place else None
        if place is None or copy is None or not _made_for(copy, turn, inbound) or place[1] >= copy.current:
            return Drawn()
        return self._shown_again(turn, copy, self.copyist.current(turn, copy))

    def _shown_again(self, turn: Turn, copy: Copy, card: Card | None) -> Drawn:
        """Where a click takes no answer, a new drawing brings the copy up to date by the handle that came with it."""
        can = self.copyist.can(copy.place)
        if card is None or can is None:
            return Drawn(card)
        return self.copyist.show_again(turn, copy) if can.answers else self.copyist.refresh(turn, copy)

    def _forged(self, turn: Turn, inbound: Press) -> Refusal:
        trace, channel = inbound.trace, inbound.place.channel
        return Refusal(
            "forged_action",
            "无权限：这个按钮不是发给您的，或已失效。",
            marks=lambda _unit: _note(turn, "forged_action", {"request": trace, "channel": channel}),
        )


def _made_for(copy: Copy, turn: Turn, inbound: Press) -> bool:
    """A copy for a person is pressed by them, from any account; a stranger's only by the account it was sent to."""
    if copy.place.channel != inbound.place.channel:
        return False
    if copy.person is not None:
        return turn.person is not None and turn.person.id == copy.person
    return copy.place.group or (turn.account is not None and copy.place == single_chat(turn.account))


def _note(turn: Turn, action: str, after: dict[str, str]) -> None:
    turn.record(action, "", after=dict(after))
