"""Words: what they mean where the talk stands, for this person, now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from msgspec import structs

from bot import draft_card, drafts, guessing, keeping, offer, parse, route, text
from bot.cards import Button, Card, Text, Tone
from bot.entry import Kind
from bot.errors import Refusal
from bot.feature import Catalog, Command
from bot.meant import narrowed, surely
from bot.messages import Say, Upload
from bot.ports import Copy, Draft, DraftState, Talk
from bot.turn import Reply, Turn

"""How long an open question and the last list are meant without saying so (R10.5)."""
CLOCKS_APART = timedelta(seconds=5)
"""How much the clocks of two processes may differ."""
STRANGER = "您还未绑定。请向公司要一个邀请码，然后发送「绑定 + 邀请码」，例如：绑定 QM7F-29KD。"
DIALOGUE_WORDS = ("提交", "修改", "取消", "返回", "跳过", "继续")


class Listener:
    """The order in which words are understood: the dialogue's own words, a command, a number, an answer."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def say(self, turn: Turn, inbound: Say) -> Reply:
        cleaned = text.clean(inbound.text)
        words = cleaned.text
        if cleaned.cut and turn.place is not None:
            turn.tell(turn.place, f"您的消息太长，只读了前 {text.MAX_TEXT} 字。")
        if turn.person is None:
            return self._stranger(turn, words)
        talk = self._talk(turn)
        draft = self._open_draft(turn, talk)
        quoted = self.quoted(turn, inbound)
        if quoted is not None and quoted.kind == draft_card.KIND:
            draft = self._open(turn, quoted.number) or draft
            talk = structs.replace(talk, asked_at=turn.now)
        about = f"{quoted.kind}{quoted.number}" if quoted is not None and quoted.kind in self.catalog.kinds else ""
        heard = route.hear(self.catalog, turn.person, words, talk.focus[0] if len(talk.focus) == 1 else "", about)
        word = text.fold(words).text.strip()
        if word in DIALOGUE_WORDS or (word.startswith("修改") and draft is not None):
            return self._dialogue_word(turn, word[:2], words[2:].strip(), draft)
        how = offer.explanation(self.catalog, turn.person, words, heard) if draft is None else None
        if how is not None:
            return how
        if heard is not None and (draft is None or (heard.exact and not self._asks_for(draft, words))):
            self._must_not_guess(turn, heard, heard.rest.removeprefix(about).strip())
            return self._interrupt(turn, heard, draft)
        listed = draft is None or (
            talk.focus_at is not None and talk.asked_at is not None and talk.focus_at > talk.asked_at
        )
        picked = self._picked(turn, talk, word) if listed else None
        if picked is not None:
            return picked
        if draft is not None:
            return self._answer(turn, draft, talk, words)
        return offer.offer(self.catalog, turn.person, words, about)

    def _asks_for(self, draft: Draft, words: str) -> bool:
        """A bare id answers the question for one; otherwise it opens the record. Where the preview stands, what begins with
        the name of one of its values is a correction: 「定时 明天9点」.
        """
        slots = self.command_of(draft).slots
        if not draft.asked and any(words.startswith((f"{s.label} ", f"{s.label}：")) for s in slots if s.label):
            return True
        asked = next((s for s in slots if s.name == draft.asked), None)
        ids = parse.find_ids(words)
        alone = len(ids) == 1 and ids[0].text == words.strip()
        return (
            alone and asked is not None and (asked.kind is Kind.REF or (asked is slots[0] and asked.kind is Kind.TEXT))
        )

    def _interrupt(self, turn: Turn, heard: route.Heard, draft: Draft | None) -> Reply:
        """An exact command beats an open question. A draft is kept and offered again, what was begun waits, a mere
        question is forgotten."""
        reply = self._heard(turn, heard)
        if draft is None or turn.place is None:
            return reply
        command = self.command_of(draft)
        if not keeping.is_begun(command, draft):
            keeping.forget(turn, draft)
        elif not keeping.is_kept(command, draft):
            keeping.set_aside(turn, draft)
        elif turn.unit.dialogue.talk(turn.me.id, turn.place).draft == draft.id:
            turn.tell(turn.place, f"{command.title}的草稿还在，回复「继续」接着填，「取消」放弃。")
        return reply

    def _stranger(self, turn: Turn, words: str) -> Reply:
        heard = route.hear(self.catalog, None, words)
        public = [c for c in heard.commands if c.public] if heard else []
        if heard is None or not public:
            return Reply(text=STRANGER)
        return drafts.start(turn, public[0], heard.rest)

    def _heard(self, turn: Turn, heard: route.Heard) -> Reply:
        heard = replace(heard, commands=tuple(narrowed(turn, heard.commands, heard.rest)))
        if len(heard.commands) > 1:
            return self._which(turn, heard)
        if (meant := offer.misplaced(self.catalog, turn.person, heard)) is not None:
            return meant
        return self._run(turn, heard.commands[0], heard.rest, {})

    def _run(self, turn: Turn, command: Command, words: str, given: dict[str, str]) -> Reply:
        drafts.must_be_allowed(turn, command)
        reply = drafts.start(turn, command, words, given)
        return replace(reply, in_group=command.in_group)

    def _which(self, turn: Turn, heard: route.Heard) -> Reply:
        """What was said behind the word goes with the press, as far as it is sure."""
        buttons = tuple(Button(f"{c.title}（{c.help}）", c.name, surely(turn, c, heard.rest)) for c in heard.commands)
        return Reply(
            card=Card(f"「{heard.word}」指哪一件？", blocks=(Text("请选择，或在后面写上编号。"),), buttons=buttons)
        )

    def _dialogue_word(self, turn: Turn, word: str, rest: str, draft: Draft | None) -> Reply:
        if draft is None:
            return self._kept(turn, word)
        command = self.command_of(draft)
        guessing.must_not_guess_in_answer(turn, command, draft, rest)
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
                return keeping.drop(turn, draft)
            case "返回":
                return drafts.back(turn, command, draft)
            case "跳过":
                return drafts.skip(turn, command, draft)
            case _:
                return drafts.resume(turn, command, draft)

    def _kept(self, turn: Turn, word: str) -> Reply:
        """Nothing is open here: the latest draft is shown again, whatever was to be done with it."""
        found = turn.unit.dialogue.open_drafts(turn.me.id, turn.now - keeping.LIFE)
        draft = next((d for d in found if keeping.is_begun(self.command_of(d), d)), None)
        if draft is None or turn.place is None:
            return Reply(text="现在没有进行中的事项。发送「帮助」看看您可以做什么。")
        command = self.command_of(draft)
        if word != "继续":
            turn.tell(turn.place, f"您还有一份{command.title}的草稿，可以接着填，或再回复「取消」放弃。")
        return drafts.resume(turn, command, draft)

    def _answer(self, turn: Turn, draft: Draft, talk: Talk, words: str) -> Reply:
        """An answer after half an hour is confirmed before it is taken."""
        command = self.command_of(draft)
        guessing.must_not_guess_in_answer(turn, command, draft, words)
        if talk.asked_at is not None and turn.now - talk.asked_at > keeping.CONTEXT_LIFE:
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
        fresh = talk.focus_at is not None and turn.now - talk.focus_at <= keeping.CONTEXT_LIFE
        if not (fresh and word.isdecimal() and len(word) <= 3):
            return None
        at = int(word) - 1
        if not 0 <= at < len(talk.focus):
            most = len(talk.focus)
            numbers = f"1 到 {most} 之间的序号" if most > 1 else "1"
            raise Refusal("no_such_line", f"列表里没有第 {word} 项，请回复 {numbers}。")
        heard = route.hear(self.catalog, turn.person, talk.focus[at])
        return self._heard(turn, heard) if heard else None

    def run(self, turn: Turn, words: str) -> Reply:
        """What a suggestion's button stands for: the same as typing it."""
        heard = route.hear(self.catalog, turn.person, words)
        if heard is None:
            raise Refusal("not_understood", "这个建议已经用不上了，请重新说一遍。")
        self._must_not_guess(turn, heard, heard.rest)
        return self._heard(turn, heard)

    def _must_not_guess(self, turn: Turn, heard: route.Heard, typed: str) -> None:
        guessing.must_not_guess(turn, [slot for command in heard.commands for slot in command.slots], typed)

    def quoted(self, turn: Turn, inbound: Say | Upload) -> Copy | None:
        """The card of the bot that this is a reply to, if it stands where this was said."""
        copy = turn.unit.copies.by_handle(inbound.place.channel, inbound.quotes) if inbound.quotes else None
        return copy if copy is not None and copy.place in (turn.place, turn.group) else None

    def open_draft(self, turn: Turn) -> Draft | None:
        """The draft of the chat the turn is in."""
        return self._open_draft(turn, self._talk(turn))

    def _talk(self, turn: Turn) -> Talk:
        """What was asked or listed after these words were said is not what they mean: a replay comes late."""
        talk = turn.unit.dialogue.talk(turn.me.id, turn.place) if turn.place else Talk()
        since = max((at for at in (talk.asked_at, talk.focus_at) if at is not None), default=turn.now)
        return Talk() if since - turn.now > CLOCKS_APART else talk

    def _open_draft(self, turn: Turn, talk: Talk) -> Draft | None:
        """The draft this chat is about. A question nobody answered for half an hour is over."""
        draft = self._open(turn, talk.draft) if talk.draft is not None else None
        late = talk.asked_at is not None and turn.now - talk.asked_at > keeping.CONTEXT_LIFE
        return None if draft is not None and late and not keeping.is_begun(self.command_of(draft), draft) else draft

    def _open(self, turn: Turn, number: int) -> Draft | None:
        draft = turn.unit.dialogue.draft(number)
        alive = draft is not None and draft.state is DraftState.OPEN and turn.now - draft.updated <= keeping.LIFE
        return draft if draft is not None and alive and draft.person == turn.me.id else None

    def command_of(self, draft: Draft) -> Command:
        command = self.catalog.commands.get(draft.command)
        if command is None:
            raise Refusal("draft_gone", "这份草稿已过期，请重新发起。")
        return command
