"""Rows and files: filtered as the address says, the same cells in every form, kept by tag."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from httpx import Client
from openpyxl import load_workbook

from tests.integration.api.asking import PROCEDURES, SENSOR, SIZES, UNITS, Site
from tinhdata.access import Action, system_permit
from tinhdata.edge.plain import plain
from tinhdata.vietnam import fold
from tinhdata.warehouse import Query, Value

Lines = list[tuple[str, ...]]


def truth(site: Site, dataset: str) -> tuple[list[str], list[tuple[Value, ...]]]:
    """Read the current release through the warehouse's own door."""
    release = site.platform.warehouse.current(dataset)
    assert release is not None
    permit = system_permit(Action.READ_ROWS, dataset, "tests")
    page = site.platform.warehouse.read(permit, release.id, Query(limit=10_000))
    return [column.name for column in page.columns], list(page.rows)


def lines(rows: Iterable[Sequence[Value]]) -> Lines:
    return sorted(tuple(plain(value) or "" for value in row) for row in rows)


@pytest.mark.parametrize("dataset", [SENSOR, SIZES, UNITS])
def test_csv_json_and_parquet_hold_exactly_the_cells_of_the_release(
    site: Site, anyone: Client, dataset: str
) -> None:
    names, rows = truth(site, dataset)
    answer = anyone.get(f"/datasets/{dataset}/rows.csv")
    header, *records = csv.reader(io.StringIO(answer.text, newline=""))
    assert header == names
    assert sorted(map(tuple, records)) == lines(rows)

    answer = anyone.get(f"/datasets/{dataset}/rows.json")
    document = json.loads(answer.text, parse_float=Decimal)
    assert lines(tuple(row[name] for name in names) for row in document["rows"]) == lines(rows)

    answer = anyone.get(f"/datasets/{dataset}/rows.parquet")
    table = pq.read_table(io.BytesIO(answer.content))
    assert table.column_names == names
    assert lines(tuple(row.values()) for row in table.to_pylist()) == lines(rows)
    assert table.schema.metadata[b"tinhdata.dataset"].decode() == dataset


@pytest.mark.parametrize("dataset", [SENSOR, SIZES, UNITS])
def test_a_workbook_holds_the_same_cells_typed_and_no_formula(
    site: Site, anyone: Client, dataset: str
) -> None:
    names, rows = truth(site, dataset)
    contract = site.platform.registry.active(dataset).contract
    answer = anyone.get(f"/datasets/{dataset}/rows.xlsx", headers={"Accept-Language": "vi"})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    header, *records = list(sheet.iter_rows(values_only=True))
    labels = [contract.column(name).label.vi for name in names]
    assert all(str(h).startswith(label) for h, label in zip(header, labels, strict=True))
    assert lines(map(_numbers_alike, records)) == lines(map(_numbers_alike, rows))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def _numbers_alike(row: Sequence[object]) -> tuple[Value, ...]:
    """Give what Excel cannot tell apart the same form: 72 and 72.0, a day and its midnight."""
    alike: list[Value] = []
    for value in row:
        if isinstance(value, datetime) and value.time() == datetime.min.time():
            alike.append(value.date())
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            alike.append(float(value))
        else:
            assert value is None or isinstance(value, str | bool | datetime) or value
            alike.append(value)  # type: ignore[arg-type] # whatever else a cell holds
    return tuple(alike)


def test_simulated_rows_say_so_in_name_and_inside(anyone: Client) -> None:
    for language, mark, said in (
        ("vi", "-mo-phong.", "Dữ liệu mô phỏng"),
        ("en", "-simulated.", "Simulated data"),
    ):
        headers = {"Accept-Language": language}
        answer = anyone.get(f"/datasets/{SENSOR}/rows.xlsx?f.pm10.from=30", headers=headers)
        assert f"{SENSOR}-r1{mark}xlsx" in answer.headers["content-disposition"]
        about = load_workbook(io.BytesIO(answer.content)).worksheets[1]
        facts = {str(row[0]): str(row[1]) for row in about.iter_rows(values_only=True)}
        assert said in facts
        assert any("“30”" in value for value in facts.values())
    assert anyone.get(f"/datasets/{SENSOR}/rows.json").json()["meta"]["simulated"] is True
    assert (
        "mo-phong" not in anyone.get(f"/datasets/{UNITS}/rows.csv").headers["content-disposition"]
    )


def test_excel_is_told_that_csv_is_utf_8_only_where_it_is_asked_for(anyone: Client) -> None:
    path = f"/datasets/{UNITS}/rows.csv"
    assert anyone.get(path).content[:3] != b"\xef\xbb\xbf"
    assert anyone.get(path, params={"bom": "1"}).content[:3] == b"\xef\xbb\xbf"


def test_the_page_and_the_file_hold_what_is_filtered(site: Site, anyone: Client) -> None:
    names, rows = truth(site, UNITS)
    kind = names.index("loai")
    wanted = [row for row in rows if row[kind] == "phường"]
    page = anyone.get(f"/datasets/{UNITS}/rows?f.loai=phường&sort=-ten&limit=5&page=2").json()
    assert page["total"] == len(wanted)
    # Readers look for Đ after D: what is equal but for marks stands together.
    called = sorted((str(row[names.index("ten")]) for row in wanted), key=lambda n: (fold(n), n))
    expected = called[::-1][5:10]
    assert [row["ten"] for row in page["rows"]] == expected
    text = anyone.get(f"/datasets/{UNITS}/rows.csv?f.loai=phường&page=2").text
    assert len(text.splitlines()) == len(wanted) + 1


