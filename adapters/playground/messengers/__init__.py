"""What the page knows of a messenger: one description for each, over its emulator."""
