"""What becomes of the rows of a delivery: released, quarantined with every reason, or linked."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.integration.quality.builders import (
    DATE,
    INTEGER,
    NUMBER,
    ask,
    column,
    contract,
    good_rows,
    held_rows,
    relation,
    run,
    table_spec,
    write_rejects,
    write_rows,
)
from tinhdata.contracts.model import (
    BatchRule,
    Bilingual,
    Contract,
    Dimension,
    DuplicatePolicy,
    Period,
    PeriodUnit,
    Reference,
    Relation,
    RowRule,
    Severity,
)
from tinhdata.kernel import Progress, sha256_hex, t
from tinhdata.quality import (
    CheckContext,
    CheckFailed,
    CheckResult,
    Limits,
    ReferenceValues,
    check,
    compile_checks,
)


def rules_of(result: CheckResult) -> dict[object, list[str]]:
    """Give the failed rules of each held row by its record."""
    found: dict[object, list[str]] = {}
    for row in held_rows(result):
        rules = row["_rules"]
        assert isinstance(rules, list)
        found[row["_record"]] = rules
    return found


def names(result: CheckResult) -> list[object]:
    return [row["ma"] for row in good_rows(result)]


def test_good_rows_carry_the_field_ids_and_system_columns_of_the_table(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER)], ("ma",))
    result = run(tmp_path, of, [("b", "2"), ("a", "1")], sort_by=("ma",))
    (file,) = result.good
    ids = ask(
        f"SELECT name, field_id FROM parquet_schema('{file.path}') WHERE field_id IS NOT NULL"
    )
    assert ids == [("_delivery", 1), ("_record", 2), ("_warnings", 3), ("ma", 10), ("so", 11)]
    assert good_rows(result) == [
        {"_delivery": "dlv_1", "_record": 2, "_warnings": None, "ma": "a", "so": 1},
        {"_delivery": "dlv_1", "_record": 1, "_warnings": None, "ma": "b", "so": 2},
    ]


def test_every_failed_rule_of_a_row_is_named_not_only_the_first(tmp_path: Path) -> None:
    of = contract(
        [
            column("ma", pattern="[A-Z][0-9]"),
            column("so", INTEGER, minimum=0),
            column("ngay", DATE, required=True),
            column("loai", allowed=("Nam", "Nữ")),
        ],
        ("ma",),
    )
    result = run(
        tmp_path,
        of,
        [("A1", "5", "01/01/2025", "Nam"), ("a1", "-5", None, "nam"), ("A2", "x", "x", None)],
    )
    assert rules_of(result) == {
        2: ["pattern:ma", "minimum:so", "required:ngay", "allowed:loai"],
        3: ["type:so", "type:ngay"],
    }
    assert names(result) == ["A1"]


def test_held_rows_keep_their_raw_cells(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", NUMBER)], ("ma",))
    result = run(tmp_path, of, [("  a ", "1,5 triệu")])
    (row,) = held_rows(result)
    assert (row["_item"], row["_kind"], row["_record"], row["_first"], row["_last"]) == (
        1,
        "row",
        1,
        2,
        2,
    )
    assert (row["ma"], row["so"], row["_key"]) == ("  a ", "1,5 triệu", "a")


def test_a_value_that_cannot_be_read_is_reported_once_and_not_as_missing(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER, required=True, minimum=5)], ("ma",))
    result = run(tmp_path, of, [("a", "năm")])
    assert rules_of(result) == {1: ["type:so"]}


def test_rejected_units_wait_beside_the_rows_in_the_order_of_the_file(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER)], ("ma",))
    text = json.dumps(t("The line has {count} cells too many.", count=3).to_json())
    rejects = write_rejects(tmp_path / "rejects.parquet", [(3, "unit:surplus", text, "b;2;3;4;5")])
    result = run(
        tmp_path / "run", of, [("a", "x"), ("b", "y")], CheckContext("dlv_1", rejects=rejects)
    )
    rows = held_rows(result)
    assert [(row["_item"], row["_kind"], row["_first"]) for row in rows] == [
        (1, "row", 2),
        (2, "row", 3),
        (3, "unit", 3),
    ]
    assert (rows[2]["_raw"], rows[2]["_record"], rows[2]["_rules"]) == (
        "b;2;3;4;5",
        None,
        ["unit:surplus"],
    )
    assert result.quarantine is not None
    assert (result.quarantine.rows, result.quarantine.units, result.rejected_units) == (2, 1, 1)


def test_rows_that_say_the_same_again_are_linked_to_the_first(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", NUMBER)], ("ma",))
    result = run(tmp_path, of, [("a", "1,5"), ("b", "2"), ("a ", "1.50"), ("a", "1,5")])
    assert (result.made, result.released, result.quarantined, result.linked) == (4, 2, 0, 2)
    assert result.linked_file is not None
    linked = pq.read_table(result.linked_file).to_pylist()
    assert [(row["_record"], row["_linked_to"]) for row in linked] == [(3, 1), (4, 1)]


def test_rows_of_one_key_that_differ_all_wait(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER)], ("ma",))
    result = run(tmp_path, of, [("a", "1"), ("a", "1"), ("a", "2"), ("b", "1")])
    assert rules_of(result) == {1: ["key"], 2: ["key"], 3: ["key"]}
    assert (names(result), result.linked) == (["b"], 0)


def test_where_the_contract_says_so_even_equal_rows_wait(tmp_path: Path) -> None:
    of = replace(
        contract([column("ma"), column("so", INTEGER)], ("ma",)),
        duplicates=DuplicatePolicy.QUARANTINE,
    )
    result = run(tmp_path, of, [("a", "1"), ("a", "1"), ("b", "1")])
    assert rules_of(result) == {1: ["key"], 2: ["key"]}


def test_a_row_without_its_key_waits_and_two_such_rows_do_not_contradict(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER)], ("ma", "so"))
    result = run(tmp_path, of, [(None, "1"), (None, "1")])
    assert rules_of(result) == {1: ["required:ma"], 2: ["required:ma"]}


def test_a_value_that_must_be_unique_keeps_back_every_row_that_has_it(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER, unique=True)], ("ma",))
    result = run(
        tmp_path, of, [("a", "1"), ("b", "1"), ("c", "2"), ("c", "2"), ("d", None), ("e", None)]
    )
    assert rules_of(result) == {1: ["unique:so"], 2: ["unique:so"]}
    assert (names(result), result.linked) == (["c", "d", "e"], 1)


def test_keys_and_unique_values_of_rows_that_stay_may_not_come_again(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER, unique=True)], ("ma",))
    existing = relation(tmp_path / "existing.parquet", {"ma": ["a", "z"], "so": [10, 20]})
    result = run(
        tmp_path / "run",
        of,
        [("a", "1"), ("b", "20"), ("c", "3")],
        CheckContext("dlv_1", existing=existing),
    )
    assert rules_of(result) == {1: ["existing-key"], 2: ["existing-unique:so"]}


def test_references_are_looked_up_in_the_pinned_release(tmp_path: Path) -> None:
    xa = replace(column("xa"), reference=Reference("danh-muc-don-vi", "ma_xa"))
    of = contract([column("ma"), xa], ("ma",))
    units = relation(tmp_path / "units.parquet", {"ma_xa": ["05443", "05446", None]})
    context = CheckContext(
        "dlv_1", references={"xa": ReferenceValues(units, "rel_7", "Danh mục đơn vị")}
    )
    result = run(tmp_path / "run", of, [("a", "05443"), ("b", "5446"), ("c", None)], context)
    assert rules_of(result) == {2: ["reference:xa"]}
    (reason,) = json.loads(str(held_rows(result)[0]["_reasons"]))
    assert reason["text"]["params"] == {"dataset": "Danh mục đơn vị"}
    assert reason["fix"]["params"] == {"suggestion": "05446"}
    measure = result.measure(Dimension.REFERENCES)
    assert (measure.numerator, measure.denominator) == (1, 2)
    assert dict(result.references) == {"xa": "rel_7"}


def test_a_reference_without_a_release_is_not_measured_and_holds_no_row(tmp_path: Path) -> None:
    xa = replace(column("xa"), reference=Reference("danh-muc-don-vi", "ma_xa"))
    result = run(tmp_path, contract([column("ma"), xa], ("ma",)), [("a", "05443")])
    assert names(result) == ["a"]
    assert result.rule("reference:xa").failed is None
    assert result.rule("reference:xa").not_measured is not None
    measure = result.measure(Dimension.REFERENCES)
    assert (measure.numerator, measure.denominator) == (None, None)
    assert measure.missing == ("reference:xa",)


def row_rule(severity: Severity = Severity.ERROR) -> RowRule:
    return RowRule(
        "thu-tu",
        "tra IS NULL OR tra >= nop -- a comment must not cut the statement",
        severity,
        Dimension.ACCURATE,
        Bilingual("Ngày trả trước ngày nộp."),
        ("nop", "tra"),
    )


def dated(severity: Severity = Severity.ERROR) -> Contract:
    columns = [column("ma"), column("nop", DATE), column("tra", DATE)]
    return replace(contract(columns, ("ma",)), row_rules=(row_rule(severity),))


def test_a_condition_of_the_contract_counts_as_met_where_a_value_is_missing(tmp_path: Path) -> None:
    rows = [("a", "2025-01-02", "2025-01-01"), ("b", None, "2025-01-01"), ("c", "2025-01-01", None)]
    result = run(tmp_path, dated(), rows)
    assert rules_of(result) == {1: ["row:thu-tu"]}


def test_a_warning_releases_the_row_with_a_mark(tmp_path: Path) -> None:
    result = run(tmp_path, dated(Severity.WARNING), [("a", "2025-01-02", "2025-01-01")])
    (row,) = good_rows(result)
    assert row["_warnings"] == "row:thu-tu"
    assert result.rule("row:thu-tu").failed == 1


def test_a_note_releases_the_row_unmarked_and_is_counted(tmp_path: Path) -> None:
    result = run(tmp_path, dated(Severity.INFO), [("a", "2025-01-02", "2025-01-01")])
    assert good_rows(result)[0]["_warnings"] is None
    assert result.rule("row:thu-tu").failed == 1


def test_one_row_that_fails_a_critical_rule_holds_the_delivery(tmp_path: Path) -> None:
    rows = [("a", "2025-01-02", "2025-01-01"), ("b", None, None)]
    result = run(tmp_path, dated(Severity.CRITICAL), rows)
    assert result.held is not None
    assert result.quarantined == 1
    assert [finding.rule for finding in result.findings] == ["row:thu-tu"]


def test_more_faults_than_the_contract_allows_hold_the_delivery(tmp_path: Path) -> None:
    of = replace(
        contract([column("ma"), column("so", INTEGER)], ("ma",)), max_reject_percent=Decimal(25)
    )
    rows = [(f"m{number}", "1") for number in range(3)]
    assert run(tmp_path / "a", of, [*rows, ("x", "x")]).held is None
    held = run(tmp_path / "b", of, [*rows, ("x", "x"), ("y", "y")]).held
    assert held is not None
    assert dict(held.params) == {"bad": 2, "total": 5, "percent": "25"}


def test_a_delivery_of_which_nothing_could_be_published_is_held(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER)], ("ma",))
    result = run(tmp_path, of, [("a", "x")])
    assert result.held is not None
    assert result.good == ()


def counted(metric: str, minimum: int, severity: Severity = Severity.ERROR) -> Contract:
    rule = BatchRule("so-dong", metric, Decimal(minimum), None, severity, Bilingual("Thiếu dòng."))
    return replace(contract([column("ma")], ("ma",)), batch_rules=(rule,))


def test_rules_on_the_delivery_hold_it_or_only_say_so(tmp_path: Path) -> None:
    rows = [("a",), ("b",)]
    assert run(tmp_path / "a", counted("rowCount", 2), rows).held is None
    assert run(tmp_path / "b", counted("rowCount", 3), rows).held is not None
    noted = run(tmp_path / "c", counted("rowCount", 3, Severity.WARNING), rows)
    assert noted.held is None
    assert [finding.rule for finding in noted.findings] == ["batch:so-dong"]


def test_a_change_is_judged_against_the_median_of_releases_or_not_at_all(tmp_path: Path) -> None:
    of, rows = counted("rowCountChange", -50), [("a",), ("b",)]
    known = run(tmp_path / "a", of, rows, CheckContext("dlv_1", history=(5, 100, 6)))
    assert known.held is not None
    assert run(tmp_path / "b", of, rows, CheckContext("dlv_1", history=(4, 1, 5))).held is None
    first = run(tmp_path / "c", of, rows)
    assert first.held is None
    assert first.rule("batch:so-dong").not_measured is not None


def test_a_correction_is_not_judged_as_a_whole_delivery(tmp_path: Path) -> None:
    of = replace(counted("rowCount", 100), max_reject_percent=Decimal(0))
    result = run(tmp_path, of, [("a",), (None,)], CheckContext("dlv_1", is_batch=False))
    assert result.held is None
    assert result.rule("batch:so-dong").not_measured is not None


def test_a_waived_row_is_released_with_its_rules_unless_it_cannot_be_stored(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER, minimum=0), column("ngay", DATE)], ("ma",))
    rows = [("a", "-1", None), ("b", "-1", "x"), ("c", "-1", None)]
    result = run(tmp_path, of, rows, CheckContext("dlv_1", waived=frozenset({1, 2})))
    assert [(row["ma"], row["_warnings"]) for row in good_rows(result)] == [("a", "minimum:so")]
    assert rules_of(result) == {2: ["minimum:so", "type:ngay"], 3: ["minimum:so"]}


def test_each_period_is_one_file(tmp_path: Path) -> None:
    of = replace(
        contract([column("ma"), column("ngay", DATE)], ("ma",)),
        period=Period("ngay", PeriodUnit.MONTH),
    )
    rows = [("d", "2025-02-01"), ("a", "31/01/2025"), ("c", "2025-01-01"), ("b", "x"), ("e", None)]
    result = run(tmp_path, of, rows, sort_by=("ma",))
    assert [(file.period, file.rows) for file in result.good] == [("2025-01", 2), ("2025-02", 1)]
    assert names(result) == ["a", "c", "d"]
    assert rules_of(result) == {4: ["type:ngay"], 5: ["required:ngay"]}
    ids = ask(f"SELECT field_id FROM parquet_schema('{result.good[1].path}') WHERE name = 'ngay'")
    assert ids == [(11,)]


def monthly() -> Contract:
    columns = [column("ma"), column("ngay", DATE), column("so", INTEGER)]
    return replace(contract(columns, ("ma",)), period=Period("ngay", PeriodUnit.MONTH))


def published(folder: Path) -> Relation:
    days = [date(2025, 1, 5), date(2025, 2, 5), date(2025, 3, 5)]
    return relation(
        folder / "published.parquet", {"ma": ["a", "b", "c"], "ngay": days, "so": [1, 2, 3]}
    )


def test_rows_of_periods_that_a_delivery_replaces_do_not_stand_in_its_way(tmp_path: Path) -> None:
    context = CheckContext("dlv_1", existing=published(tmp_path))
    rows = [("a", "2025-01-06", "1"), ("b", "2025-01-07", "1"), ("x", "2025-02-01", "lỗi")]
    result = run(tmp_path / "run", monthly(), rows, context)
    # January is replaced, so a may come again; of February no row is released, so b stays there.
    assert rules_of(result) == {2: ["existing-key"], 3: ["type:so"]}
    assert names(result) == ["a"]


def test_a_period_kept_back_by_rows_that_stay_is_not_replaced_itself(tmp_path: Path) -> None:
    context = CheckContext("dlv_1", existing=published(tmp_path))
    rows = [("b", "2025-01-06", "1"), ("c", "2025-02-01", "1"), ("a", "2025-04-01", "1")]
    result = run(tmp_path / "run", monthly(), rows, context)
    # c stays in March and holds February back; so b stays there and holds January back; so does a.
    assert rules_of(result) == {1: ["existing-key"], 2: ["existing-key"], 3: ["existing-key"]}


def test_a_correction_replaces_no_period(tmp_path: Path) -> None:
    context = CheckContext("dlv_1", existing=published(tmp_path), is_batch=False)
    result = run(tmp_path / "run", monthly(), [("a", "2025-01-06", "1")], context)
    assert rules_of(result) == {1: ["existing-key"]}


def test_measures_are_rows_that_pass_of_rows_that_were_judged(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER), column("ten", required=True)], ("ma",))
    rows = [("a", "1", "x"), ("b", "y", "x"), ("c", "z", None), ("d", None, " x"), ("d", None, "x")]
    result = run(tmp_path, of, rows)
    assert result.linked == 1
    figures = {m.dimension: (m.numerator, m.denominator) for m in result.measures}
    assert figures == {
        Dimension.ACCURATE: (3, 5),
        Dimension.COMPLETE: (4, 5),
        Dimension.CLEAN: (3, 5),
        Dimension.REFERENCES: (None, None),
    }
    assert (result.rule("type:so").failed, result.rule("type:so").applicable) == (2, 3)
    assert (result.rule("required:ten").failed, result.rule("required:ten").applicable) == (1, 5)
    assert result.rule("duplicate").failed == 1


def test_without_rows_nothing_is_measured(tmp_path: Path) -> None:
    result = run(tmp_path, contract([column("ma")], ("ma",)), [])
    assert [m.is_measured for m in result.measures] == [False] * 4
    assert all(rule.failed is None for rule in result.rules)
    assert result.held is not None


def test_the_same_rows_give_the_same_bytes_and_the_same_sql(tmp_path: Path) -> None:
    of = contract([column("ma"), column("so", INTEGER)], ("ma",))
    rows = [(f"m{number % 700}", str(number % 7)) for number in range(3_000)]
    results = [run(tmp_path / name, of, rows, sort_by=("so",)) for name in ("a", "b")]
    hashes = {sha256_hex(result.good[0].path.read_bytes()) for result in results}
    assert len(hashes) == 1
    assert results[0].sql_hash == results[1].sql_hash
    assert str(tmp_path) not in results[0].sql


def test_more_rules_than_one_word_of_the_mask_holds_are_all_seen(tmp_path: Path) -> None:
    columns = [
        column("ma"),
        *(column(f"c{number}", INTEGER, minimum=0, maximum=9) for number in range(50)),
    ]
    of = contract(columns, ("ma",))
    assert compile_checks(of, "0" * 64).words == 3
    rows = [("a", *["5"] * 50), ("b", *["5"] * 49, "10"), ("c", "-1", *["5"] * 48, "x")]
    result = run(tmp_path, of, rows)
    assert rules_of(result) == {2: ["maximum:c49"], 3: ["minimum:c0", "type:c49"]}
    assert result.rule("maximum:c49").failed == 1


def test_a_pattern_must_match_to_the_very_end(tmp_path: Path) -> None:
    of = contract([column("ma", pattern="[0-9]{3}|x")], ("ma",))
    result = run(tmp_path, of, [("123",), ("123\n4",), ("1234",), ("y123",), ("x",)])
    assert sorted(str(name) for name in names(result)) == ["123", "x"]


def test_columns_that_the_table_keeps_from_older_contracts_stay_empty(tmp_path: Path) -> None:
    old = contract([column("ma"), column("cu", INTEGER)], ("ma",))
    new = contract([column("ma")], ("ma",))
    result = check(
        compile_checks(new, "0" * 64),
        write_rows(tmp_path / "rows.parquet", new, [("a",)]),
        table_spec(old),
        CheckContext("dlv_1", start_record=100),
        tmp_path / "out",
    )
    assert good_rows(result) == [
        {"_delivery": "dlv_1", "_record": 101, "_warnings": None, "ma": "a", "cu": None}
    ]


def test_progress_is_reported_and_nothing_but_results_is_left(tmp_path: Path) -> None:
    seen: list[Progress] = []
    of = contract([column("ma")], ("ma",))
    rows = write_rows(tmp_path / "rows.parquet", of, [("a",), (None,), ("b",), ("b",)])
    check(
        compile_checks(of, "0" * 64), rows, table_spec(of), CheckContext("dlv_1"), tmp_path / "out",
        Limits(), seen.append,
    )  # fmt: skip
    assert [progress.done for progress in seen] == [0, 1, 2, 3, 4, 5]
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert left == ["good-00001.parquet", "linked.parquet", "quarantine.parquet"]


def test_a_condition_that_cannot_run_is_a_problem_with_its_cause(tmp_path: Path) -> None:
    broken = replace(row_rule(), predicate="no_such_column > 1")
    of = replace(
        contract([column("ma"), column("nop"), column("tra")], ("ma",)), row_rules=(broken,)
    )
    with pytest.raises(CheckFailed, match="no_such_column"):
        run(tmp_path, of, [("a", None, None)])
