import unicodedata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhdata.vietnam import (
    ToneStyle,
    fold,
    is_syllable,
    match_key,
    nfc,
    place_tones,
    spelling_key,
    tidy,
)

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = [
    unicodedata.normalize("NFC", vowel + tone)
    for vowel, tone in product("aăâeêioôơuưyAĂÂEÊIOÔƠUƯY", TONES)
] + ["đ", "Đ"]
vietnamese = st.text(st.sampled_from([*LETTERS, *"bcghklmnpqrstvx ", "\u00a0"]), max_size=30)


def test_every_vietnamese_letter_folds_to_its_plain_letter() -> None:
    plain = "aaaeeiooouuyd"
    assert {fold(letter) for letter in LETTERS} == set(plain)
    assert fold("Ă") == fold("ậ") == "a"
    assert fold("Đ") == fold("Ð") == fold("ð") == "d"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Xã Nông Thượng,  thành phố Bắc Kạn", "xa nong thuong, thanh pho bac kan"),
        ("ĐƯỜNG\tHOÀNG\nVĂN THỤ", "duong hoang van thu"),
        ("\ufeffTên\u200b đơn\u00a0vị ", "ten don vi"),
        ("Ｔｈái　Nguyên", "thai nguyen"),
        ("km²", "km2"),
        ("", ""),
    ],
)
def test_fold_gives_what_someone_without_a_vietnamese_keyboard_types(
    text: str, folded: str
) -> None:
    assert fold(text) == folded


@settings(max_examples=300)
@given(st.text())
def test_folding_twice_changes_nothing_and_the_unicode_form_does_not_matter(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_fold_is_stable_for_every_character_there_is() -> None:
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    assert [char for char in every if fold(fold(char)) != fold(char)] == []


@given(vietnamese)
def test_composed_and_decomposed_text_become_the_same(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    assert nfc(apart) == nfc(text)
    assert unicodedata.is_normalized("NFC", nfc(apart))
    assert tidy(apart) == tidy(text)


def test_a_tone_typed_before_its_circumflex_still_makes_one_letter() -> None:
    assert nfc("e\u0301\u0302") == "ế"
    assert nfc("u\u0300\u031b") == "ừ"
    assert nfc("Vi\u1eb9\u0302t") == "Việt"


def test_tidy_mends_blanks_invisible_characters_and_the_look_alike_of_d() -> None:
    assert tidy("\ufeff  Ðồng\u00a0Hỷ \u200b\r\n") == "Đồng Hỷ"
    assert tidy("a\u00adb\u202fc") == "ab c"


def test_headers_match_without_regard_to_diacritics_case_and_punctuation() -> None:
    assert match_key("Diện tích (km²)") == match_key("DIEN_TICH  km2") == "dien tich km2"
    assert match_key("--") == ""


def test_spelling_keeps_diacritics_but_not_the_ways_to_write_them() -> None:
    assert spelling_key("XÃ  Hoà Mục") == spelling_key("xã Hòa Mục")
    assert spelling_key("Tân Thịnh") != spelling_key("Tân Thính")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa", "hoà"),
        ("HÒA BÌNH", "HOÀ BÌNH"),
        ("Thủy, khỏe; tủy.", "Thuỷ, khoẻ; tuỷ."),
        ("Điềm Thụy", "Điềm Thuỵ"),
        ("Tọa đàm", "Toạ đàm"),
        ("lũy kế 2025", "luỹ kế 2025"),
    ],
)
def test_both_tone_placements_are_turned_into_each_other(old: str, new: str) -> None:
    assert place_tones(old, ToneStyle.NEW) == new
    assert place_tones(new, ToneStyle.OLD) == old


@pytest.mark.parametrize("text", ["quý", "Quỳ", "QUỶ", "hoàn", "thuyền", "khuỷu", "quyền", "nhoẻn"])
@pytest.mark.parametrize("style", ToneStyle)
def test_words_with_one_place_for_the_tone_stay(text: str, style: ToneStyle) -> None:
    assert place_tones(text, style) == text


def test_a_tone_typed_one_vowel_early_is_moved_to_its_only_place() -> None:
    assert place_tones("hòan tòan", ToneStyle.OLD) == "hoàn toàn"
    assert place_tones("HÒANG", ToneStyle.NEW) == "HOÀNG"


@given(vietnamese, st.sampled_from(ToneStyle))
def test_placing_tones_twice_is_placing_them_once_and_keeps_the_folded_text(
    text: str, style: ToneStyle
) -> None:
    placed = place_tones(text, style)
    assert place_tones(placed, style) == placed
    assert fold(placed) == fold(text)


@pytest.mark.parametrize(
    "word",
    [
        "Thái",
        "Nguyên",
        "quốc",
        "giếng",
        "gì",
        "gìn",
        "nghiêng",
        "khuỷu",
        "ường",
        "quới",
        "Phổ",
        "xuyến",
        "HOÀ",
    ],
)
def test_vietnamese_syllables_are_recognised(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word).upper())


@pytest.mark.parametrize(
    "word", ["Nguyờn", "Hµ", "N¨m", "Québec", "cằt", "khpờ", "ngắặ", "w", "", "Müller"]
)
def test_what_cannot_be_a_syllable_is_not_one(word: str) -> None:
    assert not is_syllable(word)
