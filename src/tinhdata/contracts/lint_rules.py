"""Our own rules on the quality section: what nothing here would run is refused, not ignored."""

from tinhdata.contracts.model import Contract, Severity
from tinhdata.contracts.part import Part
from tinhdata.contracts.place import Findings
from tinhdata.contracts.predicates import BadPredicate, read_predicate
from tinhdata.contracts.rules import (
    DIMENSIONS,
    ROW_COUNT,
    ROW_COUNT_CHANGE,
    metric_of,
    quality_of,
    span_of,
)
from tinhdata.kernel import t


def lint_rules(table: Part, contract: Contract, findings: Findings) -> None:
    """Add to `findings` what our rules have against the quality entries of `table`."""
    columns = frozenset(contract.column_names)
    seen: set[str] = set()
    for rule in quality_of(table):
        _identity(rule, seen, findings)
        is_of_column = len(rule.path) > len(table.path) + 2
        match rule.get("type").text() or "library":
            case "text":
                continue
            case "sql":
                _row_rule(rule, columns, findings)
            case "custom":
                _custom_rule(rule, findings)
            case _ if is_of_column:
                _column_rule(rule, findings)
            case _:
                _table_rule(rule, findings)


def _identity(rule: Part, seen: set[str], findings: Findings) -> None:
    name = rule.get("id").text()
    if not name:
        findings.add(
            rule.path, "rule-id", t("The rule has no id."), t("Give an id that never changes.")
        )
    elif name in seen:
        findings.add(
            rule.path,
            "rule-id",
            t("Two rules have the id {id}.", id=name),
            t("Give one of them another id."),
        )
    seen.add(name or "")
    severity = rule.get("severity").text()
    if severity is not None and severity not in set(Severity):
        findings.add(
            (*rule.path, "severity"),
            "severity",
            t("There is no severity {name}.", name=severity),
            t("Use one of: {names}.", names=", ".join(Severity)),
        )


def _message(rule: Part, findings: Findings) -> None:
    if not (rule.custom("messageVi").text() or rule.get("name").text()):
        findings.add(
            rule.path,
            "rule-message",
            t("The rule says nothing to the officer who reads it."),
            t("Add {example}.", example="{property: messageVi, value: Ngày trả trước ngày nộp.}"),
        )


def _row_rule(rule: Part, columns: frozenset[str], findings: Findings) -> None:
    _message(rule, findings)
    condition = rule.custom("rowPredicate")
    if condition.text() is None:
        findings.add(
            rule.path,
            "no-predicate",
            t("The rule counts rows but does not say which."),
            t("Add the customProperty rowPredicate: the condition that a good row meets."),
        )
    else:
        predicate = read_predicate(condition.text() or "", columns)
        if isinstance(predicate, BadPredicate):
            findings.add(condition.path, "predicate", predicate.text, predicate.fix)
    if rule.get("mustBe").decimal() != 0:
        findings.add(
            rule.path,
            "operator",
            t("A row rule holds for every row."),
            t("Write mustBe: 0; what may fail now and then gets severity: warning."),
        )
    if rule.get("dimension").text() not in DIMENSIONS:
        findings.add(
            rule.path,
            "dimension",
            t("The rule has no dimension that is measured."),
            t("Use one of: {names}.", names=", ".join(DIMENSIONS)),
        )


def _custom_rule(rule: Part, findings: Findings) -> None:
    findings.add(
        rule.path,
        "other-engine",
        t("This rule is for {engine} and is not run here.", engine=rule.get("engine").text() or ""),
        None,
        Severity.INFO,
    )


def _table_rule(rule: Part, findings: Findings) -> None:
    if rule.get("metric").text() != ROW_COUNT:
        findings.add(
            rule.path,
            "metric",
            t("{name} is not measured over a whole table.", name=str(metric_of(rule))),
            t("Use required, unique, primaryKey or a rule of type sql at the columns concerned."),
        )
        return
    if (metric_of(rule) == ROW_COUNT_CHANGE) != (rule.get("unit").text() == "percent"):
        findings.add(
            rule.path,
            "unit",
            t("Row counts are numbers of rows, their change is in percent."),
            t("Write unit: percent with the customProperty metric, and only there."),
        )
    _span(rule, findings)
    _message(rule, findings)


def _span(rule: Part, findings: Findings) -> None:
    span = span_of(rule)
    if span is None:
        findings.add(
            rule.path,
            "operator",
            t("The rule has no span that can be checked."),
            t("Write mustBeBetween, mustBeGreaterOrEqualTo or mustBeLessOrEqualTo."),
        )
    elif span.minimum is not None and span.maximum is not None and span.minimum > span.maximum:
        findings.add(
            rule.path,
            "range",
            t(
                "{low} is greater than {high}, so no value fits.",
                low=str(span.minimum),
                high=str(span.maximum),
            ),
            t("Swap them."),
        )


def _column_rule(rule: Part, findings: Findings) -> None:
    arguments = rule.get("arguments")
    has_list = bool(arguments.get("validValues").texts() or arguments.get("pattern").text())
    if metric_of(rule) == "invalidValues" and has_list and rule.get("mustBe").decimal() == 0:
        if rule.get("severity").text() in (None, Severity.ERROR):
            return
        text = t("A list or pattern of a column is always of severity error.")
    else:
        text = t("{name} is not read in this form.", name=str(metric_of(rule)))
    findings.add(
        rule.path,
        "metric",
        text,
        t("Use required, unique, invalidValues with mustBe: 0, or a rule of type sql."),
    )
