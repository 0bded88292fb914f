"""The front desk: a greeting, help that fits the person, and everything that waits for them."""

from bot.feature import Feature

feature = Feature("desk", "常用")
