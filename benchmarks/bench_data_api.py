"""The data API over HTTP, one process, beside Datasette and PostgreSQL over the same table.

Measures 1M and 3M rows; `--small` is a trial with fewer. What the servers load lies ready under
var/bench after the first time.
"""

import http.client
import json
import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from tests.support.postgres import postgres

from benchmarks.api import table
from benchmarks.api.postgres_server import STATEMENTS
from benchmarks.api.questions import Question, Questions
from benchmarks.api.servers import datasette, ours, postgres_over_http
from benchmarks.harness import Goal, Options, Report, Target, options, resident_mib

SIZES = (1_000_000, 3_000_000)
SMALL = (60_000,)
CLIENTS = 8
_START = f"/api/v1/datasets/{table.DATASET}"


class Site:
    """A server asked over one kept connection."""

    def __init__(self, port: int, start: str = "") -> None:
        self._port, self._start = port, start
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=180)

    def again(self) -> "Site":
        """Give another connection to the same server."""
        return Site(self._port, self._start)

    def get(self, path: str) -> bytes:
        """Ask; raises RuntimeError unless the answer is 200."""
        try:
            self._connection.request("GET", self._start + path)
            answer = self._connection.getresponse()
        except http.client.RemoteDisconnected:
            # A server closes what was idle for a few seconds.
            self._connection.close()
            self._connection.request("GET", self._start + path)
            answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} for {path}: {body[:300]!r}")
        return body

    def milliseconds(self, path: str) -> float:
        """Ask and say how long it took until the whole answer was here."""
        started = time.perf_counter()
        self.get(path)
        return (time.perf_counter() - started) * 1000


Ask = Callable[[Question], float]
"""Asks a peer and says how many milliseconds it took."""


@dataclass(frozen=True)
class Desk:
    """All that is measured at one size."""

    ours: Site
    datasette: Site
    postgres: Site
    database: "psycopg.Connection[tuple[object, ...]]"
    draw: Questions
    report: Report
    given: Options
    rows: int

    @property
    def size(self) -> str:
        """Say how large the table is."""
        return f"{self.rows / 1_000_000:g}M rows"

    def beside(
        self,
        what: str,
        draw: Callable[[], Question],
        name: str,
        peer: Ask,
        target: Target | None = None,
        note: str = "",
        rounds: int = 0,
    ) -> None:
        """Ask both in turn, each round something new, and add the line."""
        mine: list[float] = []
        theirs: list[float] = []
        for number in range(-2, rounds or self.given.rounds):
            question = draw()
            if number % 2:
                took, other = self.ours.milliseconds(question.ours), peer(question)
            else:
                other, took = peer(question), self.ours.milliseconds(question.ours)
            if number >= 0:
                mine.append(took)
                theirs.append(other)
        self.report.against(f"{what}, {self.size}", "ms", mine, name, theirs, target, note)

    def as_it_comes(self, question: Question) -> float:
        """Ask Datasette as it comes."""
        return self.datasette.milliseconds(question.datasette)

    def without_facets(self, question: Question) -> float:
        """Ask Datasette without the facets that it would suggest."""
        return self.datasette.milliseconds(question.plain)

    def over_http(self, question: Question) -> float:
        """Ask PostgreSQL over HTTP."""
        return self.postgres.milliseconds(question.postgres)


def filtered(desk: Desk) -> None:
    """Measure pages of 100 rows with the exact number of all that meet the conditions."""
    draw = desk.draw
    desk.beside(
        "filtered page of 100 with total",
        draw.filtered,
        "Datasette",
        desk.as_it_comes,
        Target(Goal.TIMES_FASTER, 12),
        "three kinds of conditions in turn",
        rounds=desk.given.rounds * 3,
    )
    for name, one in (
        ("commune and day (a composite index there)", draw.by_place),
        ("state and least fee", draw.by_state),
        ("field, day and pages", draw.by_field),
    ):
        desk.beside(
            f"filtered by {name}", one, "Datasette, no facets", desk.without_facets,
            note="its suggestions of facets turned off",
        )  # fmt: skip


def many_at_once(desk: Desk) -> None:
    """Measure filtered pages per second with eight clients at once."""
    span = desk.given.seconds
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(3):
        rates["ours"].append(_rate(desk, desk.ours, lambda q: q.ours, span))
        rates["peer"].append(_rate(desk, desk.datasette, lambda q: q.datasette, span))
    desk.report.against(
        f"filtered pages per second at {CLIENTS} clients, {desk.size}",
        "/s",
        rates["ours"],
        "Datasette",
        rates["peer"],
        Target(Goal.TIMES_MORE, 10),
    )


