"""Runs the command line as a person or script does: a process of its own on a real store."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tinhdata.cli import RESULTS, main
from tinhdata.kernel import JSON

ROOT = Path(__file__).parents[3]
PACK = ROOT / "packs" / "thai-nguyen"
_PATIENCE = 120


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, JSON]:
        """Give the one JSON document on standard output."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def text(self, key: str) -> str:
        """Give a value of the document that is a text."""
        found = self.document[key]
        assert isinstance(found, str)
        return found

    @property
    def problem(self) -> str:
        """Give the code of the problem in the document."""
        problem = self.document["problem"]
        assert isinstance(problem, dict)
        return str(problem["code"])


# Loading the libraries takes seconds: the fork server does it once and forks for each command.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tinhdata.cli"])


@dataclass(frozen=True)
class _Streams:
    """The files that stand for a command's standard streams."""

    folder: Path

    @property
    def given(self) -> Path:
        """Give what stands on standard input."""
        return self.folder / "in"

    @property
    def out(self) -> Path:
        """Give where standard output goes."""
        return self.folder / "out"

    @property
    def err(self) -> Path:
        """Give where standard error goes."""
        return self.folder / "err"


def _main(environment: Mapping[str, str], words: tuple[str, ...], streams: _Streams) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["tinhdata", *words]
    sys.stdin = streams.given.open(encoding="utf-8")
    sys.stdout = streams.out.open("w", encoding="utf-8")
    sys.stderr = streams.err.open("w", encoding="utf-8")
    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


@dataclass(frozen=True)
class Shell:
    """A store and the settings with which commands run on it."""

    store: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment: ours, without any setting that the machine may have."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("TINHDATA_")}
        fixed = {
            "TINHDATA_STORE": str(self.store),
            "TINHDATA_PACK": str(PACK),
            "TINHDATA_LANGUAGE": "en",
        }
        return clean | fixed | dict(self.settings)

    def run(self, *words: str | Path, given: str = "") -> Ran:
        """Run `tinhdata` with `words` in a new process; `given` goes to its standard input."""
        with tempfile.TemporaryDirectory() as folder:
            streams = _Streams(Path(folder))
            streams.given.write_text(given, encoding="utf-8")
            call = (self.environment, tuple(map(str, words)), streams)
            process = _PROCESSES.Process(target=_main, args=call)
            process.start()
            process.join(_PATIENCE)
            assert process.exitcode is not None, "the command takes too long"
            return Ran(process.exitcode, streams.out.read_text(), streams.err.read_text())

    def json(self, command: str, *words: str | Path) -> Ran:
        """Run a command with --json; its keys are those that the reference documents."""
        ran = self.run(*command.split(), *words, "--json")
        keys = set(RESULTS[command].__dataclass_fields__)
        assert set(ran.document) in (keys, {"problem"})
        return ran

    @contextmanager
    def running(self, *words: str) -> Iterator["Running"]:
        """Start a long-running command and stop it at the end, if it is still there."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tinhdata", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        with process:
            try:
                yield Running(process)
            finally:
                if process.poll() is None:
                    process.kill()


class Running:
    """A long-running command."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def document(self) -> dict[str, JSON]:
        """Wait for the JSON document that the command writes once it is ready."""
        lines: list[str] = []
        with _deadline(self._process):
            for line in _pipe(self._process.stdout):
                lines.append(line)
                if line.rstrip() == "}":
                    found = json.loads("".join(lines))
                    assert isinstance(found, dict)
                    return found
        raise AssertionError(f"ended before it was ready: {_pipe(self._process.stderr).read()}")

    def line_of_notes(self) -> str:
        """Wait for a line on standard error."""
        with _deadline(self._process):
            return _pipe(self._process.stderr).readline()

    def stop(self, by: signal.Signals) -> Ran:
        """Send a signal and wait for the end."""
        self._process.send_signal(by)
        out, err = self._process.communicate(timeout=_PATIENCE)
        return Ran(self._process.returncode, out, err)


@contextmanager
def _deadline(process: "subprocess.Popen[str]") -> Iterator[None]:
    timer = threading.Timer(_PATIENCE, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
