"""Words: what they mean where the talk stands, for this person, now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import drafts, route, suggest, text
from bot.cards import Button, Card, Text, Tone
from bot.errors import Refusal
from bot.feature import Catalog, Command
from bot.messages import Say
from bot.ports import Draft, DraftState, Talk
from bot.turn import Reply, Turn

CONTEXT_LIFE = timedelta(minutes=30)
"""How long an open question and the last list are meant without saying so (R10.5)."""
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
        heard = route.hear(self.catalog, turn.person, words, talk.focus[0] if len(talk.focus) == 1 else "")
        word = text.fold(words).text.strip()
        if word in DIALOGUE_WORDS or (word.startswith("修改") and draft is not None):
            return self._dialogue_word(turn, word[:2], words[2:].strip(), draft)
        if heard is not None and (draft is None or heard.exact):
            return self._interrupt(turn, heard, draft)
        listed = draft is None or (
            talk.focus_at is not None and talk.asked_at is not None and talk.focus_at > talk.asked_at
        )
        picked = self._picked(turn, talk, word) if listed else None
        if picked is not None:
            return picked
        return self._answer(turn, draft, talk, words) if draft is not None else self._unknown(turn, words)

    def _interrupt(self, turn: Turn, heard: route.Heard, draft: Draft | None) -> Reply:
        """An exact command beats an open question; the draft is kept and offered again."""
        reply = self._heard(turn, heard)
        if (
            draft is not None
            and turn.place is not None
            and turn.unit.dialogue.talk(turn.me.id, turn.place).draft == draft.id
        ):
            turn.tell(turn.place, f"{self.command_of(draft).title}的草稿还在，回复「继续」接着填，「取消」放弃。")
        return reply

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
        drafts.must_be_allowed(turn, command)
        reply = drafts.start(turn, command, words, given)
        return replace(reply, in_group=command.in_group)

    def _which(self, heard: route.Heard) -> Reply:
        buttons = tuple(Button(f"{c.title}（{c.help}）", c.name) for c in heard.commands)
        return Reply(
            card=Card(f"「{heard.word}」指哪一件？", blocks=(Text("请选择，或在后面写上编号。"),), buttons=buttons)
        )

    def _dialogue_word(self, turn: Turn, word: str, rest: str, draft: Draft | None) -> Reply:
        kept = next(iter(turn.unit.dialogue.open_drafts(turn.me.id, turn.now - drafts.LIFE)), None)
        if draft is None and kept is not None and word != "继续":
            title = self.command_of(kept).title
            return Reply(text=f"现在没有进行中的事项。您有一份{title}的草稿，回复「继续」接着填。")
        draft = draft or kept
        if draft is None:
            return Reply(text="现在没有进行中的事项。发送「帮助」看看您可以做什么。")
        command = self.command_of(draft)
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
        command = self.command_of(draft)
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
        """The nearest commands with one tap each; never run by itself."""
        mine = self.catalog.commands_for(turn.person)
        near = suggest.guesses(mine, words)
        if near:
            choices = tuple(f"{guess.word} {guess.rest}".strip() for guess in near)
            buttons = tuple(Button(choice[:40], "core.run", {"words": choice}) for choice in choices)
            listed = "、".join(f"{at}「{choice}」" for at, choice in enumerate(choices, 1))
            asked = Text(f"没看懂「{words[:30]}」。您要说的是{listed}吗？按一下，或回复序号。")
            return Reply(card=Card("您是想说", Tone.INFO, blocks=(asked,), buttons=buttons), choices=choices)
        usual = "、".join(f"「{c.words[0]}」" for c in mine[:4])
        said = f"没看懂「{words[:30]}」。" if words else "您好。"
        return Reply(text=f"{said}您可以说{usual}；发送「帮助」看全部。")

    def run(self, turn: Turn, words: str) -> Reply:
        """What a suggestion's button stands for: the same as typing it."""
        heard = route.hear(self.catalog, turn.person, words)
        if heard is None:
            raise Refusal("not_understood", "这个建议已经用不上了，请重新说一遍。")
        return self._heard(turn, heard)

    def _talk(self, turn: Turn) -> Talk:
        return turn.unit.dialogue.talk(turn.me.id, turn.place) if turn.place else Talk()

    def _open_draft(self, turn: Turn, talk: Talk) -> Draft | None:
        draft = turn.unit.dialogue.draft(talk.draft) if talk.draft is not None else None
        if draft is None or draft.state is not DraftState.OPEN or turn.now - draft.updated > drafts.LIFE:
            return None
        return draft

    def command_of(self, draft: Draft) -> Command:
        command = self.catalog.commands.get(draft.command)
        if command is None:
            raise Refusal("draft_gone", "这份草稿已过期，请重新发起。")
        return command
