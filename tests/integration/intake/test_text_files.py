"""Text files as they come: encodings, separators, broken lines, titles, totals, foot notes."""

import json
from pathlib import Path

import pytest

from tests.unit.intake.building import (
    NUMBER,
    column,
    contract_of,
    harvest,
    read_file,
    read_text,
)
from tinhdata.contracts import Layout, NumberForm
from tinhdata.intake import (
    FileRefused,
    Question,
    ReadingChoice,
    headers,
    read,
    understand,
    understanding_from_json,
    understanding_to_json,
)
from tinhdata.kernel import Text
from tinhdata.vietnam import LegacyEncoding, to_tcvn3, to_vni, to_windows_1258

NAMES = ["Đại Từ", "Võ Nhai", "Phú Lương", "Định Hóa", "Đồng Hỷ", "Phổ Yên", "Sông Công"]
TABLE = "Tên xã,Diện tích,Ngày báo cáo\n" + "".join(
    f"{name},{at + 1},01/0{at + 1}/2025\n" for at, name in enumerate(NAMES)
)


@pytest.mark.parametrize(
    ("data", "codec", "legacy"),
    [
        (TABLE.encode(), "utf-8", None),
        (TABLE.encode("utf-8-sig"), "utf-8-sig", None),
        (TABLE.encode("utf-16"), "utf-16", None),
        (TABLE.encode("utf-16-le"), "utf-16-le", None),
        (to_windows_1258(TABLE), "cp1252", LegacyEncoding.WINDOWS_1258),
        (to_tcvn3(TABLE).encode("latin-1"), "cp1252", LegacyEncoding.TCVN3),
        (to_vni(TABLE).encode("cp1252"), "cp1252", LegacyEncoding.VNI),
        (to_tcvn3(TABLE).encode(), "utf-8", LegacyEncoding.TCVN3),
    ],
)
def test_every_usual_encoding_is_found_and_read(
    tmp_path: Path, data: bytes, codec: str, legacy: LegacyEncoding | None
) -> None:
    reading = read_text(tmp_path, data, harvest())
    encoding = reading.understanding.encoding
    assert encoding is not None
    assert (encoding.name, encoding.legacy) == (codec, legacy)
    assert reading.column("ten") == NAMES
    assert reading.staged.account.units == len(NAMES) + 1


