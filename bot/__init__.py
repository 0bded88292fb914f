"""The conversation core: no platform, no table, no business word."""
