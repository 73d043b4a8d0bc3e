"""Thirty-two clients at once on one process: errors, latencies, memory; slow queries beside."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean

from tests.support.server import Server, serve

from benchmarks.bench_downloads import store_of
from benchmarks.harness import ROOT, Goal, Options, Report, Target, options, resident_mib

_CLIENTS = 32
_ABOUT = """Thirty-two clients without pauses between their requests, on one process of the real
server over a table of a million rows, its two cores shared with the clients: pages, rows, filters,
sorting, searches in text, groups, files made to order and parts of the full file, each drawn anew.
Any answer but 200 or 206 is an error. Then eight clients ask for pages, rows and filters only,
alone and beside eight others that look for odd letters through every row and sort what they
find."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clients of one run saw."""

    kinds: Mapping[str, Mapping[str, float]]
    everything: Mapping[str, float]
    errors: int
    refused: int
    first_errors: tuple[str, ...]


def main() -> None:
    """Measure and report."""
    given = options(__doc__ or "", rounds=1, seconds=300)
    rows = 50_000 if given.small else 1_000_000
    report = Report("concurrency", "Many clients at once", _ABOUT.replace("\n", " "))
    folder = store_of(rows)
    with serve(folder / "store", folder / "pack") as server:
        _clients(server, 10, 8, "all", seed=1)
        _mixed(report, server, given)
        _beside_slow_ones(report, server, given)
    report.save(given)


def _mixed(report: Report, server: Server, given: Options) -> None:
    held: list[tuple[float, float]] = []
    ended = threading.Event()

    def watch() -> None:
        started = time.monotonic()
        while not ended.wait(0.5):
            held.append((time.monotonic() - started, resident_mib(server.pid)))

    watching = threading.Thread(target=watch)
    watching.start()
    seen = _clients(server, given.seconds, _CLIENTS, "all", seed=2)
    ended.set()
    watching.join()
    _require_honest(report, seen)
    for kind, found in seen.kinds.items():
        _say(report, kind, found)
    whole = seen.everything
    per_second = whole["count"] / given.seconds
    report.alone("requests per second", "req/s", [per_second])
    report.alone(
        "99th percentile of all requests over their median",
        "times",
        [whole["p99"] / whole["median"]],
        Target(Goal.MOST, 10),
    )
    worst = max(seen.kinds, key=lambda kind: _spread(seen.kinds[kind]))
    report.alone(
        f"99th percentile over the median of the worst kind ({worst})",
        "times",
        [_spread(seen.kinds[worst])],
        Target(Goal.MOST, 10),
    )
    _memory(report, held, given.seconds)


def _memory(report: Report, held: list[tuple[float, float]], length: float) -> None:
    fifth = length / 5
    early = mean(mib for at, mib in held if fifth <= at < 2 * fifth)
    late = mean(mib for at, mib in held if at >= 4 * fifth)
    report.alone("resident memory in the second fifth of the time", "MiB", [early])
    report.alone(
        "resident memory in the last fifth over that in the second",
        "times",
        [late / early],
        Target(Goal.MOST, 1.1),
    )
    report.alone("most resident memory", "MiB", [max(mib for _, mib in held)])


def _beside_slow_ones(report: Report, server: Server, given: Options) -> None:
    length = max(given.seconds / 5, 5)
    alone = _clients(server, length, 8, "quick", seed=3)
    _require_honest(report, alone)
    slow: list[Seen] = []
    beside = threading.Thread(
        target=lambda: slow.append(_clients(server, length + 2, 8, "slow", seed=4))
    )
    beside.start()
    time.sleep(1)
    busy = _clients(server, length, 8, "quick", seed=5)
    beside.join()
    _require_honest(report, busy)
    _say(report, "slow query", slow[0].everything)
    report.alone("slow queries sent away as too many (503)", "times", [slow[0].refused])
    other = slow[0].errors - slow[0].refused
    report.alone("slow queries with another error", "errors", [other], Target(Goal.MOST, 0))
    for part, unit in (("median", "ms"), ("p99", "ms")):
        report.against(
            f"quick pages, rows and filters beside slow queries, {part}",
            unit,
            [busy.everything[part] * 1000],
            "without them",
            [alone.everything[part] * 1000],
        )


def _clients(server: Server, seconds: float, clients: int, mix: str, *, seed: int) -> Seen:
    command = [sys.executable, "-m", "benchmarks.concurrency.clients", server.address]
    command += [str(seconds), str(clients), str(seed), mix]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    told = (found["errors"], found["refused"], tuple(found["first_errors"]))
    return Seen(found["kinds"], found["everything"], *told)


def _require_honest(report: Report, seen: Seen) -> None:
    for error in seen.first_errors:
        print(f"  error: {error}")
    report.alone(
        f"errors in {seen.everything['count']:,} requests",
        "errors",
        [seen.errors],
        Target(Goal.MOST, 0),
    )


def _say(report: Report, kind: str, found: Mapping[str, float]) -> None:
    note = f"{found['count']:,} requests, p99 {found['p99'] * 1000:.0f} ms, most "
    note += f"{found['most'] * 1000:.0f} ms"
    report.alone(f"{kind}, median", "ms", [found["median"] * 1000], note=note)


def _spread(found: Mapping[str, float]) -> float:
    return found["p99"] / found["median"]


if __name__ == "__main__":
    main()
