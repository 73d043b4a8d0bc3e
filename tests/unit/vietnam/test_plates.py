import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import (
    PLATE_PLACES,
    PlateColour,
    PlateKind,
    Unreadable,
    VehiclePlate,
    parse_plate,
)

PLACES = st.sampled_from(sorted(PLATE_PLACES))
LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
CARS = st.builds(
    lambda place, letter, number: VehiclePlate(PlateKind.CAR, place, letter, f"{number:05}"),
    PLACES,
    st.sampled_from(LETTERS),
    st.integers(0, 99_999),
)
MOTORCYCLES = st.builds(
    lambda place, letter, series, number: VehiclePlate(
        PlateKind.MOTORCYCLE, place, f"{letter}{series}", f"{number:05}"
    ),
    PLACES,
    st.sampled_from(LETTERS),
    st.integers(1, 9),
    st.integers(0, 99_999),
)


def plate(
    text: str, kind: PlateKind | None = None, colour: PlateColour | None = None
) -> VehiclePlate:
    read = parse_plate(text, kind, colour)
    assert isinstance(read, VehiclePlate), read
    return read


def reason(answer: VehiclePlate | Unreadable) -> str:
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


@pytest.mark.parametrize(
    ("text", "form", "kind"),
    [
        ("20a12345", "20A-123.45", PlateKind.CAR),
        ("20A 123.45", "20A-123.45", PlateKind.CAR),
        ("20L-1234", "20L-1234", PlateKind.CAR),
        ("20LD-012.34", "20LD-012.34", PlateKind.CAR),
        ("20-B1 123.45", "20-B1 123.45", PlateKind.MOTORCYCLE),
        ("20b1-12345", "20-B1 123.45", PlateKind.MOTORCYCLE),
        ("20B1-2345", "20-B1 2345", PlateKind.MOTORCYCLE),
        ("20-AA 123.45", "20-AA 123.45", PlateKind.MOTORCYCLE),
        ("29-MĐ1 234.56", "29-MĐ1 234.56", PlateKind.MOTORCYCLE),
        ("TM 12-34", "TM-12-34", PlateKind.MILITARY),
        ("80-011-NG-01", "80-011-NG-01", PlateKind.FOREIGN),
        ("80NG01101", "80-011-NG-01", PlateKind.FOREIGN),
    ],
)
def test_a_plate_has_one_form_however_it_is_typed(text: str, form: str, kind: PlateKind) -> None:
    read = plate(text)
    assert (str(read), read.kind) == (form, kind)


def test_the_number_in_front_tells_the_province_of_before_2025() -> None:
    assert plate("20A-123.45").place_name == "Thái Nguyên"
    assert plate("97B-001.23").place_name == "Bắc Kạn"
    assert plate("TM-12-34").place_name is None


def test_without_a_sign_between_a_car_is_meant_unless_it_is_said() -> None:
    assert plate("20B12345").kind is PlateKind.CAR
    assert str(plate("20B12345", PlateKind.MOTORCYCLE)) == "20-B1 2345"
    assert plate("20B1-2345").is_old_form


def test_colour_must_go_with_the_kind_and_the_letter() -> None:
    assert plate("TM-12-34").colour is PlateColour.RED
    assert plate("20A-000.12", colour=PlateColour.BLUE).colour is PlateColour.BLUE
    assert "letters A B C" in reason(parse_plate("20X-000.12", colour=PlateColour.BLUE))
    assert "army" in reason(parse_plate("20A-000.12", colour=PlateColour.RED))
    assert "army" in reason(parse_plate("TM-12-34", colour=PlateColour.WHITE))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("13A-123.45", "begin with 13"),
        ("20O-123.45", "on no plate"),
        ("20A-123", "not a vehicle plate"),
        ("20A-1234567", "not a vehicle plate"),
        ("", "empty"),
    ],
)
def test_what_is_no_plate_is_refused(text: str, words: str) -> None:
    assert words in reason(parse_plate(text))


def test_a_plate_of_another_kind_than_said_is_refused() -> None:
    assert "another kind" in reason(parse_plate("TM-12-34", PlateKind.CAR))


def test_the_number_of_a_plate_stays_out_of_logs_and_pages() -> None:
    read = plate("20A-123.45")
    assert "123" not in repr(read)
    assert read.masked == "20A-•••.••"
    assert plate("20-B1 2345").masked == "20-B1 ••••"


@given(CARS | MOTORCYCLES)
def test_plates_read_back_as_they_were_written(made: VehiclePlate) -> None:
    assert plate(str(made)) == made
    assert plate(str(made).lower().replace(".", " "), made.kind) == made


def test_places_are_all_provinces_of_before_2025_and_the_central_bodies() -> None:
    assert len(set(PLATE_PLACES.values())) == 64
    assert not {"13", "42", "44", "45", "46", "87", "91", "96"} & set(PLATE_PLACES)


@given(st.text(max_size=20))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parse_plate(text)
