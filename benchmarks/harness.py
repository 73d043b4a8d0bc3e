"""Measuring: child processes and calls, ours and the peer in turn; figures, targets, one file each.

A benchmark makes a `Report`, adds its lines and saves it; `python -m benchmarks.page` writes
docs/reference/performance.md from what was saved. Nothing here knows what is measured.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
_LAUNCHER = ROOT / "benchmarks" / "launch.py"
PEERS = ROOT / "var" / "tools" / "bench" / "bin"
"""Programs of the peers that are Python packages; `make peers` sets them up."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took: seconds of wall clock and of CPU, MiB at the peak, and what it printed."""

    seconds: float
    cpu: float = 0.0
    peak_mib: float = 0.0
    printed: str = ""

    def value(self) -> dict[str, object]:
        """Read the last line that the run printed, as the JSON object it is."""
        found = json.loads(self.printed.strip().splitlines()[-1])
        if not isinstance(found, dict):
            raise TypeError("a measured child prints one JSON object last")
        return found


class Goal(StrEnum):
    """How a target is meant."""

    MOST = "at most"
    """The figure itself, an absolute one such as memory."""
    LEAST = "at least"
    """The figure itself, such as MB/s."""
    TIMES_PEER = "times the peer, at most"
    """Ours divided by the peer's; less is better."""
    TIMES_FASTER = "times faster, at least"
    """The peer's divided by ours; both are times."""
    TIMES_MORE = "times as many, at least"
    """Ours divided by the peer's; both are rates."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the figure has to reach."""

    goal: Goal
    limit: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One of several runs: the median, with the least and the most beside it."""

    median: float
    least: float
    most: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """Summarise what several runs gave."""
        return cls(median(values), min(values), max(values), len(values))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the report: what was measured, ours, the peer's, and whether the target is met."""

    what: str
    unit: str
    ours: Figure
    peer_name: str = ""
    peer: Figure | None = None
    ratio: float | None = None
    target: Target | None = None
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line of a benchmark says."""

    rounds: int
    small: bool
    seconds: float


def options(about: str, *, rounds: int = 5, seconds: float = 0.0) -> Options:
    """Read the command line: how often each side runs, and whether small sizes are enough.

    A small run shows that the script works; its figures are printed and not kept.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--rounds", type=int, default=rounds, help="runs of each side")
    parser.add_argument("--small", action="store_true", help="small sizes; nothing is kept")
    parser.add_argument("--seconds", type=float, default=seconds, help="length of timed runs")
    given = parser.parse_args()
    return Options(given.rounds, given.small, given.seconds)


def measure(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, data: bytes | None = None
) -> Sample:
    """Run a process to its end; raises RuntimeError with what it wrote where it fails.

    CPU is that of the process and of its own children that it waited for.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        reading, writing = os.pipe()
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), str(writing)]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*launcher, *command],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
            stdout=out,
            stderr=err,
            pass_fds=(writing,),
        )
        os.close(writing)
        process.communicate(data)
        took = time.perf_counter() - started - _launch_seconds()
        with os.fdopen(reading) as usage:
            told = usage.read().split()
        out.seek(0)
        printed = out.read().decode(errors="replace")
        if process.returncode != 0 or not told or told[0] != "0":
            err.seek(0)
            wrote = printed + err.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(command)[:200]} failed ({told[:1]}):\n{wrote[-4000:]}")
    return Sample(took, float(told[1]), int(told[2]) / 1024, printed)


@cache
def _launch_seconds() -> float:
    """Say what the small process that starts the measured one takes itself, at best."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
        found.append(time.perf_counter() - began)
    return min(found)


def measure_module(
    module: str, *arguments: str, peer: bool = False, env: Mapping[str, str] | None = None
) -> Sample:
    """Run `python -m module arguments`, ours or, with `peer`, the peers' Python."""
    python = str(peer_program("python")) if peer else sys.executable
    return measure([python, "-m", module, *arguments], env=env)


def timed(call: Callable[[], object]) -> Sample:
    """Measure a call in this process: wall clock and our own CPU, no memory."""
    before, started = time.process_time(), time.perf_counter()
    call()
    return Sample(time.perf_counter() - started, time.process_time() - before)


