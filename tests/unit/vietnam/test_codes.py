from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import (
    AgencyCode,
    CitizenNumber,
    CodeForm,
    DossierCode,
    ProcedureCode,
    Sex,
    TaxCode,
    TaxCodeKind,
    Unreadable,
    parse_agency_code,
    parse_citizen_number,
    parse_dossier_code,
    parse_procedure_code,
    parse_tax_code,
    tax_check_digit,
)

TODAY = date(2026, 6, 30)


def reason(answer: object) -> str:
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


def agency(text: str) -> AgencyCode:
    code = parse_agency_code(text)
    assert isinstance(code, AgencyCode), code
    return code


@pytest.mark.parametrize(
    ("text", "province", "sex", "year"),
    [
        ("019090000123", "019", Sex.MALE, 1990),
        ("006185004321", "006", Sex.FEMALE, 1985),
        ("019 205 000 123", "019", Sex.MALE, 2005),
        ("001.326.000.001", "001", Sex.FEMALE, 2026),
    ],
)
def test_a_citizen_number_tells_province_sex_and_year_of_birth(
    text: str, province: str, sex: Sex, year: int
) -> None:
    number = parse_citizen_number(text, TODAY)
    assert isinstance(number, CitizenNumber)
    assert (number.province_code, number.sex, number.birth_year) == (province, sex, year)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("019227000123", "born in 2027"),
        ("019490000123", "born in 2190"),
        ("19090000123", "Zeros in front"),
        ("090123456", "CMND"),
        ("01909000012", "Zeros in front"),
        ("0190900001234", "13 digits"),
        ("01909000012O", "digits only"),
        ("", "empty"),
    ],
)
def test_a_wrong_citizen_number_is_refused_without_repeating_it(text: str, words: str) -> None:
    said = reason(parse_citizen_number(text, TODAY))
    assert words in said
    assert not text or text not in said


def test_the_province_of_a_citizen_number_must_be_known_where_a_list_is_given() -> None:
    assert isinstance(parse_citizen_number("019090000123", TODAY, {"019"}), CitizenNumber)
    assert "begins with 999" in reason(parse_citizen_number("999090000123", TODAY, {"019"}))


def test_a_citizen_number_shows_itself_neither_in_logs_nor_on_pages() -> None:
    number = parse_citizen_number("019090000123", TODAY)
    assert isinstance(number, CitizenNumber)
    assert "019090" not in repr(number)
    assert number.masked == "•••••••••123"


@pytest.mark.parametrize("text", ["0100109106", "0101248141", "0100 109 106"])
def test_real_tax_codes_pass_their_check_digit(text: str) -> None:
    code = parse_tax_code(text, TODAY)
    assert isinstance(code, TaxCode)
    assert code.kind is TaxCodeKind.ENTERPRISE
    assert str(code) == text.replace(" ", "")


@pytest.mark.parametrize("text", ["0100109106-001", "0100109106 - 001", "0100109106001"])
def test_the_code_of_a_branch_names_its_parent(text: str) -> None:
    code = parse_tax_code(text, TODAY)
    assert isinstance(code, TaxCode)
    assert code.kind is TaxCodeKind.DEPENDENT_UNIT
    assert str(code) == "0100109106-001"
    assert str(code.parent) == "0100109106"
    assert "0100109106" not in repr(code)


def test_twelve_digits_are_the_tax_code_of_a_person() -> None:
    code = parse_tax_code("019090000123", TODAY)
    assert isinstance(code, TaxCode)
    assert code.kind is TaxCodeKind.PERSONAL
    assert code.parent == code
    assert "in the future" in reason(parse_tax_code("019290000123", TODAY))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0100109107", "check digit"),
        ("1000109106", "check digit"),
        ("0100109106-000", "from 001"),
        ("100109106", "Zeros in front"),
        ("01001091", "Zeros in front"),
        ("0100109106-1", "10 digits"),
        ("MST", "10 digits"),
        (" ", "empty"),
    ],
)
def test_a_wrong_tax_code_is_refused_with_the_reason(text: str, words: str) -> None:
    assert words in reason(parse_tax_code(text, TODAY))


