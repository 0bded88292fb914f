"""Broadcasts: one text to many people and groups, with who got it, who read it, who says so (C39-C42)."""

from bot.feature import Feature

feature = Feature("broadcasts", "公告", needs=("people", "groups", "files", "alerts"))
feature.glossary |= {
    "broadcast.written": "拟定公告",
    "broadcast.confirmed": "确认发布公告",
    "broadcast.started": "开始发送公告",
    "broadcast.paused": "暂停公告",
    "broadcast.continued": "继续公告",
    "broadcast.sent": "公告发送完毕",
    "broadcast.recalled": "撤回公告",
    "broadcast.chased": "催阅公告",
    "broadcast.acknowledged": "知悉公告",
    "broadcast.moved": "公告改期",
    "audience": "受众",
    "people_count": "人数",
    "groups_count": "群数",
    "starts": "发送时间",
}
