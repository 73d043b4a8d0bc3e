"""The judged questions of tests/data/search, and how well an answer serves them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeAlias

import yaml

from tests.data.expectations import PACK
from tests.support.office import office
from tinhdata.bootstrap import Platform
from tinhdata.pack import load_pack
from tinhdata.registry import PACK_ACTOR

_FILE = Path(__file__).resolve().parents[1] / "data" / "search" / "judged.yaml"
_FIRST_PAGE = 10

Ranker: TypeAlias = Callable[[str], Sequence[str]]
"""Gives the ids of datasets for a question, best first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what the person came for, and what is of use as well."""

    words: str
    kind: str
    want: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a ranker serves questions.

    `mrr`: 1 divided by the place of the first dataset that was wanted, on average. `recall`: the
    share of all that is of use that stands on the first page, of as many as fit there.
    """

    mrr: float
    recall: float


def judged(part: str) -> tuple[Judged, ...]:
    """Read the questions of `dev` or `held_out`."""
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))[part]
    owned: dict[str, set[str]] = defaultdict(set)
    for dataset in load_pack(PACK, None).datasets:
        owned[dataset.contract.agency].add(dataset.contract.id)
    return tuple(
        Judged(
            each["q"],
            each["kind"],
            frozenset({*each["want"], *owned.get(each.get("agency", ""), ())}),
            frozenset(each["also"]),
        )
        for each in read
    )


def reciprocal_rank(question: Judged, found: Sequence[str]) -> float:
    """Give 1 divided by the place of the first wanted dataset on the first page, else 0."""
    places = (at for at, dataset in enumerate(found[:_FIRST_PAGE], 1) if dataset in question.want)
    return 1 / next(places, float("inf"))


def recall(question: Judged, found: Sequence[str]) -> float:
    """Give the share of what is of use that stands on the first page."""
    useful = question.want | question.also
    return len(useful.intersection(found[:_FIRST_PAGE])) / min(len(useful), _FIRST_PAGE)


def score(ranker: Ranker, questions: Sequence[Judged]) -> Score:
    """Put every question to `ranker`."""
    answers = [(question, ranker(question.words)) for question in questions]
    return Score(
        fmean(reciprocal_rank(question, found) for question, found in answers),
        fmean(recall(question, found) for question, found in answers),
    )


@contextmanager
def whole_catalogue(store: Path) -> Iterator[Platform]:
    """Open a platform with every contract of the pack in force, and samples of the first few."""
    with office(store) as platform:
        known = {each.dataset for each in platform.registry.all_active()}
        with platform.db.transaction() as tx:
            for dataset in load_pack(PACK, None).datasets:
                if dataset.contract.id not in known:
                    proposed = platform.registry.propose(tx, PACK_ACTOR, dataset.loaded)
                    platform.registry.approve(tx, PACK_ACTOR, proposed.hash)
                    platform.registry.activate(tx, PACK_ACTOR, proposed.hash)
        platform.work.run_until_idle("tests")
        yield platform
