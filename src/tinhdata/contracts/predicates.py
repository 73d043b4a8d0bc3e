"""The closed language of row conditions: which words may occur, and that columns are known.

Only what gives the same answer on DuckDB and, through sqlglot, on Spark is let in; there is no
reading of other tables, of files or of the clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import sqlglot
from sqlglot import exp

from tinhdata.contracts.patterns import fault_of_pattern
from tinhdata.kernel import Text, t

MAX_LENGTH = 4000
Kind: TypeAlias = type[exp.Expr]


@dataclass(frozen=True, slots=True)
class Word:
    """A function or operator that a condition may use, with one example over sample columns."""

    kinds: tuple[Kind, ...]
    written: str
    meaning: str
    example: str


WORDS: tuple[Word, ...] = (
    Word(
        (exp.And, exp.Or, exp.Not, exp.Paren),
        "AND OR NOT ( )",
        "join conditions",
        "NOT (a > 5 OR b = 0) AND a > 0",
    ),
    Word(
        (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), "= <> > >= < <=", "compare", "a >= b"
    ),
    Word((exp.Is, exp.Null), "IS NULL, IS NOT NULL", "whether there is a value", "a IS NOT NULL"),
    Word(
        (exp.NullSafeEQ, exp.NullSafeNEQ),
        "IS [NOT] DISTINCT FROM",
        "compare, NULL as a value",
        "a IS DISTINCT FROM b",
    ),
    Word((exp.In,), "IN (…)", "one of a list of literals", "s IN ('x', 'y')"),
    Word((exp.Between,), "BETWEEN … AND …", "range with both ends", "a BETWEEN 1 AND 10"),
    Word(
        (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Neg), "+ - * %", "reckon", "a + b - 2 * a <= 100"
    ),
    Word(
        (exp.Div,),
        "/",
        "divide; the divisor is a literal or `nullif(x, 0)`",
        "a / nullif(b, 0) <= 1",
    ),
    Word(
        (exp.Case, exp.If),
        "CASE WHEN … THEN … ELSE … END",
        "choose",
        "CASE WHEN a > 0 THEN b > 0 ELSE TRUE END",
    ),
    Word((exp.Coalesce,), "coalesce", "the first that is not NULL", "coalesce(a, 0) >= 0"),
    Word((exp.Nullif,), "nullif", "NULL if both are equal", "nullif(a, 0) IS NOT NULL"),
    Word((exp.Abs,), "abs", "without its sign", "abs(a - b) <= 5"),
    Word((exp.Round, exp.Floor, exp.Ceil), "round floor ceil", "round", "round(n, 1) = n"),
    Word((exp.Least, exp.Greatest), "least greatest", "smallest, largest", "greatest(a, b) <= 100"),
    Word((exp.Length,), "length", "number of characters", "length(s) = 12"),
    Word((exp.Lower, exp.Upper), "lower upper", "letter case", "upper(s) = s"),
    Word((exp.Trim,), "trim", "without outer blanks", "trim(s) = s"),
    Word(
        (exp.Substring,),
        "substr",
        "a part, from a literal place of 1 or more",
        "substr(s, 1, 2) = 'xy'",
    ),
    Word((exp.StartsWith,), "starts_with", "begins with", "starts_with(s, 'A9')"),
    Word((exp.Replace,), "replace", "put one text for another", "replace(s, '-', '') <> ''"),
    Word((exp.DPipe,), "||", "join texts", "s || '-' || u <> 'x-y'"),
    Word(
        (exp.RegexpLike,),
        "regexp_matches",
        "contains a match of a literal RE2 pattern; `^` and `\\z` anchor",
        "regexp_matches(s, '^[A-Z]{2}\\z')",
    ),
    Word(
        (exp.TryCast,),
        "try_cast",
        "as another type, NULL where impossible",
        "try_cast(s AS INTEGER) > 0",
    ),
    Word(
        (exp.Cast,), "DATE '…', TIMESTAMP '…'", "a literal date or moment", "d >= DATE '2025-07-01'"
    ),
    Word(
        (exp.Year, exp.Month, exp.Day),
        "year month day",
        "parts of a date",
        "year(d) >= 1900 AND month(d) <= 12",
    ),
    Word(
        (exp.DateDiff,),
        "date_diff('day', from, to)",
        "days between two dates",
        "date_diff('day', d, e) BETWEEN 0 AND 365",
    ),
)

_CARRIERS: tuple[Kind, ...] = (
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Boolean,
    exp.DataType,
    exp.Var,
)
_ALLOWED = frozenset(kind for word in WORDS for kind in word.kinds) | frozenset(_CARRIERS)
_TYPES = frozenset(
    {"INT", "BIGINT", "DOUBLE", "DECIMAL", "DATE", "TIMESTAMP", "VARCHAR", "TEXT", "BOOLEAN"}
)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition that was let in: normalised SQL (DuckDB, names quoted) and its columns."""

    sql: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadPredicate:
    """Why a condition was not let in, and how to mend it."""

    text: Text
    fix: Text


