"""A contract becomes rules: which, where they come from, and what may be waived."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.integration.quality.builders import DATE, INTEGER, column, contract, table_spec
from tinhdata.contracts.model import (
    Bilingual,
    Dimension,
    DuplicatePolicy,
    NumberForm,
    Period,
    PeriodUnit,
    Reference,
    RowRule,
    Severity,
)
from tinhdata.quality import Scope, compile_checks
from tinhdata.quality.model import Writing
from tinhdata.quality.reasons import Near
from tinhdata.quality.statements import write_statements
from tinhdata.quality.temporal import shape_of


def test_each_declaration_of_a_column_becomes_one_rule_with_its_own_bit() -> None:
    of = contract(
        [
            column("ma", min_length=2, max_length=5, pattern="[a-z]+", required=True),
            column("so", INTEGER, minimum=0, maximum=9, unique=True),
            replace(column("xa", allowed=("a",)), reference=Reference("don-vi", "ma")),
        ],
        ("ma",),
    )
    plan = compile_checks(of, "f" * 64)
    assert [rule.id for rule in plan.rules] == [
        "required:ma", "type:ma", "min-length:ma", "max-length:ma", "pattern:ma",
        "type:so", "minimum:so", "maximum:so",
        "type:xa", "allowed:xa",
        "key", "existing-key", "unique:so", "existing-unique:so", "reference:xa",
        "duplicate", "noise",
    ]  # fmt: skip
    assert [rule.bit for rule in plan.rules] == list(range(17))
    assert plan.rule("reference:xa").scope is Scope.REFERENCE
    assert {rule.id for rule in plan.rules if rule.dimension is Dimension.COMPLETE} == {
        "required:ma"
    }


def test_key_and_period_are_required_even_where_the_contract_forgot_and_never_waived() -> None:
    of = replace(
        contract([column("ma"), column("ngay", DATE), column("ten", required=True)], ("ma",)),
        period=Period("ngay", PeriodUnit.MONTH),
    )
    plan = compile_checks(of, "f" * 64)
    waivable = {rule.id: rule.waivable for rule in plan.rules if rule.id.startswith("required:")}
    assert waivable == {"required:ma": False, "required:ngay": False, "required:ten": True}


def test_a_value_that_cannot_be_stored_and_a_broken_key_cannot_be_waived() -> None:
    plan = compile_checks(
        contract([column("ma"), column("so", INTEGER, minimum=0)], ("ma",)), "f" * 64
    )
    errors = [rule for rule in plan.rules if rule.severity is Severity.ERROR]
    kept = {rule.id for rule in errors if not rule.waivable}
    assert kept == {"required:ma", "type:so", "key", "existing-key"}


def test_where_equal_rows_must_wait_there_is_no_linking() -> None:
    of = replace(contract([column("ma")], ("ma",)), duplicates=DuplicatePolicy.QUARANTINE)
    assert "duplicate" not in {rule.id for rule in compile_checks(of, "f" * 64).rules}


def test_a_condition_is_written_anew_with_names_quoted_and_without_comments() -> None:
    rule = RowRule(
        "r", "order > 1 /* why */ or true -- because", Severity.WARNING, Dimension.CLEAN,
        Bilingual("Thứ tự."), ("order",),
    )  # fmt: skip
    of = replace(contract([column("order", INTEGER)], ("order",)), row_rules=(rule,))
    assert compile_checks(of, "f" * 64).rule("row:r").expression == 'NOT ("order" > 1 OR TRUE)'


def test_bounds_are_literals_of_the_columns_own_type() -> None:
    of = contract(
        [
            column("so", INTEGER, minimum=Decimal("-0.50")),
            replace(column("ngay", DATE), maximum=date(2025, 7, 1)),
        ]
    )
    plan = compile_checks(of, "f" * 64)
    assert plan.rule("minimum:so").expression == '"so" < -0.50'
    assert plan.rule("maximum:ngay").expression == "\"ngay\" > DATE '2025-07-01'"


def test_the_sql_of_a_check_depends_on_contract_and_number_form_only() -> None:
    of = contract([column("so", INTEGER)], ("so",))
    plan, spec = compile_checks(of, "f" * 64), table_spec(of)
    assert write_statements(plan, spec, {}) == write_statements(plan, spec, {})
    vietnamese = write_statements(plan, spec, {"so": Writing(NumberForm.VIETNAMESE)})
    assert vietnamese.stage != write_statements(plan, spec, {}).stage


@pytest.mark.parametrize(
    ("cell", "near"),
    [
        ("nam", "Nam"),
        ("NỮ", "Nữ"),
        ("khac", "Khác"),
        ("05443", "05443"),
        ("5443", "05443"),
        ("5443.0", "05443"),
        ("05444", None),
        ("xin chào", None),
        ("", None),
        ("Thái Nguyen", "Thái Nguyên"),
        ("Thái Ngueyn", "Thái Nguyên"),
    ],
)
def test_a_near_value_is_found_without_marks_and_case_but_codes_are_not_guessed(
    cell: str, near: str | None
) -> None:
    assert Near(("Nam", "Nữ", "Khác", "05443", "Thái Nguyên")).to(cell) == near


def test_nothing_is_proposed_where_two_values_would_fit() -> None:
    assert Near(("Hoà", "Hóa")).to("hoa") is None


def test_a_date_form_that_is_not_known_is_an_error_and_not_ignored() -> None:
    assert (
        shape_of("%d/%m/%Y %H:%M") == "^[0-9]{1,2}/[0-9]{1,2}/[12][0-9]{3} +[0-9]{1,2}:[0-9]{1,2}$"
    )
    with pytest.raises(ValueError, match="%Q"):
        shape_of("%Q")
