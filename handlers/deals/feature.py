"""Deal registration: an agent reports a customer, the manager reviews, the customer is protected for the agent."""

from bot.feature import Feature

feature = Feature("deals", "报备", needs=("people", "approvals"))
