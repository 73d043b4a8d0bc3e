"""Schemas of others as drafts: what they say is kept, what cannot be kept is said."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tinhdata.contracts import (
    Contract,
    DraftWishes,
    Imported,
    LogicalType,
    NumberForm,
    Personal,
    Reference,
    SchemaUnreadable,
    SQLDialect,
    import_ckan,
    import_frictionless,
    import_sql,
    load_contract,
    write_draft,
)

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"


def texts(imported: Imported) -> list[str]:
    return [write_draft(table, str).yaml for table in imported.tables]


def contracts(imported: Imported) -> list[Contract]:
    return [load_contract(text.encode(), "draft.yaml").contract for text in texts(imported)]


def kept(name: str) -> bytes:
    return (SCHEMAS / name).read_bytes()


# -- CKAN


def test_a_package_of_ckan_gives_a_draft_per_resource_with_its_data_dictionary() -> None:
    imported = import_ckan(kept("ckan-package.json"), "ckan-package.json")
    stations, readings = contracts(imported)
    assert (stations.id, readings.id) == ("tram-quan-trac", "so-do")
    assert stations.column_names == ("ma", "ten_tram", "vi_do", "lap_dat", "dien_thoai", "ghi")
    assert stations.column("ma").label.vi == "Mã trạm"
    assert stations.column("ma").synonyms == ("ma",)
    assert stations.column("ma").description.vi == "Mã do sở cấp."
    assert stations.key == ("ma",)
    kinds = {column.name: column.logical_type for column in stations.columns}
    assert kinds["vi_do"] is LogicalType.NUMBER
    assert kinds["lap_dat"] is LogicalType.TIMESTAMP
    assert readings.column("gia_tri").unit == "mg/l"
    assert stations.column("dien_thoai").personal is Personal.BASIC
    assert stations.description.vi == "Trạm và số đo."
    assert stations.licence == "cc-by"


def test_what_ckan_says_beside_it_is_told_and_persons_are_left_out() -> None:
    imported = import_ckan(kept("ckan-package.json"), "ckan-package.json")
    text = texts(imported)[0]
    assert "Sở Ví dụ" in text
    assert "extras" in text
    assert "The type json is kept as text." in text
    assert "_id was left out" in text
    assert "Người Nào Đó" not in text
    assert any("Bản đồ" in str(note) for note in imported.notes)


def test_fields_of_the_datastore_may_stand_where_others_write_a_table_schema() -> None:
    field = {"id": "ma_cay", "type": "text", "info": {"label": "Mã cây"}}
    resource = {"name": "cay.csv", "schema": {"fields": [field]}}
    package = {"success": True, "result": {"name": "cay", "resources": [resource]}}
    (contract,) = contracts(import_ckan(json.dumps(package).encode(), "x"))
    assert (contract.column_names, contract.column("ma_cay").label.vi) == (("ma_cay",), "Mã cây")


def test_an_answer_of_the_datastore_alone_is_enough() -> None:
    answer = {"success": True, "result": {"fields": [{"id": "Mã xã", "type": "text"}]}}
    (contract,) = contracts(import_ckan(json.dumps(answer).encode(), "x", DraftWishes("xa")))
    assert (contract.id, contract.key) == ("xa", ("ma_xa",))


# -- Frictionless


def test_a_data_package_keeps_types_constraints_keys_and_references() -> None:
    imported = import_frictionless(kept("datapackage.json"), "datapackage.json")
    communes, counts = contracts(imported)
    assert communes.key == ("ma",)
    assert communes.column("ma").pattern == "[0-9]{5}"
    assert communes.column("loai").allowed == ("xã", "phường")
    assert counts.key == ("ma_xa", "nam")
    assert counts.column("ma_xa").reference == Reference(communes.id, "ma")
    assert counts.column("nam").semantic_type == "year"
    assert counts.column("dan_so").minimum == 0
    assert counts.column("dan_so").required
    assert counts.column("mat_do").number_form is NumberForm.VIETNAMESE
    assert counts.column("mat_do").maximum == Decimal("30000.5")
    assert counts.column("ngay").date_formats == ("%d/%m/%Y",)
    assert counts.missing_values == ("..", "-")
    assert counts.layout.delimiter == ";"


def test_what_a_contract_cannot_say_of_a_data_package_is_told() -> None:
    imported = import_frictionless(kept("datapackage.json"), "datapackage.json")
    text = texts(imported)[1]
    assert "The type geopoint is kept as text." in text
    assert "exclusiveMinimum" in text
    assert "quoteChar" in text
    assert "The pattern" in text  # a look-ahead, which no engine of databases has
    assert any("elsewhere" in str(note) for note in imported.notes)


def test_a_table_schema_alone_is_a_draft() -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}], "primaryKey": "a"}
    (contract,) = contracts(import_frictionless(json.dumps(schema).encode(), "s.json"))
    assert contract.key == ("a",)
    assert contract.column("a").logical_type is LogicalType.INTEGER


# -- SQL


@pytest.mark.parametrize(
    ("file", "dialect"),
    [
        ("postgres.sql", SQLDialect.POSTGRES),
        ("mysql.sql", SQLDialect.MYSQL),
        ("sqlserver.sql", SQLDialect.TSQL),
        ("oracle.sql", SQLDialect.ORACLE),
    ],
)
def test_the_same_tables_in_each_dialect_give_the_same_contracts(
    file: str, dialect: SQLDialect
) -> None:
    communes, dossiers = contracts(import_sql(kept(file), file, None, dialect))
    assert communes.column_names == ("ma", "ten")
    assert dossiers.column_names == ("ma_ho_so", "ma_xa", "kenh", "le_phi", "ngay_nop", "so_trang")
    assert communes.key == ("ma",)
    assert dossiers.key == ("ma_ho_so",)
    assert dossiers.column("ma_ho_so").max_length == 30
    assert dossiers.column("ma_xa").reference == Reference(communes.id, "ma")
    assert dossiers.column("ma_xa").required
    assert dossiers.column("kenh").allowed == ("truc tiep", "truc tuyen")
    assert dossiers.column("le_phi").logical_type is LogicalType.NUMBER
    assert (dossiers.column("le_phi").decimals, dossiers.column("le_phi").minimum) == (2, 0)
    assert dossiers.column("so_trang").logical_type is LogicalType.INTEGER
    assert (dossiers.column("so_trang").minimum, dossiers.column("so_trang").maximum) == (1, 500)
    assert dossiers.column("ngay_nop").minimum == date(2020, 1, 1)


def test_comments_in_sql_are_labels_and_long_ones_descriptions() -> None:
    sql = "CREATE TABLE t (a INT PRIMARY KEY COMMENT 'Số thứ tự', b TEXT COMMENT '{}');"
    text = sql.format("Một câu rất dài nói cột này là gì, " * 6)
    (contract,) = contracts(import_sql(text.encode(), "t.sql", None, SQLDialect.MYSQL))
    assert contract.column("a").label.vi == "Số thứ tự"
    assert contract.column("b").label.vi == "b"
    assert contract.column("b").description.vi.startswith("Một câu rất dài")


def test_a_condition_between_columns_becomes_a_rule_and_any_other_a_remark() -> None:
    sql = "CREATE TABLE t (a DATE PRIMARY KEY, b DATE, CHECK (b >= a), CHECK (la_dung(b)));"
    (text,) = texts(import_sql(sql.encode(), "t.sql"))
    assert 'rowPredicate, value: "b >= a"' in text
    assert "The condition LA_DUNG(b) was not taken over." in text


def test_columns_of_files_defaults_and_indexes_are_told() -> None:
    sql = "CREATE TABLE t (a INT PRIMARY KEY, anh BYTEA, c INT DEFAULT 5); CREATE INDEX i ON t(c);"
    imported = import_sql(sql.encode(), "t.sql", None, SQLDialect.POSTGRES)
    (text,) = texts(imported)
    assert "The column anh holds files and was left out." in text
    assert "DEFAULT 5" in text
    assert "INDEX" in str(imported.notes[0])


def test_a_table_without_a_key_gets_one_that_a_remark_points_at() -> None:
    (text,) = texts(import_sql(b"CREATE TABLE t (ten TEXT, ma TEXT);", "t.sql"))
    assert "No key is declared; “ma” was taken." in text


def test_rows_among_the_statements_are_passed_over() -> None:
    sql = "CREATE TABLE t (a INT);\nCOPY t (a) FROM stdin;\n1\t'(\n\\.\nINSERT INTO t VALUES (1);"
    (contract,) = contracts(import_sql(sql.encode(), "t.sql", None, SQLDialect.POSTGRES))
    assert contract.column_names == ("a",)


# -- broken and hostile

READERS: dict[str, Callable[[bytes, str], Imported]] = {
    "ckan": import_ckan,
    "frictionless": import_frictionless,
    "sql": import_sql,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b'{"fields": "a"}',
        b'{"result": {"resources": [1, null, "x", {"fields": [1, null, {}]}]}}',
        b'{"resources": [{"schema": {"fields": 5}}]}',
        b'{"x": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"(" * 20_000,
        b"CREATE TABLE",
        b"CREATE TABLE t ();",
        b"DROP TABLE t; SELECT 1;",
        b"CREATE TABLE t (a INT",
    ],
)  # fmt: skip
def test_what_is_no_schema_is_refused_with_a_reason(reader: str, data: bytes) -> None:
    with pytest.raises(SchemaUnreadable, match="No contract can be drafted from bad"):
        READERS[reader](data, "bad")


HOSTILE = "\": }\n- {x: &a *b}\n# \u2028 <script> ${object} {value} \\ '"


def test_names_and_texts_with_the_signs_of_yaml_are_only_texts() -> None:
    field = {"id": HOSTILE, "type": HOSTILE, "info": {"label": HOSTILE, "notes": HOSTILE * 40}}
    other = {"id": f"{HOSTILE} ", "type": "text"}
    answer = {"result": {"name": HOSTILE, "description": HOSTILE, "fields": [field, other, field]}}
    for contract in contracts(import_ckan(json.dumps(answer).encode(), "h")):
        assert len(contract.columns) == 3
        assert contract.name.vi.startswith('": } - {x')
    schema = {
        "fields": [
            {
                "name": HOSTILE,
                "type": HOSTILE,
                "format": HOSTILE,
                "constraints": {
                    "enum": [HOSTILE, "05000", "NO"],
                    "pattern": "(?=x)",
                    "minimum": HOSTILE,
                    "minLength": -5,
                    "maxLength": "x",
                },
                "missingValues": [HOSTILE],
            }
        ],
        "primaryKey": ["?"],
        "foreignKeys": [{"fields": HOSTILE, "reference": {"resource": HOSTILE, "fields": "x"}}],
    }
    (contract,) = contracts(import_frictionless(json.dumps(schema).encode(), "h"))
    assert contract.columns[0].allowed[1:] == ("05000", "NO")


def test_bounds_and_lists_that_contradict_are_left_out_with_a_remark() -> None:
    constraints = {"minimum": 9, "maximum": 1}
    schema = {
        "fields": [
            {"name": "a", "type": "integer", "constraints": constraints},
            {"name": "b", "constraints": {"enum": ["x"], "pattern": "[0-9]+"}},
        ]
    }
    (text,) = texts(import_frictionless(json.dumps(schema).encode(), "s"))
    assert "The smallest value is above the largest" in text
    assert "does not fit the list" in text


def test_names_that_are_equal_are_told_apart() -> None:
    sql = 'CREATE TABLE t ("Mã" INT, "MÃ " INT, "ma" INT);'
    (contract,) = contracts(import_sql(sql.encode(), "t.sql", None, SQLDialect.POSTGRES))
    assert len(set(contract.column_names)) == 3


def test_tables_of_one_name_get_ids_of_their_own() -> None:
    fields = [{"id": "a", "type": "text"}]
    resources = [{"name": "Bảng", "fields": fields}, {"name": "Bảng", "fields": fields}]
    answer = json.dumps({"result": {"resources": resources}}).encode()
    assert [table.id for table in import_ckan(answer, "x").tables] == ["bang", "bang-2"]


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "a*a*a*a*a*a*b"])
def test_a_pattern_that_would_be_tried_for_ever_is_not_tried(pattern: str) -> None:
    field = {"name": "ma", "constraints": {"pattern": pattern, "enum": ["a" * 60]}}
    (contract,) = contracts(import_frictionless(json.dumps({"fields": [field]}).encode(), "a.json"))
    assert (contract.columns[0].pattern, contract.columns[0].allowed) == (pattern, ("a" * 60,))


def test_a_bound_without_end_is_no_bound() -> None:
    schema = b'{"fields": [{"name": "a", "type": "number", "constraints": {"maximum": 1e999}}]}'
    (contract,) = contracts(import_frictionless(schema, "a.json"))
    assert contract.columns[0].maximum is None


def test_tables_that_are_left_out_are_told() -> None:
    twice = import_sql(b"CREATE TABLE a (x INT); CREATE TABLE a (y INT);", "t.sql")
    assert "# The table is created twice" in texts(twice)[0]
    many = "".join(f"CREATE TABLE t{number} (x INT PRIMARY KEY);" for number in range(203))
    imported = import_sql(many.encode(), "t.sql")
    assert len(imported.tables) == 200
    assert [str(note) for note in imported.notes] == [
        "Only the first 200 of 203 tables were taken over."
    ]
    resource = {"schema": {"fields": [{"name": "a"}]}}
    package = json.dumps({"resources": [{"name": f"r{n}", **resource} for n in range(201)]})
    told = import_frictionless(package.encode(), "p.json").notes
    assert [str(note) for note in told] == ["Only the first 200 of 201 tables were taken over."]


def test_conditions_without_end_are_refused_and_do_not_break_the_import() -> None:
    chain = " AND ".join(["x > 1"] * 3_000)
    with pytest.raises(SchemaUnreadable, match="nested too deeply"):
        import_sql(f"CREATE TABLE a (x INT CHECK ({chain}))".encode(), "t.sql")


def test_brackets_in_texts_do_not_hide_how_deeply_a_document_is_nested() -> None:
    hidden = b'{"a": "' + b"]" * 200 + b'", "fields": ' + b"[" * 100 + b"]" * 100 + b"}"
    with pytest.raises(SchemaUnreadable, match="nested too deeply"):
        import_frictionless(hidden, "a.json")
