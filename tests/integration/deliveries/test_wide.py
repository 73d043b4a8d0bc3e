"""Wide tables, marks and units from the file to the release, with every cell accounted for."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.deliveries.desk import OFFICER, Desk
from tests.integration.deliveries.wide_sets import AREAS, AREAS_SET, PIGS, PIGS_SET
from tests.unit.intake.building import real_data
from tinhdata.deliveries import Delivery, State, Units
from tinhdata.deliveries.model import Rows
from tinhdata.intake import Question, ReadingChoice, UnitPlace
from tinhdata.kernel import new_id
from tinhdata.quality.model import Step


@pytest.fixture
def pigs(office: Desk) -> Desk:
    office.registered(PIGS_SET)
    return office


def steps(delivery: Delivery) -> set[tuple[str, Step, int]]:
    assert delivery.report is not None
    return {(each.column, each.step, each.rows) for each in delivery.report.standardised}


def published(office: Desk, dataset: str, delivery: Delivery) -> list[tuple[object, ...]]:
    office.published(delivery, by=OFFICER)
    return list(office.rows(dataset))


def test_each_value_of_a_wide_table_becomes_a_row_and_empty_cells_are_counted(pigs: Desk) -> None:
    delivery = pigs.send(
        PIGS, "Tỉnh;2015;Prel. 2016", "An;1;2", "Bình;..;4", "Chi;;", "Tổng số;1;6"
    )
    assert delivery.state is State.CHECKED
    assert delivery.units == Units(
        units=5, structural=2, record_units=3, rejected=0, dropped=0, records=3, spread=6, empty=3
    )
    assert delivery.rows == Rows(made=3, waiting=3)
    assert steps(delivery) == {("nam", Step.MARK, 2)}
    assert published(pigs, PIGS, delivery) == [
        ("An", 2015, 1, "chính thức"),
        ("An", 2016, 2, "sơ bộ"),
        ("Bình", 2016, 4, "sơ bộ"),
    ]


def test_a_long_file_without_wide_columns_is_as_good(pigs: Desk) -> None:
    delivery = pigs.send(
        PIGS, "Tỉnh,Năm,Số con,Tình trạng", "A,2015,1,", "A,Prel. 2016,2,", "B,2016,3,sơ bộ"
    )
    assert delivery.units is not None
    assert (delivery.units.spread, delivery.units.made, delivery.rows.made) == (None, 3, 3)
    assert [row[3] for row in published(pigs, PIGS, delivery)] == ["chính thức", "sơ bộ", "sơ bộ"]


def test_a_unit_in_a_line_above_is_multiplied_in_exactly(pigs: Desk) -> None:
    delivery = pigs.send(
        PIGS, "Đàn lợn;;", "Đơn vị tính: Nghìn con;;", "Tỉnh;2015;2016", "A;1,5;0,001"
    )
    assert delivery.understanding is not None
    (unit,) = delivery.understanding.units
    assert (unit.unit, unit.place, unit.factor) == ("Nghìn con", UnitPlace.TITLE, Decimal(1000))
    assert ("so_con", Step.UNIT, 2) in steps(delivery)
    assert [row[2] for row in published(pigs, PIGS, delivery)] == [1500, 1]


@pytest.mark.parametrize(
    "row", [";(nghìn con);(nghìn con)", ";Nghìn con;Nghìn con", "ĐVT;[1000 con];[1000 con]"]
)
def test_a_row_of_units_below_the_header_belongs_to_it(pigs: Desk, row: str) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015;2016", row, "A;1,5;2")
    assert delivery.understanding is not None
    assert [unit.factor for unit in delivery.understanding.units] == [Decimal(1000)]
    assert delivery.rows == Rows(made=2, waiting=2)
    assert [row[2] for row in published(pigs, PIGS, delivery)] == [1500, 2000]


@pytest.mark.parametrize("row", [";(nghìn con);(tấn)", ";nghìn con;"])
def test_a_row_of_units_that_differ_or_are_not_for_all_is_asked(pigs: Desk, row: str) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015;2016", row, "A;1,5;2")
    assert delivery.understanding is not None
    assert delivery.understanding.questions == (Question.UNIT,)


def test_a_year_whose_header_no_template_has_is_said_not_to_be_read(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015;Ước 2016;Mã 17;Ghi chú", "An;1;2;3;x", "Bình;4;5;6;y")
    assert delivery.rows.made == 2
    assert delivery.understanding is not None
    said = [str(note) for note in delivery.understanding.notes]
    assert ["Ước 2016" in note for note in said] == [True]


def test_a_row_below_the_header_with_anything_but_units_is_data(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015;2016", "Tấn;nghìn con;2", "A;1;2")
    assert delivery.rows.made == 4


def test_a_part_of_a_pig_is_held_and_not_rounded(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Đơn vị tính: Nghìn con;;", "Tỉnh;2015;2016", "A;1,5;0,00051")
    assert delivery.rows == Rows(made=2, waiting=1, quarantined=1)


def test_rows_that_are_mended_are_in_the_unit_of_their_file(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Đơn vị tính: Nghìn con;;", "Tỉnh;2015;2016", "A;1,5;x")
    (item,) = pigs.open_items(delivery)
    assert pigs.mend(delivery, item, "so_con", "2,5") == 1
    assert [row[2] for row in published(pigs, PIGS, delivery)] == [1500, 2500]


def test_a_cell_that_only_holds_a_mark_is_a_row_that_waits(office: Desk) -> None:
    office.registered(PIGS_SET)
    delivery = office.send(PIGS, "Tỉnh;2015 (*);2016", "A;(*);3")
    assert delivery.rows == Rows(made=2, waiting=1, quarantined=1)


def test_a_year_that_stands_there_twice_is_said_and_its_rows_are_held(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015;2015", "An;1;2", "Bình;3;3")
    assert delivery.understanding is not None
    assert any("header of 2 columns" in str(note) for note in delivery.understanding.notes)
    assert delivery.rows == Rows(made=4, waiting=1, quarantined=2, linked=1)
    chosen = pigs.deliveries.choose(OFFICER, delivery.id, ReadingChoice(left_out=(2,)))
    again = pigs.settled(chosen.id)
    assert again.rows == Rows(made=2, waiting=2)


def test_a_unit_that_measures_something_else_is_asked(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015 (tấn);2016 (tấn)", "An;1;2")
    assert delivery.state is State.CHOOSING
    assert delivery.understanding is not None
    assert delivery.understanding.questions == (Question.UNIT,)
    pigs.deliveries.choose(OFFICER, delivery.id, ReadingChoice(units={"so_con": "nghìn con"}))
    assert pigs.settled(delivery.id).state is State.CHECKED
    assert [row[2] for row in published(pigs, PIGS, pigs.get(delivery.id))] == [1000, 2000]


def test_two_units_for_one_column_are_asked(pigs: Desk) -> None:
    delivery = pigs.send(PIGS, "Tỉnh;2015 (nghìn con);2016 (con)", "An;1;2")
    assert delivery.state is State.CHOOSING
    assert delivery.understanding is not None
    assert delivery.understanding.units[0].factor is None


def test_several_values_of_a_year_stand_in_one_row(office: Desk) -> None:
    office.registered(AREAS_SET)
    delivery = office.send(
        AREAS,
        "Tỉnh;2015;;2016 (*);",
        ";Area (Km2);Average population (1000 pers.);Area (Km2);Average population (1000 pers.)",
        "A;1,5;2;;",
        "B;1;;2;3",
    )
    assert delivery.rows == Rows(made=3, waiting=3)
    assert published(office, AREAS, delivery) == [
        ("A", 2015, Decimal("150.0"), 2000, None, "chính thức"),
        ("B", 2015, Decimal("100.0"), None, None, "chính thức"),
        ("B", 2016, Decimal("200.0"), 3000, None, "có ghi chú"),
    ]


CELLS = st.lists(st.lists(st.sampled_from(["", " ", "..", "1", "2", "x"]), min_size=3, max_size=3))


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(CELLS)
def test_rows_made_are_records_times_columns_less_empty_cells(
    pigs: Desk, lines: list[list[str]]
) -> None:
    rows = [f"{new_id('p')};" + ";".join(cells) for cells in lines]
    delivery = pigs.send(PIGS, "Tỉnh;2014;2015;2016", *rows)
    assert delivery.units is not None
    empty = sum(cell.strip() in ("", "..") for cells in lines for cell in cells)
    assert delivery.rows.made == 3 * len(lines) - empty
    assert delivery.units.made == delivery.rows.made
    assert delivery.units.records == len(lines)


def test_pigs_of_the_statistics_office_arrive_whole(pigs: Desk) -> None:
    path = real_data(
        "gso-statistics",
        "Agriculture, Forestry and Fishery",
        "Number of pigs as of annual 1st October by province.csv",
    )
    sent = pigs.send_bytes(PIGS, path.read_bytes())
    choice = ReadingChoice(units={"so_con": "Thous. heads"})  # the file does not say it anywhere
    delivery = pigs.settled(pigs.deliveries.choose(OFFICER, sent.id, choice).id)
    assert delivery.units is not None
    assert (delivery.units.units, delivery.units.records, delivery.units.spread) == (74, 70, 1540)
    assert delivery.units.empty == 36
    assert delivery.rows == Rows(made=1504, waiting=1504)
    rows = {(row[0], row[1]): row[2:] for row in published(pigs, PIGS, delivery)}
    assert rows["Red River Delta", 1995] == (4516800, "chính thức")
    assert rows["Ca Mau", 2016] == (134100, "sơ bộ")


def test_areas_and_people_of_the_statistics_office_arrive_in_our_units(office: Desk) -> None:
    office.registered(AREAS_SET)
    path = real_data(
        "gso-statistics",
        "Population and Employment",
        "Area, population and population density by province.csv",
    )
    delivery = office.send_bytes(AREAS, path.read_bytes())
    assert delivery.rows == Rows(made=414, waiting=414)
    rows = {(row[0], row[1]): row[2:] for row in published(office, AREAS, delivery)}
    assert rows["Red River Delta", 2011] == (
        Decimal("2106810.0"),
        20066100,
        Decimal("952.4"),
        "chính thức",
    )
    assert rows["Ca Mau", 2016] == (Decimal("522120.0"), 1222600, Decimal("234.0"), "có ghi chú")
