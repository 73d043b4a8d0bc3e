"""Units of a file where its headers and the lines above them do not say the same."""

from decimal import Decimal

import pytest

from tests.unit.intake.building import NUMBER, column, contract_of
from tinhdata.intake import ColumnMatch, Matched, ReadingChoice, UnitPlace
from tinhdata.intake.measuring import Units, find_units

CONTRACT = contract_of(
    [column("ten", "Tên"), column("thu", "Thu ngân sách", NUMBER, unit="triệu đồng")]
)


def units_of(header: str, *above: str, chosen: str | None = None) -> Units:
    choice = ReadingChoice(units={} if chosen is None else {"thu": chosen})
    match = ColumnMatch("thu", 1, header, Matched.UNIT)
    return find_units(CONTRACT, choice, [match], (), above)


def contradictions(units: Units) -> list[str]:
    return [str(note) for note in units.notes if "line above" in note.msgid]


@pytest.mark.parametrize(
    ("header", "above", "factor"),
    [
        ("Thu (tỷ đồng)", "Đơn vị tính: Triệu đồng", Decimal(1000)),
        ("Thu (triệu đồng)", "ĐVT: Tỷ đồng", Decimal(1)),
        ("Thu (đồng)", "ĐVT: Tỷ đồng, triệu đồng", Decimal("0.000001")),
    ],
)
def test_a_header_that_contradicts_the_title_is_taken_and_told(
    header: str, above: str, factor: Decimal
) -> None:
    units = units_of(header, "BÁO CÁO", above)
    assert [(unit.place, unit.factor) for unit in units.seen] == [(UnitPlace.HEADER, factor)]
    (told,) = contradictions(units)
    assert "Thu ngân sách" in told
    assert not units.asks


@pytest.mark.parametrize(
    ("header", "above"),
    [
        ("Thu (triệu đồng)", "Đơn vị tính: Triệu đồng"),
        ("Thu (tr.đ)", "Đơn vị tính: 1.000.000 đồng"),
        ("Thu (tỷ đồng)", "Đơn vị tính: triệu đồng, tỷ đồng"),
        ("Thu (tỷ đồng)", "Đơn vị tính: ha"),
        ("Thu (tỷ đồng)", "Số liệu năm 2024"),
        ("Thu", "Đơn vị tính: Tỷ đồng"),
    ],
)
def test_what_says_the_same_or_is_about_something_else_contradicts_nothing(
    header: str, above: str
) -> None:
    assert contradictions(units_of(header, above)) == []


def test_who_chose_a_unit_is_not_told_again() -> None:
    units = units_of("Thu (tỷ đồng)", "ĐVT: Triệu đồng", chosen="tỷ đồng")
    assert contradictions(units) == []
