"""How good a dataset is: measures with both of their parts, down to the rule, its rows and SQL."""

from collections.abc import Sequence

from tinhdata.contracts import Dimension
from tinhdata.deliveries import CheckReport
from tinhdata.kernel import Refused, Text, t
from tinhdata.quality import (
    STATE_NAMES,
    ItemQuery,
    QuarantinedItem,
    RuleKind,
    RuleResult,
    compile_checks,
    in_language,
)
from tinhdata.quality import Measure as Measured
from tinhdata.warehouse import Release
from tinhdata.web.contexts.portal import (
    DatasetQuality,
    DatasetRule,
    FailedRow,
    Measure,
    RuleLine,
)
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.dataset import Subject, delivered, head
from tinhdata.web.filling.words import DIMENSIONS, SEVERITIES, label_of

_ROWS = 50


def dataset_quality(subject: Subject) -> DatasetQuality:
    """Give the measures of the delivery that the release stands on, and every rule."""
    release = delivered(subject)
    refused: Text | None = None
    try:
        report = report_of(subject, release)
    except Refused as problem:
        report, refused = None, problem.text
    return DatasetQuality(
        head=head(subject, "quality"),
        delivery=release.delivery_id if release and report else None,
        checked_at=release.published_at if release and report else None,
        measures=tuple(measure_of(report, dimension) for dimension in Dimension) if report else (),
        rules=_lines(subject, report.rules) if report else (),
        quarantined=subject.reader.platform.quarantine.counts(dataset=subject.id).open,
        sql=report.sql if report else None,
        engine=report.engine if report else None,
        refused=refused,
    )


def dataset_rule(subject: Subject, rule_id: str) -> DatasetRule | None:
    """Give one rule with the rows that failed it; None where there is no such rule."""
    release = delivered(subject)
    report = report_of(subject, release)
    result = next((r for r in report.rules if r.rule == rule_id), None) if report else None
    if release is None or result is None:
        return None
    rows, total, refused = failed_rows(subject, release, result)
    plan = compile_checks(subject.contract, subject.contract_hash)
    labels = [
        label_of(column, subject.reader.language)
        for column in subject.contract.columns
        if column.name in result.columns
    ]
    return DatasetRule(
        head=head(subject, "quality"),
        back=subject.address("quality"),
        line=rule_line(subject, result),
        why_not=result.not_measured,
        consequence=SEVERITIES[result.severity],
        columns=tuple(labels),
        source=next((rule.source for rule in plan.rules if rule.id == rule_id), None),
        sql=result.expression,
        rows=rows,
        total=total,
        refused=refused,
        quarantine_href=None
        if refused or not total
        else with_query("/quarantine", {"delivery": release.delivery_id, "rule": rule_id}),
    )


def report_of(subject: Subject, release: Release | None) -> CheckReport | None:
    """Give the report of the check behind a release; raises Refused."""
    if release is None:
        return None
    reader = subject.reader
    return reader.platform.deliveries.report_behind(reader.actor, release.id)


def measure_of(report: CheckReport | None, dimension: Dimension) -> Measure:
    """Give what was measured of a dimension, or why it was not."""
    label, meaning = DIMENSIONS[dimension]
    if report is None:
        return Measure(label, meaning, None, None, t("No check of a delivery is known."))
    found = next((each for each in report.measures if each.dimension is dimension), None)
    if found is None or not found.is_measured:
        return Measure(label, meaning, None, None, _why_not(report, found))
    return Measure(label, meaning, found.numerator, found.denominator)


def _why_not(report: CheckReport, found: Measured | None) -> Text:
    for result in report.rules:
        if found and result.rule in found.missing and result.not_measured is not None:
            return result.not_measured
    return t("The contract has no rule of this kind.")


def _lines(subject: Subject, results: Sequence[RuleResult]) -> tuple[RuleLine, ...]:
    """Give the rules, those with failed rows first, then those not measured."""
    ranked = sorted(results, key=lambda r: (r.failed is not None, -(r.failed or 0)))
    failed = [r for r in ranked if r.failed]
    return tuple(rule_line(subject, r) for r in [*failed, *(r for r in ranked if not r.failed)])


def rule_line(subject: Subject, result: RuleResult) -> RuleLine:
    """Give a rule and how the last delivery stood to it."""
    return RuleLine(
        id=result.rule,
        text=_text(subject, result),
        dimension=DIMENSIONS[result.dimension][0],
        checked=result.applicable,
        failed=result.failed,
        href=with_query(
            subject.path("quality"), [*subject.pins.multi_items(), ("rule", result.rule)]
        ),
    )


def _text(subject: Subject, result: RuleResult) -> Text:
    """Say what the rule asks, with the column's label where it is about one."""
    language = subject.reader.language
    said = in_language(result.message, result.rule, subject.contract, language)
    own_words = result.kind is RuleKind.ROW or len(result.columns) != 1
    if own_words or result.columns[0] not in subject.contract.column_names:
        return said
    column = subject.contract.column(result.columns[0])
    return Text("{column}: {rule}", {"column": label_of(column, language), "rule": said})


def failed_rows(
    subject: Subject, release: Release, result: RuleResult, limit: int = _ROWS
) -> tuple[tuple[FailedRow, ...], int, Text | None]:
    """Give the rows that wait because of the rule, or why this reader does not see them."""
    deliveries, actor = subject.reader.platform.deliveries, subject.reader.actor
    query = ItemQuery(rule=result.rule, limit=limit)
    try:
        page = deliveries.items(actor, release.delivery_id, query, subject.reader.language)
    except Refused as problem:
        return (), 0, problem.text
    rows = tuple(_failed_row(subject, item, result) for item in page.items)
    return rows, page.total, None


def _failed_row(subject: Subject, item: QuarantinedItem, result: RuleResult) -> FailedRow:
    language = subject.reader.language
    concerned = [c for c in subject.contract.columns if c.name in result.columns]
    reason = next((r for r in item.reasons if r.rule == result.rule), item.reasons[0])
    return FailedRow(
        place=str(item.place),
        cells=tuple((label_of(c, language), item.current(c.name)) for c in concerned[:6]),
        reason=reason.text,
        state=STATE_NAMES[item.state],
    )
