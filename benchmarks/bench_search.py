"""Searching a catalogue of 20,000 datasets with facets, beside PostgreSQL full-text and FTS5.

Every round asks new questions, words of the documents with and without diacritics, of one to four
words; all sides get the same ones. Ours counts every facet, finds mended slips and old names of
places and says why each dataset was found; the others give page, total and six facets.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests.support.postgres import postgres

from benchmarks.harness import (
    Goal,
    Report,
    Sample,
    Target,
    cpu,
    in_turn,
    options,
    seconds,
    timed,
)
from benchmarks.search.documents import Document, documents, fill, whole_pack
from benchmarks.search.engines import Fts5, Postgres
from tinhdata.access import ANONYMOUS, Access
from tinhdata.catalogue import Catalogue, CatalogueQuery, FacetName, ProvinceWords
from tinhdata.db import Database, migrate
from tinhdata.journal import Journal
from tinhdata.kernel import SystemClock
from tinhdata.pack import Pack
from tinhdata.vietnam import fold

DATASETS = 20_000
QUESTIONS = 60
_KEY = b"benchmark-benchmark-benchmark-be"
_PEER = "PostgreSQL full-text"


def main() -> None:
    """Measure and keep the figures."""
    given = options(__doc__ or "", rounds=7)
    count = DATASETS // 20 if given.small else DATASETS
    report = Report(
        "search",
        "Search in the catalogue",
        f"{count} datasets made from the contracts of the pack; {QUESTIONS} new questions a round, "
        "as a stranger asks them. The peer has the same texts as a stored, indexed tsvector "
        "without diacritics and counts six facets in one pass; its server does without fsync.",
    )
    pack = whole_pack()
    made = list(documents(pack, count))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tinhdata-search-")))
        server = stack.enter_context(postgres())
        ours = {
            "SQLite": f"sqlite:///{folder / 'ours.db'}",
            "PostgreSQL": stack.enter_context(server.database()),
        }
        catalogues = {
            name: stack.enter_context(_filled(url, pack, made)) for name, url in ours.items()
        }
        peer = Postgres(stack.enter_context(server.database()), made)
        stack.callback(peer.close)
        fts5 = Fts5(folder / "fts5.db", made)
        stack.callback(fts5.close)
        for name, catalogue in catalogues.items():
            first = timed(partial(_finder(catalogue), "x"))
            report.alone(f"first question of a process, {name}", "s of CPU", [first.cpu])
        draw = random.Random(time.time_ns())
        questions: list[str] = []

        def asked(find: Callable[[str], object]) -> Callable[[], Sample]:
            return lambda: timed(lambda: [find(words) for words in questions])

        sides = {name: asked(_finder(catalogue)) for name, catalogue in catalogues.items()} | {
            _PEER: asked(peer.find),
            "FTS5": asked(fts5.find),
        }
        rounds: dict[str, list[Sample]] = {name: [] for name in sides}
        for _ in range(given.rounds):
            questions[:] = _questions(made, draw)
            for name, samples in in_turn(sides, 1).items():
                rounds[name] += samples
        each = {
            name: [1000 * value / QUESTIONS for value in seconds(samples)]
            for name, samples in rounds.items()
        }
        for name in ours:
            report.against(
                f"question with every facet, {name}",
                "ms",
                each[name],
                _PEER,
                each[_PEER],
                Target(Goal.TIMES_PEER, 1),
            )
        report.against(
            "the same, beside FTS5 over our folding", "ms", each["SQLite"], "FTS5", each["FTS5"]
        )
        report.alone(
            "CPU of a question, SQLite",
            "ms",
            [1000 * value / QUESTIONS for value in cpu(rounds["SQLite"])],
        )
        narrowed = _finder(catalogues["SQLite"], {FacetName.ACCESS: ("open",)})
        report.alone(
            "narrowed by a facet, SQLite",
            "ms",
            [1000 * asked(narrowed)().seconds / QUESTIONS for _ in range(given.rounds)],
        )
    report.save(given)


@contextmanager
def _filled(url: str, pack: Pack, made: Sequence[Document]) -> Iterator[Catalogue]:
    db, clock = Database(url), SystemClock()
    migrate(db, ())
    access = Access(db, Journal(clock, _KEY), clock, _KEY)
    with db.transaction() as tx:
        for entry in pack.agencies:
            access.add_agency(tx, "benchmark", entry.agency)
    topics = {entry.code: entry.label for entry in pack.code_lists["sectors"]}
    catalogue = Catalogue(db, access, clock, ProvinceWords(pack.units, topics))
    fill(db, catalogue, made)
    try:
        yield catalogue
    finally:
        db.close()


def _finder(
    catalogue: Catalogue, filters: dict[FacetName, tuple[str, ...]] | None = None
) -> Callable[[str], object]:
    return lambda words: catalogue.find(
        CatalogueQuery(words, filters=filters or {}, facets=True), ANONYMOUS
    )


def _questions(made: Sequence[Document], draw: random.Random) -> list[str]:
    """Draw words that follow each other in some text, half of them without diacritics."""
    questions: list[str] = []
    while len(questions) < QUESTIONS:
        words = draw.choice(list(draw.choice(made).texts().values())).split()
        length = min(len(words), draw.randint(1, 4))
        first = draw.randrange(len(words) - length + 1)
        said = " ".join(words[first : first + length]).strip(" ;,.()")
        if said:
            questions.append(fold(said) if draw.random() < 0.5 else said)
    return questions


if __name__ == "__main__":
    main()
