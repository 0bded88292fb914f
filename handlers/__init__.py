"""What the bot can do: one folder a capability. Adding one edits no file outside it."""
