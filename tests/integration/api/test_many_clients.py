"""Many clients at once, drawn by a seed: nobody gets an error, and every file is whole."""

import random
from urllib.parse import quote

from benchmarks.concurrency.clients import Wish, run

from tests.integration.api.asking import SENSOR, SIZES, UNITS, Site

_DATASETS = (SENSOR, SIZES, UNITS)


def page(draw: random.Random) -> Wish:
    dataset = draw.choice(_DATASETS)
    return Wish(
        draw.choice(("/", "/datasets", f"/datasets/{dataset}", f"/datasets/{dataset}/dictionary"))
    )


def rows(draw: random.Random) -> Wish:
    limit = draw.randint(1, 200)
    return Wish(f"/api/v1/datasets/{draw.choice(_DATASETS)}/rows?limit={limit}")


def narrowed(draw: random.Random) -> Wish:
    least = draw.uniform(0, 80)
    return Wish(f"/api/v1/datasets/{SENSOR}/rows?f.pm25.from={least:.3f}&sort=-pm25")


def search(draw: random.Random) -> Wish:
    words = quote("".join(draw.choice("aeioubcdhnt") for _ in range(3)))
    return Wish(f"/api/v1/datasets/{UNITS}/rows?q={words}")


def file(draw: random.Random) -> Wish:
    form = draw.choice(("csv", "jsonl", "json", "xlsx", "parquet"))
    query = "" if draw.random() < 0.5 else f"?f.pm25.from={draw.uniform(0, 80):.3f}"
    return Wish(f"/datasets/{SENSOR}/download.{form}{query}")


def part(draw: random.Random) -> Wish:
    first = draw.randint(0, 500)
    return Wish(f"/datasets/{SENSOR}/download.csv", {"Range": f"bytes={first}-{first + 900}"})


def test_sixteen_clients_at_once_get_no_error(site: Site) -> None:
    site.work()
    mix = {
        "page": (4, page),
        "rows": (4, rows),
        "filter": (4, narrowed),
        "search": (2, search),
        "file": (3, file),
        "part": (2, part),
    }
    seen = run(site.address, 4.0, 16, 20_261_123, mix)
    assert seen.errors == ()
    assert set(seen.kinds) == set(mix)
