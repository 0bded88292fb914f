"""Broadcasts as the gallery shows them."""

from __future__ import annotations

from handlers.broadcasts.feature import feature

feature.scene(
    "acknowledged",
    "公告：发送、知悉与催阅",
    "林岚: 发公告 二季度返利通知",
    "林岚: 渠道〔2026〕12 号：请各位按时核对二季度返利。",
    "林岚: 华东 业务员 老板 区域经理",
    "林岚 按 提交",
    "时钟 2026-03-02 09:01",
    "王磊 按 我已阅读并知悉",
    "时钟 2026-03-02 09:02",
    "林岚: 未确认 华东",
    "林岚: 催阅 GG301",
    "时钟 2026-03-09 09:00",
    "林岚: 撤回公告 GG301 文号有误",
    "时钟 2026-03-09 09:01",
)