@given(st.from_regex("[0-9]{9}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
def test_one_mistyped_digit_never_keeps_the_check_digit(nine: str, at: int, by: int) -> None:
    other = nine[:at] + str((int(nine[at]) + by) % 10) + nine[at + 1 :]
    assert tax_check_digit(nine) is None or tax_check_digit(nine) != tax_check_digit(other)


def test_a_check_digit_needs_nine_digits() -> None:
    with pytest.raises(ValueError, match="nine"):
        tax_check_digit("123")


def test_an_agency_has_one_key_in_its_old_and_new_code() -> None:
    old, new = agency("000.00.18.H55"), agency(" h55.18 ")
    assert (old.form, new.form) == (CodeForm.OLD, CodeForm.NEW)
    assert old.key == new.key
    assert str(old) == str(new) == "H55.18"
    assert new.in_old_form() == "000.00.18.H55"
    assert agency("H55.8").key == agency("000.00.08.H55").key


def test_agencies_stand_under_each_other() -> None:
    office = agency("H55.18.2")
    assert office.level == 3
    assert office.parent == agency("H55.18")
    assert agency("H55").parent is None
    assert office.is_within(agency("000.00.18.H55"))
    assert not agency("H55.180").is_within(agency("H55.18"))
    assert not agency("H55").is_within(office)


def test_numbers_too_large_for_the_old_form_have_none() -> None:
    assert agency("H55.242").in_old_form() is None
    assert agency("H55.1.2.3.4").in_old_form() is None


@pytest.mark.parametrize("text", ["Z55", "H5", "H55.", "55.18", "H55-18", "H55.18.1.2.3.4", "ố"])
def test_what_is_no_agency_code_is_refused(text: str) -> None:
    assert "is not an agency code" in reason(parse_agency_code(text))


def test_an_agency_without_its_middle_level_and_an_empty_text_are_refused() -> None:
    assert "left out" in reason(parse_agency_code("000.02.00.H55"))
    assert "empty" in reason(parse_agency_code(""))


@given(st.integers(0, 99), st.lists(st.integers(1, 99), max_size=3))
def test_agency_codes_survive_both_forms(top: int, numbers: list[int]) -> None:
    code = agency(".".join([f"H{top:02d}", *map(str, numbers)]))
    old = code.in_old_form()
    assert old is not None
    assert agency(old).key == code.key
    assert agency(str(code)) == code


@pytest.mark.parametrize(
    "text",
    ["000.00.00.H55-260415-0001", "000.00.18.H55-240229-0123", "H55.242-260415-0001",
     "H55-260415-12345"],
)  # fmt: skip
def test_dossier_codes_are_read_and_written_back(text: str) -> None:
    code = parse_dossier_code(f" {text.lower()} ")
    assert isinstance(code, DossierCode)
    assert str(code) == text


def test_a_dossier_code_tells_agency_day_and_number() -> None:
    code = parse_dossier_code("H55.242-260415-0017")
    assert code == DossierCode(agency("H55.242"), date(2026, 4, 15), 17)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("H55.18-261315-0001", "not in the calendar"),
        ("H55.18-250229-0001", "not in the calendar"),
        ("H55.18-260415-1", "is not a dossier code"),
        ("260415-0001", "is not a dossier code"),
        ("000.02.00.H55-260415-0001", "left out"),
        ("", "empty"),
    ],
)
def test_wrong_dossier_codes_are_refused(text: str, words: str) -> None:
    assert words in reason(parse_dossier_code(text))


@pytest.mark.parametrize(
    ("text", "base", "local", "service"),
    [
        ("1.015027", "1.015027", None, None),
        ("2.000815.000.00.00.H55", "2.000815", "H55", None),
        ("2.000815.000.00.00.H55.02", "2.000815", "H55", "02"),
        ("2.000815.H55.18", "2.000815", "H55.18", None),
    ],
)
def test_procedure_codes_are_taken_apart_and_written_back(
    text: str, base: str, local: str | None, service: str | None
) -> None:
    code = parse_procedure_code(text)
    assert isinstance(code, ProcedureCode)
    assert (code.base, code.service) == (base, service)
    assert (None if code.agency is None else str(code.agency)) == local
    assert str(code) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.01503", "dropped zeros"),
        ("1015027", "is not a procedure code"),
        ("1.015027.H5", "is not a procedure code"),
        ("", "empty"),
    ],
)
def test_wrong_procedure_codes_are_refused(text: str, words: str) -> None:
    assert words in reason(parse_procedure_code(text))


@given(st.text(max_size=30))
def test_no_text_makes_a_parser_fail(text: str) -> None:
    parse_citizen_number(text, TODAY)
    parse_tax_code(text, TODAY)
    parse_agency_code(text)
    parse_dossier_code(text)
    parse_procedure_code(text)
