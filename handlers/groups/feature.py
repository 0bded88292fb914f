"""Groups the bot is in, and what each is bound to: an agent company or a region (C05)."""

from bot.feature import Feature

feature = Feature("groups", "群", needs=("people",))
feature.glossary |= {
    "group.bound": "绑定群",
    "group.unbound": "解绑群",
    "group": "群",
    "chat": "群编号",
}
