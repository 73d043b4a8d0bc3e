"""The same documents in PostgreSQL full-text and in SQLite FTS5: page, total and facet counts."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import psycopg

from benchmarks.search.documents import Document
from tinhdata.vietnam import fold

FACETS = ("agency", "sector", "access", "quality", "year", "month")
_HIT_LIMIT = 20


def _row(document: Document) -> tuple[object, ...]:
    contract = document.contract
    return (
        contract.id,
        contract.agency,
        contract.sector,
        contract.access_level.value,
        document.quality.value,
        document.year,
        document.released.strftime("%Y-%m"),
    )


class Postgres:
    """tsvector without diacritics, stored and indexed; ranked by ts_rank; facets in one pass."""

    def __init__(self, url: str, made: Sequence[Document]) -> None:
        self._connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
        run = self._connection.execute
        run("CREATE EXTENSION IF NOT EXISTS unaccent")
        run("CREATE TEXT SEARCH CONFIGURATION vi (COPY = simple)")
        run(
            "ALTER TEXT SEARCH CONFIGURATION vi ALTER MAPPING FOR hword, hword_part, word "
            "WITH unaccent, simple"
        )
        run(
            "CREATE TABLE docs (id text PRIMARY KEY, agency text, sector text, access text, "
            "quality text, year int, month text, words tsvector)"
        )
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO docs VALUES (%s, %s, %s, %s, %s, %s, %s, "
                "setweight(to_tsvector('vi', %s), 'A') || setweight(to_tsvector('vi', %s), 'B') "
                "|| setweight(to_tsvector('vi', %s), 'D'))",
                [(*_row(d), *weighed(d)) for d in made],
            )
        run("CREATE INDEX ON docs USING gin (words)")
        self._connection.commit()
        self._connection.autocommit = True
        run("VACUUM ANALYZE docs")

    def find(self, words: str) -> tuple[list[str], int, int]:
        """Give the first page, the total and the number of facet values counted."""
        run = self._connection.execute
        match = "words @@ plainto_tsquery('vi', %s) AND access <> 'private'"
        page = run(
            f"SELECT id, count(*) OVER () FROM docs WHERE {match} "
            f"ORDER BY ts_rank(words, plainto_tsquery('vi', %s)) DESC, id LIMIT {_HIT_LIMIT}",
            (words, words),
        ).fetchall()
        sets = ", ".join(f"({name})" for name in FACETS)
        counts = run(
            f"SELECT {', '.join(FACETS)}, count(*) FROM docs WHERE {match} "
            f"GROUP BY GROUPING SETS ({sets})",
            (words,),
        ).fetchall()
        return [str(row[0]) for row in page], int(page[0][1]) if page else 0, len(counts)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


class Fts5:
    """Our own folding in FTS5 columns, ranked by bm25; facets one statement each."""

    def __init__(self, path: Path, made: Sequence[Document]) -> None:
        self._connection = sqlite3.connect(path)
        run = self._connection.execute
        run(
            "CREATE TABLE docs (number INTEGER PRIMARY KEY, id, agency, sector, access, quality, "
            "year, month)"
        )
        run("CREATE VIRTUAL TABLE words USING fts5(a, b, d, content='')")
        with self._connection:
            for number, document in enumerate(made, 1):
                run("INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (number, *_row(document)))
                texts = map(fold, weighed(document))
                run("INSERT INTO words (rowid, a, b, d) VALUES (?, ?, ?, ?)", (number, *texts))

    def find(self, words: str) -> tuple[list[str], int, int]:
        """Give the first page, the total and the number of facet values counted."""
        run = self._connection.execute
        query = " ".join(f'"{word}"' for word in fold(words).split())
        run(
            "CREATE TEMP TABLE hits AS SELECT rowid AS number, bm25(words, 6, 2, 1) AS score "
            "FROM words WHERE words MATCH ?",
            (query,),
        )
        joined = "FROM hits JOIN docs USING (number) WHERE access <> 'private'"
        page = run(f"SELECT id {joined} ORDER BY score, id LIMIT {_HIT_LIMIT}").fetchall()
        (total,) = run(f"SELECT count(*) {joined}").fetchone()
        counted = sum(
            len(run(f"SELECT {name}, count(*) {joined} GROUP BY {name}").fetchall())
            for name in FACETS
        )
        run("DROP TABLE hits")
        return [str(row[0]) for row in page], int(total), counted

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def weighed(document: Document) -> tuple[str, str, str]:
    """Give the texts by weight: the name, the tags, all others."""
    texts = document.texts()
    rest = " ".join(text for place, text in texts.items() if place not in ("name", "tags"))
    return texts.get("name", ""), texts.get("tags", ""), rest
