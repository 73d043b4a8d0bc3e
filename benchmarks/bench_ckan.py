"""datastore_search over HTTP beside the statements that CKAN sends to PostgreSQL for it.

The peer is only the two statements (page and total) over a table with the indexes that CKAN makes,
without CKAN around them; ours is the whole answer. `--small` is a trial with 50,000 rows.
"""

import http.client
import json
import os
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from tests.support.postgres import postgres

from benchmarks.api import table
from benchmarks.api.servers import ours
from benchmarks.harness import (
    Goal,
    Options,
    Report,
    Sample,
    Target,
    cpu_seconds,
    in_turn,
    options,
    seconds,
)
from tinhdata.kernel import JSON

ROWS = 1_000_000
SMALL = 50_000
_WARM = 2
_BATCH = 20
_KINDS = {
    "phi": "numeric", "so_trang": "int8", "ngay_nop": "date", "ngay_tra": "timestamp",
}  # fmt: skip
_OPS = {"gte": ">=", "lt": "<"}

Filters = Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Question:
    """What both sides are asked: filters, words, order, place."""

    filters: Filters
    words: str = ""
    sort: str = ""
    offset: int = 0


def main() -> None:
    """Measure and keep the figures."""
    given = options(__doc__ or "", rounds=9)
    rows = SMALL if given.small else ROWS
    report = Report(
        "ckan",
        "CKAN's datastore",
        f"A page of 100 rows and the exact total, {rows:,} rows of twelve columns, values drawn "
        "anew for each request: our whole answer over HTTP, and beside it only the statements that "
        "CKAN sends to PostgreSQL (with the indexes it makes; nothing is synced to disk there).",
    )
    folder = _made(rows)
    with postgres() as server, server.database() as url, ours(folder) as (port, process):
        address = url.replace("+psycopg", "")
        _load(address, folder / "rows.csv")
        with psycopg.connect(address, autocommit=True) as peer:
            site = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            _compare(site, peer)
            _measure(report, given, site, peer, rows)
            _measure_cpu(report, given, site, peer, process)
    report.save(given)


def _measure(
    report: Report,
    given: Options,
    site: http.client.HTTPConnection,
    peer: "psycopg.Connection[tuple[object, ...]]",
    rows: int,
) -> None:
    luck = random.Random(time.time_ns())
    units = [code for code, _ in table.unit_names()]
    ten = Target(Goal.TIMES_FASTER, 10)
    kinds: dict[str, tuple[Callable[[], Question], Target | None]] = {
        "filter by commune": (lambda: Question({"ma_xa": luck.choice(units)}), ten),
        "filter by commune and state": (
            lambda: Question(
                {"ma_xa": luck.choice(units), "trang_thai": luck.choice(table.STATES)}
            ),
            ten,
        ),
        "filter by field and a range of the fee": (
            lambda: Question(
                {
                    "linh_vuc": luck.choice(table.FIELDS),
                    "phi": {"gte": (low := luck.randrange(900_000)), "lt": low + 50_000},
                }
            ),
            ten,
        ),
        "filter by one of many values": (
            lambda: Question({"ma_ho_so": [f"HS{luck.randrange(rows):09}" for _ in range(20)]}),
            ten,
        ),
        "no filter": (lambda: Question({}, offset=luck.randrange(1_000)), None),
        "page 9,000, no filter": (
            lambda: Question({}, offset=int(rows * 0.9) - luck.randrange(1_000)),
            None,
        ),
        "sort by the fee": (
            lambda: Question({}, sort="phi desc", offset=luck.randrange(1_000)),
            None,
        ),
        "words in all text": (
            lambda: Question({}, words=f"{luck.choice(table.FAMILY)} {luck.choice(table.GIVEN)}"),
            None,
        ),
    }
    for what, (draw, target) in kinds.items():
        mine, theirs = _for_both(draw)
        found = in_turn(
            {
                "ours": partial(_timed_of, mine, partial(_ask, site)),
                "peer": partial(_timed_of, theirs, partial(_statements, peer)),
            },
            given.rounds,
            warm=_WARM,
        )
        report.against(
            f"{what}, with total",
            "ms",
            [s * 1000 for s in seconds(found["ours"])],
            "CKAN's statements",
            [s * 1000 for s in seconds(found["peer"])],
            target,
        )


