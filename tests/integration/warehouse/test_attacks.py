"""No question brings out what is not open, and each layer stops what no other does."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.integration.warehouse import attacks
from tests.integration.warehouse.questions import (
    BOUNDS,
    CITIZENS,
    PEOPLE,
    PHONES,
    Asked,
    Layers,
    asked,
    named_by_one_set,
    parsed_only,
    unbounded,
    unlocked,
)
from tinhdata.kernel import Problem
from tinhdata.kernel.callers import Caller, calling
from tinhdata.warehouse import (
    Answer,
    ReadAbandoned,
    ReadTooLong,
    SqlRefused,
    SqlTableUnknown,
    SqlTooLarge,
    SqlUnfit,
)
from tinhdata.warehouse.asking import in_words, locked

ALL = Layers()
QUICK = replace(ALL, bounds=replace(BOUNDS, seconds=0.2))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with asked(tmp_path_factory.mktemp("attacks")) as made:
        yield made


def outcome(here: Asked, layers: Layers, question: str) -> Answer | Problem | duckdb.Error:
    try:
        return layers.ask(here, question.replace("{path}", here.path(PEOPLE.id)))
    except duckdb.Error as error:
        return error
    except Problem as problem:
        return problem


def cells(answer: Answer) -> str:
    return "\n".join(str(value) for row in answer.rows for value in row)


def is_stopped(got: Answer | Problem | duckdb.Error) -> bool:
    """Say that nothing came that an open dataset does not show, and that nothing was told."""
    if isinstance(got, Answer):
        said = cells(got)
    elif isinstance(got, Problem):
        said = str(got)
    else:
        said = str(in_words(got, ("code", "name")))
    secrets = (*CITIZENS, *PHONES, *(phone[::-1] for phone in PHONES), ".parquet", "read_parquet")
    # Names of internal columns may be repeated from the question, but never shown.
    return not any(secret in said for secret in secrets)


def test_there_are_enough_attacks() -> None:
    only = (attacks.FORMS, attacks.NAMES, attacks.SIGHT, attacks.LOCK, attacks.BOUND)
    assert min(map(len, only)) >= 5
    every = [*attacks.MANY_LAYERS, *attacks.SIZE, *(each for layer in only for each in layer)]
    assert len(set(every)) == len(every) >= 130


@pytest.mark.parametrize("question", attacks.MANY_LAYERS)
def test_what_is_no_question_over_open_data_is_refused_with_a_way_to_mend_it(
    here: Asked, question: str
) -> None:
    got = outcome(here, ALL, question)
    assert isinstance(got, SqlRefused | SqlTableUnknown), got
    assert got.fix is not None
    assert is_stopped(got) or "{path}" in question


@pytest.mark.parametrize("question", attacks.FORMS)
def test_only_the_list_of_forms_stops(here: Asked, question: str) -> None:
    assert isinstance(outcome(here, ALL, question), SqlRefused)
    assert isinstance(outcome(here, replace(ALL, read=parsed_only), question), Answer)


@pytest.mark.parametrize("question", attacks.NAMES)
def test_only_the_meaning_of_names_stops(here: Asked, question: str) -> None:
    assert isinstance(outcome(here, ALL, question), SqlRefused | SqlTableUnknown)
    got = outcome(here, replace(ALL, name=named_by_one_set), question)
    assert isinstance(got, Answer)
    if "citizen" in question or ("*" in question and "{path}" in question):
        assert not is_stopped(got)


@pytest.mark.parametrize("question", attacks.SIGHT)
def test_only_what_the_permit_shows_stops(here: Asked, question: str) -> None:
    got = outcome(here, ALL, question)
    assert is_stopped(got)
    if isinstance(got, duckdb.Error):
        assert isinstance(in_words(got, PEOPLE.column_names), SqlUnfit)
    bare = outcome(here, replace(ALL, bare=True), question)
    assert isinstance(bare, Answer)
    assert not isinstance(got, Answer) or bare.rows != got.rows


@pytest.mark.parametrize("question", attacks.LOCK)
def test_only_the_locked_engine_stops(here: Asked, question: str) -> None:
    assert isinstance(outcome(here, ALL, question), SqlTooLarge)
    without = replace(ALL, lock=unlocked, bounds=replace(BOUNDS, seconds=1.0))
    assert isinstance(outcome(here, without, question), Answer | ReadTooLong)


@pytest.mark.parametrize("question", attacks.BOUND)
def test_only_the_bound_on_time_stops(here: Asked, question: str) -> None:
    started = time.monotonic()
    assert isinstance(outcome(here, QUICK, question), ReadTooLong)
    assert time.monotonic() - started < 5
    assert isinstance(outcome(here, replace(QUICK, run=unbounded), question), Answer)


@pytest.mark.parametrize("question", attacks.SIZE)
def test_only_the_bound_on_size_stops(here: Asked, question: str) -> None:
    roomy = replace(ALL, bounds=replace(BOUNDS, memory_mb=512))
    assert isinstance(outcome(here, roomy, question), SqlTooLarge)
    got = outcome(here, replace(roomy, run=unbounded), question)
    assert isinstance(got, Answer)
    assert len(cells(got)) > BOUNDS.bytes


def test_a_with_of_an_inner_scope_never_opens_a_file_of_its_name(here: Asked) -> None:
    leak = attacks.NAMES[3]
    assert isinstance(outcome(here, ALL, leak), SqlRefused | SqlTableUnknown)
    got = outcome(here, replace(ALL, name=named_by_one_set), leak)
    assert isinstance(got, Answer)
    assert CITIZENS[0] in cells(got)


def test_a_question_ends_when_nobody_waits_for_it(here: Asked) -> None:
    who = Caller()
    timer = threading.Timer(0.2, who.hang_up)
    timer.start()
    started = time.monotonic()
    with calling(who):
        assert isinstance(outcome(here, ALL, attacks.BOUND[0]), ReadAbandoned)
        assert time.monotonic() - started < 5
        assert isinstance(outcome(here, ALL, "select 1"), ReadAbandoned)


STATEMENTS = (
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{path}'",
    "EXPORT DATABASE '{folder}/all'",
    "ATTACH '{folder}/other.db' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '8GB'",
    "SET temp_directory = '{folder}'",
    "SET allowed_paths = ['/etc/passwd']",
    "RESET lock_configuration",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM frame_of_the_program",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_locked_engine_alone_reaches_nothing_but_its_files(
    here: Asked, tmp_path: Path, statement: str
) -> None:
    """As if the first three layers had been got round: raw statements, not questions."""
    frame_of_the_program = pa.table({"one": [1]})
    assert frame_of_the_program.num_rows == 1
    (tmp_path / "secret.csv").write_text("secret\n1\n")
    path = here.path(PEOPLE.id)
    before = Path(path).read_bytes()
    with contextlib.closing(locked([Path(path)], BOUNDS)) as connection:
        assert connection.execute("SELECT count(*) FROM read_parquet(?)", [path]).fetchall()
        with pytest.raises(duckdb.Error):
            connection.execute(
                statement.replace("{folder}", str(tmp_path)).replace("{path}", path)
            ).fetchall()
    assert Path(path).read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} == {"secret.csv"}
