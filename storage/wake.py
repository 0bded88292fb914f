"""Hearing from other processes on PostgreSQL that the outbox grew. Only an accelerator: senders poll as well."""

from __future__ import annotations

import logging
import os
import selectors
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import URL

from storage.engine import OUTBOX_GREW, POSTGRES_CONNECT

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0


class Listener:
    """LISTENs on a connection of its own, and anew whenever that one dies; then wakes, for what it may have missed.

    ``wake`` is called from its thread.
    """

    def __init__(self, url: URL, me: str, wake: Callable[[], None]) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._me = me
        self._wake = wake
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._stopping = threading.Event()
        self._hears_stop, self._says_stop = os.pipe()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        os.write(self._says_stop, b".")
        self._thread.join()
        os.close(self._hears_stop)
        os.close(self._says_stop)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True, **POSTGRES_CONNECT) as connection:
                    connection.execute(f"LISTEN {OUTBOX_GREW}")
                    pause = FIRST_PAUSE
                    self._wake()
                    self._hear(connection)
            except psycopg.Error as error:
                log.warning("not listening for other processes: %s; again in %.1f s", type(error).__name__, pause)
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _hear(self, connection: psycopg.Connection) -> None:
        with selectors.DefaultSelector() as both:
            both.register(connection, selectors.EVENT_READ)
            both.register(self._hears_stop, selectors.EVENT_READ)
            while not self._stopping.is_set():
                both.select()
                notices = list(connection.notifies(timeout=0))
                if any(notice.payload != self._me for notice in notices):
                    self._wake()
