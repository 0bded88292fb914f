"""Help and to-do lists as the gallery shows them."""

from __future__ import annotations

from handlers.desk.feature import feature

feature.scene(
    "lists",
    "帮助与待办",
    "王磊: 帮助",
    "王磊: 帮助 报备",
    "王磊: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    "王磊 按 提交",
    "李静: 待办",
    "李静: 1",
    "李静@群: 待办",
)
