from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.unit.vietnam.real_data import real_file, real_rows
from tinhdata.vietnam import (
    LegacyEncoding,
    convert,
    decode,
    detect,
    detect_bytes,
    from_misread_utf8,
    from_tcvn3,
    from_vni,
    from_windows_1258,
    is_capital_font,
    nfc,
    to_tcvn3,
    to_vni,
    to_windows_1258,
)

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = "".join(nfc(vowel + tone) for vowel, tone in product("aăâeêioôơuưy", TONES)) + "đ"
SENTENCE = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc: "
    "ủy ban nhân dân tỉnh Thái Nguyên, đường Phan Đình Phùng, diện tích 3.526,64 km², 25 °C"
)

# The 134 letters as the tables of the time print them; typed from the standard, not computed.
TCVN3_TABLE = {
    "à": 0xB5, "ả": 0xB6, "ã": 0xB7, "á": 0xB8, "ạ": 0xB9, "ă": 0xA8, "ằ": 0xBB, "ẳ": 0xBC,
    "ẵ": 0xBD, "ắ": 0xBE, "ặ": 0xC6, "â": 0xA9, "ầ": 0xC7, "ẩ": 0xC8, "ẫ": 0xC9, "ấ": 0xCA,
    "ậ": 0xCB, "è": 0xCC, "ẻ": 0xCE, "ẽ": 0xCF, "é": 0xD0, "ẹ": 0xD1, "ê": 0xAA, "ề": 0xD2,
    "ể": 0xD3, "ễ": 0xD4, "ế": 0xD5, "ệ": 0xD6, "ì": 0xD7, "ỉ": 0xD8, "ĩ": 0xDC, "í": 0xDD,
    "ị": 0xDE, "ò": 0xDF, "ỏ": 0xE1, "õ": 0xE2, "ó": 0xE3, "ọ": 0xE4, "ô": 0xAB, "ồ": 0xE5,
    "ổ": 0xE6, "ỗ": 0xE7, "ố": 0xE8, "ộ": 0xE9, "ơ": 0xAC, "ờ": 0xEA, "ở": 0xEB, "ỡ": 0xEC,
    "ớ": 0xED, "ợ": 0xEE, "ù": 0xEF, "ủ": 0xF1, "ũ": 0xF2, "ú": 0xF3, "ụ": 0xF4, "ư": 0xAD,
    "ừ": 0xF5, "ử": 0xF6, "ữ": 0xF7, "ứ": 0xF8, "ự": 0xF9, "ỳ": 0xFA, "ỷ": 0xFB, "ỹ": 0xFC,
    "ý": 0xFD, "ỵ": 0xFE, "đ": 0xAE, "Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5,
    "Ư": 0xA6, "Đ": 0xA7,
}  # fmt: skip


def as_1258_letters(text: str) -> str:
    """Windows-1258 bytes as a program shows them that takes them for Windows-1252."""
    return to_windows_1258(text).decode("cp1252")


WRITERS: dict[LegacyEncoding, Callable[[str], str]] = {
    LegacyEncoding.TCVN3: to_tcvn3,
    LegacyEncoding.VNI: to_vni,
    LegacyEncoding.WINDOWS_1258: as_1258_letters,
    LegacyEncoding.MISREAD_UTF8: lambda text: text.encode().decode("latin-1"),
}


def test_tcvn3_follows_the_table_of_the_standard() -> None:
    for letter, code in TCVN3_TABLE.items():
        assert from_tcvn3(chr(code)) == letter
        assert to_tcvn3(letter) == chr(code)
    assert set(SMALL) - set("aeiouy") == {c for c in TCVN3_TABLE if c.islower()}


