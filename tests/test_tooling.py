"""The lock files against pyproject.toml, and what `make` says on a machine that cannot run the bot."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")


def entries(lock: str) -> list[str]:
    """One string an entry, its hashes included."""
    return (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()


def pins(lock: str) -> dict[str, str]:
    """Canonical name to version."""
    found = [re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", entry) for entry in entries(lock)]
    return {canonicalize_name(match[1]): match[2] for match in found if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_pinned_with_hashes_and_names_no_download_address(lock: str) -> None:
    entry_shape = re.compile(r"[a-z0-9-]+==\S+( ; [^:@]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries(lock) if not entry_shape.fullmatch(entry)] == []


def test_nothing_is_pinned_twice() -> None:
    assert pins(LOCKS[0]).keys() & pins(LOCKS[1]).keys() == set()


@pytest.mark.parametrize(
    ("wanted", "locks"),
    [
        pytest.param(PROJECT["project"]["dependencies"], LOCKS[:1], id="run"),
        pytest.param(PROJECT["build-system"]["requires"], LOCKS[:1], id="build"),
        pytest.param(PROJECT["project"]["optional-dependencies"]["dev"], LOCKS, id="dev"),
    ],
)
def test_the_locks_pin_what_pyproject_asks_for(wanted: list[str], locks: tuple[str, ...]) -> None:
    pinned = {name: version for lock in locks for name, version in pins(lock).items()}
    unmet = [
        line
        for line in wanted
        if (version := pinned.get(canonicalize_name(Requirement(line).name))) is None
        or version not in Requirement(line).specifier
    ]
    assert unmet == []


def pretending(change: str) -> str:
    """A shell line that runs this Python's `-c` code after a change to what it can see of itself."""
    return f'exec {sys.executable} -c "import sys; {change}; $2"'


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        pytest.param("exit 127", "is missing or older than Python 3.11", id="no python"),
        pytest.param(pretending("sys.version_info = (3, 10, 9)"), "older than Python 3.11", id="old python"),
        pytest.param(pretending("sys.modules['ensurepip'] = None"), "has no venv module", id="no venv"),
    ],
)
def test_an_unfit_python_is_one_line(tmp_path: Path, python: str, sentence: str) -> None:
    for name in ("Makefile", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
    script.chmod(0o755)

    ran = subprocess.run(
        ["make", "--no-print-directory", "install", f"PYTHON={script}"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode != 0
    assert len(ran.stderr.splitlines()) == 1
    assert sentence in ran.stderr
    assert not (tmp_path / ".venv").exists()