def read_predicate(source: str, columns: frozenset[str]) -> Predicate | BadPredicate:
    """Read a condition over `columns`; gives the condition or what is wrong with it."""
    if len(source) > MAX_LENGTH:
        return BadPredicate(
            t("The condition is longer than {limit} characters.", limit=MAX_LENGTH),
            t("Split it into several rules."),
        )
    try:
        parsed = [tree for tree in sqlglot.parse(source, dialect="duckdb") if tree is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        detail = str(error).splitlines()[0]
        return BadPredicate(
            t("The condition cannot be read: {detail}", detail=detail),
            t("Write one SQL condition, such as {example}.", example="a IS NULL OR a >= b"),
        )
    if len(parsed) != 1:
        return BadPredicate(
            t("There must be exactly one condition."), t("Join conditions with AND.")
        )
    tree = parsed[0]
    for node in tree.walk():
        if bad := _fault(node, columns):
            return bad
    names = dict.fromkeys(column.name for column in tree.find_all(exp.Column))
    if not names:
        return BadPredicate(t("The condition names no column."), t("Compare at least one column."))
    return Predicate(tree.sql(dialect="duckdb", identify=True, comments=False), tuple(names))


def _fault(node: exp.Expr, columns: frozenset[str]) -> BadPredicate | None:
    if type(node) not in _ALLOWED:
        word = node.sql(dialect="duckdb", comments=False)
        return BadPredicate(
            t(
                "The condition uses {word}, which is not in the list of allowed words.",
                word=word[:60],
            ),
            t("Use the words of the reference of contracts."),
        )
    check = _CHECKS.get(type(node))
    return check(node, columns) if check else None


def _column(node: exp.Expr, columns: frozenset[str]) -> BadPredicate | None:
    name = node.sql(dialect="duckdb", comments=False).replace('"', "")
    if name in columns:
        return None
    return BadPredicate(
        t("The condition names {name}, which is no column here.", name=name),
        t("Use one of: {names}. Put texts in single quotes.", names=", ".join(sorted(columns))),
    )


def _div(node: exp.Expr, _columns: frozenset[str]) -> BadPredicate | None:
    divisor = node.expression
    if isinstance(divisor, exp.Literal) and float(divisor.this) != 0:
        return None
    if isinstance(divisor, exp.Nullif) and divisor.expression == exp.Literal.number(0):
        return None
    return BadPredicate(
        t("The condition may divide by zero: {word}.", word=node.sql(dialect="duckdb")),
        t("Write nullif(…, 0) as divisor."),
    )


def _in(node: exp.Expr, _columns: frozenset[str]) -> BadPredicate | None:
    values = node.args.get("expressions") or []
    if values and all(isinstance(value, exp.Literal | exp.Neg) for value in values):
        return None
    return BadPredicate(
        t("IN takes a list of literals."),
        t("Write IN ('a', 'b'); for another dataset use relationships."),
    )


def _regexp(node: exp.Expr, _columns: frozenset[str]) -> BadPredicate | None:
    pattern = node.expression
    if not isinstance(pattern, exp.Literal) or not pattern.is_string or node.args.get("flag"):
        return BadPredicate(
            t("The pattern of regexp_matches must be one literal, without options."),
            t("Write the pattern in single quotes."),
        )
    if fault := fault_of_pattern(pattern.name):
        return BadPredicate(fault, t("Use the syntax of RE2."))
    if "$" in pattern.name.replace("\\$", ""):
        return BadPredicate(
            t(
                "In {pattern} the sign $ also lets a line end through on some engines.",
                pattern=pattern.name,
            ),
            t("Write \\z for the end, \\$ for the sign itself."),
        )
    return None


def _cast(node: exp.Expr, _columns: frozenset[str]) -> BadPredicate | None:
    is_literal = isinstance(node.this, exp.Literal)
    if type(node) is exp.Cast and not is_literal:
        return BadPredicate(
            t("CAST stops at values that do not fit."), t("Write try_cast(… AS …).")
        )
    kind = node.to.this.value if isinstance(node, exp.Cast) else ""
    if kind in _TYPES:
        return None
    return BadPredicate(
        t("Values may not be turned into {type} here.", type=str(kind)),
        t("Use one of: {names}.", names=", ".join(sorted(_TYPES))),
    )


def _substring(node: exp.Expr, _columns: frozenset[str]) -> BadPredicate | None:
    start = node.args.get("start")
    if isinstance(start, exp.Literal) and int(start.this) >= 1:
        return None
    return BadPredicate(
        t("substr needs a literal first place of 1 or more."), t("Write substr(column, 1, 2).")
    )


def _date_diff(node: exp.Expr, _columns: frozenset[str]) -> BadPredicate | None:
    unit = node.args.get("unit")
    if unit is not None and unit.name.upper() == "DAY":
        return None
    return BadPredicate(t("date_diff counts days only."), t("Write date_diff('day', from, to)."))


_Check: TypeAlias = "Callable[[exp.Expr, frozenset[str]], BadPredicate | None]"
_CHECKS: Mapping[Kind, _Check] = MappingProxyType(
    {
        exp.Column: _column,
        exp.Div: _div,
        exp.In: _in,
        exp.RegexpLike: _regexp,
        exp.Cast: _cast,
        exp.TryCast: _cast,
        exp.Substring: _substring,
        exp.DateDiff: _date_diff,
    }
)
