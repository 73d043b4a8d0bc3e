"""A dataset that the catalogue could not describe is not released, and it is said why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.data.expectations import PACK
from tests.support.office import office
from tests.support.small_pack import small_pack
from tinhdata.access import Access, Actor, ActorKind, Agency, AgencyKind, Role
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.contracts import AccessLevel, Bilingual, Contract, Severity, load_contract
from tinhdata.db import Database, migrate
from tinhdata.deliveries import SampleFailed, State
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock
from tinhdata.pack import load_pack
from tinhdata.settings import Settings
from tinhdata.standards import PublishingCheck, complaints_of

DATASET = "danh-muc-co-quan"


@pytest.fixture(scope="module")
def contract() -> Contract:
    path = next((PACK / "contracts").rglob("dan-so-theo-xa.yaml"))
    return load_contract(path.read_bytes(), path.name).contract


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublishingCheck]:
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('gate') / 'x.db'}")
    migrate(db, ())
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    access = Access(db, Journal(clock, b"k" * 32), clock, b"k" * 32)
    with db.transaction() as tx:
        name = Bilingual("Sở Tài chính", "Department of Finance")
        access.add_agency(tx, "tests", Agency("H55.05", name, AgencyKind.PROVINCIAL))
    portal = load_pack(PACK, None, contracts=False).portal
    assert portal is not None
    yield PublishingCheck(access, portal)
    db.close()


def test_a_contract_in_order_has_nothing_against_it(
    gate: PublishingCheck, contract: Contract
) -> None:
    assert gate.complaints(contract) == ()
    assert gate.before_release(contract, ()) == ()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("contact", {"contact": None}),
        ("Contact", {"contact": "hỏi ở phòng số 5"}),
        ("legal-basis", {"legal_basis": ()}),
        ("cycle", {"update_cycle": None}),
        ("licence", {"licence": "tu-nghi-ra"}),
        ("publisher", {"agency": "H99.99"}),
        ("description", {"description": Bilingual("Số")}),
        ("title", {"name": Bilingual("Số")}),
    ],
)
def test_each_rule_of_the_catalogue_stops_what_breaks_it(
    gate: PublishingCheck, contract: Contract, rule: str, change: dict[str, object]
) -> None:
    broken = replace(contract, **change)  # type: ignore[arg-type] # the fields are named above
    found = {complaint.rule for complaint in gate.complaints(broken) if complaint.forbids}
    assert found == {rule}
    (said,) = gate.before_release(broken, ())
    assert str(said)


def test_what_is_only_recommended_is_a_remark(gate: PublishingCheck, contract: Contract) -> None:
    (complaint,) = gate.complaints(replace(contract, tags=()))
    assert (complaint.rule, complaint.severity) == ("keyword", Severity.WARNING)
    assert gate.before_release(replace(contract, tags=()), ()) == ()


def test_private_data_is_not_asked_about(gate: PublishingCheck, contract: Contract) -> None:
    private = replace(contract, access_level=AccessLevel.PRIVATE, contact=None, legal_basis=())
    assert gate.complaints(private) == ()


def test_the_same_contract_is_checked_once(gate: PublishingCheck, contract: Contract) -> None:
    other = replace(contract, tags=("một", "lần"))
    first = gate.complaints(other)
    before = gate.checks
    assert gate.complaints(replace(other)) == first
    assert gate.checks == before
    gate.complaints(replace(other, tags=("hai", "lần")))
    assert gate.checks == before + 1


def test_every_contract_of_the_pack_could_be_published() -> None:
    pack = load_pack(PACK, None)
    assert pack.portal is not None
    agencies = MappingProxyType({each.agency.code: each.agency for each in pack.agencies})
    wrong = {
        dataset.contract.id: found
        for dataset in pack.datasets
        if (
            found := complaints_of(
                dataset.contract, agencies.get(dataset.contract.agency), pack.portal
            )
        )
    }
    assert wrong == {}


def test_a_delivery_is_held_with_the_reason_and_nothing_is_published(tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack", {DATASET, "danh-muc-don-vi-hanh-chinh"})
    path = next((pack / "contracts").rglob(f"{DATASET}.yaml"))
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "property: contact" not in line]
    assert len(kept) == len(lines) - 1
    path.write_text("\n".join(kept), encoding="utf-8")
    platform = open_platform(Settings(store=tmp_path / "store", pack=pack, demo=True))
    try:
        with pytest.raises(SampleFailed, match="Nobody is named who answers"):
            install_pack(platform)
        assert platform.warehouse.current(DATASET) is None
        operator = Actor("per_x", "Người vận hành", ActorKind.PERSON, frozenset({Role.OPERATOR}))
        states = {each.dataset: each.state for each in platform.deliveries.page(operator).items}
        assert states[DATASET] is State.HELD
    finally:
        platform.close()


def test_the_nightly_check_is_kept_and_stands_in_the_journal(tmp_path: Path) -> None:
    with office(tmp_path / "store", datasets={DATASET}) as platform:
        platform.work.run_until_idle("tests")
        check = platform.standards.check_all()
        assert (check.checked, check.failed, check.datasets) == (2, 0, ())
        assert platform.standards.last_check() == check
        with platform.db.read() as tx:
            kinds = [entry.kind for entry in platform.journal.read(tx)]
        assert kinds.count("standards.checked") == 2  # the schedule's own, and ours
