"""What the bot remembers: one transaction a turn, on SQLite or PostgreSQL."""
