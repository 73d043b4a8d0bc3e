"""Every folder of real files through a contract that was drafted from it and finished by hand.

The expectations were written from the files themselves; see tests/data/real.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shapely import from_geojson, make_valid

from tests.data.expectations import REAL_FILES, of_real_files
from tests.data.real_folders import REAL_PACK, RealDelivery, real_folders
from tests.journeys.test_six_files import read_cell, typed
from tests.support.drafts import drafted
from tests.support.office import send, settled
from tinhdata.access import Actor
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.contracts import Column, DraftWishes, Severity, load_contract
from tinhdata.deliveries import Delivery, State
from tinhdata.quality import CellMend, ItemQuery
from tinhdata.settings import Settings

FOLDERS = real_folders()
DELIVERIES = tuple(
    pytest.param(each, id=each.dataset) for folder in FOLDERS for each in folder.deliveries
)
LEAST_RELEASED = 0.95
LEAST_UNCHANGED = 0.8

pytestmark = pytest.mark.skipif(
    not REAL_FILES.is_dir(), reason=f"the real files are not at {REAL_FILES}"
)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    store = tmp_path_factory.mktemp("real") / "store"
    opened = open_platform(Settings(store=store, pack=REAL_PACK, demo=True))
    try:
        install_pack(opened)
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packed")


@pytest.fixture(scope="module")
def officer(platform: Platform) -> Actor:
    return platform.access.actor("canbo")


@pytest.mark.parametrize("expected", DELIVERIES)
def test_a_real_file_is_read_accounted_for_released_and_read_back_as_counted_by_hand(
    platform: Platform, officer: Actor, packed: Path, expected: RealDelivery
) -> None:
    delivery = send(platform, officer, expected.dataset, expected.sent(packed)).delivery
    delivery = settled(platform, officer, delivery.id)
    assert delivery.state is State.CHECKED, delivery.problem
    every_unit_is_where_it_was_counted(delivery, expected)

    items = platform.deliveries.items(officer, delivery.id, ItemQuery(limit=10_000)).items
    held = {item.first: frozenset(reason.rule for reason in item.reasons) for item in items}
    assert held.keys() == {each.unit for each in expected.held}
    assert all(each.is_met_by(held[each.unit]) for each in expected.held), held

    platform.deliveries.publish(officer, delivery.id)
    released = settled(platform, officer, delivery.id)
    assert released.state is State.RELEASED, released.problem
    rows = released.rows
    assert rows.made == rows.released + rows.quarantined + rows.linked + rows.waiting
    assert (rows.quarantined, rows.linked) == (len(expected.held), expected.linked)
    assert rows.released >= LEAST_RELEASED * expected.true
    release = platform.warehouse.current(expected.dataset)
    assert release is not None
    assert (release.delivery_id, release.rows) == (delivery.id, rows.released)
    assert platform.quarantine.faults(delivery.id) == ()

    contract = platform.registry.active(expected.dataset).contract
    assert len(expected.cells) >= 5
    for cell in expected.cells:
        kind = contract.column(cell.column).logical_type
        assert read_cell(platform, expected.dataset, cell) == typed(cell.value, kind), cell


def every_unit_is_where_it_was_counted(delivery: Delivery, expected: RealDelivery) -> None:
    units, counted = delivery.units, expected.units
    assert units is not None
    assert (units.units, units.structural, units.record_units, units.rejected, units.dropped) == (
        counted["all"],
        counted["structural"],
        counted["records"],
        counted["rejected"],
        counted["dropped"],
    )
    assert units.units == units.structural + units.record_units + units.rejected + units.dropped
    assert (units.records, units.spread, units.empty) == (
        expected.records,
        expected.spread,
        expected.empty,
    )
    assert units.made == delivery.rows.made == expected.made


def untangled_polygon(path: Path) -> str:
    """Give the polygon of the feature that touches itself, cut where it does."""
    features: list[dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [from_geojson(json.dumps(each["geometry"])) for each in features]
    (crossed,) = (each for each in shapes if not each.is_valid)
    return str(make_valid(crossed).wkt)


@pytest.mark.parametrize(
    ("dataset", "column", "mended"),
    [
        # Begun in the year 210: the owner says 2010.
        pytest.param("thuy-dien", "khoi_cong", lambda _path: "2010", id="year"),
        pytest.param("khu-bao-ton", "geometry", untangled_polygon, id="polygon"),
    ],
)
def test_a_row_that_the_source_got_wrong_is_mended_and_then_all_are_released(
    platform: Platform,
    officer: Actor,
    packed: Path,
    dataset: str,
    column: str,
    mended: Callable[[Path], str],
) -> None:
    expected = next(d for f in FOLDERS for d in f.deliveries if d.dataset == dataset)
    path = expected.sent(packed)
    parent = settled(platform, officer, send(platform, officer, dataset, path).delivery.id)
    if parent.state is State.CHECKED:
        platform.deliveries.publish(officer, parent.id)
        settled(platform, officer, parent.id)
    (item,) = platform.deliveries.items(officer, parent.id, ItemQuery()).items
    platform.deliveries.mend(officer, parent.id, [CellMend(item.item, column, mended(path))])
    child = platform.deliveries.correct(officer, parent.id, [item.item])
    assert settled(platform, officer, child.id).state is State.CHECKED
    platform.deliveries.publish(officer, child.id)
    assert settled(platform, officer, child.id).state is State.RELEASED
    release = platform.warehouse.current(dataset)
    assert release is not None
    assert release.rows == expected.made


@pytest.mark.parametrize("expected", DELIVERIES)
def test_the_draft_of_a_real_file_is_a_contract_that_finishing_leaves_mostly_as_it_was(
    packed: Path, expected: RealDelivery
) -> None:
    draft = drafted(expected.sent(packed), DraftWishes(id=expected.dataset))
    raw = load_contract(draft.yaml.encode(), f"{expected.dataset}.yaml")
    assert [each for each in raw.findings if each.severity is Severity.CRITICAL] == []
    path = next((REAL_PACK / "contracts").rglob(f"{expected.dataset}.yaml"))
    finished = load_contract(path.read_bytes(), path.name).contract
    assert (raw.contract.id, raw.contract.mode) == (finished.id, raw.contract.mode)
    before, after = set(map(_core, raw.contract.columns)), set(map(_core, finished.columns))
    assert len(before & after) >= LEAST_UNCHANGED * max(len(before), len(after))


def _core(column: Column) -> tuple[str, str, str, bool]:
    """Give what makes a column what it is for those who read it."""
    return (column.id, column.name, column.logical_type.value, column.geometry is not None)


def test_every_folder_of_real_files_is_delivered() -> None:
    folders = {path.parent for path in REAL_FILES.rglob("*") if path.is_file()} - {REAL_FILES}
    delivered = {
        file.parent for folder in FOLDERS for each in folder.deliveries for file in each.files
    }
    assert folders == delivered
    contracted = {path for folder in FOLDERS for path in folder.contracted}
    assert contracted == {each.path for each in of_real_files()}


def test_every_contract_of_real_files_is_used() -> None:
    contracts = {path.stem for path in (REAL_PACK / "contracts").rglob("*.yaml")}
    assert contracts == {each.dataset for folder in FOLDERS for each in folder.deliveries}
