"""The search agrees with the metadata database at every moment, whoever writes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.integration.catalogue.shelves import NOW, Shelf, column, contract
from tests.support.postgres import PostgresServer
from tinhdata.access import ANONYMOUS
from tinhdata.catalogue import DatabaseEntry, DatabaseKind, ExternalEntry, FacetName, Place
from tinhdata.catalogue import store as catalogue_store
from tinhdata.catalogue.model import LastRelease, Looked, Part
from tinhdata.contracts import AccessLevel, Bilingual
from tinhdata.db import Database, migrate
from tinhdata.registry import ContractState

RICE = contract("a-1", "Sản lượng lúa")


def test_what_one_process_commits_the_other_finds_at_once(shelf: Shelf) -> None:
    other = Shelf(shelf.database)
    assert other.ids("lúa") == []
    shelf.put(RICE)
    assert other.ids("lúa") == ["a-1"]
    shelf.put(contract("a-1", "Sản lượng ngô"))
    assert (other.ids("lúa"), other.ids("ngô")) == ([], ["a-1"])
    with shelf.database.transaction() as tx:
        shelf.tell(tx, RICE, ContractState.RETIRED)
    assert (other.ids("ngô"), shelf.ids("ngô")) == ([], [])


def test_what_is_rolled_back_was_never_there(shelf: Shelf) -> None:
    other = Shelf(shelf.database)

    def broken() -> None:
        with shelf.database.transaction() as tx:
            shelf.tell(tx, RICE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert (other.ids("lúa"), shelf.ids("lúa")) == ([], [])


def test_an_agency_is_found_by_its_new_name_alone(shelf: Shelf) -> None:
    other = Shelf(shelf.database)
    shelf.name_agency("A99.1", "Cục Hàng hải")
    shelf.put(RICE)
    assert other.ids("hàng hải") == ["a-1"]
    shelf.name_agency("A99.1", "Cục Kiểm lâm")
    assert (other.ids("hàng hải"), other.ids("kiểm lâm")) == ([], ["a-1"])


def test_a_database_of_the_register_is_found_by_its_new_name(shelf: Shelf) -> None:
    shelf.put(replace(RICE, database="csdl"))
    for name in ("Cơ sở dữ liệu trồng trọt", "Cơ sở dữ liệu mùa vụ"):
        entry = DatabaseEntry("csdl", Bilingual(name), DatabaseKind.SECTORAL, "A99.1")
        shelf.catalogue.put_database(entry)
    assert (shelf.ids("trồng trọt"), shelf.ids("mùa vụ")) == ([], ["a-1"])


def test_a_dataset_that_becomes_private_is_gone_for_strangers(shelf: Shelf) -> None:
    shelf.put(RICE)
    assert shelf.ids("lúa") == ["a-1"]
    shelf.put(contract("a-1", "Sản lượng lúa", level=AccessLevel.PRIVATE))
    assert shelf.ids("lúa") == []
    assert shelf.find().facets[FacetName.AGENCY] == ()


def test_values_of_rows_are_found_until_the_rows_are_withdrawn(shelf: Shelf) -> None:
    shelf.put(contract("a-5", "Danh mục", columns=[column("ten", "Tên")]))
    part = Part(Place.VALUE, "Kinh; Tày; Sán Chay", Bilingual("Tên"))
    with shelf.database.transaction() as tx:
        shelf_release = LastRelease("rel_2", 2, 3, NOW)
        catalogue_store.put_release(tx, "a-5", shelf_release, None, NOW)
        assert catalogue_store.put_looked(tx, Looked("a-5", "rel_2", 2, (part,)))
        assert not catalogue_store.put_looked(tx, Looked("a-5", "rel_1", 1, (part,)))
    (hit,) = shelf.find("san chay").hits
    assert [piece.text for m in hit.matches for piece in m.snippet if piece.found] == ["Sán Chay"]
    with shelf.database.transaction() as tx:
        catalogue_store.put_release(tx, "a-5", LastRelease("rel_1", 1, 3, NOW), None, NOW)
    assert shelf.ids("san chay") == []


def test_many_changes_leave_an_index_as_new(shelf: Shelf) -> None:
    """More texts are replaced than stay, so that the index is packed anew on its way."""
    shelf.put(*(contract(f"d-{n:02}", f"Khối {n}") for n in range(60)))
    assert shelf.find("khối").total == 60
    for turn in range(20):
        shelf.put(*(contract(f"d-{n:02}", f"Bảng {turn} số {n}") for n in range(60)))
        assert shelf.find("bảng").total == 60
    fresh = Shelf(shelf.database)
    assert shelf.find("khối").total == fresh.find("khối").total == 0
    for words in ("bảng 19", "số 7", "bang"):
        assert shelf.find(words) == fresh.find(words)


def test_a_dataset_of_another_portal_is_found_but_is_none_of_ours(shelf: Shelf) -> None:
    shelf.put(RICE)
    entry = ExternalEntry(
        "abc",
        "data.example.vn",
        Bilingual("Giá lúa gạo toàn quốc"),
        Bilingual("Giá theo tuần."),
        "Bộ Mẫu",
        ("gia",),
        ("csv",),
        "https://data.example.vn/gia",
        None,
        NOW,
    )
    with shelf.database.transaction() as tx:
        shelf.catalogue.put_external(tx, entry)
    assert shelf.ids("lúa") == ["a-1"]
    found = shelf.find("giá lúa", external=True)
    assert [hit.record.external for hit in found.hits] == [entry]
    assert {c.value: c.count for c in found.facets[FacetName.ORIGIN]}["external"] == 1
    assert shelf.catalogue.external("abc") == entry
    assert [r.dataset for r in shelf.catalogue.records(ANONYMOUS)] == ["a-1"]
    assert shelf.catalogue.listed(ANONYMOUS).total == 1
    with shelf.database.transaction() as tx:
        shelf.catalogue.drop_external(tx, "abc")
    assert shelf.find("giá", external=True).total == 0


@pytest.fixture
def side_by_side(postgres_server: PostgresServer) -> Iterator[Shelf]:
    with postgres_server.database() as url:
        database = Database(url)
        migrate(database, ())
        yield Shelf(database)
        database.close()


def test_a_transaction_that_commits_later_than_a_younger_one_is_not_missed(
    side_by_side: Shelf,
) -> None:
    shelf, reader = side_by_side, Shelf(side_by_side.database)
    assert reader.ids() == []
    with shelf.database.transaction() as older:
        shelf.tell(older, RICE)
        shelf.put(contract("a-2", "Sản lượng ngô"))
        assert reader.ids() == ["a-2"]
        shelf.put(contract("a-3", "Sản lượng khoai"))
        assert reader.ids() == ["a-3", "a-2"]
    assert reader.ids() == ["a-3", "a-1", "a-2"]
