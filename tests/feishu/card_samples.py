"""One card of every sort the bot sends, with the outbox rows that carry them."""

from bot.cards import (
    Button,
    Card,
    ChoiceInput,
    Confirm,
    DateInput,
    Decided,
    Fields,
    Form,
    LongTextInput,
    MoneyInput,
    Note,
    NumberInput,
    Option,
    Style,
    Table,
    Text,
    TextInput,
    Tone,
)
from bot.messages import Place
from bot.ports import OutboxRow, OutState, Sending

SINGLE = Place("feishu", "tkdemo0000000001", "ou_demo_u1")
GROUP = Place("feishu", "tkdemo0000000001", "oc_demo_grp_1", group=True)


def row(content: Card | str, what: Sending = Sending.SEND, place: Place = SINGLE, handle: str = "") -> OutboxRow:
    return OutboxRow(
        id=1,
        key="0123456789abcdef0123456789abcdef01234567",
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


FACTS = (
    ("客户", "杭州云栖湾酒店管理有限公司"),
    ("项目", "中央空调改造"),
    ("产品线", "中央空调"),
    ("金额", "120.00 万元"),
    ("预计签约", "2026-06-30（推定）"),
    ("查重", "未发现冲突"),
)
PREVIEW = Card(
    "报备：请核对",
    Tone.INFO,
    "待提交",
    (Fields(FACTS), Note("还可补充:信用代码、联系人、地址、证据")),
    (
        Button("提交", "core.submit", style=Style.PRIMARY, id="c1a2.1.k3Jx9QwE"),
        Button("修改", "core.edit", id="c1a2.2.k3Jx9QwE"),
        Button("取消", "core.drop", id="c1a2.3.k3Jx9QwE"),
    ),
)
REVIEW = Card(
    "新报备 BB1001",
    Tone.WARNING,
    "待审批",
    (Text("杭州启明机电有限公司 王磊 提交", strong=True), Fields(FACTS[:4]), Note("也可以回复：同意 SP2001")),
    (
        Button(
            "同意",
            "approvals.agree",
            style=Style.PRIMARY,
            confirm=Confirm("同意报备 BB1001", "保护期 90 天"),
            id="c1a3.1.k3Jx9QwE",
        ),
    ),
    Form(
        (LongTextInput(name="reason", label="驳回理由", hint="会发给提交人", max_length=200),),
        (Button("驳回", "approvals.refuse", style=Style.DANGER, id="c1a3.2.k3Jx9QwE"),),
    ),
)
DECIDED = Card(
    "报备 BB1001",
    Tone.SUCCESS,
    "已通过",
    (Fields(FACTS[:4]),),
    decided=Decided("已同意", "李静", "13:05"),
)
ENTRY = Card(
    "新报备",
    Tone.INFO,
    form=Form(
        (
            TextInput(name="customer", label="客户全称", initial="云栖湾"),
            ChoiceInput(
                name="line",
                label="产品线",
                options=(Option("hvac", "中央空调"), Option("pump", "热泵")),
                initial="pump",
            ),
            MoneyInput(name="amount", label="预计金额"),
            DateInput(name="sign_date", label="预计签约日", initial="2026-06-30"),
            NumberInput(name="count", label="台数", required=False),
            LongTextInput(name="note", label="备注", required=False, max_length=5000),
        ),
        (
            Button("提交", "core.form", style=Style.PRIMARY, id="c1a4.1.k3Jx9QwE"),
            Button("取消", "core.drop", id="c1a4.2.k3Jx9QwE"),
        ),
    ),
)
LIST = Card(
    "我的报备",
    Tone.INFO,
    "12 件",
    (
        Table(
            ("编号", "客户", "状态"),
            tuple((f"BB{number}", f"客户{number}有限公司", "保护中") for number in range(1001, 1013)),
        ),
        Note("回复「下一页」看更多"),
    ),
)
ATTACK = '<at id=all></at> **粗** [点我](https://evil.example) `x` <font color="red">红</font>\n# 标题'
HOSTILE = Card(
    ATTACK,
    Tone.DANGER,
    ATTACK[:20],
    (
        Text(ATTACK),
        Text(ATTACK, strong=True),
        Fields(((ATTACK, ATTACK),)),
        Table((ATTACK,), ((ATTACK,),)),
        Note(ATTACK),
    ),
    (Button(ATTACK[:30], "x", confirm=Confirm(ATTACK, ATTACK), id="c1a5.1.k3Jx9QwE"),),
)
LONG = Card(
    "审批 SP2001",
    Tone.WARNING,
    "待审批",
    (Text("很长的说明。" * 3000), Fields(tuple((f"第 {number} 项", "内容" * 50) for number in range(100)))),
    (Button("同意", "approvals.agree", style=Style.PRIMARY, id="c1a6.1.k3Jx9QwE"),),
)

GOLDEN = {
    "preview": row(PREVIEW),
    "review": row(REVIEW),
    "review_in_a_group": row(REVIEW, place=GROUP),
    "decided_edit": row(DECIDED, Sending.CLOSING, handle="om_demo_0200"),
    "entry_form": row(ENTRY),
    "list": row(LIST),
    "hostile": row(HOSTILE),
    "long": row(LONG),
    "text": row("BB1001 已通过，保护至 2026-05-31"),
    "text_hostile": row(f'{ATTACK} <at user_id="all">所有人</at> <b>x</b>', place=GROUP),
    "text_edit": row("已撤回", Sending.REFRESH, handle="om_demo_0200"),
}
