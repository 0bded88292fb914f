"""The page that ``make demo`` opens: people of the sample organisation at their messengers, side by side."""
