"""Registrations as the gallery shows them."""

from __future__ import annotations

from handlers.deals.feature import feature

LINE = "王磊: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"

feature.scene(
    "registered",
    "报备：一句话登记",
    LINE,
    "王磊 按 提交",
    "王磊: 信用代码 91330106MA0TEXT01T",
    "王磊: 进度 BB1001",
    "李静 按 同意",
    "王磊: 我的报备",
    "赵敏: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 150万 7月签",
)
feature.scene(
    "step_by_step",
    "报备：一步一步填",
    "王磊: 报备",
    "王磊: 杭州云栖湾酒店管理有限公司",
    "王磊: 中央空调改造",
    "王磊: 中央空调",
    "王磊: 120万",
    "王磊: 6月底",
    "王磊 按 修改",
    "王磊: 金额 150万",
    "王磊: 取消",
)
