"""Finds the capabilities: every folder here whose ``feature`` module makes a ``feature``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bot.feature import Feature

FOLDER = Path(__file__).parent


def features() -> tuple[Feature, ...]:
    """All capabilities in the order of their names, each with everything its modules contribute."""
    return tuple(_feature(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "feature.py").exists())


def _feature(folder: Path) -> Feature:
    """Importing a folder's modules is what registers commands, views, jobs … with its feature."""
    package = f"{FOLDER.name}.{folder.name}"
    for module in sorted(folder.glob("*.py")):
        import_module(f"{package}.{module.stem}" if module.stem != "__init__" else package)
    feature = import_module(f"{package}.feature").feature
    if not isinstance(feature, Feature) or feature.name != folder.name:
        raise TypeError(f"{package}.feature: feature must be a Feature named {folder.name!r}")
    return feature