def _rate(desk: Desk, site: Site, path: Callable[[Question], str], span: float) -> float:
    done = [0] * CLIENTS
    questions = [[desk.draw.filtered() for _ in range(2_000)] for _ in range(CLIENTS)]
    failed: list[Exception] = []
    until = time.perf_counter() + span

    def work(number: int) -> None:
        own = site.again()
        try:
            for question in questions[number]:
                if time.perf_counter() > until:
                    return
                own.get(path(question))
                done[number] += 1
        except Exception as error:
            failed.append(error)

    began = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(done) / (time.perf_counter() - began)


def in_order(desk: Desk) -> None:
    """Measure the first page in the order of each column, both ways."""
    wanted = [(column, way) for column in table.NAMES for way in (False, True)]
    turns = iter([*wanted[-2:], *wanted])  # two to warm up
    desk.beside(
        "sorted by any column", lambda: desk.draw.sorted_by(*next(turns)), "Datasette",
        desk.as_it_comes, Target(Goal.TIMES_FASTER, 6), "median over every column, both ways",
        rounds=len(wanted),
    )  # fmt: skip
    turns = iter([*wanted[-2:], *wanted])
    desk.beside(
        "sorted by any column", lambda: desk.draw.sorted_by(*next(turns)),
        "Datasette, no facets", desk.without_facets, rounds=len(wanted),
        note="it has an index for every column",
    )  # fmt: skip


def grouped(desk: Desk) -> None:
    """Measure groups by two columns with count and sum."""
    desk.beside(
        "group by two columns", desk.draw.grouped, "Datasette", desk.as_it_comes,
        Target(Goal.TIMES_FASTER, 15),
    )  # fmt: skip
    desk.beside(
        "group by two columns", desk.draw.grouped, "PostgreSQL over HTTP", desk.over_http,
        Target(Goal.TIMES_FASTER, 1),
    )  # fmt: skip


def searched(desk: Desk) -> None:
    """Measure the search in all texts of all rows, and that every spelling finds the same."""
    rounds = desk.given.rounds * 2
    desk.beside(
        "row search", desk.draw.searched, "Datasette (FTS5)", desk.as_it_comes,
        Target(Goal.TIMES_FASTER, 4), "ours finds parts of words, too", rounds,
    )  # fmt: skip
    desk.beside(
        "row search", desk.draw.searched, "Datasette (FTS5), no facets", desk.without_facets,
        rounds=rounds,
    )  # fmt: skip
    for spellings in (("Võ Nhai", "vo nhai", "VÕ NHAI"), ("Định Hoá", "dinh hoa", "đinh hoa")):
        every = [*spellings, *(unicodedata.normalize("NFD", words) for words in spellings)]
        ways = {
            "ours": (desk.ours, "/rows?", {"q": ""}, "total"),
            "Datasette": (
                desk.datasette, "/rows.json?", {"_search": "", "_nosuggest": "1"},
                "filtered_table_rows_count",
            ),
        }  # fmt: skip
        found: dict[str, list[object]] = {}
        for name, (site, path, params, key) in ways.items():
            asked = next(iter(params))
            found[name] = [
                json.loads(site.get(path + urlencode({**params, asked: words})))[key]
                for words in every
            ]
        desk.report.alone(
            f"spellings of “{spellings[0]}” that find as many rows, {desk.size}",
            f"of {len(every)}",
            [found["ours"].count(found["ours"][0])],
            Target(Goal.LEAST, len(every)),
            f"ours {found['ours'][0]} rows; Datasette {found['Datasette']}",
        )


def one_row(desk: Desk) -> None:
    """Measure looking up one row by its key."""
    rounds = desk.given.rounds * 4
    desk.beside(
        "one row by its key", desk.draw.row, "PostgreSQL over HTTP", desk.over_http,
        Target(Goal.TIMES_PEER, 3), rounds=rounds,
    )  # fmt: skip

    def direct(question: Question) -> float:
        key = question.postgres.rpartition("=")[2]
        started = time.perf_counter()
        desk.database.execute(STATEMENTS["row"], [key], prepare=True).fetchall()
        return (time.perf_counter() - started) * 1000

    desk.beside(
        "one row by its key", desk.draw.row, "PostgreSQL, its own driver", direct,
        note="no HTTP on its side", rounds=rounds,
    )  # fmt: skip


