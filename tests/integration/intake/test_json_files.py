"""JSON documents and JSON Lines: lists of records wherever they stand, and what breaks them."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.intake.building import (
    DATE,
    NUMBER,
    column,
    contract_of,
    harvest,
    read_file,
    real_data,
)
from tests.unit.intake.building_files import json_of
from tinhdata.contracts import Contract, NumberForm
from tinhdata.intake import (
    FileKind,
    Question,
    ReadingChoice,
    understand,
    understanding_from_json,
    understanding_to_json,
)

ROWS: list[dict[str, str | float | None]] = [
    {"Tên xã": "An Khánh", "Diện tích": 28.69, "Ngày báo cáo": "2025-03-01"},
    {"Tên xã": "Văn Lang", "Diện tích": None, "Ngày báo cáo": ""},
]
NAMES = ["An Khánh", "Văn Lang"]


def keyed() -> Contract:
    return contract_of([column("ten", "Tên", required=True), column("so", "Số", NUMBER)])


def reason_of(path: Path, contract: Contract | None = None) -> str:
    refusal = understand(path, path.name, contract or harvest()).refusal
    assert refusal is not None
    return refusal.reason


@pytest.mark.parametrize(
    ("document", "table"),
    [
        (ROWS, "$"),
        ({"data": ROWS}, "data"),
        (
            {"help": "x", "success": True, "result": {"fields": [{"id": "a"}], "records": ROWS}},
            None,
        ),
        ({"count": 2, "links": [1, 2], "items": ROWS, "more": []}, "items"),
        ([["Tên xã", "Diện tích", "Ngày báo cáo"], *(list(row.values()) for row in ROWS)], "$"),
    ],
)
def test_the_list_of_records_is_found_wherever_it_stands(
    tmp_path: Path, document: object, table: str | None
) -> None:
    reading = read_file(json_of(tmp_path / "a.json", document), harvest())
    assert reading.understanding.kind is FileKind.JSON
    assert reading.understanding.sheet == (table or "result.records")
    assert reading.column("ten") == NAMES
    assert reading.column("dien_tich") == ["28.69", None]
    understanding = reading.understanding
    assert understanding_from_json(understanding_to_json(understanding)) == understanding


def test_units_of_a_list_are_its_elements_and_its_fields_are_no_unit(tmp_path: Path) -> None:
    reading = read_file(json_of(tmp_path / "a.json", ROWS), harvest())
    assert reading.staged.account.units == reading.staged.account.record_units == 2
    assert [row["_first"] for row in reading.rows] == [1, 2]


def test_lines_are_records_and_a_broken_one_is_rejected_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    good = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    path.write_text(f'{good[0]}\n\n{{"Tên xã": "X",}}\n{good[1]}\n[1]\n"y"\n', encoding="utf-8")
    reading = read_file(path, harvest())
    assert reading.understanding.kind is FileKind.JSON_LINES
    assert reading.column("ten") == NAMES
    assert [row["_first"] for row in reading.rows] == [1, 4]
    assert [(each["_first"], each["code"]) for each in reading.rejects] == [
        (3, "broken-json"),
        (5, "mixed-records"),
        (6, "no-record"),
    ]
    assert "character" in str(reading.rejects[0]["params"])
    assert reading.staged.account.blank == 1


def test_a_broken_first_line_does_not_hide_that_the_others_are_records(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps(ROWS[0])
    path.write_text(f'{{"Tên xã": \n{good}\n{good}\n', encoding="utf-8")
    reading = read_file(path, harvest())
    assert reading.column("ten") == ["An Khánh"] * 2
    assert reading.staged.reject_counts == {"broken-json": 1}


def test_objects_inside_objects_become_columns_with_dots(tmp_path: Path) -> None:
    rows = [{"thuoc_tinh": {"ten": "A", "khac": {"so": 1.5}}, "the": ["x", 1.50, {"y": None}]}]
    contract = contract_of([column("ten", "Tên"), column("so", "Số", NUMBER), column("the", "Thẻ")])
    reading = read_file(json_of(tmp_path / "a.json", rows), contract)
    assert reading.understanding.header is not None
    assert reading.understanding.header.names == ("thuoc_tinh.ten", "thuoc_tinh.khac.so", "the")
    assert [reading.rows[0][name] for name in ("ten", "so", "the")] == [
        *("A", "1.5", '["x",1.5,{"y":null}]'),
    ]


def test_numbers_keep_every_digit_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    digits = ["1.50", "12345678901234567890.123456789", "-0", "1" + "0" * 5_000]
    path.write_text(f'[{",".join(f"""{{"ten":"x","so":{each}}}""" for each in digits)}]')
    assert read_file(path, keyed()).column("so") == digits


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E5", "100000"),
        ("1.50e+3", "1500"),
        ("-2.5e-05", "-0.000025"),
        ("0e0", "0"),
        ("1e999999999", "1e999999999"),
        ("1e99999999999999999999999", "1e99999999999999999999999"),
    ],
)
def test_a_number_with_an_exponent_is_written_out_where_that_is_no_giant(
    tmp_path: Path, number: str, text: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'[{{"ten":"x","so":{number}}}]')
    assert read_file(path, keyed()).column("so") == [text]


def test_a_typed_fraction_of_three_digits_is_no_thousand(tmp_path: Path) -> None:
    reading = read_file(
        json_of(tmp_path / "a.json", [{"ten": "x", "so": 1.234}, {"ten": "y", "so": 5.678}]),
        keyed(),
    )
    assert reading.understanding.undecided_numbers == ()
    assert reading.staged.number_forms == {"so": NumberForm.ENGLISH}


def test_typed_numbers_are_written_as_the_texts_beside_them(tmp_path: Path) -> None:
    rows = [{"ten": "x", "so": 1.234}, {"ten": "y", "so": "1.234,5"}]
    reading = read_file(json_of(tmp_path / "a.json", rows), keyed())
    assert reading.staged.number_forms == {"so": NumberForm.VIETNAMESE}
    assert reading.column("so") == ["1,234", "1.234,5"]


def test_a_field_that_comes_late_is_not_lost(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"ten": f"x{at}"} for at in range(3_000)]
    rows.append({"ten": "last", "so": 7})
    reading = read_file(json_of(tmp_path / "a.json", rows), keyed())
    assert reading.rows[-1]["so"] == "7"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("by_lines", [False, True])
def test_every_form_of_unicode_is_read(tmp_path: Path, encoding: str, by_lines: bool) -> None:
    path = tmp_path / "a.json"
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    text = "\n".join(lines) if by_lines else f"[{','.join(lines)}]"
    path.write_bytes(text.encode(encoding))
    assert read_file(path, harvest()).column("ten") == NAMES


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (b'{"ten":"a","ten":"b"}', "repeated-key"),
        (b'{"ten":"a","x":{"y":1,"y":2}}', "repeated-key"),
        (b'{"ten":"a","x":{"y":1},"x.y":2}', "repeated-key"),
        (b'{"ten":"a","so":NaN}', "not-a-number"),
        (b'{"ten":"a","so":[-Infinity]}', "not-a-number"),
        (b'{"ten":"a\\u0000"}', "zero-byte"),
        (b'{"ten":"a\x00"}', "zero-byte"),
        (b'{"ten":"\\ud800"}', "bad-bytes"),
        (b'{"ten":"\xff\xfe"}', "bad-bytes"),
        (b"17", "no-record"),
        (b'"ten"', "no-record"),
        (b"null", "no-record"),
        (b"[1, 2]", "mixed-records"),
        (b'{"x":' * 20 + b"1" + b"}" * 20, "too-deep"),
        (b'{"x":' + b"[" * 400 + b"]" * 400 + b"}", "too-deep"),
    ],
)
@pytest.mark.parametrize("by_lines", [False, True])
def test_a_bad_record_costs_itself_and_no_other(
    tmp_path: Path, element: bytes, code: str, by_lines: bool
) -> None:
    path = tmp_path / "a.json"
    elements = [b'{"ten":"first","so":1}', b'{"ten":"second"}', element, b'{"ten":"last","so":2}']
    path.write_bytes(b"\n".join(elements) if by_lines else b"[" + b",".join(elements) + b"]")
    reading = read_file(path, keyed())
    assert reading.column("ten") == ["first", "second", "last"]
    assert [each["_first"] for each in reading.rejects] == [3]
    assert reading.staged.reject_counts == {code: 1}


@pytest.mark.parametrize(
    ("text", "line", "character"),
    [
        ('[{"ten": 1},\n {"ten" 2}]', "2", "9"),
        ('[{"ten": 1},\n {"ten": 2}', "2", "12"),
        ('[{"ten": 1}]\n]', "2", "1"),
        ('{"data": [{"ten": 1} {"ten": 2}]}', "1", "22"),
        ('{"data": [{"ten": 1}], "x": tru', "1", "29"),
        ('{data: []}', "1", "2"),
        ('[{"ten": "never closed', "1", "10"),
    ],
)  # fmt: skip
def test_a_broken_document_is_refused_with_line_and_character(
    tmp_path: Path, text: str, line: str, character: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    refusal = understand(path, path.name, keyed()).refusal
    assert refusal is not None
    assert refusal.reason == "broken-json"
    assert refusal.text.params == {"line": line, "column": character}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "empty"),
        (b'{"data": []}', None),
        (b"[" * 200_000, "too-deep"),
        (b'[{"x":' * 100_000, "too-deep"),
        (b'[{"ten": "' + b"x" * (17 << 20) + b'"}]', "long-line"),
        (b"[{" + b",".join(b'"k%d":1' % at for at in range(3_000)) + b"}]", "too-many-columns"),
        (b"{", "broken-json"),
        (b"[", "broken-json"),
    ],
)
def test_hostile_and_empty_documents_are_refused(
    tmp_path: Path, data: bytes, reason: str | None
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    understanding = understand(path, path.name, keyed())
    if reason is None:
        assert understanding.questions == (Question.MAPPING,)
    else:
        assert understanding.refusal is not None
        assert understanding.refusal.reason == reason


def test_two_lists_that_fit_equally_ask_which_is_meant_and_may_both_be_read(tmp_path: Path) -> None:
    path = json_of(tmp_path / "a.json", {"cu": [{"ten": "a"}], "moi": [{"ten": "b"}, {"ten": "c"}]})
    assert understand(path, path.name, keyed()).questions == (Question.SHEET,)
    one = read_file(path, keyed(), ReadingChoice(sheet="moi"), tmp_path / "one")
    assert one.column("ten") == ["b", "c"]
    both = read_file(path, keyed(), ReadingChoice(sheets=("cu", "moi")), tmp_path / "both")
    assert both.column("ten") == ["a", "b", "c"]
    assert [(p.name, p.first_unit, p.units) for p in both.staged.parts] == [
        ("cu", 1, 1),
        ("moi", 2, 2),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"rows": [{"ten": "a"}], "rows": [{"ten": "b"}]}',
        '{"rows": [], "rows": [{"ten": "b"}]}',
        '{"a.b": [{"ten": "a"}], "a": {"b": [{"ten": "b"}]}}',
    ],
)
def test_two_lists_of_one_name_are_refused_since_only_one_would_be_read(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    assert reason_of(path, keyed()) == "repeated-key"


@pytest.mark.parametrize("key", ["a\\u0000b", "\\ud800"])
def test_a_list_whose_name_no_store_can_hold_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'{{"{key}": [{{"ten": "a"}}]}}')
    refusal = understand(path, path.name, keyed()).refusal
    assert refusal is not None
    assert refusal.reason == "unsafe-names"
    str(refusal.text).encode()


def test_one_record_alone_is_a_document_of_one_row(tmp_path: Path) -> None:
    reading = read_file(json_of(tmp_path / "a.json", {"ten": "x", "so": 1}), keyed())
    assert [(row["ten"], row["so"]) for row in reading.rows] == [("x", "1")]


def test_lists_of_lists_are_measured_by_their_header(tmp_path: Path) -> None:
    rows = [["Tên", "Số"], ["a", 1], ["b"], ["c", 2, "x"], [None, None]]
    reading = read_file(json_of(tmp_path / "a.json", rows), keyed())
    assert reading.column("ten") == ["a"]
    assert reading.staged.reject_counts == {"too-few-cells": 1, "too-many-cells": 1}
    assert (reading.staged.account.header, reading.staged.account.blank) == (1, 1)


def test_a_record_that_only_counts_is_data_and_no_row_of_column_numbers(tmp_path: Path) -> None:
    contract = contract_of([column(name, name) for name in ("a", "b", "c", "d")])
    path = json_of(tmp_path / "a.json", [{"a": 1, "b": 2, "c": 3, "d": 4}])
    assert read_file(path, contract).staged.account.records == 1


def test_a_large_list_is_read_in_pieces(tmp_path: Path) -> None:
    count = 60_000
    rows = [{"ten": f"Xã {at}", "so": at / 8, "ghi_chu": "x" * 40} for at in range(count)]
    path = json_of(tmp_path / "a.json", {"data": rows})
    assert path.stat().st_size > 4 << 20  # several pieces
    reading = read_file(path, keyed())
    assert reading.staged.account.records == count
    assert reading.rows[-1]["so"] == "7499.875"


VALUE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(),
        st.text(max_size=6),
        st.sampled_from(["Tổng cộng", "Ghi chú:", "2025-01-01", "1.234,5", "ten"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
ELEMENT = st.one_of(
    VALUE, st.dictionaries(st.sampled_from(["Tên xã", "Diện tích", "khác"]), VALUE, min_size=1)
)
CHOICE = ReadingChoice(mapping={"ten": None, "dien_tich": None, "ngay": None})


@settings(max_examples=80, deadline=None)
@given(st.lists(ELEMENT, max_size=12), st.booleans())
def test_every_element_of_any_list_is_accounted_for(elements: list[object], by_lines: bool) -> None:
    elements = [{"Tên xã": "đầu"}, *elements]
    written = [json.dumps(each, ensure_ascii=False) for each in elements]
    text = "".join(f"{line}\n" for line in written) if by_lines else f"[{','.join(written)}]"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.json"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        reading = read_file(path, harvest())
    account = reading.staged.account
    assert account.units == len(elements)
    assert account.records == len(reading.rows)
    units = [row["_first"] for row in (*reading.rows, *reading.rejects)]
    assert len(units) == len(set(map(str, units)))
    assert account.record_units + account.rejected_units == len(units)


LINE = st.one_of(
    ELEMENT.map(lambda each: json.dumps(each, ensure_ascii=False)),
    st.sampled_from(["", "  ", "{", '{"Tên xã": ', "][", '{"a":1}{"b":2}', "\x00", "﻿", "tru"]),
    st.text(alphabet='{}[]",:ab1\\ \r', max_size=10),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(LINE, max_size=12))
def test_every_line_of_a_broken_file_of_lines_is_accounted_for(lines: list[str]) -> None:
    good = json.dumps({"Tên xã": "đầu"}, ensure_ascii=False)
    lines = [good, good, *lines, good]
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    ends = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(data)
        reading = read_file(path, harvest())
    assert reading.staged.account.units == ends.count(b"\n")
    assert reading.staged.account.records == len(reading.rows) >= 3


def test_a_real_sheet_of_a_procedure_is_one_record() -> None:
    path = real_data("tthc-details", "bo-tu-phap", "1.000080.json")
    contract = contract_of(
        [
            column("ma", "Mã thủ tục", synonyms=("ma_thu_tuc",), required=True),
            column("ten", "Tên thủ tục", synonyms=("ten_thu_tuc",), required=True),
            column("ngay", "Ngày", DATE),
        ]
    )
    understanding = understand(path, path.name, contract)
    assert understanding.is_ready
    assert understanding.preview[0][0] == "1.000080"
