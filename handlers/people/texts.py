"""What people read about joining, where a sentence is used more than once or others must match it."""

from __future__ import annotations

HOW_TO_BIND = "请发送「绑定 + 邀请码」，例如：绑定 QM7F-29KD。还没有邀请码，请向公司要一个。"
TOO_MANY = "尝试过多,请 30 分钟后再试"
WRONG_INVITATION = "邀请码不正确，请核对后再发一次。"
USED_INVITATION = "邀请码已被使用。如需加入，请向公司要一个新的邀请码。"
EXPIRED_INVITATION = "邀请码已过期（72 小时内有效），请向公司要一个新的邀请码。"
REPLACED_INVITATION = "邀请码已失效：公司后来发过新的，请使用最近一次收到的邀请码。"
AGENT_STOPPED = "这家代理商已停用，暂时不能加入。请联系总部管理员。"
NOTHING_TO_BIND = f"没有待确认的绑定。{HOW_TO_BIND}"
WRONG_LINK = "关联码不正确或已过期（10 分钟内有效），请在新账号里重新获取。"
USED_LINK = "关联码已被使用，请在新账号里重新获取。"
NOTHING_TO_LINK = "没有待确认的关联。请先在新账号里发送「绑定 飞书账号」这样的话获取关联码。"
ACCOUNT_TAKEN = "这个账号已绑定到其他人，不能关联。如有疑问，请联系总部管理员。"
NO_AGENT_FOUND = "没有找到这家代理商。请核对编号或名称。"
PAUSED = "您一小时内有 {} 次查询没有找到，按编号查询暂停到 {}。其他事项照常办理。如需协助，请联系总部管理员。"