def deep(desk: Desk) -> None:
    """Measure pages far from the beginning, by number and by cursor."""
    draw, page = desk.draw, min(9_000, desk.rows // 110)
    first: list[float] = []
    far: list[float] = []
    for number in range(desk.given.rounds * 3):
        first.append(desk.ours.milliseconds(f"/rows?page=1&limit={100 - number}"))
        far.append(desk.ours.milliseconds(draw.page_at(draw.near(page, 200)).ours))
    desk.report.against(
        f"page {page:,} in the default order, {desk.size}", "ms", far, "ours, page 1", first,
        Target(Goal.TIMES_PEER, 1.5),
    )  # fmt: skip
    desk.beside(
        f"page {page:,} in the default order", lambda: draw.page_at(draw.near(page, 200)),
        "PostgreSQL over HTTP (OFFSET)", desk.over_http, Target(Goal.TIMES_FASTER, 1),
    )  # fmt: skip
    for column in ("phi", "nguoi_nop", "ngay_nop", "ma_xa"):
        _around(desk, column, page)


def _around(desk: Desk, column: str, page: int) -> None:
    """Measure the pages after and before a deep one under a sort, beside page 1 under it."""
    there = json.loads(desk.ours.get(f"/rows?sort={column}&page={page}"))
    way = {"next": there["next"], "prev": there["prev"]}
    took: dict[str, list[float]] = {"first": [], "next": [], "prev": []}
    for number in range(desk.given.rounds):
        limit = 100 - number
        took["first"].append(desk.ours.milliseconds(f"/rows?sort={column}&limit={limit}"))
        for name, address in way.items():
            path = address.removeprefix(_START)
            started = time.perf_counter()
            body = desk.ours.get(path)
            took[name].append((time.perf_counter() - started) * 1000)
            way[name] = json.loads(body)[name]
    for name in ("next", "prev"):
        desk.report.against(
            f"{name} after page {page:,} sorted by {column}, {desk.size}", "ms", took[name],
            "ours, page 1", took["first"], Target(Goal.TIMES_PEER, 1.5),
        )  # fmt: skip
    if column == "phi":
        offset = urlencode({"v": (page - 1) * 100})
        theirs = [desk.postgres.milliseconds(f"/sorted?{offset}") for _ in took["next"]]
        desk.report.against(
            f"next after page {page:,} sorted by {column}, {desk.size}", "ms", took["next"],
            "PostgreSQL over HTTP (OFFSET)", theirs, Target(Goal.TIMES_FASTER, 1),
        )  # fmt: skip


PARTS: Sequence[Callable[[Desk], None]] = (
    filtered,
    many_at_once,
    in_order,
    grouped,
    searched,
    one_row,
    deep,
)


def _made(name: str, rows: int, make: Callable[[Path], None]) -> Path:
    folder, is_ready = table.ready(name, rows)
    if not is_ready:
        make(folder)
        (folder / "ready").touch()
    return folder


def measure(rows: int, report: Report, given: Options) -> None:
    """Measure everything over a table of `rows` rows."""
    file = _made("table", rows, lambda f: table.make_csv(f / "table.csv", rows)) / "table.csv"
    store = _made("store", rows, lambda f: table.make_store(f, file))
    peer = _made("sqlite", rows, lambda f: table.make_sqlite(f / "peer.db", file)) / "peer.db"
    with ExitStack() as stack:
        address = stack.enter_context(stack.enter_context(postgres()).database())
        address = address.replace("+psycopg", "")
        table.make_postgres(address, file)
        our_port, pid = stack.enter_context(ours(store))
        their_port, _ = stack.enter_context(datasette(peer))
        pg_port, _ = stack.enter_context(postgres_over_http(address))
        desk = Desk(
            Site(our_port, _START),
            Site(their_port, "/peer"),
            Site(pg_port),
            stack.enter_context(psycopg.connect(address, autocommit=True)),
            Questions(rows),
            report,
            given,
            rows,
        )
        for part in PARTS:
            part(desk)
        report.alone(f"resident memory of our process at the end, {desk.size}", "MiB", [
            resident_mib(pid)
        ])  # fmt: skip


def main() -> None:
    """Measure all sizes and keep the report."""
    given = options("the data API beside Datasette and PostgreSQL", rounds=15, seconds=10)
    report = Report(
        "data_api",
        "The data API",
        "Requests over HTTP to one process of ours, in turn with the peer, over one table of "
        "twelve columns. Datasette 0.65.5 has an index for each column, the composite ones that "
        "fit and FTS5; PostgreSQL the right btree indexes, behind a few lines of Starlette that "
        "check nothing. No cache of results on any side.",
    )
    for rows in SMALL if given.small else SIZES:
        measure(rows, report, given)
    report.save(given)


if __name__ == "__main__":
    main()
