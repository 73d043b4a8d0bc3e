"""Writes docs/reference/performance.md from what the benchmarks kept under benchmarks/results."""

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from benchmarks.harness import RESULTS, ROOT, Figure, Goal, Target, amount

PAGE = ROOT / "docs" / "reference" / "performance.md"

_HEAD = """# Performance

Where there is a peer it ran in the same script, in turn with ours, because machines are noisy:
read the ratio, not the seconds. Figures are medians, the least and the most run in brackets.
Memory is resident memory: the peak of the largest process where one is started and measured, else
what a server held while it was looked at. Filter values and search words are drawn anew for each
request.

This page is written by `make bench`, which runs every `benchmarks/bench_*.py` and keeps what each
found under `benchmarks/results/`. Repeat one alone with `.venv/bin/python -m benchmarks.bench_…`
and write the page again with `.venv/bin/python -m benchmarks.page`; `--small` shows in a minute
that a script works and keeps nothing. The peers' Python packages are pinned in
`benchmarks/requirements.txt` and live in an environment of their own (`make peers`); PostgreSQL
and nginx are found on the machine, else unpacked under `var/tools` without being installed.
"""


class _Line(BaseModel):
    what: str
    unit: str
    ours: Figure
    peer_name: str
    peer: Figure | None
    ratio: float | None
    target: Target | None
    met: bool | None
    note: str


class _Machine(BaseModel):
    date: str
    cores: int
    memory_gib: float
    load: tuple[float, float]
    versions: dict[str, str]


class _Kept(BaseModel):
    title: str
    about: str
    machine: _Machine
    lines: list[_Line]
    tried: list[tuple[str, str]]


def page(results: Path = RESULTS) -> str:
    """Give the page's text: a function of the kept results and of nothing else."""
    kept = [
        (path.stem, _Kept.model_validate(json.loads(path.read_text(encoding="utf-8"))))
        for path in sorted(results.glob("*.json"))
    ]
    missed = [
        f"- {found.title}: {line.what}"
        for _, found in kept
        for line in found.lines
        if line.met is False
    ]
    counted = [line.met for _, found in kept for line in found.lines if line.met is not None]
    parts = [_HEAD, f"{sum(counted)} of {len(counted)} targets are met."]
    if missed:
        parts += ["Missed:", "\n".join(missed)]
    parts += [_section(name, found) for name, found in kept]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _section(name: str, found: _Kept) -> str:
    facts = found.machine
    versions = ", ".join(f"{package} {number}" for package, number in facts.versions.items())
    measured = (
        f"Measured on {facts.date} on {facts.cores} cores and {facts.memory_gib:g} GiB, load "
        f"{facts.load[0]:g} before and {facts.load[1]:g} after; {versions}. "
        f"Script: `benchmarks/bench_{name}.py`."
    )
    rows = ["| what | ours | peer | ratio | target | |", "|---|---|---|---|---|---|"]
    rows += [_row(line) for line in found.lines]
    parts = [f"## {found.title}", found.about, "\n".join(rows)]
    if found.tried:
        tried = [f"- {way}: {gave}" for way, gave in found.tried]
        parts.append("What was tried:\n\n" + "\n".join(tried))
    return "\n\n".join([*parts, measured])


def _row(line: _Line) -> str:
    peer = f"{line.peer_name} {_figure(line.peer, line.unit)}" if line.peer else ""
    verdict = {True: "met", False: "**missed**", None: "shown"}[line.met]
    what = f"{line.what} ({line.note})" if line.note else line.what
    cells = [what, _figure(line.ours, line.unit), peer, _ratio(line), _target(line), verdict]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _figure(figure: Figure, unit: str) -> str:
    text = amount(figure.median, unit)
    if figure.runs == 1:
        return text
    return f"{text} ({amount(figure.least, '').strip()} to {amount(figure.most, '').strip()})"


def _ratio(line: _Line) -> str:
    return "" if line.ratio is None else f"{line.ratio:.2f}"


def _target(line: _Line) -> str:
    if line.target is None:
        return ""
    goal, limit = line.target.goal, f"{line.target.limit:g}"
    match goal:
        case Goal.MOST | Goal.LEAST:
            return f"{goal.value} {limit} {line.unit}"
        case Goal.TIMES_PEER:
            return f"at most {limit} times the peer"
        case Goal.TIMES_FASTER:
            return f"at least {limit} times faster"
        case Goal.TIMES_MORE:
            return f"at least {limit} times the peer"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written.\n")


if __name__ == "__main__":
    main()
