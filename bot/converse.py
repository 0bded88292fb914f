"""One turn, from identity to effects, synchronous and inside one transaction (design 3).

Three ends: done, refused (the handler's rows are rolled back, the sentence and its marks stay), failed (dispatch's part).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from bot import draft_card, drafts, route, text
from bot.buttons import Signer, read_button_id
from bot.cards import Button, Card, Text, Tone
from bot.copies import Copyist, Drawn
from bot.errors import Refusal
from bot.feature import Catalog, Command
from bot.house import House
from bot.messages import (
    Answer,
    AnyInbound,
    Form,
    Joined,
    Place,
    Press,
    Read,
    Say,
    Toast,
    ToastTone,
    Unsupported,
    Upload,
    single_chat,
)
from bot.permit import Person
from bot.ports import Capabilities, Copy, Draft, DraftState, End, StoredButton, Taken, Talk, Unit
from bot.turn import Message, Reply, Turn

CONTEXT_LIFE = timedelta(minutes=30)
"""How long an open question and the last list are meant without saying so (R10.5)."""
STRANGER = "您还未绑定。请向公司要一个邀请码，然后发送「绑定 + 邀请码」，例如：绑定 QM7F-29KD。"
INACTIVE = "您的账号已停用。如需恢复，请联系总部管理员。"
NOT_ALLOWED = "无权限：这件事不在您的职责范围内。发送「帮助」看看您可以做什么。"
SEE_SINGLE_CHAT = "已在单聊里回复您。"
DIALOGUE_WORDS = ("提交", "修改", "取消", "返回", "跳过", "继续")
Patience = Callable[[], bool]
"""Whether the edge still waits for the answer; asking settles it: after a yes the edge waits for the commit."""


@dataclass(slots=True)
class Spoken:
    """What came of the words or the click: the reply, and the copy it was pressed on."""

    reply: Reply
    clicked: Copy | None = None
    takes_over: bool = False
    drawn: Drawn = field(default_factory=Drawn)


class Conversation:
    """The steps of a turn. Holds no state: everything is in the unit."""

    def __init__(
        self,
        catalog: Catalog,
        copyist: Copyist,
        signer: Signer,
        house: Callable[[], House],
        can: dict[str, Capabilities],
    ) -> None:
        self.catalog = catalog
        self.copyist = copyist
        self.signer = signer
        self.house = house
        self.can = can

    def turn(self, unit: Unit, inbound: AnyInbound, now: datetime, patience: Patience) -> tuple[End, Taken]:
        seen = unit.inbox.enter(inbound, now)
        if seen is not None:
            return seen.end, Taken(seen.answer)
        person = unit.identity.person_of(inbound.sender)
        turn = self._turn(unit, inbound, person, now)
        try:
            with unit.savepoint():
                taken = self._done(turn, inbound, patience)
            end = End.DONE
        except Refusal as refusal:
            taken = self._refused(self._turn(unit, inbound, person, now), inbound, refusal, patience)
            end = End.REFUSED
        unit.inbox.close(inbound, end, taken.answer, person.id if person else None)
        return end, taken

    def _turn(self, unit: Unit, inbound: AnyInbound, person: Person | None, now: datetime) -> Turn:
        return Turn(
            now=now,
            trace=inbound.trace,
            house=self.house(),
            catalog=self.catalog,
            unit=unit,
            person=person,
            account=inbound.sender,
            place=single_chat(inbound.sender) if inbound.place.group else inbound.place,
            group=inbound.place if inbound.place.group else None,
        )

    # -- the ends --------------------------------------------------------------------------------------------------

    def _done(self, turn: Turn, inbound: AnyInbound, patience: Patience) -> Taken:
        spoken = self._act(turn, inbound)
        if spoken is None:
            return Taken(Answer())
        return self._finish(turn, inbound, spoken, patience)

    def _refused(self, turn: Turn, inbound: AnyInbound, refusal: Refusal, patience: Patience) -> Taken:
        turn.record("refused", "", after={"code": refusal.code})
        if refusal.marks is not None:
            refusal.marks(turn.unit)
        return self._finish(turn, inbound, Spoken(Reply(text=refusal.sentence)), patience, ToastTone.WARNING)

    def _finish(
        self,
        turn: Turn,
        inbound: AnyInbound,
        spoken: Spoken,
        patience: Patience,
        tone: ToastTone = ToastTone.SUCCESS,
    ) -> Taken:
        """Redraws what changed, sends what was asked for, and splits the reply between callback and chat."""
        drawn = self._draw(turn, spoken)
        for message in turn.messages:
            self.copyist.deliver(turn, message)
        pressed = isinstance(inbound, Press)
        toast = self._reply(turn, inbound, spoken, patience) if spoken.reply.text else None
        if not spoken.takes_over:
            self._show(turn, spoken.reply)
        if turn.group and isinstance(inbound, Say) and not spoken.reply.in_group:
            self.copyist.deliver(turn, Message(turn.group, SEE_SINGLE_CHAT))
        self._remember(turn, spoken.reply)
        if not pressed:
            return Taken(Answer())
        card = drawn.card if self.can[inbound.place.channel].answers else None
        return Taken(Answer(Toast(toast, tone) if toast else None, card), drawn.held if card else ())

    def _draw(self, turn: Turn, spoken: Spoken) -> Drawn:
        """The clicked copy turns into what the reply shows, if it was a draft's; everything else is redrawn."""
        reply = spoken.reply
        clicked = spoken.clicked
        taking_over = spoken.takes_over and clicked is not None and reply.view
        became = self.copyist.become(turn, clicked, reply.view, reply.number) if taking_over and clicked else Drawn()
        drawn = self.copyist.redraw(turn, None if taking_over else clicked)
        return became if became.card is not None else (drawn if drawn.card is not None else spoken.drawn)

    def _reply(self, turn: Turn, inbound: AnyInbound, spoken: Spoken, patience: Patience) -> str | None:
        """The line of a reply: a toast where the click is still waiting and toasts exist, else said in the chat."""
        line = spoken.reply.text
        toasts = isinstance(inbound, Press) and self.can[inbound.place.channel].toasts
        if toasts and patience():
            return line
        place = self._answer_place(turn, spoken.reply)
        if not (spoken.reply.view and not spoken.takes_over):
            turn.tell(place, line)
            self.copyist.deliver(turn, turn.messages[-1])
        return None

    def _show(self, turn: Turn, reply: Reply) -> None:
        place = self._answer_place(turn, reply)
        if reply.view:
            self.copyist.show(turn, place, reply.view, reply.number, turn.person)
        elif reply.card is not None:
            self.copyist.post(turn, place, reply.card, turn.person)

    def _answer_place(self, turn: Turn, reply: Reply) -> Place:
        """In a group only what may stand there; the rest goes to the person's single chat (R12.4)."""
        place = turn.group if turn.group and reply.in_group else turn.place
        if place is None:
            raise LookupError("a reply needs a place")
        return place

    def _remember(self, turn: Turn, reply: Reply) -> None:
        if turn.person is None or turn.place is None or not (reply.choices or reply.focus):
            return
        talk = turn.unit.dialogue.talk(turn.person.id, turn.place)
        focus = reply.choices or (reply.focus,)
        talk = msgspec.structs.replace(talk, focus=focus, focus_at=turn.now)
        turn.unit.dialogue.save_talk(turn.person.id, turn.place, talk)

    # -- what was said or pressed ----------------------------------------------------------------------------------

    def _act(self, turn: Turn, inbound: AnyInbound) -> Spoken | None:
        if turn.person is not None and not turn.person.active:
            raise Refusal("inactive", INACTIVE)
        if turn.person is not None and turn.account is not None:
            turn.unit.identity.touch(turn.account, turn.now)
        match inbound:
            case Say():
                return Spoken(self._say(turn, inbound))
            case Press():
                return self._press(turn, inbound)
            case Joined(left=False):
                return Spoken(Reply(text="大家好，我是渠道通。请先在单聊里对我说「帮助」。", in_group=True))
            case Upload() | Unsupported():
                return Spoken(Reply(text=_cannot_use(inbound)))
            case Joined() | Read():
                return None

    def _say(self, turn: Turn, inbound: Say) -> Reply:
        words = text.clean(inbound.text).text
        if turn.person is None:
            return self._stranger(turn, words)
        talk = self._talk(turn)
        draft = self._open_draft(turn, talk)
        heard = route.hear(self.catalog, turn.person, words, talk.focus[0] if len(talk.focus) == 1 else "")
        word = text.fold(words).text.strip()
        if word in DIALOGUE_WORDS or (word.startswith("修改") and draft is not None):
            return self._dialogue_word(turn, word[:2], words[2:].strip(), draft)
        if heard is not None:
            return self._heard(turn, heard)
        if draft is not None:
            return self._answer(turn, draft, talk, words)
        picked = self._picked(turn, talk, word)
        return picked if picked is not None else self._unknown(turn, words)

    def _stranger(self, turn: Turn, words: str) -> Reply:
        heard = route.hear(self.catalog, None, words)
        public = [c for c in heard.commands if c.public] if heard else []
        if heard is None or not public:
            return Reply(text=STRANGER)
        return drafts.start(turn, public[0], heard.rest)

    def _heard(self, turn: Turn, heard: route.Heard) -> Reply:
        if len(heard.commands) > 1:
            return self._which(heard)
        return self._run(turn, heard.commands[0], heard.rest, {})

    def _run(self, turn: Turn, command: Command, words: str, given: dict[str, str]) -> Reply:
        if not command.allowed(turn.person):
            raise Refusal("not_allowed", NOT_ALLOWED)
        reply = drafts.start(turn, command, words, given)
        return replace(reply, in_group=command.in_group)

    def _which(self, heard: route.Heard) -> Reply:
        buttons = tuple(Button(f"{c.title}（{c.help}）", c.name) for c in heard.commands)
        return Reply(
            card=Card(f"「{heard.word}」指哪一件？", blocks=(Text("请选择，或在后面写上编号。"),), buttons=buttons)
        )

    def _dialogue_word(self, turn: Turn, word: str, rest: str, draft: Draft | None) -> Reply:
        if draft is None:
            draft = next(iter(turn.unit.dialogue.open_drafts(turn.me.id, turn.now - drafts.LIFE)), None)
        if draft is None:
            return Reply(text="现在没有进行中的事项。发送「帮助」看看您可以做什么。")
        command = self._command(draft)
        match word:
            case "提交":
                return (
                    drafts.submit(turn, command, draft, draft.digest)
                    if not draft.asked
                    else drafts.resume(turn, command, draft)
                )
            case "修改":
                return drafts.change(turn, command, draft, rest) if rest else drafts.edit(turn, draft)
            case "取消":
                return drafts.drop(turn, draft)
            case "返回":
                return drafts.back(turn, command, draft)
            case "跳过":
                return drafts.skip(turn, command, draft)
            case _:
                return drafts.resume(turn, command, draft)

    def _answer(self, turn: Turn, draft: Draft, talk: Talk, words: str) -> Reply:
        """An answer after half an hour is confirmed before it is taken."""
        command = self._command(draft)
        if talk.asked_at is not None and turn.now - talk.asked_at > CONTEXT_LIFE:
            values = {"draft": str(draft.id), "words": words}
            return Reply(
                card=Card(
                    f"接着{command.title}？",
                    Tone.INFO,
                    blocks=(Text(f"您之前的{command.title}还没有完成。刚才这句「{words[:60]}」是接着它说的吗？"),),
                    buttons=(Button("是，接着", "core.take", values), Button("不是", "core.leave", values)),
                )
            )
        return drafts.answer(turn, command, draft, words)

    def _picked(self, turn: Turn, talk: Talk, word: str) -> Reply | None:
        fresh = talk.focus_at is not None and turn.now - talk.focus_at <= CONTEXT_LIFE
        if not (fresh and word.isdecimal() and len(word) <= 3):
            return None
        at = int(word) - 1
        if not 0 <= at < len(talk.focus):
            raise Refusal("no_such_line", f"列表里没有第 {word} 项。")
        heard = route.hear(self.catalog, turn.person, talk.focus[at])
        return self._heard(turn, heard) if heard else None

    def _unknown(self, turn: Turn, words: str) -> Reply:
        usual = [c.words[0] for c in self.catalog.commands_for(turn.person)][:4]
        said = f"没看懂「{words[:30]}」。" if words else "您好。"
        return Reply(text=f"{said}您可以说：{'、'.join(usual)}；发送「帮助」看全部。")

    # -- buttons -----------------------------------------------------------------------------------------------------

    def _press(self, turn: Turn, inbound: Press) -> Spoken:
        place = read_button_id(self.signer, inbound.button)
        copy = turn.unit.copies.get(place[0]) if place else None
        stored = copy.buttons.get(place[1]) if place and copy else None
        if place is None or copy is None or stored is None:
            raise self._forged(turn, inbound)
        if copy.place.channel != inbound.place.channel or (
            copy.person and (not turn.person or turn.person.id != copy.person)
        ):
            raise self._forged(turn, inbound)
        values = inbound.values if isinstance(inbound, Form) else {}
        if place[1] < copy.current:
            return self._stale(turn, copy, stored)
        return self._pressed(turn, copy, stored, values)

    def _pressed(self, turn: Turn, copy: Copy, stored: StoredButton, values: dict[str, str]) -> Spoken:
        if stored.command.startswith("core."):
            reply = self._core(turn, stored, values)
            return Spoken(reply, copy, takes_over=copy.kind == draft_card.KIND and bool(reply.view))
        command = self.catalog.commands[stored.command]
        if not command.allowed(turn.person):
            raise Refusal("not_allowed", NOT_ALLOWED)
        context = drafts.context_of(turn, command.slots)
        given, unsure = drafts.read_form(command, values, context)
        if unsure:
            raise Refusal("form", "".join(unsure.values()))
        return Spoken(drafts.start(turn, command, "", stored.values | {n: g.raw for n, g in given.items()}), copy)

    def _core(self, turn: Turn, stored: StoredButton, values: dict[str, str]) -> Reply:
        draft = turn.unit.dialogue.draft(int(stored.values["draft"]))
        if draft is None or draft.person != turn.me.id:
            raise Refusal("draft_gone", "这份草稿已过期，请重新发起。")
        command = self._command(draft)
        match stored.command.removeprefix("core."):
            case "submit":
                return drafts.submit(turn, command, draft, stored.values["digest"])
            case "edit":
                return drafts.edit(turn, draft)
            case "drop":
                return drafts.drop(turn, draft)
            case "fill":
                return drafts.hand_in(turn, command, draft, values)
            case "choose":
                return drafts.hand_in(turn, command, draft, {stored.values["slot"]: stored.values["value"]})
            case "take":
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
        return Spoken(Reply(text=line), copy, drawn=Drawn(card))

    def _forged(self, turn: Turn, inbound: Press) -> Refusal:
        trace, channel = inbound.trace, inbound.place.channel
        return Refusal(
            "forged_action",
            "无权限：这个按钮不是发给您的，或已失效。",
            marks=lambda _unit: _note(turn, "forged_action", {"request": trace, "channel": channel}),
        )

    # -- where the talk stands -----------------------------------------------------------------------------------------

    def _talk(self, turn: Turn) -> Talk:
        return turn.unit.dialogue.talk(turn.me.id, turn.place) if turn.place else Talk()

    def _open_draft(self, turn: Turn, talk: Talk) -> Draft | None:
        draft = turn.unit.dialogue.draft(talk.draft) if talk.draft is not None else None
        if draft is None or draft.state is not DraftState.OPEN or turn.now - draft.updated > drafts.LIFE:
            return None
        return draft

    def _command(self, draft: Draft) -> Command:
        command = self.catalog.commands.get(draft.command)
        if command is None:
            raise Refusal("draft_gone", "这份草稿已过期，请重新发起。")
        return command


def _note(turn: Turn, action: str, after: dict[str, str]) -> None:
    turn.record(action, "", after=dict(after))


def _cannot_use(inbound: Upload | Unsupported) -> str:
    if isinstance(inbound, Upload) and inbound.text:
        return f"识别为：{inbound.text[:200]}。语音暂不能直接办理，请把这句话发给我。"
    return "这类消息我暂时处理不了，请用文字告诉我。发送「帮助」看看您可以做什么。"
