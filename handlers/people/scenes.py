"""Joining as the gallery shows it."""

from __future__ import annotations

from handlers.people.feature import feature

feature.scene(
    "invited",
    "加入：邀请、绑定与关联",
    "访客: 你好",
    "林岚: 邀请 代理商 A0574-03 业务员 访客 13800000099",
    "访客: 绑定 {邀请码}",
    "访客 按 确认绑定",
)
feature.scene(
    "linked",
    "加入：一个人的两个账号",
    "访客: 绑定 {这里}账号",
    "王磊: 关联 {关联码}",
    "王磊 按 确认关联",
    "王磊: 我是谁",
    "林岚: 代理商 A0571-01",
)
