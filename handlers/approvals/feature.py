"""Approvals: somebody asks, the responsible person decides from the card or by typing, time does not stand still."""

from bot.feature import Feature

feature = Feature("approvals", "审批", needs=("people",))
feature.glossary |= {
    "approval.asked": "请求审批",
    "approval.agreed": "同意",
    "approval.refused": "驳回",
    "approval.withdrawn": "撤回审批",
    "approval.escalated": "超时升级",
    "approval.handed_on": "审批人账号已注销，转给上级",
    "approval.nobody_above": "超时，没有上级可升级",
    "about": "事项",
    "approver": "审批人",
    "due": "最迟",
    "reason": "理由",
    "pending": "待审批",
}
