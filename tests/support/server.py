"""The platform as people start it: `tinhdata serve --demo` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.small_pack import small_pack

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 120.0
_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, its process, the store that it serves."""

    address: str
    pid: int
    store: Path

    @property
    def password(self) -> str:
        """Give the password of the demo accounts of this store."""
        return (self.store / "keys" / "demo-password").read_text(encoding="ascii")

    @property
    def resident_mib(self) -> int:
        """Say how much memory the process holds."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) // 1024


@contextmanager
def serve(
    store: Path, pack: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve the demo from `store` on a free port of this machine until the block ends.

    Without `pack` it is the province's with the datasets that are installed in a few seconds.
    `settings` are further ones, by the names of the environment.
    """
    pack = pack or small_pack(store.with_name(f"{store.name}-pack"))
    port = _free_port()
    command = [sys.executable, "-m", "tests.support.lean", "serve", "--demo", "--port", str(port)]
    environment = {**os.environ, "TINHDATA_STORE": str(store), "TINHDATA_PACK": str(pack)}
    # All that asks here comes from one address; budgets have tests of their own.
    environment["TINHDATA_API_BUDGET"] = "0"
    environment |= settings or {}
    log = store.parent / f"{store.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _await(address, process, log)
        yield Server(address, process.pid, store)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _await(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
