"""What a test needs to start somebody else's server: a user, a port, patience."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_PATIENCE = 60.0


def other_user(name: str) -> int | None:
    """Give the user `name`, or nobody, where we are root, which such servers refuse."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return known.get(name, known["nobody"])


def within_reach(program: Path, folder: Path) -> Path | None:
    """Copy unpacked programs out of a home that other users may not enter; None if they may."""
    if all(parent.stat().st_mode & 0o001 for parent in program.parents):
        return None
    source = next(parent for parent in program.parents if (parent / "complete").exists())
    shutil.copytree(source, folder / "programs", symlinks=True)
    return folder / "programs"


def unpack(folder: Path, *packages: str) -> None:
    """Download Debian's `packages` and unpack them into `folder`, installing nothing.

    Raises CalledProcessError or OSError where this machine's package tools cannot.
    """
    state = folder.with_name(f"apt-{folder.name}")
    archives = state / "packages"
    for needed in (folder, archives, state / "lists/partial", state / "archives/partial"):
        needed.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={state / 'lists'}", "-o", f"Dir::Cache={state}"]
    own += ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]
    run(["apt-get", *own, "update", "-qq"], archives)
    run(["apt-get", *own, "download", *packages], archives)
    for package in sorted(archives.glob("*.deb")):
        run(["dpkg", "-x", str(package), str(folder)], archives)
    shutil.rmtree(state)
    (folder / "complete").touch()


def wait_until(is_ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers; False where it ended or takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: list[str], folder: Path) -> str:
    """Run a command in `folder` and give what it wrote."""
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout
