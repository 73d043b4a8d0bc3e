"""Robots told from people, sums, months; what an address says about the use of a dataset."""

from datetime import date

import pytest

from tinhdata.edge.counting import use_of
from tinhdata.usage import Act, Count, Sum, Use, is_robot
from tinhdata.usage.rules import folded, months_back, summed


@pytest.mark.parametrize(
    "name",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)",
        "facebookexternalhit/1.1",
        "",
    ],
)
def test_readers_that_call_themselves_robots_or_nothing_are_robots(name: str) -> None:
    assert is_robot(name)


@pytest.mark.parametrize(
    "name",
    [
        "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
        "curl/8.5.0",
        "python-requests/2.32",
        "R (4.4.1 x86_64-pc-linux-gnu)",
        "QGIS/33400",
    ],
)
def test_a_program_that_someone_runs_is_no_robot(name: str) -> None:
    assert not is_robot(name)


def test_uses_of_robots_are_summed_apart() -> None:
    day = date(2026, 9, 1)
    counts = [
        Count(day, Use("a", Act.VIEW, "page"), 3),
        Count(day, Use("a", Act.VIEW, "page", by_robot=True), 50),
        Count(day, Use("a", Act.DOWNLOAD, "csv"), 2),
        Count(day, Use("a", Act.CALL, "ckan"), 1),
    ]
    assert summed(counts) == Sum(views=3, downloads=2, calls=1, robots=50)
    assert summed(counts).all == 6


def test_days_become_months_and_folding_again_changes_nothing() -> None:
    use = Use("a", Act.VIEW, "page")
    days = [Count(date(2025, 8, day), use, day) for day in (1, 2, 31)]
    once = folded([*days, Count(date(2025, 7, 5), use, 4)])
    assert sorted((each.day, each.times) for each in once) == [
        (date(2025, 7, 1), 4),
        (date(2025, 8, 1), 34),
    ]
    assert folded(once) == once
    assert months_back(date(2026, 2, 28), 13) == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("path", "use"),
    [
        ("/datasets/dan-so", Use("dan-so", Act.VIEW, "page")),
        ("/datasets/dan-so/dictionary", Use("dan-so", Act.VIEW, "page")),
        ("/datasets/dan-so/releases/3", Use("dan-so", Act.VIEW, "page")),
        ("/embed/datasets/dan-so/map", Use("dan-so", Act.VIEW, "embed")),
        ("/datasets/dan-so/download.xlsx", Use("dan-so", Act.DOWNLOAD, "xlsx")),
        ("/api/v1/datasets/dan-so/rows.geojson", Use("dan-so", Act.DOWNLOAD, "geojson")),
        ("/api/v1/datasets/dan-so/rows", Use("dan-so", Act.CALL, "rest")),
        ("/api/v1/datasets/dan-so", Use("dan-so", Act.CALL, "rest")),
        ("/dataset/dan-so.ttl", Use("dan-so", Act.CALL, "catalogue")),
        ("/dataset/dan-so/croissant.jsonld", Use("dan-so", Act.CALL, "catalogue")),
        ("/datasets", None),
        ("/api/v1/datasets", None),
        ("/api/v1/datasets/dan-so/deliveries", None),
        ("/api/v1/datasets/dan-so/statistics", None),
        ("/agencies/x", None),
        ("/static/x/datasets/dan-so", None),
    ],
)
def test_an_address_says_which_dataset_is_used_and_how(path: str, use: Use | None) -> None:
    assert use_of(path) == use
