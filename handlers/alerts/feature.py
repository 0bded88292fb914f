"""Reminders: what capabilities say is due, told in time, not at night, not too often, and upward when nothing happens."""

from bot.feature import Feature

feature = Feature("alerts", "提醒", needs=("people",))
feature.glossary |= {
    "alert.reminded": "提醒",
    "alert.quiet_hours": "设置免打扰",
    "alert.muted": "今天别提醒",
    "step": "环节",
    "hours": "时段",
}
