"""Fixtures every test may use; examples of hypothesis are the same in every CI run, and new ones at every desk."""

import os

from aiohttp import web_app
from hypothesis import settings

from bot import memory

pytest_plugins = ["tests.databases", "tests.worlds"]

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_collection_finish() -> None:
    """As a process that serves: else the collector stops a worker for seconds to look through thousands of tests."""
    memory.settle()


def pytest_runtest_setup() -> None:
    """aiohttp keeps every web application it ever drew middlewares for: one in a process that serves, thousands here."""
    web_app._cached_build_middleware.cache_clear()
