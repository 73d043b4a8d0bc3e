"""Clients that ask a server for pages, rows, filters, searches, groups and files, all at once.

Run as `python -m benchmarks.concurrency.clients ADDRESS SECONDS CLIENTS SEED MIX`; prints one JSON
object: for each kind how many there were, the median, the 99th percentile, the most, and what went
wrong. Every request is drawn anew; the seed makes the draw the same each time.
"""

import json
import random
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlsplit

from benchmarks.api.table import DATASET, FAMILY, FIELDS, GIVEN, MIDDLE, STREETS, unit_names

_TIMEOUT = 120.0
_WORDS = tuple(sorted({*FAMILY, *MIDDLE, *GIVEN}))
_UNITS = unit_names()
_SMALL = "danh-muc-don-vi-hanh-chinh"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


Draw = Callable[[random.Random], Wish]


def _page(draw: random.Random) -> Wish:
    number = draw.randint(1, 400)
    return Wish(
        draw.choice(
            (
                "/",
                f"/datasets?q={quote(draw.choice(_UNITS)[1])}",
                f"/datasets/{DATASET}?page={number}",
                f"/datasets/{DATASET}/dictionary",
                f"/datasets/{DATASET}/releases",
                f"/datasets/{_SMALL}?f.ten={quote(draw.choice(_UNITS)[1])}",
                "/agencies",
            )
        )
    )


def _rows(draw: random.Random) -> Wish:
    return Wish(f"{_API}/rows?limit=100&page={draw.randint(1, 10_000)}")


def _filter(draw: random.Random) -> Wish:
    code, _ = draw.choice(_UNITS)
    least = draw.uniform(0, 900_000)
    return Wish(f"{_API}/rows?f.ma_xa={code}&f.phi.from={least:.2f}&limit=100")


def _sorted(draw: random.Random) -> Wish:
    column = draw.choice(("phi", "-phi", "ngay_tra", "-so_trang", "nguoi_nop"))
    field_of_work = quote(draw.choice(FIELDS))
    return Wish(f"{_API}/rows?f.linh_vuc.is={field_of_work}&sort={column}&limit=50")


def _search(draw: random.Random) -> Wish:
    words = f"{draw.choice(_WORDS)} {draw.choice(STREETS)}"
    return Wish(f"{_API}/rows?q={quote(words)}&limit=50")


def _groups(draw: random.Random) -> Wish:
    least = draw.uniform(0, 900_000)
    by = draw.choice(("linh_vuc", "ma_xa", "trang_thai", "ngay_nop:month"))
    return Wish(f"{_API}/groups?by={by}&measure=count,sum:phi&f.phi.from={least:.2f}")


def _file(draw: random.Random) -> Wish:
    code, _ = draw.choice(_UNITS)
    form = draw.choice(("csv", "csv", "jsonl", "xlsx", "parquet"))
    least = draw.uniform(0, 900_000)
    return Wish(f"/datasets/{DATASET}/download.{form}?f.ma_xa={code}&f.phi.from={least:.2f}")


def _part(draw: random.Random) -> Wish:
    first = draw.randint(0, 1_000_000)
    wanted = {"Range": f"bytes={first}-{first + (1 << 20)}", "Accept-Encoding": "identity"}
    return Wish(f"/datasets/{DATASET}/download.csv", wanted)


def _scan(draw: random.Random) -> Wish:
    """Look for two letters inside of every text, and sort the many rows that have them."""
    letters, least = draw.choice(("an", "ng", "ha", "inh")), draw.uniform(0, 100_000)
    return Wish(f"{_API}/rows?q={letters}&f.phi.from={least:.2f}&sort=-dia_chi,nguoi_nop&limit=50")


_API = f"/api/v1/datasets/{DATASET}"
Mix = Mapping[str, tuple[int, Draw]]
"""What is asked for by name: how often, and how one is drawn."""

MIXES: Mapping[str, Mix] = {
    "all": {
        "page": (35, _page),
        "rows": (20, _rows),
        "filter": (20, _filter),
        "sorted": (5, _sorted),
        "search": (6, _search),
        "groups": (4, _groups),
        "file": (6, _file),
        "part": (4, _part),
    },
    "quick": {"page": (50, _page), "rows": (25, _rows), "filter": (25, _filter)},
    "slow": {"scan": (1, _scan)},
}


@dataclass(slots=True)
class Notes:
    """What the clients saw: seconds by kind, and errors."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Seen:
    """What all clients saw: by kind, over all, and what went wrong."""

    kinds: Mapping[str, Mapping[str, float]]
    everything: Mapping[str, float]
    errors: tuple[str, ...]


def run(address: str, for_seconds: float, clients: int, seed: int, mix: Mix) -> Seen:
    """Have so many clients ask for so long, and give what they saw."""
    until = time.monotonic() + for_seconds
    notes = [Notes() for _ in range(clients)]
    threads = [
        threading.Thread(
            target=_client, args=(address, until, random.Random(f"{seed}-{number}"), mix, note)
        )
        for number, note in enumerate(notes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_kind: dict[str, list[float]] = defaultdict(list)
    for note in notes:
        for kind, seconds in note.seconds.items():
            by_kind[kind] += seconds
    every = [one for seconds in by_kind.values() for one in seconds]
    return Seen(
        {kind: summary(seconds) for kind, seconds in sorted(by_kind.items())},
        summary(every),
        tuple(error for note in notes for error in note.errors),
    )


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Give count, median, 99th percentile and the most."""
    ordered = sorted(seconds) or [0.0]
    return {
        "count": len(seconds),
        "median": ordered[len(ordered) // 2],
        "p99": ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)],
        "most": ordered[-1],
    }


def _client(address: str, until: float, draw: random.Random, mix: Mix, notes: Notes) -> None:
    kinds, weights = list(mix), [weight for weight, _ in mix.values()]
    connection = HTTPConnection(urlsplit(address).netloc, timeout=_TIMEOUT)
    while time.monotonic() < until:
        (kind,) = draw.choices(kinds, weights)
        wish = mix[kind][1](draw)
        started = time.perf_counter()
        try:
            connection.request("GET", wish.path, headers=dict(wish.headers))
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException) as error:
            notes.errors.append(f"{kind} {wish.path}: {type(error).__name__} {error}")
            connection.close()
            continue
        notes.seconds[kind].append(time.perf_counter() - started)
        if answer.status not in (200, 206):
            notes.errors.append(f"{kind} {wish.path}: {answer.status} {body[:200]!r}")
    connection.close()


def main() -> None:
    """Run as the command line says."""
    address, seconds, clients, seed, mix = sys.argv[1:]
    seen = run(address, float(seconds), int(clients), int(seed), MIXES[mix])
    refused = sum(": 503 " in error for error in seen.errors)
    told = {"errors": len(seen.errors), "refused": refused, "first_errors": seen.errors[:10]}
    found = asdict(seen) | told
    print(json.dumps(found))


if __name__ == "__main__":
    main()
