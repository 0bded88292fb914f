"""Fixtures every test may use; examples of hypothesis are the same in every CI run, and new ones at every desk."""

import os

from hypothesis import settings

pytest_plugins = ["tests.databases", "tests.worlds"]

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
