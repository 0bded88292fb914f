"""One turn, from identity to effects, synchronous and inside one transaction (design 3).

Three ends: done, refused (the handler's rows are rolled back, the sentence and its marks stay), failed (dispatch's part).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from bot import guessing, keeping, leaving, understood, watching
from bot.copies import Copyist, Drawn
from bot.errors import Refusal
from bot.feature import Catalog
from bot.handing import Handing
from bot.house import House
from bot.keys import Keyring
from bot.listen import Listener
from bot.messages import (
    Account,
    AccountGone,
    AccountRenamed,
    Answer,
    AnyInbound,
    Fetched,
    FileKind,
    HandedIn,
    Joined,
    Place,
    Press,
    Read,
    Say,
    Toast,
    ToastTone,
    Unsupported,
    Upload,
    known_as,
    single_chat,
)
from bot.permit import Person
from bot.ports import AuditEntry, Capabilities, End, Failure, Taken, Unit
from bot.press import Presses, Spoken
from bot.reports import Became, DeliveryReport
from bot.turn import OPERATOR, Message, Reply, Turn
from bot.watching import RECEIVED

GREETING = "大家好，我是渠道通。请先在单聊里对我说「帮助」。"
INACTIVE = "您的账号已停用。如需恢复，请联系总部管理员。"
SEE_SINGLE_CHAT = "已在单聊里回复您。"
Patience = Callable[[], bool]
"""Whether the edge still waits for the answer; asking settles it: after a yes the edge waits for the commit."""


class Conversation:
    """The steps of a turn. Holds no state: everything is in the unit."""

    def __init__(
        self,
        catalog: Catalog,
        copyist: Copyist,
        keys: Keyring,
        house: Callable[[], House],
        can: dict[str, Capabilities],
    ) -> None:
        self.catalog = catalog
        self.copyist = copyist
        self.listener = Listener(catalog)
        self.presses = Presses(self.listener, copyist, keys)
        self.handing = Handing(catalog, self.listener, keys)
        self.house = house
        self.can = can

    def turn(self, unit: Unit, inbound: AnyInbound, now: datetime, patience: Patience) -> tuple[End, Taken]:
        seen = unit.inbox.enter(inbound, now)
        if seen is not None:
            watching.note(RECEIVED, ("以前见过", "是：回的是第一次的结果，什么也不再做"))
            return seen.end, Taken(seen.answer)
        return self._one_turn(unit, inbound, now, patience)

    def replay(self, unit: Unit, failure: Failure, now: datetime) -> End | None:
        """The turn of a push that failed, as of its receipt and under its own key; None if it has ended by now.

        Nobody waits for the answer any more: what a click would have been told is said in the chat.
        """
        if not unit.inbox.reopen(failure.push):
            return None
        trace, channel = failure.push.trace, failure.push.place.channel
        unit.audit.record(
            AuditEntry(at=now, actor=OPERATOR, channel=channel, object="", action="push.replayed", request=trace)
        )
        end, _ = self._one_turn(unit, failure.push, failure.received, lambda: False)
        return end

    def _one_turn(self, unit: Unit, inbound: AnyInbound, now: datetime, patience: Patience) -> tuple[End, Taken]:
        person = unit.identity.person_of(known_as(inbound), inbound.sender.tenant)
        turn = self._turn(unit, inbound, person, now)
        understood.sender(inbound, person)
        try:
            with unit.savepoint():
                taken = self._done(turn, inbound, patience)
            end = End.DONE
        except Refusal as raised:
            turn = self._turn(unit, inbound, person, now)
            refusal = guessing.counted(turn, raised)
            watching.refused(refusal)
            taken = self._refused(turn, inbound, refusal, patience)
            end = End.REFUSED
        unit.inbox.close(inbound, end, taken.answer, person.id if person else None)
        understood.answer(taken.answer)
        return end, taken

    def _turn(self, unit: Unit, inbound: AnyInbound, person: Person | None, now: datetime) -> Turn:
        account = known_as(inbound)
        return Turn(
            now=now,
            trace=inbound.trace,
            house=self.house(),
            catalog=self.catalog,
            unit=unit,
            signer=self.copyist.signer,
            person=person,
            account=account,
            place=single_chat(account),
            group=inbound.place if inbound.place.group else None,
            click=inbound.message if isinstance(inbound, Press) else "",
            can=known.at(single_chat(account)) if (known := self.can.get(account.channel)) else None,
            mentioned=_mentioned(unit, inbound) if isinstance(inbound, Say) else (),
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
        drawn = self.presses.overtaken(turn, inbound) if isinstance(inbound, Press) else Drawn()
        spoken = Spoken(Reply(text=refusal.sentence), drawn=drawn)
        return self._finish(turn, inbound, spoken, patience, ToastTone.WARNING)

    def _finish(
        self,
        turn: Turn,
        inbound: AnyInbound,
        spoken: Spoken,
        patience: Patience,
        tone: ToastTone = ToastTone.SUCCESS,
    ) -> Taken:
        """Redraws what changed, sends what was asked for, and splits the reply between callback and chat."""
        turn.follow()
        drawn = self._draw(turn, spoken)
        for message in turn.messages:
            self.copyist.deliver(turn, message)
        pressed = isinstance(inbound, Press)
        toast = self._reply(turn, inbound, spoken, drawn, patience) if spoken.reply.text else None
        if not spoken.takes_over:
            self._show(turn, spoken.reply)
        if turn.group and isinstance(inbound, Say) and not spoken.reply.in_group:
            self.copyist.deliver(turn, Message(turn.group, SEE_SINGLE_CHAT))
        self._remember(turn, spoken.reply)
        if not pressed:
            return Taken(Answer())
        card = drawn.card if self.can[inbound.place.channel].at(inbound.place).answers else None
        return Taken(Answer(Toast(toast, tone) if toast else None, card), drawn.held if card else ())

    def _draw(self, turn: Turn, spoken: Spoken) -> Drawn:
        """The clicked copy turns into what the reply shows, if it was a draft's; everything else is redrawn."""
        reply = spoken.reply
        clicked = spoken.clicked
        taking_over = spoken.takes_over and clicked is not None and reply.view
        became = self.copyist.become(turn, clicked, reply.view, reply.number) if taking_over and clicked else Drawn()
        drawn = self.copyist.redraw(turn, None if taking_over else clicked)
        return became if became.card is not None else (drawn if drawn.card is not None else spoken.drawn)

    def _reply(self, turn: Turn, inbound: AnyInbound, spoken: Spoken, drawn: Drawn, patience: Patience) -> str | None:
        """The line of a reply: a toast where the click is still waiting and toasts exist, else said in the chat.

        Where a click shows a card but no toast, the changed card says what came of it, and no message is spent (contract 6).
        """
        line = spoken.reply.text
        can = self.can[inbound.place.channel].at(inbound.place)
        pressed = isinstance(inbound, Press)
        if pressed and can.toasts and patience():
            return line
        changed = drawn.card is not None and spoken.drawn.card is None
        if pressed and can.answers and not can.toasts and changed and patience():
            return None
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
        talk = msgspec.structs.replace(talk, focus=focus, focus_at=keeping.after(talk.asked_at, turn.now))
        turn.unit.dialogue.save_talk(turn.person.id, turn.place, talk)

    # -- what was said or pressed ----------------------------------------------------------------------------------

    def _act(self, turn: Turn, inbound: AnyInbound) -> Spoken | None:
        if isinstance(inbound, Fetched):  # whoever sent it may have left meanwhile: it ends all the same
            return Spoken(self.handing.fetched(turn, inbound))
        if isinstance(inbound, Read | Joined | AccountGone | AccountRenamed):
            return self._happened(turn, inbound)
        if turn.person is not None and not turn.person.active:
            raise Refusal("inactive", INACTIVE)
        if turn.person is not None and turn.account is not None:
            turn.unit.identity.touch(turn.account, turn.now)
        match inbound:
            case Say():
                return Spoken(self.listener.say(turn, inbound))
            case Press():
                return self.presses.press(turn, inbound)
            case Upload(kind=FileKind.VOICE):
                return Spoken(Reply(text=_cannot_use(inbound)))
            case Upload():
                return Spoken(self.handing.sent(turn, inbound))
            case HandedIn():
                return Spoken(self.handing.handed_in(turn, inbound))
            case Unsupported():
                return Spoken(Reply(text=_cannot_use(inbound)))

    def _happened(self, turn: Turn, inbound: Joined | Read | AccountGone | AccountRenamed) -> Spoken:
        """Nothing that anybody said: whom it concerns is told."""
        if isinstance(inbound, AccountGone | AccountRenamed):
            leaving.moved(turn, inbound)
            return Spoken(Reply())
        if isinstance(inbound, Read):
            self._seen(turn, inbound)
            return Spoken(Reply())
        for hear in self.catalog.group_news:
            hear(turn, turn.unit, inbound.place, inbound.group_name, inbound.left)
        greeting = "" if inbound.left else GREETING
        return Spoken(Reply(text=greeting, in_group=True))

    def _seen(self, turn: Turn, inbound: Read) -> None:
        """Whose cards these are, if anybody wants to know; the others' are only ever read."""
        reports: dict[str, list[DeliveryReport]] = {}
        for handle in inbound.messages if self.catalog.reporters else ():
            copy = turn.unit.copies.by_handle(inbound.place.channel, handle)
            if copy is not None and copy.view in self.catalog.reporters:
                person = turn.person.id if turn.person else None
                seen = DeliveryReport(
                    number=copy.number, became=Became.READ, person=person, place=copy.place, at=turn.now
                )
                reports.setdefault(copy.view, []).append(seen)
        for view, seen_cards in reports.items():
            self.catalog.reporters[view](turn, turn.unit, seen_cards)


def _mentioned(unit: Unit, inbound: Say) -> tuple[int, ...]:
    """A mention bears the messenger's id: nobody is mistaken for another one of the same name."""
    home = inbound.place.tenant if inbound.place.group else ""
    channel = inbound.sender.channel
    accounts = (Account(channel, "" if m.tenant in ("", home) else m.tenant, m.user) for m in inbound.mentions)
    found = (unit.identity.person_of(account) for account in accounts)
    return tuple(person.id for person in found if person is not None and person.active)


def _cannot_use(inbound: Upload | Unsupported) -> str:
    if isinstance(inbound, Upload) and inbound.text:
        return f"识别为：{inbound.text[:200]}。语音暂不能直接办理，请把这句话发给我。"
    if isinstance(inbound, Upload):
        return "我听不懂语音，请把要说的用文字发给我。发送「帮助」看看您可以做什么。"
    return "这类消息我暂时处理不了，请用文字告诉我。发送「帮助」看看您可以做什么。"
