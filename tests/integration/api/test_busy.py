"""Slow questions end when nobody waits, are refused when too many come, and hold up no page."""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import duckdb
import httpx
import pytest

from tests.integration.api.asking import PROCEDURES, UNITS
from tests.support.office import office
from tests.support.served import served
from tinhdata.bootstrap import Platform
from tinhdata.kernel import Caller, calling, new_id, quote_identifier
from tinhdata.warehouse import (
    Change,
    ChangeCounts,
    Limits,
    NewRelease,
    Pace,
    ReadAbandoned,
    ReadersBusy,
    ReadTooLong,
    StagedFile,
)
from tinhdata.warehouse.engine import Engine
from tinhdata.warehouse.sql import Statement

# Some ten seconds of work for one reader, without anything to read.
SLOW = Statement("SELECT count(*) FROM range(3000000000) a(x) WHERE hash(x) % 7 = 3")
QUICK = Statement("SELECT 42")


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("engine")
    limits = Limits(slow_readers=2, slow_waiting=1, wait_seconds=0.3)
    made = Engine(folder / "temporary", (folder,), limits)
    yield made
    made.close()


def busy_until(engine: Engine, pace: Pace, readers: int, seconds: float = 10.0) -> float:
    """Wait until so many readers are at work, and say how long it took."""
    started = time.monotonic()
    while engine.busy(pace) != readers:
        assert time.monotonic() - started < seconds, engine.busy(pace)
        time.sleep(0.005)
    return time.monotonic() - started


@contextlib.contextmanager
def at_work(engine: Engine, readers: int) -> Iterator[list[Caller]]:
    """Keep readers at slow work until the block ends."""
    callers = [Caller() for _ in range(readers)]

    def ask(who: Caller) -> None:
        with calling(who), contextlib.suppress(ReadAbandoned):
            engine.rows(SLOW, Pace.SLOW)

    threads = [threading.Thread(target=ask, args=(who,)) for who in callers]
    for thread in threads:
        thread.start()
    busy_until(engine, Pace.SLOW, readers)
    try:
        yield callers
    finally:
        for who in callers:
            who.hang_up()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("after", [0.0, 0.3], ids=["as it begins", "in its midst"])
def test_a_reader_is_free_soon_after_its_caller_has_hung_up(engine: Engine, after: float) -> None:
    with at_work(engine, 1) as (who,):
        time.sleep(after)
        who.hang_up()
        assert busy_until(engine, Pace.SLOW, 0) < 2


def test_who_has_gone_before_his_turn_is_not_worked_for(engine: Engine) -> None:
    who = Caller()
    who.hang_up()
    with calling(who), pytest.raises(ReadAbandoned):
        engine.rows(QUICK, Pace.QUICK)
    assert engine.rows(QUICK, Pace.QUICK) == [(42,)]


def test_errors_in_the_midst_of_a_stream_are_told_like_those_at_its_beginning(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("stream")
    engine = Engine(folder / "temporary", (folder,), Limits(read_seconds=0.5))
    # Rows come at first, and then there is one that takes for ever.
    rows = "SELECT i, (SELECT sum(a.i * b.i) FROM range(CASE WHEN i < 3000000 THEN 1 ELSE 9000000 "
    rows += "END) a(i), range(CASE WHEN i < 3000000 THEN 1 ELSE 9000000 END) b(i)) FROM "
    with pytest.raises(ReadTooLong):
        for _ in engine.batches(Statement(f"{rows} range(3000100) r(i)")):
            pass
    who = Caller()
    with calling(who):
        batches = engine.batches(Statement("SELECT i FROM range(900000000000) r(i)"))
        next(batches)
        who.hang_up()
        with pytest.raises(ReadAbandoned):
            list(batches)
    assert engine.rows(QUICK, Pace.SLOW) == [(42,)]
    engine.close()


def test_slow_questions_cannot_keep_quick_ones_waiting(engine: Engine) -> None:
    with at_work(engine, 2):
        for _ in range(20):
            started = time.monotonic()
            assert engine.rows(QUICK, Pace.QUICK) == [(42,)]
            assert time.monotonic() - started < 2


def test_when_all_readers_are_at_work_the_next_one_waits_and_others_are_sent_away(
    engine: Engine,
) -> None:
    with at_work(engine, 2):
        told: list[float] = []

        def waiting() -> None:
            started = time.monotonic()
            with contextlib.suppress(ReadersBusy):
                engine.rows(QUICK, Pace.SLOW)
            told.append(time.monotonic() - started)

        thread = threading.Thread(target=waiting)
        thread.start()
        time.sleep(0.1)
        started = time.monotonic()
        with pytest.raises(ReadersBusy):
            engine.rows(QUICK, Pace.SLOW)
        sent_away = time.monotonic() - started
        thread.join()
        assert told[0] >= 0.3 > sent_away
    assert engine.rows(QUICK, Pace.SLOW) == [(42,)]


def test_an_answer_that_takes_too_long_is_ended(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("short")
    engine = Engine(folder / "temporary", (folder,), Limits(read_seconds=0.2))
    with pytest.raises(ReadTooLong):
        engine.rows(SLOW, Pace.SLOW)
    assert engine.rows(QUICK, Pace.SLOW) == [(42,)]
    engine.close()


def test_an_answer_that_needs_too_much_memory_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("narrow")
    engine = Engine(folder / "temporary", (folder,), Limits(memory_mb=40))
    greedy = Statement("SELECT list(x) FROM range(30000000) a(x)")
    with pytest.raises(ReadTooLong, match="memory"):
        engine.rows(greedy, Pace.SLOW)
    engine.close()


# -- over HTTP

LETTERS = "g h i j k l m n o p"
"""In the last text of every row and, beside digits and a to f, nowhere else.

So each of these words is looked for in every text of every row: seconds of work for one reader.
"""
ROWS = 300_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, str]]:
    """Serve a dataset with a large release whose cache nobody has made yet."""
    folder = tmp_path_factory.mktemp("busy")
    with office(folder / "store", datasets={UNITS, PROCEDURES}) as platform:
        platform.work.run_until_idle("tests")
        _grow(platform, folder)
        with served(platform) as address:
            yield platform, address


