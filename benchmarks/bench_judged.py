"""How well the search serves judged questions, beside SQLite FTS5's own folding and PostgreSQL.

Quality, no speed: the questions of tests/data/search were judged before the ranking was tuned, and
half of them were only ever counted. The peers get the same texts of the same contracts.
"""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.support.judged_search import Judged, Ranker, judged, score, whole_catalogue
from tests.support.postgres import postgres

from benchmarks.harness import Goal, Report, Target, options
from benchmarks.search.documents import Document, whole_pack
from benchmarks.search.engines import Postgres, weighed
from tinhdata.access import ANONYMOUS
from tinhdata.catalogue import CatalogueQuery, Quality
from tinhdata.contracts import AccessLevel

_ABOUT = (
    "All contracts of the pack. MRR is 1 divided by the place of the first dataset that was "
    "wanted, on average; recall is the share of all that is of use on the first page of ten. The "
    "peers find rows that hold every word: PostgreSQL full-text with unaccent, ranked by ts_rank; "
    "SQLite FTS5 with unicode61 and remove_diacritics 2, ranked by bm25."
)
_FIRST_PAGE = 10


def main() -> None:
    """Put every question to all three."""
    given = options(__doc__ or "", rounds=1)
    report = Report("judged", "How well the search serves", _ABOUT)
    released = datetime(2026, 1, 1, tzinfo=UTC)
    made = [
        Document(each.contract, 2026, Quality.PASSED, released)
        for each in whole_pack().datasets
        if each.contract.access_level is not AccessLevel.PRIVATE
    ]
    with (
        tempfile.TemporaryDirectory(prefix="tinhdata-judged-") as name,
        whole_catalogue(Path(name) / "store") as platform,
        postgres() as server,
        server.database() as url,
        closing(Postgres(url, made)) as peer,
        closing(sqlite3.connect(":memory:")) as fts5,
    ):
        _fill(fts5, made)
        rankers: dict[str, Ranker] = {
            "ours": lambda words: [
                hit.record.dataset
                for hit in platform.catalogue.find(
                    CatalogueQuery(words, limit=_FIRST_PAGE), ANONYMOUS
                ).hits
            ],
            "PostgreSQL with unaccent": lambda words: peer.find(words)[0],
            "FTS5 with its own folding": lambda words: _found(fts5, words),
        }
        for part, said in (("held_out", "questions only counted"), ("dev", "questions tuned with")):
            _compare(report, f"{said}", judged(part), rankers)
    report.save(given)


def _compare(
    report: Report, said: str, questions: Sequence[Judged], rankers: dict[str, Ranker]
) -> None:
    scores = {name: score(ranker, questions) for name, ranker in rankers.items()}
    ours = scores.pop("ours")
    for name, other in scores.items():
        for what, mine, theirs in (
            ("MRR", ours.mrr, other.mrr),
            ("recall", ours.recall, other.recall),
        ):
            report.against(
                f"{what}, {len(questions)} {said}",
                "of 1",
                [mine],
                name,
                [theirs],
                Target(Goal.TIMES_MORE, 1),
            )


def _fill(fts5: sqlite3.Connection, made: Sequence[Document]) -> None:
    fts5.execute(
        "CREATE VIRTUAL TABLE words USING fts5(a, b, d, id UNINDEXED, "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    rows = [(*weighed(document), document.contract.id) for document in made]
    fts5.executemany("INSERT INTO words (a, b, d, id) VALUES (?, ?, ?, ?)", rows)


def _found(fts5: sqlite3.Connection, words: str) -> list[str]:
    query = " ".join('"' + word.replace('"', "") + '"' for word in words.split())
    found = fts5.execute(
        "SELECT id FROM words WHERE words MATCH ? ORDER BY bm25(words, 6, 2, 1) LIMIT 10", (query,)
    )
    return [str(row[0]) for row in found]


if __name__ == "__main__":
    main()
