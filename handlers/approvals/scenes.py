"""Decisions as the gallery shows them."""

from __future__ import annotations

from handlers.approvals.feature import feature

LINE = "王磊: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
OTHER = "王磊: 报备 宁波海纳酒店有限公司 净水改造 30万 5月签"

feature.scene(
    "decided",
    "审批：同意与驳回",
    LINE,
    "王磊 按 提交",
    OTHER,
    "王磊 按 提交",
    "李静: 同意",
    "李静: 同意 SP2001",
    "李静: 驳回 SP2002 请先补充联系人",
)
feature.scene(
    "handed_on",
    "审批：等待与升级",
    LINE,
    "王磊 按 提交",
    "时钟 2026-03-02 13:00",
    "时钟 2026-03-02 17:00",
    "周强 按 同意",
)