def _for_both(draw: Callable[[], Question]) -> tuple[Callable[[], Question], ...]:
    """Give for each side what it is asked next: each question once, whichever side is first."""
    waiting: tuple[deque[Question], ...] = (deque(), deque())

    def next_of(side: int) -> Question:
        if not waiting[side]:
            asked = draw()
            for each in waiting:
                each.append(asked)
        return waiting[side].popleft()

    return partial(next_of, 0), partial(next_of, 1)


def _measure_cpu(
    report: Report,
    given: Options,
    site: http.client.HTTPConnection,
    peer: "psycopg.Connection[tuple[object, ...]]",
    process: int,
) -> None:
    """Measure the work of the processors, which other programs of the machine do not lengthen."""
    luck = random.Random(time.time_ns())
    units = [code for code, _ in table.unit_names()]
    backend = peer.info.backend_pid
    asked = [Question({"ma_xa": units[0]})]

    def of(work: Callable[[Question], object], used: Callable[[], float]) -> Sample:
        before = used()
        for question in asked:
            work(question)
        return Sample((used() - before) / len(asked))

    def mine() -> Sample:
        asked[:] = [
            Question({"ma_xa": luck.choice(units), "trang_thai": luck.choice(table.STATES)})
            for _ in range(_BATCH)
        ]
        return of(lambda question: _ask(site, question), lambda: cpu_seconds(process))

    def theirs() -> Sample:
        return of(lambda question: _statements(peer, question), lambda: _postgres_cpu(backend))

    found = in_turn({"ours": mine, "peer": theirs}, given.rounds, warm=1)
    report.against(
        "filter by commune and state, CPU of the server",
        "ms",
        [s * 1000 for s in seconds(found["ours"])],
        "CKAN's statements",
        [s * 1000 for s in seconds(found["peer"])],
        Target(Goal.TIMES_FASTER, 10),
        f"each figure over {_BATCH} requests",
    )


