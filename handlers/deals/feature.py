"""Deal registration: an agent reports a customer, the manager reviews, the customer is protected for the agent."""

from bot.feature import Feature

feature = Feature("deals", "报备", needs=("people", "approvals", "files"))
feature.glossary |= {
    "deal.registered": "登记报备",
    "deal.completed": "补充报备",
    "deal.protected": "开始保护",
    "deal.evidence": "收到证据",
    "deal.refused": "报备已驳回",
    "deal.expired": "保护期满",
    "review": "待审",
    "protected": "已通过",
    "expired": "已过期",
    "customer": "客户",
    "project": "项目",
    "line": "产品线",
    "amount": "金额（分）",
    "province": "地区",
    "province_inferred": "地区为推定",
    "credit_code": "信用代码",
    "contact": "联系人",
    "address": "地址",
    "until": "保护至",
    "left": "剩余天数",
}
