from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.vietnam.real_data import real_rows
from tinhdata.vietnam import (
    Number,
    NumberForm,
    Unreadable,
    find_number_form,
    format_number,
    parse_number,
)

VIETNAMESE, ENGLISH, PLAIN = NumberForm


def value(text: str, form: NumberForm | None) -> Decimal:
    number = parse_number(text, form)
    assert isinstance(number, Number), number
    return number.value


def reason(text: str, form: NumberForm | None) -> str:
    unreadable = parse_number(text, form)
    assert isinstance(unreadable, Unreadable), unreadable
    return str(unreadable.reason)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234,5", "1234.5"),
        ("3.359,80", "3359.80"),
        ("8.718.000", "8718000"),
        ("30,509", "30.509"),
        ("1.234", "1234"),
        ("12", "12"),
        ("0,5", "0.5"),
        (",5", "0.5"),
        ("1 234 567,8", "1234567.8"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("1\u202f234,5", "1234.5"),
        ("(1.234)", "-1234"),
        ("-5", "-5"),
        ("\u22125", "-5"),
        ("\u20135", "-5"),
        ("+5", "5"),
        (" 007 ", "7"),
        ("1,5E+03", "1500"),
    ],
)
def test_the_vietnamese_form_is_read(text: str, expected: str) -> None:
    assert value(text, VIETNAMESE) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.5", "1234.5"),
        ("22594.0", "22594.0"),
        ("30,509", "30509"),
        ("1.234", "1.234"),
        ("1'234.5", "1234.5"),
        ("(1,000)", "-1000"),
        ("1.5E-02", "0.015"),
    ],
)
def test_the_english_form_is_read(text: str, expected: str) -> None:
    assert value(text, ENGLISH) == Decimal(expected)


def test_the_plain_form_has_no_thousands() -> None:
    assert value("1234567.8", PLAIN) == Decimal("1234567.8")
    assert "is not a number in the plain form" in reason("1,234", PLAIN)


@pytest.mark.parametrize("text", ["12,5%", "12,5 %", "(12,5)%", "(12,5%)"])
def test_a_percentage_keeps_its_value_and_knows_its_share(text: str) -> None:
    number = parse_number(text, VIETNAMESE)
    assert isinstance(number, Number)
    assert number.is_percent
    assert abs(number.value) == Decimal("12.5")
    assert abs(number.fraction) == Decimal("0.125")


@pytest.mark.parametrize(
    "text",
    ["..", "-", "abc", "1.234.56", "1,2,3", "5-", "(5", "5)", "(-5)", "5%%", "1  2", "12 tr", "²",
     "1.2345,6", "0.123.456", "१२", "1e999999"],
)  # fmt: skip
@pytest.mark.parametrize("form", [VIETNAMESE, None])
def test_what_is_no_number_is_refused(text: str, form: NumberForm | None) -> None:
    assert "is not a number" in reason(text, form)


def test_a_number_of_the_other_form_is_refused_with_its_other_reading() -> None:
    assert reason("1.23", VIETNAMESE) == (
        "“1.23” is not a number in the Vietnamese form (1.234,5); "
        "in the English form (1,234.5) it would be 1.23."
    )
    assert "0.123" in reason("0.123", VIETNAMESE)


def test_a_text_with_two_readings_needs_a_form() -> None:
    assert reason("1.234", None) == (
        "“1.234” can be read as 1234 (Vietnamese form) or as 1.234 (English form). "
        "Say which form the column has."
    )
    assert value("1.234,5", None) == Decimal("1234.5")
    assert value("1,234.5", None) == Decimal("1234.5")
    assert value("1 234", None) == 1234


def test_empty_and_huge_texts_say_so() -> None:
    assert "empty" in reason("  ", VIETNAMESE)
    assert "38 digits" in reason("1" * 39, VIETNAMESE)
    assert value("9" * 38, VIETNAMESE) == Decimal("9" * 38)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12),
                max_value=10**12),
    st.sampled_from(NumberForm),
)  # fmt: skip
def test_a_written_number_is_read_back(number: Decimal, form: NumberForm) -> None:
    assert value(format_number(number, form), form) == number


def test_numbers_are_written_as_each_form_has_it() -> None:
    assert format_number(Decimal("-1234567.890")) == "-1.234.567,890"
    assert format_number(1234, ENGLISH) == "1,234"
    assert format_number(Decimal("1E+3"), PLAIN) == "1000"


@given(st.text(max_size=20), st.sampled_from([*NumberForm, None]))
def test_no_text_makes_the_parser_fail(text: str, form: NumberForm | None) -> None:
    assert isinstance(parse_number(text, form), Number | Unreadable)


def test_the_form_of_a_column_is_found_from_the_texts_that_decide() -> None:
    assert find_number_form(["1.234", "2.345,6", "7", ""]).form is VIETNAMESE
    assert find_number_form(["1,234", "2,345.6"]).form is ENGLISH
    assert find_number_form(["12", "3"]).form is PLAIN
    assert find_number_form(["1.234", "2.345"]).form is None
    assert find_number_form([]).form is None


def test_a_column_that_contradicts_itself_has_no_form() -> None:
    found = find_number_form(["1.234,5", "1,234.5", ".."])
    assert found.form is None
    assert found.is_contradictory
    assert (found.vietnamese, found.english, found.unreadable) == (1, 1, 1)


def test_the_real_table_of_provinces_is_in_the_vietnamese_form() -> None:
    rows = real_rows("admin-units-old-to-new/sapnhap.bando.com.vn_province_2025-07-17.csv")
    for column in ("dientichkm2", "dansonguoi"):
        assert find_number_form(row[column] for row in rows).form is VIETNAMESE
    assert value(rows[0]["dientichkm2"], VIETNAMESE) == Decimal("3359.80")
    assert value(rows[0]["dansonguoi"], VIETNAMESE) == 8_718_000


def test_the_real_table_of_wards_mixes_plain_numbers_with_words() -> None:
    rows = real_rows("admin-units-old-to-new/sapnhap.bando.com.vn_ward_2025-07-17.csv")
    areas = find_number_form(row["dientichkm2"] for row in rows)
    assert areas.form is ENGLISH
    assert areas.unreadable == 0
    people = find_number_form(row["dansonguoi"] for row in rows)
    assert people.undecided == 4
    assert people.unreadable == 66


def test_a_very_long_text_is_refused_at_once_and_quoted_in_part() -> None:
    said = reason("(" + " " * 100_000 + "x", VIETNAMESE)
    assert "is not a number" in said
    assert len(said) < 120
