"""Finds a Chromium for the browser tests, or unpacks Debian's own under var/tools without root."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

_ROOT = Path(__file__).resolve().parents[2]
_TOOLS = _ROOT / "var" / "tools"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HELP = "No Chromium was found and none could be unpacked. Run: sudo apt-get install chromium"


class NoBrowser(RuntimeError):
    """There is no browser; the message holds the line to run."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A Chromium: the program and what its environment must hold besides our own."""

    executable: Path
    environment: Mapping[str, str]


def find_chromium() -> Chromium:
    """Give the Chromium on PATH, else the unpacked one, unpacking it first where it is missing.

    Raises NoBrowser with the line to run where neither is possible.
    """
    for name in _NAMES:
        if found := shutil.which(name):
            return Chromium(Path(found), {})
    unpacked = _unpacked(_TOOLS / "chromium")
    if unpacked is None:
        _unpack(_TOOLS / "chromium")
        unpacked = _unpacked(_TOOLS / "chromium")
    if unpacked is None:
        raise NoBrowser(_HELP)
    return unpacked


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium for as long as the block runs."""
    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable,
            env={**os.environ, **found.environment},
            # Without a user namespace of its own (containers) the sandbox cannot start.
            args=["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
        )
        try:
            yield browser
        finally:
            browser.close()


def _unpacked(folder: Path) -> Chromium | None:
    program = folder / "usr/lib/chromium/chromium"
    if not (folder / "complete").exists() or not program.exists():
        return None
    libraries = [program.parent, *sorted((folder / "usr/lib").glob("*-linux-gnu*"))]
    libraries += sorted((folder / "lib").glob("*-linux-gnu*"))
    nested = [path for library in libraries[1:] for path in library.glob("*") if path.is_dir()]
    paths = [str(path) for path in [*libraries, *nested]]
    environment = {"LD_LIBRARY_PATH": ":".join(paths)}
    fonts = folder / "etc/fonts"
    if fonts.is_dir() and not Path("/etc/fonts/fonts.conf").exists():
        environment |= {"FONTCONFIG_PATH": str(fonts), "FONTCONFIG_SYSROOT": str(folder)}
    return Chromium(program, environment)


def _unpack(folder: Path) -> None:
    """Download Debian's chromium and every package it lacks here, and unpack them into `folder`."""
    packages = _TOOLS / "chromium-packages"
    state = _TOOLS / "apt"
    for needed in (folder, packages, state / "lists/partial", state / "archives/partial"):
        needed.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={state / 'lists'}", "-o", f"Dir::Cache={state}"]
    own += ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]
    try:
        _run(["apt-get", *own, "update", "-qq"], packages)
        plan = _run(
            ["apt-get", *own, "install", "-s", "-y", "--no-install-recommends", "chromium"],
            packages,
        )
        names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        _run(["apt-get", *own, "download", *names], packages)
        for package in sorted(packages.glob("*.deb")):
            _run(["dpkg", "-x", str(package), str(folder)], packages)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBrowser(f"{_HELP}\n({error})") from error
    shutil.rmtree(packages)
    (folder / "complete").touch()


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout
