from dataclasses import replace
from datetime import date

from tests.unit.dictionary.contracts import HOUSEHOLDS, PEOPLE, UNITS, column, contract
from tests.unit.dictionary.test_drafting import DAY, drafted
from tinhdata.contracts import Contract, LogicalType
from tinhdata.dictionary import ColumnName, Link, Overlap, Share
from tinhdata.dictionary.rules import collected_twice, coverage, in_force

LATER = date(2027, 1, 1)


def linked(*contracts: Contract) -> dict[ColumnName, str]:
    return {link.at: link.element for link in drafted(*contracts).links}


def test_elements_and_links_hold_from_their_first_day_until_before_their_last() -> None:
    found = drafted(PEOPLE)
    ended = [replace(each, valid_to=LATER) for each in found.elements]
    assert in_force(ended, found.links, date(2026, 9, 29)) == ({}, {})
    assert len(in_force(ended, found.links, DAY)[1]) == 2
    assert in_force(ended, found.links, LATER) == ({}, {})


def test_a_link_to_an_element_that_has_ended_covers_nothing() -> None:
    found = drafted(PEOPLE)
    gone = found.elements[0]
    elements = [replace(gone, valid_to=DAY), *found.elements[1:]]
    holding, links = in_force(elements, found.links, DAY)
    assert gone.code not in holding
    assert gone.code not in links.values()


def test_coverage_counts_columns_and_official_ones_and_suggests_for_the_others() -> None:
    found = drafted(PEOPLE)
    elements = [replace(each, is_official=each.name == "Số dân") for each in found.elements]
    holding, links = in_force(elements, found.links, DAY)
    covered = coverage([PEOPLE, HOUSEHOLDS], holding, links)
    assert covered.total == Share(5, 2, 1)
    assert covered.by_dataset["ho-dan"] == Share(3, 0, 0)
    suggested = {each.at.column: each.suggestion for each in covered.unlinked}
    assert suggested == {"xa": None, "so_ho": None, "so_dan": "so-dan"}


def test_two_datasets_with_one_figure_about_the_same_things_are_found() -> None:
    contracts = (UNITS, PEOPLE, HOUSEHOLDS)
    links = linked(*contracts)
    assert collected_twice(contracts, links) == (
        Overlap(
            "so-dan",
            (links[ColumnName("danh-muc-xa", "ma")],),
            (ColumnName("dan-so", "dan_so"), ColumnName("ho-dan", "so_dan")),
        ),
    )


def test_another_grain_or_a_made_up_layer_is_no_second_collection() -> None:
    by_year = contract(
        "dan-so-nam",
        column("ma_xa", "Mã xã", to=("danh-muc-xa", "ma")),
        column("nam_bao_cao", "Năm báo cáo", LogicalType.INTEGER),
        column("dan_so", "Số dân", LogicalType.INTEGER, unit="người"),
        key=("ma_xa", "nam_bao_cao"),
    )
    summed = contract("tong-hop", *HOUSEHOLDS.columns, key=HOUSEHOLDS.key, layer="aggregate")
    contracts = (UNITS, PEOPLE, by_year, summed)
    assert collected_twice(contracts, linked(*contracts)) == ()


def test_what_only_refers_to_the_other_dataset_is_not_collected() -> None:
    rates = contract(
        "gia",
        column("hang", "Mã mặt hàng"),
        column("muc", "Mức giá niêm yết", LogicalType.NUMBER, unit="đồng"),
        key=("hang",),
    )
    copies = contract(
        "gia-ban",
        column("hang", "Mã mặt hàng", to=("gia", "hang")),
        column("muc", "Mức giá niêm yết", LogicalType.NUMBER, unit="đồng", to=("gia", "muc")),
        key=("hang",),
    )
    contracts = (rates, copies)
    assert collected_twice(contracts, linked(*contracts)) == ()


def test_a_later_link_may_stand_beside_the_one_before() -> None:
    found = drafted(PEOPLE)
    at = ColumnName("dan-so", "dan_so")
    before = next(link for link in found.links if link.at == at)
    links = [replace(before, valid_to=LATER), Link(at, found.elements[0].code, LATER)]
    assert in_force(found.elements, links, DAY)[1][at] == before.element
    assert in_force(found.elements, links, LATER)[1][at] == found.elements[0].code
