"""CHECK conditions of SQL as what a contract says: a range, a list of values, or a row condition.

Pure. What the closed vocabulary of row conditions does not have is left to the caller to report.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from sqlglot import exp

from tinhdata.contracts.build import read_bound
from tinhdata.contracts.draft_model import DraftColumn, DraftRule
from tinhdata.contracts.model import Bound, LogicalType
from tinhdata.contracts.predicates import BadPredicate, read_predicate
from tinhdata.kernel import t

Narrow: TypeAlias = Callable[[DraftColumn], DraftColumn | None]
"""Gives a column with its values narrowed, None where the condition does not go with its type."""

_TURNED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
}


_DATES = (exp.Cast, exp.DateStrToDate, exp.StrToDate, exp.TsOrDsToDate)


def narrowed(condition: exp.Expr) -> tuple[str | None, Narrow | None]:
    """Say which column a condition narrows and how; nothing where it is no simple one."""
    match condition:
        case exp.In(this=exp.Column() as column) if condition.expressions:
            values = [item.unnest() for item in condition.expressions]
            return column.name, lambda draft: _listed(draft, values)
        case exp.Between(this=exp.Column() as column):
            low, high = condition.args.get("low"), condition.args.get("high")
            return column.name, lambda draft: _between(draft, low, high)
        case exp.GTE() | exp.LTE() | exp.GT() | exp.LT():
            return _compared(condition)
    return None, None


def _compared(condition: exp.Binary) -> tuple[str | None, Narrow | None]:
    kind: type[exp.Expr] = type(condition)
    left, right = condition.left.unnest(), condition.right.unnest()
    if isinstance(right, exp.Column) and not isinstance(left, exp.Column):
        left, right, kind = right, left, _TURNED[kind]
    if not isinstance(left, exp.Column):
        return None, None
    return left.name, lambda draft: _bounded(draft, kind, right)


def _listed(draft: DraftColumn, values: list[exp.Expr]) -> DraftColumn | None:
    texts = [value.name for value in values if _is_text(value)]
    if draft.logical_type is not LogicalType.STRING or len(texts) != len(values):
        return None
    return replace(draft, allowed=tuple(dict.fromkeys(texts)))


def _is_text(value: exp.Expr) -> bool:
    return isinstance(value, exp.National) or (isinstance(value, exp.Literal) and value.is_string)


def _between(draft: DraftColumn, low: exp.Expr | None, high: exp.Expr | None) -> DraftColumn | None:
    least, most = _bound(low, draft.logical_type), _bound(high, draft.logical_type)
    if least is None or most is None:
        return None
    return replace(draft, minimum=least, maximum=most)


def _bounded(draft: DraftColumn, kind: type[exp.Expr], value: exp.Expr) -> DraftColumn | None:
    bound = _bound(value, draft.logical_type)
    if bound is None:
        return None
    if kind in (exp.GT, exp.LT):
        if not isinstance(bound, int):
            return None  # there is no next value; a row condition says it
        bound += 1 if kind is exp.GT else -1
    if kind in (exp.GT, exp.GTE):
        return replace(draft, minimum=bound)
    return replace(draft, maximum=bound)


def _bound(value: exp.Expr | None, logical_type: LogicalType) -> Bound | None:
    if value is None or logical_type in (LogicalType.STRING, LogicalType.BOOLEAN):
        return None
    bare = value.unnest()
    is_negative = isinstance(bare, exp.Neg)
    if is_negative:
        bare = bare.this.unnest()
    # A date comes as a text, bare or made a date; anything that reckons is no bound.
    literal = bare.this if isinstance(bare, _DATES) else bare
    if not isinstance(literal, exp.Literal):
        return None
    text = f"-{literal.name}" if is_negative else literal.name
    if logical_type is LogicalType.INTEGER:
        return int(text) if text.lstrip("-").isdigit() else None
    if logical_type is LogicalType.NUMBER:
        return _decimal(text)
    return read_bound(text, logical_type)


def _decimal(text: str) -> Decimal | None:
    bare = text.lstrip("-").replace(".", "", 1)
    return Decimal(text) if bare.isdigit() and len(bare) <= 15 else None


def rule_of(condition: exp.Expr, names: Mapping[str, str], rule_id: str) -> DraftRule | None:
    """Give a row condition over columns renamed by `names`; None where it cannot be said here."""
    renamed = condition.copy()
    for column in list(renamed.find_all(exp.Column)):
        new = names.get(column.name.lower())
        if new is None:
            return None
        column.replace(exp.column(new))
    if isinstance(renamed, exp.Column):
        return None
    text = renamed.sql("duckdb")
    if isinstance(read_predicate(text, frozenset(names.values())), BadPredicate):
        return None
    return DraftRule(rule_id, text, t("The row does not meet the condition {text}.", text=text))