@pytest.mark.parametrize("number", ["1e37", "-9.5e37", "1e-37", "9" * 38, "0." + "0" * 36 + "1"])
def test_numbers_that_no_column_holds_are_compared_all_the_same(
    site: Site, anyone: Client, number: str
) -> None:
    for dataset, column in ((UNITS, "dien_tich"), (SENSOR, "pm10"), (UNITS, "dan_so")):
        names, rows = truth(site, dataset)
        if column not in names:
            continue
        held = [row[names.index(column)] for row in rows]
        numbers = [Decimal(str(value)) for value in held if value is not None]
        wanted = [value for value in numbers if value >= Decimal(number)]
        answer = anyone.get(f"/datasets/{dataset}/rows", params={f"f.{column}.from": number})
        if answer.status_code == 400:
            assert answer.json()["code"] == "filter-invalid"  # a whole number of that size
            continue
        assert answer.status_code == 200
        assert answer.json()["total"] == len(wanted)
        both = {f"f.{column}.is": ["1e36", "0.0001", number]}
        assert anyone.get(f"/datasets/{dataset}/rows", params=both).status_code in (200, 400)


@pytest.mark.parametrize("number", ["1e-199999999", "1e199999999", "-1e-99999999", "1e-39"])
def test_a_number_that_would_fill_the_memory_is_refused(anyone: Client, number: str) -> None:
    answer = anyone.get(f"/datasets/{UNITS}/rows", params={"f.dien_tich.from": number})
    assert answer.status_code == 400
    assert answer.json()["code"] == "filter-invalid"


def test_a_whole_value_is_found_however_its_letters_are_composed(anyone: Client) -> None:
    composed = "Xã Võ Nhai"
    for name in (composed, unicodedata.normalize("NFD", composed)):
        page = anyone.get(f"/datasets/{UNITS}/rows", params={"f.ten.is": name}).json()
        assert page["total"] == 1


@pytest.mark.parametrize("words", ["phuong duc xuan", "PHƯỜNG ĐỨC XUÂN", "đức  xuân"])
def test_search_needs_no_marks(anyone: Client, words: str) -> None:
    page = anyone.get(f"/datasets/{UNITS}/rows", params={"q": words}).json()
    assert [row["ma"] for row in page["rows"]] == ["01840"]
    found = anyone.get("/datasets", params={"q": "thu tuc bo nganh"}).json()
    assert found["total"] >= 1


@pytest.mark.parametrize(
    "query",
    [
        "f.ma=' OR 1=1 --",
        'f.ten="); DROP TABLE x; --',
        "f.ten=%' UNION SELECT 1 --",
        "q='; ATTACH 'x' AS y; --",
        "sort=ten; DROP TABLE x",
        "f.nope=1",
        "f._delivery=x",
        "sort=_record",
        "page=0",
        "page=x",
        "limit=100000",
        "release=1 OR 1",
        "release=99",
        "as_of=x",
        "as_of=1999-01-01",
        "f.dien_tich.from=1e400",
        "unknown=1",
        "f.ten=%00",
    ],
)
def test_hostile_addresses_get_rows_that_match_or_a_refusal_and_never_more(
    anyone: Client, query: str
) -> None:
    answer = anyone.get(f"/datasets/{UNITS}/rows?{query}")
    if answer.status_code == 200:
        assert answer.json()["total"] == 0
        return
    assert answer.status_code in {400, 404, 422}
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["fix"]
    for leaked in ("select", "duckdb", "parquet", "traceback", ".py"):
        assert leaked not in answer.text.lower()


def test_an_answer_that_the_reader_has_is_not_sent_again(anyone: Client) -> None:
    for path in (f"/datasets/{UNITS}/rows?q=xa", f"/datasets/{UNITS}/rows.csv?q=xa"):
        first = anyone.get(path)
        again = anyone.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = anyone.get(
            path.replace("xa", "phuong"), headers={"If-None-Match": first.headers["etag"]}
        )
        assert other.status_code == 200
        assert first.headers["cache-control"] == "public, no-cache"


def test_open_data_may_be_read_by_any_page_and_head_tells_as_much_as_get(anyone: Client) -> None:
    path = f"/datasets/{UNITS}/rows.csv"
    answer, head = anyone.get(path), anyone.head(path)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert head.content == b""
    assert head.headers["etag"] == answer.headers["etag"]
    assert anyone.options(path).status_code == 204


def test_the_contract_given_out_is_the_one_that_releases_name(site: Site, anyone: Client) -> None:
    from tinhdata.kernel import sha256_hex

    release = anyone.get(f"/datasets/{PROCEDURES}/releases").json()[0]
    contract = anyone.get(f"/datasets/{PROCEDURES}/contract.json")
    assert sha256_hex(contract.content) == release["contract_hash"]
    text = anyone.get(f"/datasets/{PROCEDURES}/contract.yaml?version=1.0.0").text
    assert f"id: {PROCEDURES}" in text
    assert anyone.get(f"/datasets/{PROCEDURES}/contract.yaml?version=9.0.0").status_code == 404


def test_the_template_offers_the_codes_that_a_column_may_have(anyone: Client) -> None:
    answer = anyone.get("/datasets/danh-muc-co-quan/template.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    codes = {str(cell.value) for row in book["_lists"].iter_rows() for cell in row}
    assert "01840" in codes
