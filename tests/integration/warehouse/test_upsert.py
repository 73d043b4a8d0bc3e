"""Rows changed by key: what a dictionary would hold, in as few rewritten files as can be."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.warehouse.builders import (
    CODE,
    COUNT,
    DAY,
    Desk,
    Row,
    contract,
    desk,
    permit,
)
from tests.integration.warehouse.upserting import KEYED
from tinhdata.contracts import Contract, DeliveryMode
from tinhdata.warehouse import (
    Change,
    ChangeCounts,
    Release,
    RowChangeKind,
)

PAIRED = replace(contract(CODE, DAY, COUNT, key=("code", "day")), mode=DeliveryMode.UPSERT)
A = ("a", "An", Decimal("1.50"), date(2025, 1, 1))
B = ("b", "Bình", Decimal("2.00"), date(2025, 1, 2))
C = ("c", None, None, None)
NEW_B = ("b", "Bính", Decimal("2.00"), None)
D = ("d", "Dũng", None, None)


def upsert(here: Desk, made: Contract, *rows: Row) -> Release:
    return here.publish(made, Change.upsert(), [here.stage(made, rows)])


def test_rows_take_the_place_of_those_with_their_key_and_others_stay(here: Desk) -> None:
    first = upsert(here, KEYED, A, B, C)
    second = upsert(here, KEYED, NEW_B, D, A)
    assert first.counts == ChangeCounts(0, 3, 0, 0, 0, 3)
    assert second.counts == ChangeCounts(
        base=3, inserted=1, deleted=0, updated=1, unchanged=2, rows=4
    )
    assert here.rows(second) == [A, NEW_B, C, D]
    assert here.rows(first) == [A, B, C]


def test_what_changed_between_two_releases_is_shown_row_by_row(here: Desk) -> None:
    first, second = upsert(here, KEYED, A, B, C), upsert(here, KEYED, NEW_B, D)
    found = here.warehouse.diff(permit(KEYED.id), first.id, second.id)
    assert [(row.kind, row.key) for row in found.rows] == [
        (RowChangeKind.UPDATED, ("b",)),
        (RowChangeKind.INSERTED, ("d",)),
    ]
    files = [here.stage(KEYED, [C, ("e", None, None, None)])]
    seen = here.warehouse.preview_rows(permit(KEYED.id), KEYED, second, Change.upsert(), files)
    assert [(row.kind, row.key) for row in seen.rows] == [(RowChangeKind.INSERTED, ("e",))]
    assert seen.counts.unchanged == 1


def test_only_files_that_hold_a_changed_key_are_rewritten(here: Desk) -> None:
    upsert(here, KEYED, A, B)
    second = upsert(here, KEYED, C, D)
    (untouched,) = [file.name for file in second.files]
    third = upsert(here, KEYED, NEW_B)
    names = {file.name for file in here.warehouse.files(third.id)}
    assert untouched in names
    assert len(names) == 3
    assert {file.name for file in third.files} == names - {untouched}


def test_files_do_not_multiply_however_often_rows_are_changed(here: Desk) -> None:
    upsert(here, KEYED, A, B, C)
    for number in range(6):
        last = upsert(here, KEYED, *((key, f"{number}", None, None) for key in "ab"))
    assert len(here.warehouse.files(last.id)) == 2
    assert here.rows(last) == [("a", "5", None, None), ("b", "5", None, None), C]


def test_a_file_of_which_every_row_is_replaced_is_gone(here: Desk) -> None:
    upsert(here, KEYED, A)
    second = upsert(here, KEYED, ("a", "Ân", None, None))
    assert len(here.warehouse.files(second.id)) == 1
    assert second.counts == ChangeCounts(1, 0, 0, 1, 0, 1)


def test_a_key_of_two_columns_is_one_key(here: Desk) -> None:
    monday, tuesday = date(2025, 3, 3), date(2025, 3, 4)
    upsert(here, PAIRED, ("a", monday, 1), ("a", tuesday, 2), ("b", monday, 3))
    second = upsert(here, PAIRED, ("a", tuesday, 9), ("b", tuesday, 4))
    assert here.rows(second) == [
        ("a", monday, 1),
        ("a", tuesday, 9),
        ("b", monday, 3),
        ("b", tuesday, 4),
    ]


def test_after_a_withdrawal_rows_are_changed_over_what_is_current_again(here: Desk) -> None:
    upsert(here, KEYED, A, B)
    second = upsert(here, KEYED, NEW_B, D)
    here.withdraw(second)
    third = upsert(here, KEYED, C)
    assert here.rows(third) == [A, B, C]


def test_nothing_of_a_commit_that_was_never_recorded_is_carried_along(here: Desk) -> None:
    upsert(here, KEYED, A, B)
    here.commit(KEYED, Change.upsert(), [here.stage(KEYED, [NEW_B, D])])
    third = upsert(here, KEYED, C)
    assert here.rows(third) == [A, B, C]
    assert third.counts == ChangeCounts(2, 1, 0, 0, 2, 3)


def test_a_death_between_commit_and_record_leaves_nothing_behind(tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        upsert(here, KEYED, A, B)
    module = "tests.integration.warehouse.upserting"
    command = [sys.executable, "-m", module, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "committed\n"
        process.kill()
    assert process.returncode == -signal.SIGKILL
    with desk(tmp_path) as here:
        current = here.warehouse.current(KEYED.id)
        assert current is not None
        assert here.rows(current) == [A, B]
        third = upsert(here, KEYED, NEW_B, C)
        assert here.rows(third) == [A, NEW_B, C]
        assert third.counts == ChangeCounts(2, 1, 0, 1, 1, 3)


def test_rows_that_came_later_with_the_same_keys_are_counted(here: Desk) -> None:
    base = upsert(here, KEYED, A, B)
    files = [here.stage(KEYED, [NEW_B, D])]
    assert here.warehouse.newer_rows(KEYED, base, files, "dlv_a") == 1
    assert here.warehouse.newer_rows(KEYED, base, files, "dlv_x") == 0


KEYS = st.sampled_from("abcdefgh")
STEPS = st.lists(st.dictionaries(KEYS, st.integers(0, 3), max_size=8), min_size=1, max_size=6)


@settings(max_examples=6, deadline=None)
@given(STEPS)
def test_a_table_holds_what_a_dictionary_holds(steps: list[Mapping[str, int]]) -> None:
    model: dict[str, int] = {}
    with TemporaryDirectory() as folder, desk(Path(folder)) as here:
        for step in steps:
            rows = [(key, str(value), None, None) for key, value in step.items()]
            release = upsert(here, KEYED, *rows)
            same = sum(model.get(key) == value for key, value in step.items())
            known = sum(key in model for key in step)
            wanted = ChangeCounts(
                base=len(model),
                inserted=len(step) - known,
                deleted=0,
                updated=known - same,
                unchanged=len(model) - known + same,
                rows=len(model) + len(step) - known,
            )
            model |= step
            assert release.counts == wanted
            assert {row[0]: row[1] for row in here.rows(release)} == {
                key: str(value) for key, value in model.items()
            }
