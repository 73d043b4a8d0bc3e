"""From counts to figures: measures per dimension, findings on the delivery, and whether it is held.

Pure. A figure is rows that pass of rows that were judged. What had no data is not measured, which
is neither nought nor one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from tinhdata.contracts.model import BatchRule, Contract, Dimension, Severity
from tinhdata.kernel import Text, t
from tinhdata.quality.model import BatchFinding, Measure, RuleKind, RuleResult

_HOLDING = (Severity.ERROR, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Counts:
    """Where the rows of a delivery went, and the source units that never became rows."""

    made: int
    released: int
    quarantined: int
    linked: int
    units: int


def judge_batch(
    contract: Contract,
    counts: Counts,
    history: Sequence[int],
    results: Sequence[RuleResult],
    *,
    is_batch: bool,
) -> tuple[tuple[BatchFinding, ...], Text | None]:
    """Give what is to be said about the delivery as a whole, and why it is held, if it is.

    Held are: a critical rule that failed, a rule on the delivery of severity error or critical,
    more rejected rows than the contract allows, and a delivery of which no row would be released.
    Corrections (`is_batch` false) are judged by their rows alone.
    """
    findings = [*_critical(results)]
    if is_batch:
        findings += [
            finding
            for rule in contract.batch_rules
            if (finding := _of_batch_rule(rule, counts, history)) is not None
        ]
        findings += _too_many(contract, counts)
    if counts.released == 0:
        findings.append(
            BatchFinding(
                "batch:nothing-to-release",
                Severity.ERROR,
                t("No row of this delivery can be published."),
            )
        )
    held = next((finding.text for finding in findings if finding.severity in _HOLDING), None)
    return tuple(findings), held


def batch_results(
    contract: Contract, counts: Counts, history: Sequence[int], *, is_batch: bool
) -> tuple[RuleResult, ...]:
    """Give the rules on the delivery as results, measured or not."""
    return tuple(_batch_result(rule, counts, history, is_batch) for rule in contract.batch_rules)


def measures(
    results: Sequence[RuleResult], counted: Mapping[Dimension, tuple[int, int]]
) -> tuple[Measure, ...]:
    """Give the four measures; `counted` holds rows that apply and pass, per dimension."""
    found = []
    for dimension in Dimension:
        mine = [r for r in results if r.dimension is dimension and r.kind is not RuleKind.BATCH]
        rules = tuple(r.rule for r in mine if r.not_measured is None)
        missing = tuple(r.rule for r in mine if r.not_measured is not None)
        applies, passed = counted.get(dimension, (0, 0))
        if not rules or applies == 0:
            found.append(Measure(dimension, None, None, (), missing + rules))
        else:
            found.append(Measure(dimension, passed, applies, rules, missing))
    return tuple(found)


def metric_value(rule: BatchRule, counts: Counts, history: Sequence[int]) -> Decimal | None:
    """Give the figure that `rule` looks at, None where there is none yet."""
    if rule.metric == "rowCount":
        return Decimal(counts.made)
    if rule.metric == "rowCountChange" and history:
        usual = Decimal(median(history))
        if usual:
            return (Decimal(counts.made) - usual) * 100 / usual
    return None


def _of_batch_rule(rule: BatchRule, counts: Counts, history: Sequence[int]) -> BatchFinding | None:
    value = metric_value(rule, counts, history)
    if value is None or _lies_within(rule, value):
        return None
    said = Text("{message}", {"message": rule.message.vi})
    if rule.metric == "rowCountChange":
        text = t(
            "The delivery has {rows} rows, {percent} % against the usual number: {message}",
            rows=counts.made,
            percent=f"{value:+.0f}",
            message=said,
        )
    else:
        text = t("The delivery has {rows} rows: {message}", rows=counts.made, message=said)
    return BatchFinding(f"{RuleKind.BATCH}:{rule.id}", rule.severity, text)


def _lies_within(rule: BatchRule, value: Decimal) -> bool:
    return (rule.minimum is None or value >= rule.minimum) and (
        rule.maximum is None or value <= rule.maximum
    )


def _batch_result(
    rule: BatchRule, counts: Counts, history: Sequence[int], is_batch: bool
) -> RuleResult:
    value = metric_value(rule, counts, history) if is_batch else None
    reason = None
    if value is None:
        reason = (
            t("There is no earlier release to compare with.")
            if is_batch
            else t("Corrections are not judged by rules on whole deliveries.")
        )
    return RuleResult(
        rule=f"{RuleKind.BATCH}:{rule.id}",
        kind=RuleKind.BATCH,
        # How many rows came is a question of completeness.
        dimension=Dimension.COMPLETE,
        severity=rule.severity,
        columns=(),
        message=Text("{message}", {"message": rule.message.vi}),
        expression=rule.metric,
        applicable=None if value is None else 1,
        failed=None if value is None else int(not _lies_within(rule, value)),
        not_measured=reason,
    )


def _critical(results: Sequence[RuleResult]) -> list[BatchFinding]:
    return [
        BatchFinding(
            result.rule,
            Severity.CRITICAL,
            t(
                "{rows} rows fail a rule that no row may fail: {rule}",
                rows=result.failed,
                rule=result.message,
            ),
        )
        for result in results
        # A rule on the whole delivery says for itself what is wrong with it.
        if result.severity is Severity.CRITICAL
        and result.failed
        and result.kind is not RuleKind.BATCH
    ]


def _too_many(contract: Contract, counts: Counts) -> list[BatchFinding]:
    total, bad = counts.made + counts.units, counts.quarantined + counts.units
    if total == 0 or Decimal(bad) * 100 <= contract.max_reject_percent * total:
        return []
    text = t(
        "{bad} of {total} rows have faults, more than the {percent} % that the dataset allows.",
        bad=bad,
        total=total,
        percent=f"{contract.max_reject_percent.normalize():f}",
    )
    return [BatchFinding("batch:max-reject-percent", Severity.ERROR, text)]