def _grow(platform: Platform, folder: Path) -> None:
    registered = platform.registry.active(PROCEDURES)
    contract, warehouse = registered.contract, platform.warehouse
    spec = warehouse.spec(contract)
    texts = {c.name: "repeat(md5(i::VARCHAR), 10)" for c in spec.columns if c.sql_type == "VARCHAR"}
    texts[list(texts)[-1]] = f"'{LETTERS}'"
    values = [
        f"CAST({texts.get(c.name, 'NULL')} AS {c.sql_type}) AS {quote_identifier(c.name)}"
        for c in spec.columns
    ]
    ids = ", ".join(f"{quote_identifier(c.name)}: {c.field_id}" for c in spec.columns)
    path = folder / "large.parquet"
    with contextlib.closing(duckdb.connect()) as database:
        database.execute(
            f"COPY (SELECT {', '.join(values)} FROM range({ROWS}) r(i)) TO '{path}' "
            f"(FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 10_000, FIELD_IDS {{{ids}}})"
        )
    base = warehouse.current(PROCEDURES)
    with warehouse.lock(PROCEDURES):
        made = warehouse.commit(contract, base, Change.replace(), [StagedFile(path, ROWS)])
        gone = 0 if base is None else base.rows
        counts = ChangeCounts(gone, ROWS, gone, 0, 0, ROWS)
        with platform.db.transaction() as tx:
            new = NewRelease(made, registered.hash, new_id("dlv"), counts, "system:tests")
            warehouse.record(tx, new)


class Asking:
    """A client that asks for something slow and waits for it, until it hangs up."""

    def __init__(self, address: str, header: str = "") -> None:
        place = urlsplit(address)
        self._line = socket.create_connection((place.hostname or "", place.port or 0))
        self._line.settimeout(60)
        path = f"/api/v1/datasets/{PROCEDURES}/rows?{urlencode({'q': LETTERS})}"
        head = f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n{header}\r\n"
        self._line.sendall(head.encode())

    def fileno(self) -> int:
        """Give what `select` waits for: the answer."""
        return self._line.fileno()

    def answer(self) -> bytes:
        """Wait for the beginning of the answer."""
        return self._line.recv(4_000)

    def hang_up(self) -> None:
        """Go."""
        self._line.close()


@contextlib.contextmanager
def asking(address: str, number: int, header: str = "") -> Iterator[list[Asking]]:
    """Let so many ask at once; who is still there at the end hangs up."""
    with contextlib.ExitStack() as lines:
        asked = [Asking(address, header) for _ in range(number)]
        for each in asked:
            lines.callback(each.hang_up)
        yield asked


def answered(asked: list[Asking], number: int, seconds: float) -> list[Asking]:
    """Wait until so many have an answer, and give those who have one."""
    until = time.monotonic() + seconds
    while len(found := select.select(asked, [], [], 0.05)[0]) < number:
        assert time.monotonic() < until, len(found)
    return found


def busy(platform: Platform, readers: int, seconds: float) -> None:
    """Wait until so many readers give slow answers."""
    until = time.monotonic() + seconds
    while platform.warehouse.busy_readers(Pace.SLOW) != readers:
        assert time.monotonic() < until, platform.warehouse.busy_readers(Pace.SLOW)
        time.sleep(0.005)


@pytest.mark.parametrize("header", ["", "Content-Length: 0\r\n"], ids=["no body", "empty body"])
def test_a_client_that_hangs_up_frees_its_reader_long_before_the_answer(
    crowded: tuple[Platform, str], header: str
) -> None:
    platform, address = crowded
    with asking(address, 2, header) as (stays, goes):
        busy(platform, 2, 10)
        began = time.monotonic()
        goes.hang_up()
        busy(platform, 1, 10)
        freed = time.monotonic() - began
        # The same question, asked at the same time, is still being worked on: nothing had ended.
        assert not answered([stays], 0, 0)
        assert b" 200 " in stays.answer()
        assert freed < (time.monotonic() - began) / 2
    busy(platform, 0, 10)


def test_pages_are_quick_while_slow_questions_fill_their_readers_and_more_are_sent_away(
    crowded: tuple[Platform, str],
) -> None:
    platform, address = crowded
    with asking(address, 3) as first:
        busy(platform, 3, 10)
        with asking(address, Limits().slow_waiting + 3) as more:
            # Three are read for, some wait; the others are told at once to come again.
            refused = answered(more, 3, 5)
            assert not answered(first, 0, 0)
            with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as pages:
                began = time.monotonic()
                for number in range(1, 11):
                    answer = pages.get(
                        f"/datasets/{UNITS}/rows", params={"page": number, "limit": 5}
                    )
                    assert answer.status_code == 200
                assert time.monotonic() - began < 10
                assert platform.warehouse.busy_readers(Pace.SLOW) > 0
            assert len(refused) == 3
            for each in refused:
                said = each.answer()
                assert b" 503 " in said
                assert b"retry-after: 5" in said.lower()
                assert b"readers-busy" in said
    busy(platform, 0, 20)
