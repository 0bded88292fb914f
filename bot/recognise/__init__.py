"""What the recognisers behind ``bot.parse`` are made of: amounts, dates, ids and rates, wherever they stand in a sentence."""
