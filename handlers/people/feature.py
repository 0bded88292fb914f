"""Who works with us: agents and their people, roles and territories, how somebody joins and links a second account."""

from bot.feature import Feature

feature = Feature("people", "人员与代理商")
