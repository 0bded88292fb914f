"""Tasks as the gallery shows them."""

from __future__ import annotations

from handlers.tasks.feature import feature

feature.scene(
    "done",
    "任务：派出到验收",
    "李静: 任务 赵敏 周五前 提交选型表 高",
    "赵敏: 接受 RW601",
    "赵敏: 进度 RW601 60% 主机已到场",
    "赵敏: 延期 RW601 下周三 等客户",
    "李静: 同意 SP2001",
    "赵敏: 完成 RW601",
    "李静: 退回 RW601 还缺盖章页",
    "赵敏: 完成 RW601 盖章页已补",
    "李静: 验收 RW601",
    "李静: 我的任务",
)
