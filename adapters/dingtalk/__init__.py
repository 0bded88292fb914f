"""DingTalk, both its sides: the adapter, and the emulator beside it."""
