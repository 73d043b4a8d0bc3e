"""Six files from an official's desk to a release and to a reader, through the whole platform.

The small files of the project have the layouts and quirks of real ones and always run; the real
files, which nobody here wrote, run where they are.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.data.expectations import REAL_FILES, Cell, Expectation, made_here, of_real_files
from tests.data.planting import plant
from tests.support.office import office, person, send, settled
from tinhdata.access import ANONYMOUS, Action, Resource, Role, require
from tinhdata.bootstrap import Platform
from tinhdata.contracts import LogicalType
from tinhdata.deliveries import Delivery, State
from tinhdata.intake import ReadingChoice
from tinhdata.quality import ItemQuery, ItemState, QuarantinedItem
from tinhdata.warehouse import Filter, Op, Query, Value

MADE = tuple(pytest.param(each, id=f"made-{each.name}") for each in made_here())
REAL = tuple(
    pytest.param(
        each,
        id=f"real-{each.dataset}",
        marks=pytest.mark.skipif(
            not each.path.is_file(), reason=f"the real files are not at {REAL_FILES}"
        ),
    )
    for each in of_real_files()
)
ALL_ITEMS = ItemQuery(limit=10_000)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with office(tmp_path_factory.mktemp("office") / "store") as opened:
        yield opened


def delivered(platform: Platform, expected: Expectation, path: Path) -> Delivery:
    """Send a file as the officer of its dataset and, where there are several sheets, choose."""
    officer = person(platform, expected.dataset, Role.OFFICER)
    delivery = send(platform, officer, expected.dataset, path).delivery
    delivery = settled(platform, officer, delivery.id)
    if expected.sheet is not None and (
        delivery.understanding is None or delivery.understanding.sheet != expected.sheet
    ):
        choice = ReadingChoice(sheet=expected.sheet)
        delivery = platform.deliveries.choose(officer, delivery.id, choice)
        delivery = settled(platform, officer, delivery.id)
    return delivery


def published(platform: Platform, expected: Expectation, delivery: Delivery) -> Delivery:
    officer = person(platform, expected.dataset, Role.OFFICER)
    approver = person(platform, expected.dataset, Role.APPROVER)
    asked = platform.deliveries.publish(officer, delivery.id)
    if platform.registry.active(expected.dataset).contract.second_person:
        assert asked.state is State.AWAITING
        platform.deliveries.approve(approver, delivery.id)
    return settled(platform, officer, delivery.id)


def held_items(
    platform: Platform, expected: Expectation, delivery: Delivery
) -> list[QuarantinedItem]:
    officer = person(platform, expected.dataset, Role.OFFICER)
    return list(platform.deliveries.items(officer, delivery.id, ALL_ITEMS).items)


def rules_by_line(items: list[QuarantinedItem]) -> dict[int, frozenset[str]]:
    return {item.first: frozenset(reason.rule for reason in item.reasons) for item in items}


def typed(text: str | None, kind: LogicalType) -> Value:
    if text is None:
        return None
    match kind:
        case LogicalType.NUMBER:
            return float(Decimal(text))
        case LogicalType.INTEGER:
            return int(text)
        case LogicalType.BOOLEAN:
            return text == "true"
        case LogicalType.DATE:
            return date.fromisoformat(text)
        case LogicalType.TIMESTAMP:
            return datetime.fromisoformat(text)
        case _:
            return text


def read_cell(platform: Platform, dataset: str, cell: Cell) -> Value:
    """Read a released cell as a citizen does: by the permit of whoever did not sign in."""
    release = platform.warehouse.current(dataset)
    assert release is not None
    contract = platform.registry.by_hash(release.contract_hash).contract
    permit = require(ANONYMOUS, Action.READ_ROWS, Resource.of(contract), "journey")
    filters = tuple(Filter(name, Op.EQ, (value,)) for name, value in cell.key.items())
    page = platform.warehouse.read(
        permit, release.id, Query(columns=(cell.column,), filters=filters)
    )
    assert page.total == 1, cell
    value = page.rows[0][0]
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("expected", [*MADE, *REAL])
def test_a_file_is_read_checked_approved_and_read_by_a_citizen_as_counted_by_hand(
    platform: Platform, expected: Expectation
) -> None:
    delivery = delivered(platform, expected, expected.path)
    assert delivery.state is State.CHECKED, delivery.problem
    assert delivery.units is not None
    assert delivery.units.units == expected.units["all"]
    assert delivery.units.rejected == expected.units["rejected"]
    assert delivery.rows.made == expected.made
    held = rules_by_line(held_items(platform, expected, delivery))
    assert held == {each.line: each.rules for each in expected.quarantined}

    released = published(platform, expected, delivery)
    assert released.state is State.RELEASED, released.problem
    release = platform.warehouse.current(expected.dataset)
    assert release is not None
    assert release.delivery_id == delivery.id
    assert release.rows == release.counts.base + release.counts.inserted - release.counts.deleted
    contract = platform.registry.active(expected.dataset).contract
    for cell in expected.cells:
        kind = contract.column(cell.column).logical_type
        assert read_cell(platform, expected.dataset, cell) == typed(cell.value, kind), cell
    assert platform.quarantine.faults(delivery.id) == ()


@pytest.mark.parametrize("expected", REAL)
def test_nearly_all_true_rows_of_a_real_file_are_released(
    platform: Platform, expected: Expectation
) -> None:
    same = delivered(platform, expected, expected.path)
    assert same.rows.released + same.rows.waiting >= 0.95 * expected.made


@pytest.mark.parametrize("expected", REAL)
def test_cells_planted_in_a_real_file_wait_for_the_right_reason_and_can_be_returned(
    platform: Platform, expected: Expectation, tmp_path: Path
) -> None:
    copy = tmp_path / expected.path.name
    plant(expected.path, copy, [planted.cell for planted in expected.planted], expected.sheet)
    delivery = delivered(platform, expected, copy)
    held = rules_by_line(held_items(platform, expected, delivery))
    for planted in expected.planted:
        for line in (planted.cell.line, *planted.also):
            assert planted.rule in held.get(line, ()), (planted, held.get(line))
    officer = person(platform, expected.dataset, Role.OFFICER)
    count = platform.deliveries.return_items(officer, delivery.id, (), "Đề nghị kiểm tra lại nguồn")
    assert count == len(held)
    assert {i.state for i in held_items(platform, expected, delivery)} == {ItemState.RETURNED}
    released = published(platform, expected, delivery)
    assert released.state is State.RELEASED, released.problem
    assert released.release is not None
    assert platform.quarantine.faults(delivery.id) == ()
