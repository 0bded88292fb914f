"""The messengers themselves: what a channel has to say of its quota is told to those who can buy more."""

from bot.feature import Feature

feature = Feature("channels", "渠道", needs=("people",))
feature.glossary |= {"channel.warned": "额度提醒"}
