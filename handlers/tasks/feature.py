"""Tasks: somebody gives one to somebody they may direct; it is accepted, worked on, reported done and checked (R4.4)."""

from bot.feature import Feature

feature = Feature("tasks", "任务", needs=("people", "approvals", "files"))
feature.glossary |= {
    "task.given": "派出任务",
    "task.accepted": "接受任务",
    "task.progress": "更新进展",
    "task.blocked": "任务求助",
    "task.reported": "提交完成",
    "task.done": "任务完成",
    "task.returned": "退回任务",
    "task.cancelled": "撤回任务",
    "task.handed_over": "转交任务",
    "task.postponement_asked": "申请延期",
    "task.postponement_refused": "不同意延期",
    "task.postponed": "任务延期",
    "task.evidence": "收到凭证",
    "offered": "待接受",
    "working": "进行中",
    "blocked": "阻塞",
    "reported": "待验收",
    "done": "已完成",
    "cancelled": "已撤回",
    "title": "事项",
    "owner": "负责人",
    "deadline": "截止",
    "priority": "优先级",
    "progress": "进展",
    "words": "说明",
    "wanted": "希望延期至",
}
