"""The audit trail: what happened to an object, and whether the whole record is still as it was written (R12.10)."""

from bot.feature import Feature

feature = Feature("audit", "审计", needs=("people",))
feature.glossary |= {
    "refused": "被拒绝",
    "forged_action": "无效点击",
    "unreachable": "无法送达",
    "audit.read": "查阅审计记录",
    "audit.verified": "校验审计链",
    "audit.head_published": "公布审计链首",
    "period": "期间",
    "intact": "完整",
    "entries": "条数",
    "code": "原因代码",
    "person": "人员",
    "text": "内容",
    "state": "状态",
    "request": "请求",
    "channel": "渠道",
}
