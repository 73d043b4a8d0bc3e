"""The quality section of a contract: which of its rules concern rows, which the whole delivery."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from types import MappingProxyType

from tinhdata.contracts.model import BatchRule, Bilingual, Dimension, RowRule, Severity
from tinhdata.contracts.part import Part
from tinhdata.contracts.predicates import Predicate, read_predicate

ROW_COUNT = "rowCount"
ROW_COUNT_CHANGE = "rowCountChange"
METRICS = (ROW_COUNT, ROW_COUNT_CHANGE)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        "accuracy": Dimension.ACCURATE,
        "conformity": Dimension.ACCURATE,
        "consistency": Dimension.ACCURATE,
        "completeness": Dimension.COMPLETE,
        "coverage": Dimension.COMPLETE,
        "uniqueness": Dimension.CLEAN,
    }
)
"""The dimensions of ODCS and what they are measured as (contradictions inside a row are errors)."""


@dataclass(frozen=True, slots=True)
class Span:
    """The values a metric may have, both ends included; None is open."""

    minimum: Decimal | None
    maximum: Decimal | None


def row_rules(table: Part, columns: frozenset[str]) -> tuple[RowRule, ...]:
    """Give the row rules of table and columns, without those whose condition cannot be read."""
    found = []
    for rule in quality_of(table):
        predicate = read_predicate(rule.custom("rowPredicate").text() or "", columns)
        if rule.get("type").text() == "sql" and isinstance(predicate, Predicate):
            found.append(
                RowRule(
                    id=rule.get("id").text() or "",
                    predicate=predicate.sql,
                    severity=severity_of(rule),
                    dimension=DIMENSIONS.get(
                        rule.get("dimension").text() or "", Dimension.ACCURATE
                    ),
                    message=_message(rule),
                    columns=predicate.columns,
                )
            )
    return tuple(found)


def batch_rules(table: Part) -> tuple[BatchRule, ...]:
    """Give the rules on the whole delivery."""
    found = []
    for rule in table.get("quality").items():
        metric, span = metric_of(rule), span_of(rule)
        if metric in METRICS and span is not None:
            found.append(
                BatchRule(
                    id=rule.get("id").text() or "",
                    metric=metric,
                    minimum=span.minimum,
                    maximum=span.maximum,
                    severity=severity_of(rule),
                    message=_message(rule),
                )
            )
    return tuple(found)


def quality_of(table: Part) -> Iterator[Part]:
    """Give every quality entry, those of the table first."""
    yield from table.get("quality").items()
    for column in table.get("properties").items():
        yield from column.get("quality").items()


def metric_of(rule: Part) -> str | None:
    """Give the metric of a rule: ours, which refines one of the library, or that of the library."""
    return rule.custom("metric").text() or rule.get("metric").text()


def severity_of(rule: Part) -> Severity:
    """Give the severity of a rule, `error` where it names none."""
    text = rule.get("severity").text()
    return Severity(text) if text in set(Severity) else Severity.ERROR


def span_of(rule: Part) -> Span | None:
    """Give the span that the one operator of a rule allows, None where it is none of ours.

    Row counts are whole numbers, so an open end becomes a closed one; a percentage has no next
    number, so there an open end cannot be kept.
    """
    between = [item.decimal() for item in rule.get("mustBeBetween").items()]
    if len(between) == 2:
        return Span(between[0], between[1])
    at_least, at_most = rule.get("mustBeGreaterOrEqualTo"), rule.get("mustBeLessOrEqualTo")
    exactly = rule.get("mustBe").decimal()
    if at_least.is_there or at_most.is_there:
        return Span(at_least.decimal(), at_most.decimal())
    if exactly is not None:
        return Span(exactly, exactly)
    above, below = rule.get("mustBeGreaterThan").decimal(), rule.get("mustBeLessThan").decimal()
    if metric_of(rule) != ROW_COUNT or (above is None and below is None):
        return None
    return Span(
        None if above is None else above.to_integral_value(ROUND_FLOOR) + 1,
        None if below is None else below.to_integral_value(ROUND_CEILING) - 1,
    )


def _message(rule: Part) -> Bilingual:
    vietnamese = rule.custom("messageVi").text() or rule.get("name").text() or ""
    return Bilingual(vietnamese, rule.custom("messageEn").text())
