import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.vietnam import (
    FORMER_LANDLINE,
    FORMER_MOBILE,
    LANDLINE_AREAS,
    MOBILE_PREFIXES,
    PhoneKind,
    PhoneNumber,
    Unreadable,
    parse_phone,
)

MOBILE = st.tuples(st.sampled_from(sorted(MOBILE_PREFIXES)), st.integers(0, 9_999_999)).map(
    lambda pair: f"{pair[0]}{pair[1]:07}"
)
LANDLINE = st.tuples(
    st.sampled_from(sorted(LANDLINE_AREAS)), st.integers(2, 9), st.integers(0, 999_999_999)
).map(lambda parts: (parts[0] + str(parts[1]) + f"{parts[2]:09}")[:10])


def phone(text: str) -> PhoneNumber:
    number = parse_phone(text)
    assert isinstance(number, PhoneNumber), number
    return number


def reason(text: str) -> str:
    answer = parse_phone(text)
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "+84 912 345 678",
        "+84(0)912345678",
        "0084912345678",
        "84 912 345 678",
        "ĐT: 0912-345-678",
    ],
)
def test_one_mobile_number_has_one_form_however_it_is_typed(text: str) -> None:
    number = phone(text)
    assert (number.kind, str(number)) == (PhoneKind.MOBILE, "0912345678")
    assert number.e164 == "+84912345678"
    assert number.spaced == "0912 345 678"
    assert number.area_code is None


@pytest.mark.parametrize(
    ("text", "national", "area", "converted"),
    [
        ("0208 3855 123", "02083855123", "Thái Nguyên", False),
        ("(0280) 3855 123", "02083855123", "Thái Nguyên", True),
        ("0281 3870 123", "02093870123", "Bắc Kạn", True),
        ("04 3825 1234", "02438251234", "Hà Nội", True),
        ("024 3825 1234", "02438251234", "Hà Nội", False),
        ("0241 3822 123", "02223822123", "Bắc Ninh", True),
        ("022 3852 123", "02123852123", "Sơn La", True),
        ("0211 3861 123", "02113861123", "Vĩnh Phúc", False),
    ],
)
def test_fixed_lines_of_before_2017_come_out_under_their_area_code_of_today(
    text: str, national: str, area: str, converted: bool
) -> None:
    number = phone(text)
    assert (str(number), number.area, number.was_converted) == (national, area, converted)
    assert number.kind is PhoneKind.LANDLINE


@pytest.mark.parametrize(
    ("text", "now"), [("01234567890", "0834567890"), ("+84 169 123 4567", "0391234567")]
)
def test_mobile_numbers_of_eleven_digits_become_those_of_ten(text: str, now: str) -> None:
    assert str(phone(text)) == now
    assert phone(text).was_converted


def test_an_old_fixed_line_that_is_a_mobile_number_today_is_read_as_mobile() -> None:
    assert phone("033 3825 123").kind is PhoneKind.MOBILE


@pytest.mark.parametrize(
    ("text", "kind", "spaced"),
    [
        ("1900 1009", PhoneKind.PAID_SERVICE, "1900 1009"),
        ("1800-599-920", PhoneKind.FREE_SERVICE, "1800 599920"),
    ],
)
def test_service_numbers_are_not_dialled_from_abroad(
    text: str, kind: PhoneKind, spaced: str
) -> None:
    number = phone(text)
    assert (number.kind, number.e164, number.spaced) == (kind, None, spaced)


def test_an_extension_is_kept_apart() -> None:
    assert phone("0208 3855 123 máy lẻ 12").extension == "12"
    assert phone("0208 3855 123 ext. 7").extension == "7"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("912345678", "lost its first 0"),
        ("0912345678/0987654321", "more than one"),
        ("0912345678 hoặc 0987654321", "more than one"),
        ("091234567", "here are 9"),
        ("09123456789", "begins with 0912"),
        ("0951234567", "begins with 0951"),
        ("0200 3855 123", "begins with 0200"),
        ("không có", "digits only"),
        ("  ", "empty"),
    ],
)
def test_what_is_no_number_is_refused_without_repeating_it(text: str, words: str) -> None:
    said = reason(text)
    assert words in said
    assert not text.strip() or text not in said


def test_a_number_stays_out_of_logs() -> None:
    assert "91234" not in repr(phone("0912345678"))
    assert phone("0912345678").masked == "•••••••678"


@given(MOBILE | LANDLINE)
def test_every_form_of_a_number_reads_back_as_the_same_number(digits: str) -> None:
    number = phone(f"0{digits}")
    assert number.e164 is not None
    assert {phone(text) for text in (str(number), number.spaced, number.e164)} == {number}
    assert not number.was_converted


@given(st.sampled_from(sorted(FORMER_MOBILE)), st.integers(0, 9_999_999))
def test_every_former_mobile_prefix_leads_to_one_of_today(prefix: str, rest: int) -> None:
    assert phone(f"0{prefix}{rest:07}").digits == f"{FORMER_MOBILE[prefix]}{rest:07}"


def test_the_tables_agree_with_each_other() -> None:
    assert set(FORMER_MOBILE.values()) <= MOBILE_PREFIXES
    assert set(FORMER_LANDLINE.values()) == set(LANDLINE_AREAS) - {"210", "211", "218", "219"}
    assert len(LANDLINE_AREAS) == 63
    assert len(set(LANDLINE_AREAS.values())) == 63


@given(st.text(max_size=30))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parse_phone(text)
