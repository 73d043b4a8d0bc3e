"""Finding the header and its columns."""

import pytest

from tests.unit.intake.building import INTEGER, NUMBER, column, contract_of, harvest
from tinhdata.contracts import Contract
from tinhdata.intake.headers import HeaderFound, find_header, is_number_row, with_choice
from tinhdata.intake.model import Matched


def found(grid: list[list[str]], contract: Contract) -> HeaderFound:
    header = find_header(grid, contract)
    assert header is not None
    return header


def matches(header: HeaderFound) -> dict[str, tuple[int, Matched]]:
    return {match.column: (match.index, match.how) for match in header.matches}


def test_titles_above_the_header_are_passed_over() -> None:
    header = found(
        [["BÁO CÁO DIỆN TÍCH", "", ""], ["", "", ""], ["Tên xã", "Diện tích", "Ngày báo cáo"]],
        harvest(),
    )
    assert (header.first, header.depth) == (2, 1)
    assert set(matches(header)) == {"ten", "dien_tich", "ngay"}


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("Diện tích", Matched.EXACT),
        ("DIEN_TICH", Matched.EXACT),
        ("DIỆN  TÍCH:", Matched.FOLDED),
        ("dien tich", Matched.FOLDED),
        ("Diện tích (1.000 m2)", Matched.UNIT),
        ("Diện tích ha", Matched.EXACT),
        ("tích diện", Matched.ORDER),
        ("Diện tichs", Matched.CLOSE),
    ],
)
def test_a_name_is_found_however_it_is_written(written: str, how: Matched) -> None:
    header = found([["Tên xã", written], ["An Khánh", "12"]], harvest())
    assert matches(header)["dien_tich"] == (1, how)


def test_columns_may_stand_in_any_order() -> None:
    header = found([["ngày báo cáo", "DIEN TICH", "Ten xa"]], harvest())
    assert {name: place for name, (place, _) in matches(header).items()} == {
        "ngay": 0,
        "dien_tich": 1,
        "ten": 2,
    }


def test_rows_of_a_header_are_joined_from_top_to_bottom() -> None:
    contract = contract_of(
        [
            column("tinh", "Tỉnh"),
            column("a16", "Area 2016", NUMBER),
            column("p16", "Population 2016", NUMBER),
        ]
    )
    header = found([["Tỉnh", "2016", ""], ["", "Area", "Population"], ["A", "1", "2"]], contract)
    assert (header.first, header.depth) == (0, 2)
    assert {name: place for name, (place, _) in matches(header).items()} == {
        "tinh": 0,
        "a16": 1,
        "p16": 2,
    }


def test_a_header_that_occurs_twice_is_told_by_its_position() -> None:
    contract = contract_of(
        [
            column("tb", "Trung bình năm", NUMBER, synonyms=("Năm",), position=2),
            column("nam", "Năm", INTEGER, position=1),
        ]
    )
    header = found([["Năm", "I", "Năm"]], contract)
    assert {name: place for name, (place, _) in matches(header).items()} == {"nam": 0, "tb": 2}


def test_a_second_row_in_another_language_belongs_to_the_header() -> None:
    contract = contract_of(
        [
            column("ma", "Mã tỉnh", synonyms=("Province code",)),
            column("diem", "Điểm số", synonyms=("Score",)),
        ]
    )
    grid = [["Province code", "Score"], ["Mã tỉnh", "Điểm số"], ["1", "2"]]
    assert found(grid, contract).depth == 2


@pytest.mark.parametrize(
    ("name", "header"),
    [("Điểm I", "Điểm II"), ("Năm 2015", "Năm 2016"), ("Xã", "Mã")],
)
def test_names_that_differ_in_a_number_or_a_short_word_are_not_close(
    name: str, header: str
) -> None:
    contract = contract_of([column("ten", "Tên"), column("so", name)])
    assert "so" not in matches(found([["Tên", header]], contract))


def test_a_file_without_any_known_column_has_no_header() -> None:
    assert find_header([["x", "y"], ["1", "2"]], harvest()) is None


def test_a_persons_choice_takes_its_column_from_another() -> None:
    header = found([["Tên xã", "Diện tích", "Khác"]], harvest())
    chosen = with_choice(header, {"dien_tich": 2, "ngay": 1})
    assert matches(chosen) == {
        "ten": (0, Matched.EXACT),
        "dien_tich": (2, Matched.CHOSEN),
        "ngay": (1, Matched.CHOSEN),
    }


@pytest.mark.parametrize(
    "cells",
    [["A", "B", "1", "2", "3=1+2"], ["1", "2", "3", "4", "5"], ["(1)", "(2)", "(3)", "(4)", ""]],
)
def test_a_row_that_numbers_the_columns_is_known(cells: list[str]) -> None:
    assert is_number_row(cells, 5)


@pytest.mark.parametrize(
    "cells",
    [["1", "2", "3"], ["1961", "15.2", "15.9", "19.3"], ["A", "B", "C", "D"], ["1", "2", "4", "5"]],
)
def test_data_is_not_taken_for_a_row_of_column_numbers(cells: list[str]) -> None:
    assert not is_number_row(cells, len(cells))
