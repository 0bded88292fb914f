"""Who works with us: agents and their people, roles and territories, how somebody joins and links a second account."""

from bot.feature import Feature
from bot.permit import Role

feature = Feature("people", "人员与代理商")
feature.glossary |= {
    "invitation.made": "发出邀请",
    "person.bound": "绑定账号",
    "person.imported": "导入人员",
    "agent.imported": "导入代理商",
    "account.linked": "关联账号",
    "account.gone": "账号注销",
    "account.renamed": "账号改名",
    "security.too_many_codes": "连续输错邀请码",
    "security.guessing": "连续查询不到",
    "invitation": "邀请",
    "account": "账号",
    "accounts": "账号",
    "count": "次数",
    "role": "角色",
    "name": "姓名",
    "phone": "手机",
    "agent": "代理商",
    "region": "大区",
    "province": "省份",
    "city": "城市",
    "manager": "上级",
    "language": "语言",
    "active": "在职",
    "short_name": "简称",
    "uscc": "信用代码",
    "type": "类型",
    "tier": "级别",
    "products": "产品线",
    "contract_start": "合同开始",
    "contract_end": "合同结束",
    "status": "状态",
} | {role.value: role.short for role in Role}
