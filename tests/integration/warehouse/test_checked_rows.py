"""Rows as quality really writes them become a release, per period, beside rows that stay."""

from datetime import date
from pathlib import Path

import pytest

from tests.integration.quality.builders import Cell, write_rows
from tests.integration.warehouse.builders import DAILY, Desk, contract, permit
from tinhdata.contracts import Contract
from tinhdata.quality import CheckContext, CheckResult, Limits, check, compile_checks
from tinhdata.warehouse import Change, Release, StagedFile

PLAIN = contract()


def publish(here: Desk, of: Contract, folder: Path, *rows: tuple[Cell, ...]) -> Release:
    result = checked(here, of, folder, *rows)
    files = [StagedFile(good.path, good.rows, good.period) for good in result.good]
    change = Change.replace()
    if of.period is not None:
        change = Change.append(frozenset(f.period for f in files if f.period is not None))
    return here.publish(of, change, files)


def checked(here: Desk, of: Contract, folder: Path, *rows: tuple[Cell, ...]) -> CheckResult:
    folder.mkdir()
    base = here.warehouse.current(of.id)
    existing = None
    if base is not None and of.period is not None:
        existing = here.warehouse.relation(permit(of.id), base.id)
    return check(
        compile_checks(of, "0" * 64),
        write_rows(folder / "rows.parquet", of, rows),
        here.warehouse.spec(of),
        CheckContext(delivery="dlv_1", existing=existing),
        folder / "out",
        Limits(memory_mb=200, threads=2),
    )


def test_checked_rows_become_a_release(here: Desk, tmp_path: Path) -> None:
    release = publish(
        here, PLAIN, tmp_path / "one", ("b", "Bình", "1.234,50", "02/01/2025"), ("a", "An", "2", "")
    )
    assert [row[0] for row in here.rows(release)] == ["a", "b"]
    assert str(here.rows(release)[1][2]) == "1234.50"
    assert here.rows(release)[1][3] == date(2025, 1, 2)


@pytest.mark.parametrize("again", ["03/03/2025", "04/03/2025"])
def test_a_checked_period_delivered_again_replaces_itself(
    here: Desk, tmp_path: Path, again: str
) -> None:
    first = publish(
        here, DAILY, tmp_path / "one", ("x", "03/03/2025", "1"), ("x", "04/03/2025", "2")
    )
    assert len(first.files) == 2
    second = publish(here, DAILY, tmp_path / "two", ("x", again, "9"))
    assert (second.rows, second.counts.updated, second.counts.unchanged) == (2, 1, 1)
