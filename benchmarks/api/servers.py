"""The servers that are asked: ours, Datasette, and PostgreSQL behind a few lines of Starlette.

Each is a process of its own on a free port of this machine and ends with the block.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.daemons import free_port

from benchmarks.harness import ROOT, peer_program

_START_SECONDS = 180.0


@contextmanager
def ours(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve the store in `folder` with `tinhdata serve`; give port and process."""
    port = free_port()
    command = [sys.executable, "-m", "tinhdata", "serve", "--port", str(port)]
    places = {
        "TINHDATA_STORE": str(folder / "store"),
        "TINHDATA_PACK": str(folder / "pack"),
        "TINHDATA_API_BUDGET": "0",  # all clients of a measurement have one address
    }
    with _running(command, port, "/health", places) as pid:
        yield port, pid


@contextmanager
def datasette(database: Path) -> Iterator[tuple[int, int]]:
    """Serve an SQLite file with Datasette, without its cache headers and short limits."""
    port = free_port()
    command = [str(peer_program("datasette")), "serve", str(database), "--port", str(port)]
    for name, value in (("sql_time_limit_ms", "60000"), ("default_cache_ttl", "0")):
        command += ["--setting", name, value]
    with _running(command, port, "/-/versions.json", {}) as pid:
        yield port, pid


@contextmanager
def postgres_over_http(address: str) -> Iterator[tuple[int, int]]:
    """Serve fixed statements over PostgreSQL with the least that an API can be."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.api.postgres_server", str(port)]
    with _running(command, port, "/health", {"PEER_DATABASE": address}) as pid:
        yield port, pid


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _running(
    command: list[str], port: int, path: str, environment: Mapping[str, str]
) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + _START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}{path}"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)