@pytest.mark.parametrize(
    ("vni", "letters"),
    [
        ("aùaøaûaõaï aâaáaàaåaãaä aêaéaèaúaüaë", "áàảãạ âấầẩẫậ ăắằẳẵặ"),
        ("eùeøeûeõeï eâeáeàeåeãeä", "éèẻẽẹ êếềểễệ"),
        ("íìæóò", "íìỉĩị"),
        ("oùoøoûoõoï oâoáoàoåoãoä ôôùôøôûôõôï", "óòỏõọ ôốồổỗộ ơớờởỡợ"),
        ("uùuøuûuõuï ööùöøöûöõöï", "úùủũụ ưứừửữự"),
        ("yùyøyûyõî ñ Ñ", "ýỳỷỹỵ đ Đ"),
        ("ÑAËNG THÒ HÖÔØNG", "ĐẶNG THỊ HƯỜNG"),
        ("Thaùi Nguyeân", "Thái Nguyên"),
    ],
)
def test_vni_follows_its_table(vni: str, letters: str) -> None:
    assert from_vni(vni) == letters
    assert to_vni(letters) == vni


def test_every_letter_survives_the_way_there_and_back() -> None:
    assert from_tcvn3(to_tcvn3(SMALL)) == SMALL
    assert from_vni(to_vni(SMALL + SMALL.upper())) == SMALL + SMALL.upper()
    assert from_windows_1258(as_1258_letters(SMALL + SMALL.upper())) == SMALL + SMALL.upper()
    assert from_misread_utf8(SMALL.encode().decode("latin-1")) == SMALL


@settings(max_examples=100)
@given(st.text(st.sampled_from(SMALL + "bcdghklmnpqrstvx ,.-0123456789"), max_size=60))
def test_any_small_text_survives_tcvn3_and_windows_1258(text: str) -> None:
    assert from_tcvn3(to_tcvn3(text)) == nfc(text)
    assert from_windows_1258(as_1258_letters(text)) == nfc(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tr¹m: Th¸i Nguyªn", "Trạm: Thái Nguyên"),
        ("YÕu tè: L\u00adîng m\u00ada th¸ng (mm)", "Yếu tố: Lượng mưa tháng (mm)"),
        ("YÕu tè: §é Èm t\u00ad¬ng ®èi trung b×nh (%)", "Yếu tố: Độ ẩm tương đối trung bình (%)"),
        ("H\u03bc Néi", "Hà Nội"),
        ("DiÖn tÝch (km²), 25 °C", "Diện tích (km²), 25 °C"),
    ],
)
def test_tcvn3_cells_are_read(written: str, meant: str) -> None:
    assert from_tcvn3(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TØNH TH¸I NGUY£N", "TỈNH THÁI NGUYÊN"),
        ("UBND TØNH B¾C K¹N", "UBND TỈNH BẮC KẠN"),
        ("§¸ HOA", "ĐÁ HOA"),
        ("§¸ Hoa", "Đá Hoa"),
        ("VÜ ®é: 21O35'", "Vĩ độ: 21O35'"),
        ("TP Hµ Néi", "TP Hà Nội"),
    ],
)
def test_capitals_mixed_with_toned_small_letters_are_raised(written: str, meant: str) -> None:
    assert from_tcvn3(written) == meant


def test_a_capital_font_decides_the_case_and_without_it_the_codes_do() -> None:
    assert from_tcvn3("uû ban nh©n d©n") == "uỷ ban nhân dân"
    assert from_tcvn3("uû ban nh©n d©n", capitals=True) == "UỶ BAN NHÂN DÂN"
    assert convert("th¸ng", LegacyEncoding.TCVN3, capitals=True) == "THÁNG"
    assert is_capital_font(".VnTimeH")
    assert is_capital_font(" .VnArial NarrowH ")
    assert not is_capital_font(".VnTime")
    assert not is_capital_font("Times New Roman")


@pytest.mark.parametrize("encoding", LegacyEncoding)
def test_a_document_is_recognised_and_converted(encoding: LegacyEncoding) -> None:
    written = WRITERS[encoding](SENTENCE)
    found = detect([written, "12", ""])
    assert found.encoding is encoding
    assert found.converted * 10 >= found.marked * 9
    assert found.as_is * 2 < found.marked
    assert convert(written, encoding) == SENTENCE


