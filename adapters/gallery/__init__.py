"""Every card of every capability on every messenger, as one page: contract 1, `gallery`."""
