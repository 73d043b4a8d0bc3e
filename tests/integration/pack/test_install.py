"""Loading the pack of the project into real registers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.data.expectations import PACK
from tests.support.small_pack import FIRST
from tinhdata.access import Access
from tinhdata.db import Database
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock
from tinhdata.pack import Installed, Pack, PackLoader, load_pack
from tinhdata.registry import ContractState, Registry


class Registers:
    """The registers of a new platform, and the deliveries that loading a pack asked for."""

    def __init__(self, database: Database) -> None:
        clock = FixedClock(datetime(2026, 11, 23, tzinfo=UTC))
        self.db = database
        self.journal = Journal(clock, b"j" * 32)
        self.access = Access(database, self.journal, clock, b"s" * 32)
        self.registry = Registry(database, self.journal, clock, self._is_agency)
        self.delivered: list[tuple[str, str, str]] = []

    def install(self, pack: Pack) -> Installed:
        loader = PackLoader(self.db, self.access, self.registry, self._deliver)
        return loader.install(pack)

    def _is_agency(self, code: str) -> bool:
        return any(agency.code == code for agency in self.access.agencies())

    def _deliver(self, dataset: str, file: Callable[[], Path], actor: str) -> bool:
        if any(done == dataset for done, _, _ in self.delivered):
            return False
        self.delivered.append((dataset, file().name, actor))
        return True


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACK, date(2026, 11, 23)).only(FIRST)


@pytest.fixture
def registers(database: Database) -> Registers:
    return Registers(database)


def test_a_demonstration_is_in_force_at_once_and_says_who_approved_it(
    registers: Registers, pack: Pack
) -> None:
    installed = registers.install(pack)
    assert len(installed.agencies) == 108
    assert len(installed.contracts) == len(installed.samples) == 9
    assert installed.refused == ()
    active = registers.registry.all_active()
    assert {r.hash for r in active} == {dataset.loaded.hash for dataset in pack.datasets}
    assert all(registered.is_approved_automatically for registered in active)


def test_samples_are_delivered_in_the_order_in_which_they_refer_to_each_other(
    registers: Registers, pack: Pack
) -> None:
    registers.install(pack)
    order = [dataset for dataset, _, _ in registers.delivered]
    assert order == [dataset.contract.id for dataset in pack.datasets]
    assert {actor for _, _, actor in registers.delivered} == {"pack"}


def test_loading_a_pack_again_changes_nothing(registers: Registers, pack: Pack) -> None:
    registers.install(pack)
    with registers.db.read() as tx:
        before = registers.journal.read(tx, 0)
    assert registers.install(pack).is_unchanged
    with registers.db.read() as tx:
        assert registers.journal.read(tx, 0) == before


def test_a_pack_for_real_use_only_proposes(registers: Registers, pack: Pack) -> None:
    installed = registers.install(replace(pack, demo=False))
    assert len(installed.contracts) == 9
    assert registers.registry.all_active() == ()
    assert {r.state for r in registers.registry.waiting()} == {ContractState.PROPOSED}
    assert registers.delivered == []


def test_a_contract_that_people_retired_is_not_put_into_force_again(
    registers: Registers, pack: Pack
) -> None:
    registers.install(pack)
    last = pack.datasets[-1]
    with registers.db.transaction() as tx:
        registers.registry.retire(tx, "per_1", last.loaded.hash)
    assert registers.install(pack).is_unchanged
    active = {r.dataset for r in registers.registry.all_active()}
    assert active == {d.contract.id for d in pack.datasets} - {last.contract.id}


def test_one_contract_that_is_refused_does_not_stop_the_others(
    registers: Registers, pack: Pack
) -> None:
    registers.install(pack)
    first = pack.datasets[0]
    other = replace(first, loaded=replace(first.loaded, hash="0" * 64, canonical=b"{}"))
    installed = registers.install(replace(pack, datasets=(other, *pack.datasets[1:])))
    (refused,) = installed.refused
    assert refused.dataset == first.contract.id
    assert refused.problem.code == "contract-version-taken"
    assert installed.contracts == ()


def test_what_an_agency_wrote_about_itself_stays(registers: Registers, pack: Pack) -> None:
    registers.install(pack)
    written = replace(registers.access.agency("H55.09"), contact="dulieu@example.vn")
    with registers.db.transaction() as tx:
        registers.access.add_agency(tx, "per_1", written)
    assert registers.install(pack).is_unchanged
    assert registers.access.agency("H55.09") == written
