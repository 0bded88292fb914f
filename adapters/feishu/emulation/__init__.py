"""The parts of the emulator: the platform as the page describes it, strict where it is strict."""
