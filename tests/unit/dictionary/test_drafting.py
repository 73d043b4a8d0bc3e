from datetime import date

from tests.unit.dictionary.contracts import HOUSEHOLDS, PEOPLE, PLACES, UNITS, column, contract
from tinhdata.contracts import Contract, LogicalType
from tinhdata.dictionary import ColumnName, Draft, draft, merged
from tinhdata.edge.language import say

DAY = date(2026, 9, 30)


def drafted(*contracts: Contract) -> Draft:
    return draft(
        contracts, lambda code: f"Cơ quan {code}", PLACES, "Thử", DAY, lambda t: say(t, "vi")
    )


def element_at(found: Draft, dataset: str, name: str) -> str:
    return next(link.element for link in found.links if link.at == ColumnName(dataset, name))


def test_a_column_is_the_element_of_the_code_list_it_refers_to() -> None:
    found = drafted(PEOPLE, UNITS, HOUSEHOLDS)
    own = element_at(found, "danh-muc-xa", "ma")
    assert element_at(found, "dan-so", "ma_xa") == own
    assert element_at(found, "ho-dan", "xa") == own


def test_equal_label_type_and_unit_make_one_element() -> None:
    found = drafted(PEOPLE, HOUSEHOLDS)
    assert element_at(found, "dan-so", "dan_so") == element_at(found, "ho-dan", "so_dan")


def test_another_unit_is_another_element() -> None:
    thousands = contract(
        "dan-so-nghin", column("x", "Số dân", LogicalType.INTEGER, unit="nghìn người")
    )
    found = drafted(PEOPLE, thousands)
    assert element_at(found, "dan-so", "dan_so") != element_at(found, "dan-so-nghin", "x")


def test_labels_of_one_word_stay_apart_and_say_of_what_they_are() -> None:
    other = contract("danh-muc-khac", column("ma", "Mã"), key=("ma",), layer="reference")
    found = drafted(UNITS, other)
    names = {element.name for element in found.elements}
    assert names == {
        "Mã (bộ danh-muc-xa)",
        "Tên (bộ danh-muc-xa)",
        "Mã (bộ danh-muc-khac)",
    }


def test_a_reference_that_leads_round_in_a_circle_ends() -> None:
    left = contract("trai", column("ma_ben", "Mã bên", to=("phai", "ma_ben")))
    right = contract("phai", column("ma_ben", "Mã bên", to=("trai", "ma_ben")))
    assert len(drafted(left, right).elements) in {1, 2}


def test_the_four_parts_are_written_in_vietnamese_and_nothing_is_official() -> None:
    found = drafted(PEOPLE)
    element = next(each for each in found.elements if each.name == "Số dân")
    assert element.technical == "Số nguyên, đơn vị người."
    assert element.management == (
        "Cơ quan A99.1 quản lý; dữ liệu mở; cập nhật 1 tháng một lần; căn cứ: Luật Dữ liệu."
    )
    assert (element.layer, element.block, element.is_official) == ("original", "nguoi-dan", False)


def test_codes_are_plain_unique_and_the_same_in_any_order() -> None:
    twin = contract("song-sinh", column("x", "Số dân", LogicalType.NUMBER, unit="người"))
    one, other = drafted(PEOPLE, HOUSEHOLDS, twin), drafted(twin, HOUSEHOLDS, PEOPLE)
    assert one == other
    codes = [element.code for element in one.elements]
    assert len(set(codes)) == len(codes)
    assert {"so-dan-bo-dan-so", "so-dan-bo-song-sinh", "so-ho"} <= set(codes)


def test_the_own_code_of_each_register_is_an_element_of_its_own() -> None:
    hospitals = contract("benh-vien", column("ma", "Mã cơ sở"), key=("ma",), layer="master")
    hotels = contract("khach-san", column("ma", "Mã cơ sở"), key=("ma",), layer="master")
    visits = contract("luot-khach", column("noi", "Nơi ở", to=("khach-san", "ma")))
    found = drafted(hospitals, hotels, visits)
    assert element_at(found, "benh-vien", "ma") != element_at(found, "khach-san", "ma")
    assert element_at(found, "luot-khach", "noi") == element_at(found, "khach-san", "ma")


def test_merging_changes_nothing_that_is_there_and_adds_what_is_missing() -> None:
    kept = drafted(PEOPLE, UNITS)
    both = merged(kept, drafted(PEOPLE, UNITS, HOUSEHOLDS), date(2026, 10, 1))
    assert set(kept.elements) <= set(both.elements)
    assert set(kept.links) <= set(both.links)
    assert element_at(both, "ho-dan", "so_dan") == element_at(kept, "dan-so", "dan_so")
    assert {element.name for element in both.elements} - {e.name for e in kept.elements} == {
        "Số hộ"
    }
    assert merged(both, drafted(PEOPLE, UNITS, HOUSEHOLDS), date(2026, 10, 1)) == both
