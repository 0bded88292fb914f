"""What delivery is made of: one elected sender a channel, what it may send when, and how every outcome is recorded."""
