"""Compiling a contract into rules. Pure: a contract goes in, a plan comes out, nothing runs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import sqlglot

from tinhdata.contracts import SEMANTIC_TYPES
from tinhdata.contracts.model import (
    Bound,
    Column,
    Contract,
    Dimension,
    DuplicatePolicy,
    GeometrySpec,
    LogicalType,
    RowRule,
    Severity,
    sql_type,
)
from tinhdata.kernel import Text, quote_identifier, quote_literal, t
from tinhdata.quality.geometry import GeometryFault
from tinhdata.quality.messages import SHEET_ERRORS, bound_text
from tinhdata.quality.model import CheckPlan, Rule, RuleKind, Scope
from tinhdata.quality.standardise import name


def compile_checks(contract: Contract, contract_hash: str) -> CheckPlan:
    """Compile `contract`, known by `contract_hash`, into the rules that its rows must meet.

    Rules come from what the contract declares per column, from its row rules, its key and
    references. Rules on whole deliveries stay in the contract and are judged from the counts.
    """
    rules = [
        *(
            rule
            for index, column in enumerate(contract.columns)
            for rule in _of_column(contract, column, index)
        ),
        *(_row_rule(rule) for rule in contract.row_rules),
        *_set_rules(contract),
        _noise_rule(contract),
    ]
    numbered = tuple(replace(rule, bit=bit) for bit, rule in enumerate(rules))
    return CheckPlan(contract=contract, contract_hash=contract_hash, rules=numbered)


def _of_column(contract: Contract, column: Column, index: int) -> Iterator[Rule]:
    value, text = quote_identifier(column.name), name("text", index)
    is_identity = column.name in contract.key or (
        contract.period is not None and contract.period.column == column.name
    )
    if column.required or is_identity:
        yield _rule(
            RuleKind.REQUIRED,
            column,
            t("A value is required."),
            f"{text} IS NULL",
            dimension=Dimension.COMPLETE,
            waivable=not is_identity,
        )
    if column.geometry is not None:
        yield from _geometry_rules(column, column.geometry, index)
        return
    yield _type_rule(column, value, text)
    yield from _bounds(column, value)
    yield from _text_rules(column, value)
    if column.allowed:
        listed = ", ".join(_literal(column, word) for word in column.allowed)
        yield _rule(
            RuleKind.ALLOWED,
            column,
            t("The value is one of a list of {count}.", count=len(column.allowed)),
            f"{value} NOT IN ({listed})",
        )
    kind = SEMANTIC_TYPES.get(column.semantic_type or "")
    if kind is not None and kind.predicate is not None:
        yield _rule(
            RuleKind.SEMANTIC,
            column,
            t("The value is valid for its kind, {kind}.", kind=kind.name),
            f"NOT ({_normal(kind.predicate.replace('{column}', value))})",
        )


def _geometry_rules(column: Column, spec: GeometrySpec, index: int) -> Iterator[Rule]:
    """Give the rules on what reading the geometry found; only the last two leave a value."""
    read = name("bare", index)
    fault = f"struct_extract({read}, 'fault')"
    unread = ", ".join(quote_literal(word) for word in _UNREAD)
    yield _rule(
        RuleKind.TYPE,
        column,
        t("The value is a geometry in WKT, in degrees of WGS 84."),
        f"{fault} IN ({unread})",
        waivable=False,
    )
    kinds = ", ".join(spec.types)
    yield _rule(
        RuleKind.GEOMETRY_KIND,
        column,
        t("The geometry is of a kind taken: {kinds}.", kinds=kinds),
        f"{fault} = {quote_literal(GeometryFault.KIND)}",
        waivable=False,
    )
    yield _rule(
        RuleKind.VERTICES,
        column,
        t("The geometry has at most {count} vertices.", count=spec.max_vertices),
        f"{fault} = {quote_literal(GeometryFault.VERTICES)}",
        waivable=False,
    )
    west, south, east, north = (f"{side:.9g}" for side in spec.within)
    sides = {"west": f"< {west}", "south": f"< {south}", "east": f"> {east}", "north": f"> {north}"}
    yield _rule(
        RuleKind.WITHIN,
        column,
        t("The geometry lies in the area {box}.", box=f"{west}, {south}, {east}, {north}"),
        " OR ".join(f"struct_extract({read}, '{side}') {test}" for side, test in sides.items()),
    )
    yield _rule(
        RuleKind.VALID_GEOMETRY,
        column,
        t("The geometry is valid: no line of it crosses itself, no ring is open."),
        f"{fault} = {quote_literal(GeometryFault.INVALID)}",
    )


_UNREAD = (GeometryFault.UNREADABLE, GeometryFault.SYSTEM, GeometryFault.ENDLESS)


def _type_rule(column: Column, value: str, text: str) -> Rule:
    if column.logical_type is LogicalType.STRING:
        broken = f"starts_with({value}, '#') AND regexp_matches({value}, '{SHEET_ERRORS}')"
        expression = f"({broken}) OR contains({value}, chr(65533))"
        message = t("The text is no error sign and has no damaged letters.")
        return _rule(RuleKind.TYPE, column, message, expression)
    return _rule(
        RuleKind.TYPE,
        column,
        _TYPE_MESSAGES[column.logical_type],
        f"{text} IS NOT NULL AND {value} IS NULL",
        waivable=False,
    )


_TYPE_MESSAGES = {
    LogicalType.INTEGER: t("The value is a whole number."),
    LogicalType.NUMBER: t("The value is a number."),
    LogicalType.BOOLEAN: t("The value is yes or no."),
    LogicalType.DATE: t("The value is a date of the calendar."),
    LogicalType.TIMESTAMP: t("The value is a moment: date and time."),
}


def _bounds(column: Column, value: str) -> Iterator[Rule]:
    if column.minimum is not None:
        yield _rule(
            RuleKind.MINIMUM,
            column,
            t("The value is at least {bound}.", bound=bound_text(column.minimum, column.unit)),
            f"{value} < {_bound_sql(column.minimum)}",
        )
    if column.maximum is not None:
        yield _rule(
            RuleKind.MAXIMUM,
            column,
            t("The value is at most {bound}.", bound=bound_text(column.maximum, column.unit)),
            f"{value} > {_bound_sql(column.maximum)}",
        )


def _text_rules(column: Column, value: str) -> Iterator[Rule]:
    if column.logical_type is not LogicalType.STRING:
        return
    if column.min_length is not None:
        yield _rule(
            RuleKind.MIN_LENGTH,
            column,
            t("The text has at least {count} characters.", count=column.min_length),
            f"length({value}) < {int(column.min_length)}",
        )
    if column.max_length is not None:
        yield _rule(
            RuleKind.MAX_LENGTH,
            column,
            t("The text has at most {count} characters.", count=column.max_length),
            f"length({value}) > {int(column.max_length)}",
        )
    if column.pattern is not None:
        # \z and not $: the sign $ lets a line end through on some engines.
        whole = quote_literal(f"^(?:{column.pattern})\\z")
        yield _rule(
            RuleKind.PATTERN,
            column,
            t("The text has the form {pattern}.", pattern=column.pattern),
            f"NOT regexp_matches({value}, {whole})",
        )


def _row_rule(rule: RowRule) -> Rule:
    return Rule(
        id=f"{RuleKind.ROW}:{rule.id}",
        kind=RuleKind.ROW,
        source=f"quality.{rule.id}",
        scope=Scope.ROW,
        dimension=rule.dimension,
        severity=rule.severity,
        columns=rule.columns,
        message=Text("{message}", {"message": rule.message.vi}),
        expression=f"NOT ({_normal(rule.predicate)})",
        waivable=True,
    )


def _set_rules(contract: Contract) -> Iterator[Rule]:
    if contract.key:
        key = ", ".join(quote_identifier(column) for column in contract.key)
        yield _key_rule(
            contract,
            RuleKind.KEY,
            t("Rows with the same key are the same row."),
            f"SELECT {key} GROUP BY ALL HAVING count(*) > 1",
        )
        yield _key_rule(
            contract,
            RuleKind.EXISTING_KEY,
            t("The key does not stand in the published rows that stay."),
            f"({key}) IN existing",
        )
    for column in contract.columns:
        value = quote_identifier(column.name)
        if column.unique and contract.key != (column.name,):
            yield _rule(
                RuleKind.UNIQUE,
                column,
                t("Each value occurs once."),
                f"SELECT {value} GROUP BY ALL HAVING count(*) > 1",
                scope=Scope.SET,
                dimension=Dimension.CLEAN,
            )
            yield _rule(
                RuleKind.EXISTING_UNIQUE,
                column,
                t("The value does not stand in the published rows that stay."),
                f"{value} IN existing",
                scope=Scope.SET,
                dimension=Dimension.CLEAN,
            )
        if column.reference is not None:
            yield _rule(
                RuleKind.REFERENCE,
                column,
                t("The value stands in the dataset {dataset}.", dataset=column.reference.dataset),
                f"{value} NOT IN (SELECT {quote_identifier(column.reference.column)})",
                scope=Scope.REFERENCE,
                dimension=Dimension.REFERENCES,
            )
    if contract.duplicates is DuplicatePolicy.LINK:
        yield Rule(
            id=str(RuleKind.DUPLICATE),
            kind=RuleKind.DUPLICATE,
            source="duplicates",
            scope=Scope.SET,
            dimension=Dimension.CLEAN,
            severity=Severity.INFO,
            columns=contract.column_names,
            message=t("No row comes twice; a repeated one is linked to the first."),
            expression="SELECT * GROUP BY ALL HAVING count(*) > 1",
        )


def _key_rule(contract: Contract, kind: RuleKind, message: Text, expression: str) -> Rule:
    return Rule(
        id=str(kind),
        kind=kind,
        source="key",
        scope=Scope.SET,
        dimension=Dimension.CLEAN,
        severity=Severity.ERROR,
        columns=contract.key,
        message=message,
        expression=expression,
    )


def _noise_rule(contract: Contract) -> Rule:
    cells = " OR ".join(
        f"({name('odd', index)} AND {name('raw', index)} IS DISTINCT FROM {name('clean', index)})"
        for index in range(len(contract.columns))
    )
    return Rule(
        id=str(RuleKind.NOISE),
        kind=RuleKind.NOISE,
        source="platform",
        scope=Scope.ROW,
        dimension=Dimension.CLEAN,
        severity=Severity.INFO,
        columns=contract.column_names,
        message=t("No cell holds stray blanks, invisible signs or letters written apart."),
        expression=cells or "false",
    )


def _rule(
    kind: RuleKind,
    column: Column,
    message: Text,
    expression: str,
    *,
    scope: Scope = Scope.ROW,
    dimension: Dimension = Dimension.ACCURATE,
    waivable: bool = True,
) -> Rule:
    return Rule(
        id=f"{kind}:{column.name}",
        kind=kind,
        source=f"columns.{column.name}",
        scope=scope,
        dimension=dimension,
        severity=Severity.ERROR,
        columns=(column.name,),
        message=message,
        expression=expression,
        waivable=waivable,
    )


def _normal(predicate: str) -> str:
    """Write a condition of the contract anew: names quoted, no comment left that could cut it."""
    tree = sqlglot.parse_one(predicate, dialect="duckdb")
    return tree.sql(dialect="duckdb", identify=True, comments=False)


def _bound_sql(bound: Bound) -> str:
    match bound:
        case datetime():
            return f"TIMESTAMP {quote_literal(bound.strftime('%Y-%m-%d %H:%M:%S'))}"
        case date():
            return f"DATE {quote_literal(bound.isoformat())}"
        case Decimal():
            return f"{bound:f}"
        case _:
            return str(bound)


def _literal(column: Column, word: str) -> str:
    literal = quote_literal(word)
    if column.logical_type is LogicalType.STRING:
        return f"nfc_normalize({literal})"
    return f"CAST({literal} AS {sql_type(column)})"
