"""One card of every sort the bot sends, as a member's phone and a group get it from WeCom."""

from bot.cards import Button, Card, ChoiceInput, Decided, Fields, Form, Note, Option, Progress, Style, Table, Text, Tone
from bot.messages import Place
from bot.ports import OutboxRow, OutState, Sending
from tests.feishu.card_samples import ATTACK, DECIDED, FACTS, HOSTILE, LIST, LONG, PREVIEW, REVIEW
from tests.wecom.stage import CORP

SINGLE = Place("wecom", "", "wangxiaoyan")
DOWNSTREAM = Place("wecom", "wwDOWN1", "woAJ2GCAAAXtWyuj")
GROUP = Place("wecom", CORP, "wrDevGroup", group=True)


def row(
    content: Card | str,
    what: Sending = Sending.SEND,
    place: Place = SINGLE,
    handle: str = "",
    key: str = "0123456789abcdef0123456789abcdef",
    number: int = 482,
) -> OutboxRow:
    return OutboxRow(
        id=number,
        key=key,
        what=what,
        state=OutState.PENDING,
        place=place,
        content=content,
        payload=None,
        target=None,
        target_state=None,
        handle=handle,
        copy=None,
        attempts=0,
        first_sent=None,
        expires=None,
        trace="t1",
    )


NEXT = Button("下一步", "core.fill", style=Style.PRIMARY, id="c1a4.1.k3Jx9QwE")
DROP = Button("取消", "core.drop", id="c1a4.2.k3Jx9QwE")
LINE = ChoiceInput(name="line", label="产品线", options=(Option("hvac", "中央空调"), Option("pump", "热泵")))
STAGE = ChoiceInput(
    name="stage",
    label="阶段",
    required=False,
    initial="s2",
    options=(Option("s1", "立项"), Option("s2", "投标")),
)
CHOICE = Card("报备", Tone.INFO, "待补全", (Fields(FACTS[:2]), Text("产品线？")), (DROP,), Form((LINE,), (NEXT,)))
CHOICES = Card("更新项目", Tone.INFO, "", (Text("改好后提交。"),), (DROP,), Form((LINE, STAGE), (NEXT,)))
AGREED = Card(
    REVIEW.title,
    REVIEW.tone,
    REVIEW.tag,
    REVIEW.blocks,
    (*REVIEW.buttons, *(REVIEW.form.submits if REVIEW.form else ())),
)
"""The review as the planner leaves it: a reason cannot be typed on a card."""
MANY = Card("您是想说", Tone.INFO, buttons=tuple(Button(f"第 {n} 件", "x", id=f"c1.{n}.m") for n in range(1, 10)))
SHORT = Card("任务 RW601", Tone.INFO, "进行中", (Fields(FACTS[:2]), Progress("回执", 3, 10), Note("回复「完成」。")))
SETTLED = Card(
    "报备 BB1001",
    Tone.SUCCESS,
    "已通过",
    (Fields(FACTS), Text("理由：客户关系可靠")),
    decided=Decided("已同意", "李静", "13:05"),
)
HOSTILE_CHOICE = Card(
    ATTACK,
    Tone.DANGER,
    ATTACK,
    form=Form(
        (ChoiceInput(name="line", label=ATTACK, options=(Option("a", ATTACK), Option("b", "\\u0041"))),),
        (Button(ATTACK, "x", id="c1a5.1.k3Jx9QwE"),),
    ),
)

CARDS = {
    "preview": PREVIEW,
    "review": AGREED,
    "decided": DECIDED,
    "settled": SETTLED,
    "choice": CHOICE,
    "choices": CHOICES,
    "many_buttons": MANY,
    "short": SHORT,
    "list": LIST,
    "hostile": HOSTILE,
    "hostile_choice": HOSTILE_CHOICE,
    "long": LONG,
    "empty": Card(""),
    "table": Card("待办", tag="2 件", blocks=(Table(("序号", "事项"), (("1", "审批 SP2001"), ("2", "任务 RW601"))),)),
}
TEXTS = {"line": "BB1001 已通过，保护至 2026-05-31", "hostile": f"{ATTACK} <at user_id=all> \\u4e00", "empty": ""}