def test_a_person_can_choose_another_encoding_and_sees_how_each_looks(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_bytes(to_tcvn3(TABLE).encode("latin-1"))
    understanding = understand(path, "tep.csv", harvest())
    offered = {seen.key: seen.sample for seen in understanding.other_encodings}
    assert "windows-1258" in offered
    chosen = understand(path, "tep.csv", harvest(), ReadingChoice(encoding="vni"))
    assert chosen.encoding is not None
    assert chosen.encoding.legacy is LegacyEncoding.VNI


@pytest.mark.parametrize("name", ["klingon", "idna", "punycode", "undefined", "base64", "\0"])
def test_an_encoding_nobody_knows_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "tep.csv"
    path.write_text(TABLE)
    understanding = understand(path, "tep.csv", harvest(), ReadingChoice(encoding=name))
    assert understanding.refusal is not None
    assert understanding.refusal.reason == "encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_by_the_columns_it_gives(tmp_path: Path, delimiter: str) -> None:
    reading = read_text(tmp_path, TABLE.replace(",", delimiter), harvest())
    assert reading.understanding.delimiter == delimiter
    assert reading.column("ten") == NAMES


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(tmp_path: Path, end: str) -> None:
    reading = read_text(tmp_path, TABLE.replace("\n", end), harvest())
    assert reading.column("ten") == NAMES
    assert [row["_first"] for row in reading.rows] == list(range(2, 9))


def test_mixed_line_ends_are_read(tmp_path: Path) -> None:
    text = "Tên xã,Diện tích,Ngày báo cáo\r\nA,1,01/01/2025\nB,2,01/01/2025\rC,3,01/01/2025"
    reading = read_text(tmp_path, text, harvest())
    assert reading.column("ten") == ["A", "B", "C"]
    assert reading.staged.account.units == 4


def test_bad_bytes_cost_their_line_and_no_other(tmp_path: Path) -> None:
    lines = TABLE.encode().splitlines(keepends=True)
    lines[3] = lines[3].replace("ú".encode(), b"\xff")
    reading = read_text(tmp_path, b"".join(lines), harvest())
    assert reading.column("ten") == [name for name in NAMES if name != "Phú Lương"]
    assert [(reject["_first"], reject["code"]) for reject in reading.rejects] == [(4, "bad-bytes")]
    assert "\\xff" in str(reading.rejects[0]["raw"])


def test_titles_totals_notes_and_signatures_are_no_records(tmp_path: Path) -> None:
    text = (
        "SỞ NÔNG NGHIỆP,,\nBÁO CÁO DIỆN TÍCH,,\n,,\nTên xã,Diện tích (ha),Ngày báo cáo\nA,B,1\n"
        "An Khánh,12,01/01/2025\n,,\nVăn Lang,13,02/01/2025\nTổng cộng,25,\n\n"
        'Ghi chú: số liệu sơ bộ,,\n,,"Thái Nguyên, ngày 5 tháng 1 năm 2025"\n'
        "NGƯỜI LẬP BIỂU,,\nNguyễn Văn A,,\n"
    )
    reading = read_text(tmp_path, text, harvest())
    account = reading.staged.account
    assert reading.column("ten") == ["An Khánh", "Văn Lang"]
    assert (account.title, account.header, account.total, account.blank, account.note) == (
        2,
        2,
        1,
        3,
        4,
    )
    assert [passed.kind for passed in reading.staged.passed] == ["total", *["note"] * 4]


def test_what_looks_like_a_note_is_data_when_data_follows(tmp_path: Path) -> None:
    text = "Tên xã,Diện tích,Ngày báo cáo\nNguồn:,,\nAn Khánh,12,01/01/2025\n"
    reading = read_text(tmp_path, text, harvest())
    assert reading.column("ten") == ["Nguồn:", "An Khánh"]


def test_a_person_may_say_that_totals_are_data(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_text("Tên xã,Diện tích,Ngày báo cáo\nTotal,12,\nGhi chú:,,\n")
    reading = read_file(path, harvest(), ReadingChoice(totals_are_data=True))
    assert reading.column("ten") == ["Total", "Ghi chú:"]


def test_joined_files_repeat_their_header_without_harm(tmp_path: Path) -> None:
    reading = read_text(tmp_path, (TABLE + "\ufeff" + TABLE).encode("utf-8-sig"), harvest())
    assert reading.column("ten") == NAMES * 2
    assert reading.staged.account.header == 2


def test_surplus_cells_reject_the_line_and_show_them(tmp_path: Path) -> None:
    text = "Tên xã,Diện tích,Ngày báo cáo\nA,1,2025-01-01,thừa\nB,2,2025-01-01,\nC,3,2025-01-01\n"
    reading = read_text(tmp_path, text, harvest())
    assert reading.column("ten") == ["B", "C"]
    assert reading.rejects[0]["code"] == "too-many-cells"
    assert "thừa" in str(reading.rejects[0]["params"])


def test_a_line_that_was_cut_off_is_rejected(tmp_path: Path) -> None:
    text = "Tên xã,Diện tích,Ngày báo cáo\nA,1,2025-01-01\nB,2,2025-01-01\nC,3"
    reading = read_text(tmp_path, text, harvest())
    assert reading.column("ten") == ["A", "B"]
    assert reading.staged.reject_counts == {"too-few-cells": 1}


def test_short_lines_are_filled_where_most_are_short_but_not_shorter_ones(tmp_path: Path) -> None:
    contract = contract_of([column("ten", "Tên"), column("so", "Số", NUMBER), column("x", "X")])
    text = "Tên,Số,X\nA,1\nB,2\nC,3\nD\n"
    reading = read_text(tmp_path, text, contract)
    assert reading.understanding.least_cells == 2
    assert reading.column("ten") == ["A", "B", "C"]
    assert reading.column("x") == [None] * 3
    assert reading.staged.reject_counts == {"too-few-cells": 1}


@pytest.mark.parametrize(("policy", "names"), [("fill", ["A", "B", "C"]), ("reject", ["A"])])
def test_the_contract_decides_about_short_lines(
    tmp_path: Path, policy: str, names: list[str]
) -> None:
    text = "Tên xã,Diện tích,Ngày báo cáo\nA,1,2025-01-01\nB,2\nC\n"
    assert read_text(tmp_path, text, harvest(Layout(short_rows=policy))).column("ten") == names


def test_blank_cells_are_nothing_and_others_stay_as_they_were_written(tmp_path: Path) -> None:
    text = "Tên xã,Diện tích,Ngày báo cáo\n  A\u00a0, \u00a0,\n"
    rows = read_text(tmp_path, text, harvest()).rows
    assert rows == [
        {
            "_record": 1,
            "_first": 2,
            "_last": 2,
            "ten": "  A\u00a0",
            "dien_tich": None,
            "ngay": None,
        }
    ]


def test_a_file_of_only_a_header_has_no_records(tmp_path: Path) -> None:
    reading = read_text(tmp_path, "Tên xã,Diện tích,Ngày báo cáo\n", harvest())
    assert reading.rows == []
    assert reading.staged.account.header == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n\r\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7 ...", "not-a-table"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "markup"),
        (b'<?xml version="1.0"?><Workbook/>', "markup"),
        (bytes(range(256)) * 20, "not-a-table"),
        (b"PK\x03\x04 broken", "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"broken", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "bang.xls"
    path.write_bytes(data)
    understanding = understand(path, "bang.xls", harvest())
    assert understanding.refusal is not None
    assert understanding.refusal.reason == reason
    assert not understanding.is_ready
    with pytest.raises(FileRefused) as refused:
        read(path, harvest(), understanding, tmp_path / "out")
    assert refused.value.fix is not None


def test_a_missing_needed_column_asks_a_person_who_may_name_it(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_text("Nơi,Diện tích,Ngày báo cáo\nA,1,2025-01-01\n")
    understanding = understand(path, "tep.csv", harvest())
    assert understanding.questions == (Question.MAPPING,)
    assert understanding.unmatched_columns == ("ten",)
    assert understanding.unmatched_headers == ((0, "Nơi"),)
    with pytest.raises(FileRefused, match="not found"):
        read(path, harvest(), understanding, tmp_path / "out")
    assert read_file(path, harvest(), ReadingChoice(mapping={"ten": 0})).column("ten") == ["A"]


def test_a_person_may_say_where_the_header_is(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_text("Tên xã,Diện tích,Ngày báo cáo\nx,y,z\nA,1,2025-01-01\n")
    choice = ReadingChoice(
        first_header_row=2, header_rows=1, mapping={"ten": 0, "dien_tich": 1, "ngay": 2}
    )
    reading = read_file(path, harvest(), choice)
    assert reading.column("ten") == ["A"]
    assert reading.staged.account.title == 1


def test_a_persons_number_form_is_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_text("Tên xã,Diện tích,Ngày báo cáo\nA,1.234,2025-01-01\n")
    undecided = read_file(path, harvest())
    assert undecided.understanding.undecided_numbers == ("dien_tich",)
    assert undecided.staged.number_forms == {}
    choice = ReadingChoice(number_forms={"dien_tich": NumberForm.VIETNAMESE})
    decided = read_file(path, harvest(), choice, tmp_path / "decided")
    assert decided.staged.number_forms == {"dien_tich": NumberForm.VIETNAMESE}


def test_the_form_of_numbers_is_found_over_the_whole_file(tmp_path: Path) -> None:
    rows = "".join(f"A{at};1.234;2025-01-01\n" for at in range(3_000))
    text = f"Tên xã;Diện tích;Ngày báo cáo\n{rows}B;1.234,5;2025-01-01\n"
    reading = read_text(tmp_path, text, harvest())
    assert reading.understanding.undecided_numbers == ("dien_tich",)
    assert reading.staged.number_forms == {"dien_tich": NumberForm.VIETNAMESE}


def test_ten_thousand_columns_are_read_in_seconds(tmp_path: Path) -> None:
    names = [f"cột {at}" for at in range(10_000)]
    names[7_000:7_003] = ["Tên xã", "Diện tích", "Ngày báo cáo"]
    rows = [",".join(f"{row}.{at}" for at in range(10_000)) for row in range(20)]
    reading = read_text(tmp_path, "\n".join([",".join(names), *rows]), harvest())
    assert reading.column("ten") == [f"{row}.7000" for row in range(20)]


def test_a_long_line_without_marks_is_looked_through_in_seconds(tmp_path: Path) -> None:
    names = ["ten", "dien_tich", "ngay", *(f"column {at}" for at in range(40_000))]
    row = ",".join(["A", "1", "2025-03-01", *["0"] * 40_000])
    reading = read_text(tmp_path, f"{','.join(names)}\n{row}\n", harvest())
    assert reading.column("ten") == ["A"]


def test_an_understanding_survives_its_way_through_json(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    path.write_bytes(to_tcvn3(TABLE).encode("latin-1"))
    understanding = understand(path, "tep.csv", harvest())
    assert understanding_from_json(understanding_to_json(understanding)) == understanding
    path.write_bytes(b"")
    refused = understand(path, "tep.csv", harvest())
    assert understanding_from_json(understanding_to_json(refused)) == refused


def test_the_reason_of_a_reject_is_a_stored_text(tmp_path: Path) -> None:
    reading = read_text(tmp_path, "Tên xã,Diện tích,Ngày báo cáo\nA,1\n", harvest())
    text = Text.from_json(json.loads(str(reading.rejects[0]["params"])))
    assert "2 cells" in str(text)


def test_the_cells_of_a_file_do_not_stay_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Mã,Tên\n1,Người mô phỏng chín\n", encoding="utf-8")
    understand(path, path.name, contract_of([column("ma", "Mã"), column("ten", "Tên")]))
    assert headers._keys.cache_info().currsize == 0
    assert headers._likeness.cache_info().currsize == 0
