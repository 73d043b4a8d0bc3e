from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import (
    HealthCardForm,
    HealthCardNumber,
    SocialInsuranceNumber,
    Unreadable,
    parse_health_card,
    parse_social_insurance_number,
)

TODAY = date(2026, 6, 30)
TEN = st.from_regex("[0-9]{10}", fullmatch=True)


def reason(answer: object) -> str:
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


def card(text: str) -> HealthCardNumber:
    read = parse_health_card(text, TODAY)
    assert isinstance(read, HealthCardNumber), read
    return read


@given(TEN)
def test_ten_digits_are_a_social_insurance_number_with_or_without_blanks(digits: str) -> None:
    number = parse_social_insurance_number(f" {digits[:4]} {digits[4:7]}.{digits[7:]} ")
    assert number == SocialInsuranceNumber(digits)
    assert digits not in repr(number)
    assert number.masked.endswith(digits[-3:])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("19123456", "Zeros in front"),
        ("019190001234", "citizen number"),
        ("12345678901", "11 digits"),
        ("19A2345678", "digits only"),
        ("", "empty"),
    ],
)
def test_other_numbers_are_no_social_insurance_number(text: str, words: str) -> None:
    assert words in reason(parse_social_insurance_number(text))


@given(st.sampled_from(["DN", "HC", "TE", "GD"]), st.integers(1, 5), st.integers(1, 96), TEN)
def test_an_old_card_tells_group_benefit_province_and_person(
    group: str, benefit: int, province: int, digits: str
) -> None:
    read = card(f"{group} {benefit} {province:02} {digits[:3]} {digits[3:]}".lower())
    assert read.form is HealthCardForm.FIFTEEN
    assert (read.group, read.benefit, read.province_code) == (group, benefit, f"{province:02}")
    assert read.social_insurance == SocialInsuranceNumber(digits)
    assert card(str(read)) == read


def test_a_new_card_is_the_social_insurance_number_and_a_citizen_number_may_stand_for_it() -> None:
    assert card("1912345678").social_insurance == SocialInsuranceNumber("1912345678")
    citizen = card("019090000123")
    assert (citizen.form, citizen.social_insurance, citizen.group) == (
        HealthCardForm.CITIZEN,
        None,
        None,
    )
    assert citizen.masked == "•••••••••123"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DN6191234567890", "level from 1 to 5"),
        ("DN419123456789", "15 characters"),
        ("019290000123", "in the future"),
        ("", "empty"),
    ],
)
def test_other_numbers_are_no_health_card(text: str, words: str) -> None:
    assert words in reason(parse_health_card(text, TODAY))


def test_groups_are_asked_about_only_where_a_list_is_given() -> None:
    assert isinstance(parse_health_card("XX4191234567890", TODAY), HealthCardNumber)
    assert "XX" in reason(parse_health_card("XX4191234567890", TODAY, {"DN", "HC"}))


@given(st.text(max_size=20))
def test_every_text_is_refused_with_a_reason_or_read_and_its_written_form_read_the_same(
    text: str,
) -> None:
    number = parse_social_insurance_number(text)
    card = parse_health_card(text, TODAY)
    again = (parse_social_insurance_number(str(number)), parse_health_card(str(card), TODAY))
    for read, rewritten in zip((number, card), again, strict=True):
        assert reason(read) if isinstance(read, Unreadable) else rewritten == read