def _postgres_cpu(backend: int) -> float:
    """Say how much CPU a connection has used, and all helpers that have ended so far."""
    own = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    parent = Path(f"/proc/{own[1]}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    helpers = (int(parent[13]) + int(parent[14])) / os.sysconf("SC_CLK_TCK")
    return cpu_seconds(backend) + helpers


def _timed_of(next_of: Callable[[], Question], ask: Callable[[Question], object]) -> Sample:
    question = next_of()
    return _timed(lambda: ask(question))


def _timed(work: Callable[[], object]) -> Sample:
    started = time.perf_counter()
    work()
    return Sample(time.perf_counter() - started)


def _ask(site: http.client.HTTPConnection, asked: Question) -> tuple[int, list[object]]:
    """Ask ours; give the total and the keys of the rows."""
    params = {"resource_id": table.DATASET, "limit": "100", "offset": str(asked.offset)}
    if asked.filters:
        params["filters"] = json.dumps(asked.filters)
    if asked.words:
        params["q"] = asked.words
    if asked.sort:
        params["sort"] = asked.sort
    answer = _answer(site, f"/api/3/action/datastore_search?{urlencode(params)}")
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(body[:300].decode())
    result = json.loads(body)["result"]
    return result["total"], [row["ma_ho_so"] for row in result["records"]]


def _answer(site: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    try:
        site.request("GET", path)
        return site.getresponse()
    except http.client.RemoteDisconnected:
        # While the peer worked the server ended the connection that nobody used.
        site.request("GET", path)
        return site.getresponse()


def _statements(
    peer: "psycopg.Connection[tuple[object, ...]]", asked: Question
) -> tuple[int, list[object]]:
    """Send what datastore_search of CKAN 2.12 sends: the rows as one JSON text, and the count."""
    names = sql.SQL(", ").join(map(sql.Identifier, ("_id", *table.NAMES)))
    where, values = _where(asked)
    source: sql.Composable = sql.SQL('"rows"')
    order = sql.SQL('ORDER BY "_id"')
    if asked.words:
        source = sql.SQL('"rows", plainto_tsquery(\'simple\', {}) "query"').format(asked.words)
        order = sql.SQL('ORDER BY ts_rank("_full_text", "query") DESC')
    elif asked.sort:
        order = sql.SQL('ORDER BY "phi" DESC')
    body = sql.SQL("SELECT {} FROM {} {}").format(names, source, where)
    page = sql.SQL(
        "SELECT array_to_json(array_agg(j))::text FROM ({} {} LIMIT 100 OFFSET {}) AS j"
    ).format(body, order, asked.offset)
    found = peer.execute(page, values).fetchone()
    counted = peer.execute(
        sql.SQL("SELECT count(*) FROM ({}) AS _tbl").format(body), values
    ).fetchone()
    if found is None or counted is None:
        raise RuntimeError("a statement gave nothing")
    rows = json.loads(str(found[0])) if found[0] else []
    return int(str(counted[0])), [row["ma_ho_so"] for row in rows]


def _where(asked: Question) -> tuple[sql.Composable, list[object]]:
    parts: list[sql.Composable] = []
    values: list[object] = []
    for name, wanted in asked.filters.items():
        column = sql.Identifier(name)
        if isinstance(wanted, Mapping):
            for op, end in wanted.items():
                parts.append(sql.SQL("{} " + _OPS[op] + " %s").format(column))
                values.append(end)
        elif isinstance(wanted, list):
            parts.append(
                sql.SQL("{} IN ({})").format(
                    column, sql.SQL(", ").join([sql.Placeholder()] * len(wanted))
                )
            )
            values += wanted
        else:
            parts.append(sql.SQL("{} = %s").format(column))
            values.append(wanted)
    if asked.words:
        parts.append(sql.SQL('"_full_text" @@ "query"'))
    if not parts:
        return sql.SQL(""), values
    return sql.SQL("WHERE {}").format(sql.SQL(" AND ").join(parts)), values


def _compare(
    site: http.client.HTTPConnection, peer: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    """Make sure that both sides answer the same before anything is measured."""
    unit = table.unit_names()[3][0]
    questions: tuple[Filters, ...] = (
        {"ma_xa": unit},
        {"ma_xa": unit, "trang_thai": table.STATES[1]},
        {"linh_vuc": table.FIELDS[2], "phi": {"gte": 1_000, "lt": 60_000}},
        {"ma_ho_so": ["HS000000007", "HS000000011"]},
    )
    for filters in questions:
        asked = Question(filters)
        if _ask(site, asked)[0] != _statements(peer, asked)[0]:
            raise RuntimeError(f"the two sides do not count the same: {filters}")


def _made(rows: int) -> Path:
    folder, is_ready = table.ready("ckan", rows)
    if not is_ready:
        table.make_csv(folder / "rows.csv", rows)
        table.make_store(folder, folder / "rows.csv")
        (folder / "ready").touch()
    return folder


def _load(address: str, path: Path) -> None:
    """Load the table as CKAN does: `_id`, `_full_text`, and an index for the text of each column.

    CKAN makes no index on the values of a column unless it is told to.
    """
    columns = ", ".join(f'"{name}" {_KINDS.get(name, "text")}' for name in table.NAMES)
    with psycopg.connect(address, autocommit=True) as con:
        con.execute("SET maintenance_work_mem = '512MB'")
        con.execute(
            f'CREATE TABLE "rows" ("_id" serial PRIMARY KEY, "_full_text" tsvector, {columns})'
        )
        names = ", ".join(f'"{name}"' for name in table.NAMES)
        with (
            path.open("rb") as file,
            con.cursor().copy(f'COPY "rows" ({names}) FROM STDIN (FORMAT csv, HEADER)') as to,
        ):
            while piece := file.read(1 << 20):
                to.write(piece)
        texts = " || ' ' || ".join(f"coalesce(\"{name}\"::text, '')" for name in table.NAMES)
        con.execute(f'UPDATE "rows" SET "_full_text" = to_tsvector(\'simple\', {texts})')
        con.execute('CREATE INDEX ON "rows" USING gin ("_full_text")')
        for name in table.TEXTS:
            con.execute(f'CREATE INDEX ON "rows" USING gin (to_tsvector(\'simple\', "{name}"))')
        con.execute('VACUUM FULL "rows"')
        con.execute('VACUUM ANALYZE "rows"')


if __name__ == "__main__":
    main()
