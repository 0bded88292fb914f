"""From the command to readiness, and what it weighs."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.bench import load
from tests.bench.served import OTHERS, rss
from tests.bench.stub import stub
from tests.bench.table import Table

IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t); print(open('/proc/self/status').read())"
CONFIG = """
[server]
port = {port}
[database]
url = "sqlite:///{folder}/bot.db"
files = "{folder}/files"
[channels.feishu]
platform = "feishu"
base_url = "{base_url}"
app_id = "{app}"
app_secret = "bench"
encrypt_key = "{key}"
"""
PORT = 18080
TIMES = 3


def measure(table: Table) -> None:
    for module, aim in (("bot", "aim: 0.8 s, 110 MB"), ("bot.app", "")):
        seconds, megabytes = min(_imported(module) for _ in range(TIMES))
        table.add("start", f"import {module}", f"{seconds:.2f} s, {megabytes:.0f} MB", aim)
    with stub(OTHERS) as platform, tempfile.TemporaryDirectory(prefix="bench") as folder:
        first = _ready(Path(folder), platform.base_url)
        again = min(_ready(Path(folder), platform.base_url) for _ in range(TIMES))
    table.add("start", "serve, ready; the database is made", f"{first[0]:.2f} s, {first[1]:.0f} MB")
    table.add("start", "serve, ready", f"{again[0]:.2f} s, {again[1]:.0f} MB", "aim: 1.5 s, 120 MB")


def _imported(module: str) -> tuple[float, float]:
    ran = subprocess.run([sys.executable, "-c", IMPORT.format(module)], capture_output=True, text=True, check=True)
    seconds, *status = ran.stdout.splitlines()
    return float(seconds), next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def _ready(folder: Path, base_url: str) -> tuple[float, float]:
    """Seconds until /health/ready says so, and resident megabytes then."""
    file = folder / "bot.toml"
    file.write_text(CONFIG.format(port=PORT, folder=folder, base_url=base_url, app=load.APP, key=load.KEY), "utf-8")
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "bot", "serve", "--config", file], stderr=subprocess.DEVNULL)
    try:
        while not _is_ready():
            time.sleep(0.01)
        return time.monotonic() - began, rss(process.pid)
    finally:
        process.terminate()
        process.wait()


def _is_ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
