"""What a source brings is published by itself where the contract wants no second person."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.deliveries.desk import GOOD
from tests.integration.deliveries.desk import HEADER as CASES_HEADER
from tests.integration.deliveries.packing import CASES, LIST
from tests.integration.sources.yard import OPERATOR, Yard, yard
from tinhdata.deliveries import State
from tinhdata.kernel import JSON
from tinhdata.sources import Outcome
from tinhdata.warehouse import ReleaseState

HEADER = "Mã số,Tên gọi,Số lượng,Ngày ghi"
ROWS = ("M1,Một,1,01/01/2026", "M2,Hai,2,02/01/2026")


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    folder = tmp_path / "den"
    folder.mkdir()
    return folder


@pytest.fixture
def office(tmp_path: Path, watched: Path) -> Iterator[Yard]:
    with yard(tmp_path, folders=(watched,), second_person=False) as opened:
        yield opened
        opened.assert_accounts()


def document(folder: Path, dataset: str = LIST) -> dict[str, JSON]:
    return {
        "id": "thu-muc-den",
        "dataset": dataset,
        "kind": "folder",
        "path": str(folder),
    }


def drop(office: Yard, folder: Path, name: str, *lines: str, header: str = HEADER) -> None:
    """Put a file that has lain there for an hour into the watched folder."""
    (folder / name).write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    os.utime(folder / name, (office.clock.now().timestamp() - 3600,) * 2)


def test_a_pulled_delivery_is_published_in_the_name_of_its_source(
    office: Yard, watched: Path
) -> None:
    drop(office, watched, "a.csv", *ROWS)
    delivery = office.brought(office.add(document(watched)))
    assert delivery.state is State.RELEASED
    release = office.current(LIST)
    assert (release.rows, release.published_by) == (2, "source:thu-muc-den")
    assert delivery.decided_by == "source:thu-muc-den"
    kinds = office.journal_kinds()
    assert [k for k in kinds if k in ("delivery.publishing", "delivery.released")] == [
        "delivery.publishing",
        "delivery.released",
    ]
    steps = office.deliveries.history(OPERATOR, delivery.id)
    said = [(step.state, step.actor) for step in steps if step.state is not State.RECEIVED]
    assert said == [
        (State.CHECKED, "system:worker"),
        (State.PUBLISHING, "source:thu-muc-den"),
        (State.RELEASED, "source:thu-muc-den"),
    ]


def test_rows_with_faults_wait_and_the_others_are_published(office: Yard, watched: Path) -> None:
    drop(office, watched, "a.csv", *ROWS, "M3,Ba,9999,03/01/2026", "M4,Bốn,4,04/01/2026")
    delivery = office.brought(office.add(document(watched)))
    assert delivery.state is State.RELEASED
    assert (delivery.rows.released, delivery.rows.quarantined) == (3, 1)


def test_a_delivery_that_is_held_waits_for_a_person(office: Yard, watched: Path) -> None:
    name = office.add(document(watched))
    drop(office, watched, "a.csv", *(f"M{n},Tên,{n},01/01/2026" for n in range(1, 41)))
    assert office.brought(name).state is State.RELEASED
    office.later(minutes=5)
    drop(office, watched, "b.csv", "M1,Tên,không phải số,01/01/2026", "sai,Tên,x,01/01/2026")
    held = office.brought(name)
    assert held.state is not State.RELEASED
    assert office.current(LIST).rows == 40


def test_the_same_rows_again_confirm_the_release(office: Yard, watched: Path) -> None:
    name = office.add(document(watched))
    drop(office, watched, "a.csv", *ROWS)
    first = office.brought(name)
    office.later(hours=2)
    drop(office, watched, "b.csv", *reversed(ROWS))
    again = office.brought(name)
    assert (again.state, again.release) == (State.UNCHANGED, first.release)
    assert office.numbers(LIST) == {1: ReleaseState.CURRENT}


def test_where_the_contract_wants_a_second_person_a_pull_waits(office: Yard, watched: Path) -> None:
    office.codes()
    drop(office, watched, "a.csv", GOOD[0], header=CASES_HEADER)
    delivery = office.brought(office.add(document(watched, CASES)))
    assert delivery.state is State.CHECKED
    assert office.pull("thu-muc-den").outcome is Outcome.UNCHANGED