def in_turn(
    sides: Mapping[str, Callable[[], Sample]], rounds: int, *, warm: int = 0
) -> dict[str, list[Sample]]:
    """Run every side once per round, so that a busy minute hits all of them.

    The order is turned each round; `warm` rounds come first and are not kept.
    """
    found: dict[str, list[Sample]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(-warm, rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            sample = sides[name]()
            if number >= 0:
                found[name].append(sample)
    return found


def seconds(samples: Sequence[Sample]) -> list[float]:
    """Give the wall clock of each run."""
    return [sample.seconds for sample in samples]


def cpu(samples: Sequence[Sample]) -> list[float]:
    """Give the CPU seconds of each run."""
    return [sample.cpu for sample in samples]


def peak(samples: Sequence[Sample]) -> list[float]:
    """Give the peak of resident memory of each run, in MiB."""
    return [sample.peak_mib for sample in samples]


def resident_mib(pid: int) -> float:
    """Say how much memory the running process `pid` holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """Say how much CPU the running process `pid` has used; take the difference of two."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peer_program(name: str) -> Path:
    """Give a program of the peers' environment; raises RuntimeError with the line to run."""
    path = PEERS / name
    if not path.exists():
        raise RuntimeError(f"There is no {name} of the peers. Run: make peers")
    return path


def within(ratio: float, target: Target) -> bool:
    """Say whether a ratio, or a figure of its own, reaches its target."""
    if target.goal in (Goal.MOST, Goal.TIMES_PEER):
        return ratio <= target.limit
    return ratio >= target.limit


class Report:
    """What a benchmark found; `save` prints it and keeps it for the page.

    `name` is that of the file and orders the page; `title` is its heading there, `about` says in
    one paragraph what is measured and how.
    """

    def __init__(self, name: str, title: str, about: str) -> None:
        self._name, self._title, self._about = name, title, about
        self._lines: list[Line] = []
        self._tried: list[tuple[str, str]] = []
        self._began = os.getloadavg()[0]

    def against(
        self,
        what: str,
        unit: str,
        ours: Sequence[float],
        peer_name: str,
        peer: Sequence[float],
        target: Target | None = None,
        note: str = "",
    ) -> Line:
        """Add a line with a peer. The ratio is of the medians, turned as the target is meant."""
        mine, other = Figure.of(ours), Figure.of(peer)
        top, bottom = mine.median, other.median
        if target is not None and target.goal is Goal.TIMES_FASTER:
            top, bottom = bottom, top
        ratio = top / bottom if bottom else float("inf")
        met = None if target is None else within(ratio, target)
        return self._add(Line(what, unit, mine, peer_name, other, ratio, target, met, note))

    def alone(
        self,
        what: str,
        unit: str,
        ours: Sequence[float],
        target: Target | None = None,
        note: str = "",
    ) -> Line:
        """Add a line without a peer: an absolute figure, with or without a target."""
        mine = Figure.of(ours)
        # Of memory the largest run counts; of a rate the median.
        shown = mine.most if target is not None and target.goal is Goal.MOST else mine.median
        met = None if target is None else within(shown, target)
        return self._add(Line(what, unit, mine, target=target, met=met, note=note))

    def tried(self, way: str, gave: str) -> None:
        """Say what else was tried where a target is missed, or why a way was chosen."""
        self._tried.append((way, gave))

    def save(self, given: Options) -> None:
        """Print the report; unless it was a small run, keep it under benchmarks/results."""
        print(f"\n{self._title}\n")
        for line in self._lines:
            print(told(line))
        for way, gave in self._tried:
            print(f"  tried: {way}: {gave}")
        if given.small:
            print("  (a small run: nothing is kept)")
            return
        RESULTS.mkdir(parents=True, exist_ok=True)
        kept = {
            "title": self._title,
            "about": self._about,
            "machine": machine(self._began),
            "lines": [asdict(line) for line in self._lines],
            "tried": [list(pair) for pair in self._tried],
        }
        text = json.dumps(kept, ensure_ascii=False, indent=1)
        (RESULTS / f"{self._name}.json").write_text(text + "\n", encoding="utf-8")

    def _add(self, line: Line) -> Line:
        print(told(line), flush=True)
        self._lines.append(line)
        return line


def told(line: Line) -> str:
    """Write a line for the terminal."""
    parts = [f"  {line.what}: {amount(line.ours.median, line.unit)}"]
    if line.peer is not None:
        parts.append(f"{line.peer_name} {amount(line.peer.median, line.unit)}")
    if line.ratio is not None:
        parts.append(f"ratio {line.ratio:.2f}")
    if line.target is not None:
        verdict = "met" if line.met else "MISSED"
        parts.append(f"target {line.target.goal.value} {line.target.limit:g}: {verdict}")
    return ", ".join(parts) + (f" ({line.note})" if line.note else "")


def amount(value: float, unit: str) -> str:
    """Write a figure with its unit, with as many digits as mean something."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:.{digits}f} {unit}"


def machine(load_before: float) -> dict[str, object]:
    """Say on what and when it was measured; nothing that names the machine."""
    facts = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    kib = next(int(line.split()[1]) for line in facts if line.startswith("MemTotal:"))
    names = ("duckdb", "pyarrow", "pyiceberg", "fastapi", "uvicorn")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "memory_gib": round(kib / 1024 / 1024, 1),
        "load": [round(load_before, 1), round(os.getloadavg()[0], 1)],
        "versions": {
            "python": ".".join(map(str, sys.version_info[:3])),
            **{name: version(name) for name in names},
        },
    }
