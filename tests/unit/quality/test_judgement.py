"""Figures from counts: what is measured, what is held, and what is neither."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.integration.quality.builders import column, contract
from tinhdata.contracts.model import BatchRule, Bilingual, Contract, Dimension, Severity
from tinhdata.kernel import t
from tinhdata.quality.equation import demand_no_faults, faults_of
from tinhdata.quality.errors import EquationBroken
from tinhdata.quality.holding import Batch, QuarantineCounts
from tinhdata.quality.judgement import Counts, judge_batch, measures, metric_value
from tinhdata.quality.model import RuleKind, RuleResult


def result(
    rule: str, dimension: Dimension, failed: int | None, severity: Severity = Severity.ERROR
) -> RuleResult:
    return RuleResult(
        rule=rule,
        kind=RuleKind.TYPE,
        dimension=dimension,
        severity=severity,
        columns=("a",),
        message=t("The value is a number."),
        expression="",
        applicable=None if failed is None else 10,
        failed=failed,
        not_measured=t("There are no rows.") if failed is None else None,
    )


def of(minimum: str | None, maximum: str | None, metric: str = "rowCountChange") -> Contract:
    low, high = (None if bound is None else Decimal(bound) for bound in (minimum, maximum))
    rule = BatchRule("so", metric, low, high, Severity.CRITICAL, Bilingual("Lệch nhiều."))
    return replace(contract([column("a")], ("a",)), batch_rules=(rule,))


@pytest.mark.parametrize(
    ("made", "history", "value"),
    [
        (50, (100,), Decimal(-50)),
        (150, (100, 90, 110), Decimal(50)),
        (7, (10, 20), Decimal(-800) / Decimal(15)),
        (0, (100,), Decimal(-100)),
        (5, (), None),
        (5, (0,), None),
    ],
)
def test_the_change_is_percent_against_the_median(
    made: int, history: tuple[int, ...], value: Decimal | None
) -> None:
    counts = Counts(made, made, 0, 0, 0)
    assert metric_value(of(None, None).batch_rules[0], counts, history) == value


@pytest.mark.parametrize(
    ("minimum", "maximum", "is_held"),
    [("-50", None, False), ("-49", None, True), (None, "-50", False), (None, "-51", True)],
)
def test_both_ends_of_a_range_are_allowed(
    minimum: str | None, maximum: str | None, is_held: bool
) -> None:
    counts = Counts(50, 50, 0, 0, 0)
    findings, held = judge_batch(of(minimum, maximum), counts, (100,), (), is_batch=True)
    assert (held is not None) == is_held == bool(findings)


def test_rejected_units_count_among_the_faults_of_a_delivery() -> None:
    strict = replace(contract([column("a")], ("a",)), max_reject_percent=Decimal(10))
    assert judge_batch(strict, Counts(9, 9, 0, 0, 1), (), (), is_batch=True)[1] is None
    assert judge_batch(strict, Counts(8, 8, 0, 0, 1), (), (), is_batch=True)[1] is not None


def test_a_critical_rule_holds_corrections_too() -> None:
    critical = result("type:a", Dimension.ACCURATE, 1, Severity.CRITICAL)
    counts = Counts(2, 1, 1, 0, 0)
    assert judge_batch(of(None, None), counts, (), (critical,), is_batch=False)[1] is not None


def test_a_dimension_without_data_has_no_figure_and_says_which_rules_lack_it() -> None:
    results = (
        result("type:a", Dimension.ACCURATE, 2),
        result("reference:a", Dimension.REFERENCES, None),
    )
    found = {m.dimension: m for m in measures(results, {Dimension.ACCURATE: (10, 8)})}
    accurate, references = found[Dimension.ACCURATE], found[Dimension.REFERENCES]
    assert (accurate.numerator, accurate.denominator, accurate.rules) == (8, 10, ("type:a",))
    assert (references.numerator, references.denominator) == (None, None)
    assert references.missing == ("reference:a",)
    assert not found[Dimension.CLEAN].is_measured


BATCH = Batch("dlv_1", "d", "0" * 64, made=10, released=7, linked=1, rows=2, units=1, file=None)
SOUND = QuarantineCounts(open=1, corrected=1, returned=1)


def test_a_sound_batch_has_no_faults() -> None:
    assert faults_of(BATCH, SOUND, 3, 3, 0, 0) == ()


@pytest.mark.parametrize(
    ("batch", "counts", "stored", "last", "unnamed", "waived"),
    [
        (BATCH, SOUND, None, 3, 0, 0),
        (BATCH, SOUND, 2, 3, 0, 0),
        (replace(BATCH, released=8), SOUND, 3, 3, 0, 0),
        (BATCH, replace(SOUND, open=2), 3, 3, 0, 0),
        (BATCH, replace(SOUND, open=-1, waived=2), 3, 3, 0, 0),
        (BATCH, SOUND, 3, 4, 0, 0),
        (BATCH, SOUND, 3, 3, 1, 0),
        (BATCH, SOUND, 3, 3, 0, 1),
    ],
)
def test_each_broken_equation_is_found(
    batch: Batch,
    counts: QuarantineCounts,
    stored: int | None,
    last: int,
    unnamed: int,
    waived: int,
) -> None:
    faults = faults_of(batch, counts, stored, last, unnamed, waived)
    assert len(faults) == 1
    with pytest.raises(EquationBroken, match="dlv_1"):
        demand_no_faults(faults)
