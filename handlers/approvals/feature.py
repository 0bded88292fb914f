"""Approvals: somebody asks, the responsible person decides from the card or by typing, time does not stand still."""

from bot.feature import Feature

feature = Feature("approvals", "审批", needs=("people",))
