"""The trail as the gallery shows it."""

from __future__ import annotations

from handlers.audit.feature import feature

feature.scene(
    "trail",
    "审计",
    "王磊: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    "王磊 按 提交",
    "李静 按 同意",
    "郑和平: 审计 BB1001",
    "郑和平: 校验审计链 3月",
)
