"""The long runs: a thousand deaths by seed, a million rows killed on their way, hundreds of files.

    python tools/soak.py [--deaths 1000] [--rows 1000000] [--files 400] [--first-seed 1000]

Writes docs/reports/soak-YYYY-MM-DD.md and ends with 1 if anything did not hold.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.crash.files import Mode  # noqa: E402 - needs the path above
from tests.crash.lane import driver  # noqa: E402
from tests.crash.orders import Order, Outcome  # noqa: E402
from tests.crash.seeds import order_of  # noqa: E402

_KILLS_OF_LARGE = 12
_SHARE = 0.8
"""Of the time that a large file takes: within it each of its deaths comes."""
_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Death:
    """One order by seed and what came of it."""

    seed: int
    order: Order
    outcome: Outcome


def deaths(seeds: range, folder: Path) -> list[Death]:
    """Have the orders of `seeds` done, those of each kind of dataset side by side."""
    with ThreadPoolExecutor(max_workers=len(Mode)) as lanes:
        parts = lanes.map(lambda mode: list(_lane(mode, seeds, folder)), Mode)
        return [death for part in parts for death in part]


def _lane(mode: Mode, seeds: range, folder: Path) -> Iterator[Death]:
    home = folder / mode
    home.mkdir()
    with driver(home) as started:
        mine = [seed for seed in seeds if order_of(seed).mode is mode]
        for number, seed in enumerate(mine, 1):
            # Every other one dies by the clock, which reaches inside of library calls.
            order = order_of(seed, by_time=number % 2 == 0)
            yield Death(seed, order, started.ask(order))
            if number % 25 == 0:
                _say(f"{mode}: {number} of {len(mine)}")


def load(folder: Path, name: str, what: str, *numbers: int) -> dict[str, object]:
    """Run one of the long loads in a process of its own; give its figures."""
    _say(f"{name}: {what} {' '.join(map(str, numbers))}")
    home = folder / name
    home.mkdir()
    command = [sys.executable, "-m", "tests.crash.long", what, str(home), *map(str, numbers)]
    done = subprocess.run(  # noqa: S603 - our own program with numbers
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        return {"faults": [f"it broke down with status {done.returncode}"]}
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(
    day: date,
    all_deaths: Sequence[Death],
    seconds: float,
    loads: Sequence[tuple[str, dict[str, object]]],
) -> str:
    """Give the report as a Markdown page."""
    lines = [
        f"# Soak, {day.isoformat()}",
        "",
        "Written by `make soak`. The platform is killed with SIGKILL while it is started for the",
        "first time and while people deliver, correct, waive and withdraw; after each restart the",
        "equations, everything acknowledged, the published rows, the next delivery and the files",
        "on disk are compared with what plain Python counts from the files sent.",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.",
        "",
        *_of_deaths(all_deaths, seconds),
    ]
    for title, figures in loads:
        lines += ["", f"## {title}", "", "| figure | value |", "|---|---|"]
        lines += [
            f"| {name.replace('_', ' ')} | {value} |"
            for name, value in figures.items()
            if name != "faults"
        ]
        lines += ["", *_of_faults([(title, fault) for fault in _faults(figures)])]
    return "\n".join(lines) + "\n"


def _of_deaths(found: Sequence[Death], seconds: float) -> Iterator[str]:
    died = [death for death in found if death.outcome.died_at]
    places = Counter(place for death in died for place in death.outcome.died_at)
    yield "## Deaths by seed"
    yield ""
    yield "| figure | value |"
    yield "|---|---|"
    yield f"| orders | {len(found)}, seeds {_span(found)} |"
    yield f"| orders in which the process was killed | {len(died)} |"
    yield f"| processes killed | {sum(places.values())} |"
    yield f"| killed a second time while recovering | {_twice(died)} |"
    yield f"| nobody came back, the next file was sent | {_gone(died)} |"
    yield f"| acknowledgements looked for afterwards | {sum(d.outcome.said for d in found)} |"
    yield f"| different places of death | {len(places)} |"
    yield f"| minutes | {seconds / 60:.0f} |"
    yield ""
    yield "| dataset | act | killed |"
    yield "|---|---|---|"
    acts = Counter((death.order.mode, death.order.act) for death in died)
    for (mode, act), count in sorted(acts.items()):
        yield f"| {mode} | {act} | {count} |"
    yield ""
    yield "| most frequent places of death | processes |"
    yield "|---|---|"
    for place, count in places.most_common(_SHOWN):
        yield f"| {place} | {count} |"
    yield ""
    faults = [(f"seed {d.seed}", fault) for d in found for fault in d.outcome.faults]
    yield from _of_faults(faults)


def _span(found: Sequence[Death]) -> str:
    seeds = [death.seed for death in found]
    return f"{min(seeds)} to {max(seeds)}"


def _twice(found: Sequence[Death]) -> int:
    return sum(1 for death in found if len(death.outcome.died_at) > 1)


def _gone(found: Sequence[Death]) -> int:
    return sum(1 for death in found if not death.order.comes_back)


def _faults(figures: dict[str, object]) -> list[str]:
    faults = figures["faults"]
    return [str(fault) for fault in faults] if isinstance(faults, list) else []


def _of_faults(faults: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not faults:
        yield "No fault."
    for where, fault in faults:
        yield f"- **{where}**: {fault.strip().splitlines()[-1]}"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """Run everything, write the report, say with the exit code if all held."""
    parser = argparse.ArgumentParser(description="The long runs")
    parser.add_argument("--deaths", type=int, default=1_000)
    parser.add_argument("--first-seed", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "reports")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.monotonic()
        found = deaths(range(asked.first_seed, asked.first_seed + asked.deaths), folder)
        seconds = time.monotonic() - begun
        whole = load(folder, "whole", "big", asked.rows, 0, 0, 0)
        window = int(_SHARE * float(str(whole.get("seconds_last", 0))))
        large = (asked.rows, _KILLS_OF_LARGE, asked.first_seed, window)
        loads = [
            ("A large file, undisturbed", whole),
            ("The same file, killed on its way", load(folder, "killed", "big", *large)),
            ("Many files one after the other", load(folder, "chain", "chain", asked.files)),
        ]
    day = date.today()  # noqa: DTZ011 - the day on the wall, for the name of the report
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / f"soak-{day.isoformat()}.md"
    path.write_text(report(day, found, seconds, loads), encoding="utf-8")
    _say(f"written: {path}")
    all_faults = [fault for death in found for fault in death.outcome.faults]
    all_faults += [fault for _, figures in loads for fault in _faults(figures)]
    for fault in all_faults:
        _say(fault)
    return 1 if all_faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
