import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import (
    OccupationCode,
    OldProcedureCode,
    Unreadable,
    VsicCode,
    parse_occupation_code,
    parse_old_procedure_code,
    parse_vsic_code,
)

SECTIONS = {"01": "A", "10": "C", "26": "C", "47": "G"}


def reason(answer: object) -> str:
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


def vsic(text: str) -> VsicCode:
    code = parse_vsic_code(text, SECTIONS)
    assert isinstance(code, VsicCode), code
    return code


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("c", "C", 1),
        ("10", "10", 2),
        ("261", "261", 3),
        ("C 2610", "2610", 4),
        ("01270", "01270", 5),
    ],
)
def test_the_number_of_digits_tells_the_level(text: str, code: str, level: int) -> None:
    assert (str(vsic(text)), vsic(text).level) == (code, level)


def test_the_section_of_a_code_comes_from_the_table() -> None:
    assert vsic("01270").section_in(SECTIONS) == "A"
    assert vsic("G").section_in(SECTIONS) == "G"
    assert VsicCode("99").section_in(SECTIONS) is None
    assert vsic("01270").is_within(vsic("012"))
    assert not vsic("01270").is_within(vsic("10"))


@given(st.from_regex("(0[1-9]|[1-9][0-9])[0-9]{1,3}", fullmatch=True))
def test_parents_lead_up_to_the_division_and_end_there(text: str) -> None:
    code = parse_vsic_code(text)
    assert isinstance(code, VsicCode)
    steps = 0
    while (parent := code.parent) is not None:
        assert code.is_within(parent)
        code, steps = parent, steps + 1
    assert (code.level, steps) == (2, len(text) - 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1", "dropped the 0"),
        ("88", "no division 88"),
        ("A10", "belongs to section C, not to A"),
        ("W", "is not a VSIC code"),
        ("00", "is not a VSIC code"),
        ("123456", "is not a VSIC code"),
        ("", "empty"),
    ],
)
def test_what_is_no_code_of_this_edition_is_refused(text: str, words: str) -> None:
    assert words in reason(parse_vsic_code(text, SECTIONS))


@given(st.from_regex("[0-9]{1,5}", fullmatch=True))
def test_an_occupation_stands_in_its_major_group(text: str) -> None:
    code = parse_occupation_code(f" {text} ")
    assert isinstance(code, OccupationCode)
    assert (str(code), code.level) == (text, len(text))
    assert code.is_within(OccupationCode(code.major_group))
    assert code.parent == (OccupationCode(text[:-1]) if len(text) > 1 else None)


@pytest.mark.parametrize(
    ("text", "words"), [("", "empty"), ("123456", "one to five"), ("2a", "is not")]
)
def test_what_is_no_occupation_code_is_refused(text: str, words: str) -> None:
    assert words in reason(parse_occupation_code(text))


@pytest.mark.parametrize(
    ("text", "short", "whole"),
    [
        ("BTP-278897", "BTP-278897", None),
        ("b-btp-278897-tt", "BTP-278897", "B-BTP-278897-TT"),
        ("T–TNG–123456–TT", "TNG-123456", "T-TNG-123456-TT"),
        ("BTP _ 278897", "BTP-278897", None),
    ],
)
def test_old_procedure_codes_are_read_in_both_forms(
    text: str, short: str, whole: str | None
) -> None:
    code = parse_old_procedure_code(text)
    assert isinstance(code, OldProcedureCode)
    assert (str(code), code.whole) == (short, whole)
    assert parse_old_procedure_code(whole or short) == code


@pytest.mark.parametrize(
    ("text", "words"),
    [("BTP-27889", "too few digits"), ("1.015027", "is not an old"), ("", "empty")],
)
def test_what_is_no_old_procedure_code_is_refused(text: str, words: str) -> None:
    assert words in reason(parse_old_procedure_code(text))


@given(st.text(max_size=20))
def test_every_text_is_refused_with_a_reason_or_read_and_its_written_form_read_the_same(
    text: str,
) -> None:
    for parse in (parse_vsic_code, parse_occupation_code, parse_old_procedure_code):
        read = parse(text)
        assert reason(read) if isinstance(read, Unreadable) else parse(str(read)) == read
