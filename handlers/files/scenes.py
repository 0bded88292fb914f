"""Files as the gallery shows them."""

from __future__ import annotations

from handlers.files.feature import feature

feature.scene(
    "filed",
    "文件：归到哪一件",
    "王磊: 报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签",
    "王磊 按 提交",
    "王磊: 报备 上海临港星港物业有限公司 热泵机房改造 86万 5月20日",
    "王磊 按 提交",
    "时钟 2026-03-02 09:40",
    "王磊 发 照片",
    "王磊 按 BB1001 杭州云栖湾酒店管理有限公司",
    "王磊: 进度 BB1001",
)
