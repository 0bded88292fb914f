"""DingTalk as a platform, in parts; adapters/dingtalk/emulator.py puts them together."""
