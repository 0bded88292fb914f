"""Reminders as the gallery shows them."""

from __future__ import annotations

from handlers.alerts.feature import feature

feature.scene(
    "of_a_protection",
    "提醒：保护期",
    "王磊: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    "王磊 按 提交",
    "李静 按 同意",
    "时钟 2026-05-18 09:00",
    "时钟 2026-06-01 08:45",
)
feature.scene(
    "of_a_task",
    "提醒：任务",
    "李静: 任务 赵敏 周五前 提交选型表 高",
    "赵敏: 接受 RW601",
    "时钟 2026-03-06 09:00",
    "时钟 2026-03-06 18:00",
)
