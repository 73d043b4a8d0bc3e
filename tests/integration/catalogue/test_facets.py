"""Facets, their counts, order and pages; and that nobody learns of what is not for her."""

from datetime import timedelta

import pytest

from tests.integration.catalogue.shelves import NOW, OFFICER, Shelf, column, contract
from tinhdata.access import ANONYMOUS, Actor
from tinhdata.catalogue import CatalogueQuery, FacetName, NoSuchRecord, Quality, Sorting
from tinhdata.catalogue import store as catalogue_store
from tinhdata.catalogue.model import LastRelease, Looked
from tinhdata.contracts import AccessLevel

COMMUNE = column("ma_xa", "Mã xã", semantic_type="commune-code")


def counted(
    shelf: Shelf, facet: FacetName, reader: Actor = ANONYMOUS, **more: object
) -> dict[str, int]:
    words = str(more.pop("words", ""))
    filters = {FacetName(name): (str(value),) for name, value in more.items()}
    found = shelf.find(words, reader, filters)
    return {each.value: each.count for each in found.facets[facet]}


@pytest.fixture(autouse=True)
def filled(shelf: Shelf) -> None:
    shelf.name_agency("A99.1", "Sở Một")
    shelf.name_agency("A99.2", "Sở Hai")
    shelf.put(
        contract("lua", "Lúa theo xã", columns=[COMMUNE]),
        contract("ngo", "Ngô theo xã", columns=[COMMUNE], agency="A99.2"),
        contract("duong", "Đường bộ", agency="A99.2", sector="giao-thong"),
        contract("mat", "Thửa ruộng bí mật", level=AccessLevel.PRIVATE, sector="kin"),
    )


def test_each_facet_counts_with_all_filters_but_its_own(shelf: Shelf) -> None:
    assert counted(shelf, FacetName.AGENCY) == {"A99.1": 1, "A99.2": 2}
    assert counted(shelf, FacetName.AGENCY, agency="A99.1") == {"A99.1": 1, "A99.2": 2}
    assert counted(shelf, FacetName.TOPIC, agency="A99.2") == {"nong-nghiep": 1, "giao-thong": 1}
    assert counted(shelf, FacetName.AREA, agency="A99.2", topic="giao-thong") == {"province": 1}
    assert counted(shelf, FacetName.AGENCY, words="theo xã") == {"A99.1": 1, "A99.2": 1}


def test_values_of_a_facet_are_alternatives_and_facets_add_up(shelf: Shelf) -> None:
    both = {FacetName.AGENCY: ("A99.1", "A99.2"), FacetName.AREA: ("commune",)}
    assert {hit.record.dataset for hit in shelf.find(filters=both).hits} == {"lua", "ngo"}
    assert shelf.find(filters={FacetName.AGENCY: ("no-such",)}).total == 0


def test_a_private_dataset_shows_nowhere_to_a_stranger(shelf: Shelf) -> None:
    assert shelf.ids("bí mật") == []
    assert shelf.find("bí mật").suggestion is None
    assert shelf.find("ruộgn").suggestion is None, "a mended word would tell of it"
    assert counted(shelf, FacetName.ACCESS) == {"open": 3}
    assert "kin" not in counted(shelf, FacetName.TOPIC)
    assert shelf.catalogue.suggest("bí mật", ANONYMOUS) == ()
    assert "mat" not in {record.dataset for record in shelf.catalogue.records(ANONYMOUS)}
    assert "mat" not in {record.dataset for record in shelf.catalogue.listed(ANONYMOUS).items}
    with pytest.raises(NoSuchRecord):
        shelf.catalogue.record("mat", ANONYMOUS)


def test_who_is_signed_in_finds_what_is_private(shelf: Shelf) -> None:
    assert shelf.ids("bí mật", OFFICER) == ["mat"]
    assert counted(shelf, FacetName.ACCESS, OFFICER) == {"open": 3, "private": 1}
    assert shelf.find("ruộgn", OFFICER).suggestion == "ruộng"


def test_rows_decide_about_format_period_age_and_quality(shelf: Shelf) -> None:
    with shelf.database.transaction() as tx:
        for dataset, days in (("lua", 2), ("ngo", 400)):
            released = LastRelease(f"rel_{dataset}", 1, 10, NOW - timedelta(days=days))
            catalogue_store.put_check(tx, f"dlv_{dataset}", Quality.PASSED, False)
            catalogue_store.put_release(tx, dataset, released, f"dlv_{dataset}", NOW)
        catalogue_store.put_looked(tx, Looked("ngo", "rel_ngo", 1, (), (2023, 2025)))
    assert counted(shelf, FacetName.UPDATED) == {"week": 1, "older": 1, "never": 1}
    assert counted(shelf, FacetName.QUALITY) == {"passed": 2, "not-measured": 1}
    assert counted(shelf, FacetName.PERIOD) == {"2023": 1, "2024": 1, "2025": 1}
    assert counted(shelf, FacetName.FORMAT)["parquet"] == 2
    assert "geojson" not in counted(shelf, FacetName.FORMAT)
    newest = shelf.catalogue.find(CatalogueQuery(sort=Sorting.UPDATED), ANONYMOUS)
    assert [hit.record.dataset for hit in newest.hits] == ["lua", "ngo", "duong"]


def test_what_was_updated_grows_old_by_itself(shelf: Shelf) -> None:
    with shelf.database.transaction() as tx:
        catalogue_store.put_release(tx, "lua", LastRelease("rel_lua", 1, 10, NOW), None, NOW)
    assert counted(shelf, FacetName.UPDATED)["week"] == 1
    shelf.clock.move(timedelta(days=20))
    assert counted(shelf, FacetName.UPDATED) == {"month": 1, "never": 2}


def test_pages_follow_each_other_without_gap_or_repetition(shelf: Shelf) -> None:
    shelf.put(*(contract(f"d-{number:03}", f"Khối {number}") for number in range(45)))
    pages = [
        shelf.catalogue.find(CatalogueQuery("khối", offset=offset, limit=20), ANONYMOUS)
        for offset in (0, 20, 40, 60)
    ]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
    assert {page.total for page in pages} == {45}
    assert len({hit.record.dataset for page in pages for hit in page.hits}) == 45


def test_no_page_begins_before_the_first_hit(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="no such page"):
        shelf.catalogue.find(CatalogueQuery(offset=-1), ANONYMOUS)
    with pytest.raises(ValueError, match="no such page"):
        shelf.catalogue.find(CatalogueQuery(limit=1_001), ANONYMOUS)


def test_records_are_walked_through_by_id_since_a_moment(shelf: Shelf) -> None:
    listed = shelf.catalogue.listed(OFFICER, offset=1, limit=2)
    assert ([record.dataset for record in listed.items], listed.total) == (["lua", "mat"], 4)
    shelf.clock.move(timedelta(hours=1))
    with shelf.database.transaction() as tx:
        shelf.catalogue.on_release(tx, "ngo", None)
    since = NOW + timedelta(minutes=30)
    assert [r.dataset for r in shelf.catalogue.listed(ANONYMOUS, since=since).items] == ["ngo"]
