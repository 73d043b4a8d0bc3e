"""Semantic types say the same as the library that reads such values."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.contracts.samples import VALID, findings
from tinhdata.contracts import SEMANTIC_TYPES, Personal
from tinhdata.vietnam import (
    MOBILE_PREFIXES,
    PLATE_PLACES,
    PlateKind,
    Unreadable,
    VehiclePlate,
    parse_health_card,
    parse_legal_document,
    parse_occupation_code,
    parse_old_procedure_code,
    parse_phone,
    parse_plate,
    parse_social_insurance_number,
    parse_vsic_code,
)

TODAY = date(2026, 6, 30)
PERSONAL = (
    "citizen-number",
    "health-card-number",
    "person-name",
    "personal-phone",
    "social-insurance-number",
    "vehicle-plate",
)


def matches(name: str, value: str) -> bool:
    return re.fullmatch(SEMANTIC_TYPES[name].pattern or "", value) is not None


def is_read(answer: object) -> bool:
    return not isinstance(answer, Unreadable)


@given(st.from_regex("(0|[+]84)[1-9][0-9]{8}", fullmatch=True))
def test_mobile_numbers_pass_as_the_library_reads_them(text: str) -> None:
    today = text.removeprefix("+84").removeprefix("0")[:2] in MOBILE_PREFIXES
    assert matches("phone", text) == matches("personal-phone", text) == today
    assert not today or is_read(parse_phone(text))


@given(
    st.sampled_from(sorted(PLATE_PLACES)),
    st.sampled_from(["A", "X", "LD", "B1", "AA", "MĐ1"]),
    st.integers(0, 99_999),
    st.booleans(),
)
def test_every_plate_passes_in_the_form_that_the_library_writes(
    place: str, series: str, number: int, is_old: bool
) -> None:
    kind = PlateKind.CAR if series in ("A", "X", "LD") else PlateKind.MOTORCYCLE
    digits = f"{number:05}"[1:] if is_old else f"{number:05}"
    plate = VehiclePlate(kind, place, series, digits)
    assert matches("vehicle-plate", str(plate))
    assert parse_plate(str(plate), kind) == plate


@pytest.mark.parametrize("text", ["TM-12-34", "80-011-NG-01"])
def test_plates_of_the_army_and_of_missions_pass(text: str) -> None:
    assert matches("vehicle-plate", text)
    assert str(parse_plate(text)) == text


@given(st.from_regex("[A-Z]{2}[0-9]{13}|[0-9]{9,13}", fullmatch=True))
def test_insurance_numbers_pass_as_the_library_reads_them(text: str) -> None:
    assert matches("social-insurance-number", text) == is_read(parse_social_insurance_number(text))
    # Of twelve digits the library also asks whether they are those of a person who was born.
    assert matches("health-card-number", text) >= is_read(parse_health_card(text, TODAY))


@given(st.from_regex("[A-Z]?[0-9]{0,6}", fullmatch=True))
def test_codes_of_classifications_pass_as_the_library_reads_them(text: str) -> None:
    assert matches("occupation-code", text) == is_read(parse_occupation_code(text))
    if not (text[:1].isalpha() and len(text) > 1):
        assert matches("vsic-code", text) == is_read(parse_vsic_code(text))


@pytest.mark.parametrize(
    "text",
    ["47/2020/NĐ-CP", "214/NQ-CP", "57-NQ/TW", "05-QĐ/BCĐTW", "1215/TTg-KSTT", "60/2024/QH15",
     "QCVN 05:2023/BTNMT", "TCVN 11930:2017", "TCVN ISO/IEC 27001:2019", "QCVN 01-1:2018/BYT"],
)  # fmt: skip
def test_numbers_of_documents_pass_in_the_form_that_the_library_writes(text: str) -> None:
    assert matches("legal-document", text)
    assert str(parse_legal_document(text)) == text


def test_old_procedure_codes_pass_in_both_forms() -> None:
    for text in ("BTP-278897", "B-BTP-278897-TT", "T-TNG-123456-TT"):
        assert matches("old-procedure-code", text)
        assert is_read(parse_old_procedure_code(text))


def test_types_of_personal_values_are_personal_and_no_others() -> None:
    personal = {e.name for e in SEMANTIC_TYPES.values() if e.personal is Personal.BASIC}
    assert personal == set(PERSONAL)


@pytest.mark.parametrize("name", PERSONAL)
def test_a_personal_type_demands_mask_and_restriction(name: str) -> None:
    old = "{property: semanticType, value: commune-code}"
    assert VALID.count(old) == 1
    text = VALID.replace(old, f"{{property: semanticType, value: {name}}}")
    text = text.replace("        relationships: [{to: danh-muc-xa.ma}]\n", "")
    assert {"mask", "classification"} <= {found.code for found in findings(text.encode())}
