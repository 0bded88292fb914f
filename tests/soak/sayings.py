"""What people say, fill in and wait for in random conversations."""

from __future__ import annotations

from hypothesis import strategies as st

CUSTOMERS = (
    "杭州云栖湾酒店管理有限公司",
    "（杭州）雲棲灣酒店管理有限公司",
    "杭州锦程酒店管理有限公司",
    "杭州远嘉酒店管理有限公司",
)
HALVES = ("报备", "报备 杭州锦程酒店管理有限公司", "报备 杭州远嘉酒店管理有限公司 净水一期 80万")
REGISTRATIONS = (
    "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    "报备 （杭州）雲棲灣酒店管理有限公司 中央空调改造 １２０万 6月底签",
    "报备 杭州锦程酒店管理有限公司 净水一期 80万 7月1日签",
    *HALVES,
)
ANSWERS = ("净水", "6月底", "120万", "金额 150万", "备注 加急", "1", "2", "9")
ADDITIONS = ("信用代码 91330106MA0TEXT01T", "联系人 张总 13800000002", "地址 杭州市西湖区文三路1号")
DIALOGUE = ("提交", "修改", "取消", "返回", "跳过", "继续")
QUESTIONS = ("帮助", "待办", "我的报备", "进度", "同意", "驳回", "你好", "绑定 QM7F-29KD")
ABOUT = tuple(
    f"{word} {number}"
    for word in ("进度", "同意", "审批", "驳回")
    for number in ("BB1001", "BB1002", "sp 2001", "SP2002")
)
REASON = "请先补充联系人"
VERDICTS = ("同意 SP{}", f"驳回 SP{{}} {REASON}")
LINES = (*REGISTRATIONS, *ANSWERS, *ADDITIONS, *DIALOGUE, *QUESTIONS, *ABOUT)

FORMS = st.dictionaries(
    st.sampled_from(["reason", "customer", "project", "line", "amount", "sign_date", "note", "x"]),
    st.sampled_from(["", "请先补充", "杭州远嘉酒店管理有限公司", "净水", "120万", "几十万", "2026-06-30", "\x00"])
    | st.text(max_size=12),
    max_size=4,
)
FORGERIES = st.text(max_size=40) | st.from_regex(r"\A[0-9a-z]{1,11}\.[0-9a-z]\.[\w-]{12}\Z")
LEAPS = st.sampled_from(
    [{"minutes": 1}, {"minutes": 31}, {"hours": 4}, {"hours": 8}, {"days": 1}, {"days": 8}, {"days": 95}]
)