@pytest.mark.parametrize(
    "texts",
    [
        ["Thái Bình"],
        [SENTENCE],
        ["Québec", "São Paulo", "Müller"],
        ["25 °C", "µg/m³", "½", "±0,5"],
        ["Dak Lak", "2025", ""],
        [],
    ],
)
def test_what_is_not_legacy_is_left_alone(texts: list[str]) -> None:
    assert detect(texts).encoding is None


def test_detection_says_whether_the_words_are_vietnamese_at_all() -> None:
    assert detect(["Hạt Kiểm lâm"]).is_vietnamese
    assert not detect(["Müller", "Straße"]).is_vietnamese
    assert not detect(["plain"]).is_vietnamese


def test_unicode_cells_between_legacy_cells_stay() -> None:
    assert convert("Phường Đức Xuân", LegacyEncoding.TCVN3) == "Phường Đức Xuân"
    assert convert("Bắc Kạn".replace("ạ", "a\u0323"), LegacyEncoding.VNI) == "Bắc Kạn"
    assert convert("ASCII only", LegacyEncoding.WINDOWS_1258) == "ASCII only"
    assert from_misread_utf8("Thái Nguyên") == "Thái Nguyên"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (to_tcvn3(SENTENCE).encode("latin-1"), LegacyEncoding.TCVN3),
        (to_vni(SENTENCE).encode("latin-1"), LegacyEncoding.VNI),
        (to_windows_1258(SENTENCE), LegacyEncoding.WINDOWS_1258),
    ],
)
def test_the_bytes_of_a_file_are_recognised_and_decoded(
    data: bytes, encoding: LegacyEncoding
) -> None:
    found = detect_bytes(data)
    assert found is not None
    assert found.encoding is encoding
    assert decode(data, encoding) == SENTENCE


def test_utf8_bytes_need_no_legacy_reading_and_french_bytes_have_none() -> None:
    assert detect_bytes(SENTENCE.encode()) is None
    french = detect_bytes("Café garçon".encode("cp1252"))
    assert french is not None
    assert french.encoding is None


@pytest.mark.parametrize("encoding", LegacyEncoding)
def test_no_byte_makes_decoding_fail(encoding: LegacyEncoding) -> None:
    assert isinstance(decode(bytes(range(256)), encoding), str)


@pytest.mark.parametrize(
    ("name", "station"),
    [
        ("Thainguyen.xls", "Trạm: Thái Nguyên (Thái Nguyên)"),
        ("Langson.xls", "Trạm: Lạng Sơn (Lạng Sơn)"),
        ("Tuyenquang.xls", "Trạm: Tuyên Quang (Tuyên Quang)"),
        ("Bacgiang.xls", "Trạm: Bắc Giang (Bắc Giang)"),
        ("Lang.xls", "Trạm: Láng (Hà Nội)"),
    ],
)
def test_the_real_climate_workbooks_are_read(name: str, station: str) -> None:
    workbook = CalamineWorkbook.from_path(real_file(f"climate-stations-xls/{name}"))
    cells = [
        cell
        for sheet in workbook.sheet_names
        for row in workbook.get_sheet_by_name(sheet).to_python()
        for cell in row
        if isinstance(cell, str)
    ]
    assert detect(cells).encoding is LegacyEncoding.TCVN3
    read = {convert(cell, LegacyEncoding.TCVN3) for cell in cells}
    assert station in read
    assert {"Năm", "Yếu tố: Lượng mưa tháng (mm)", "Yếu tố: Tổng số giờ nắng (h)"} <= read
    assert {cell.split(":")[0] for cell in read if ":" in cell} == {
        "Trạm", "Yếu tố", "Vĩ độ", "Kinh độ", "Độ cao"
    }  # fmt: skip


def test_no_real_commune_name_is_taken_for_legacy_text_and_every_encoding_of_them_is_found() -> (
    None
):
    table = "admin-units-old-to-new/danhmuchanhchinh.gso.gov.vn_ward_2025-07-18.csv"
    names = [row["Tên"] for row in real_rows(table)]
    assert [name for name in names if detect([name]).encoding is not None] == []
    for encoding, write in WRITERS.items():
        assert detect(write(name) for name in names[:2000]).encoding is encoding
