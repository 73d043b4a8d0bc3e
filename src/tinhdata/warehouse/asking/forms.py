"""The first layer: one SELECT, written in forms and with functions that are known to do no harm.

A list of what is allowed, not of what is not: a form that nobody thought of is refused.
"""

import re
from collections.abc import Callable, Iterable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tinhdata.kernel import Text, t
from tinhdata.warehouse.asking.functions import FUNCTIONS, NAMES, TYPES
from tinhdata.warehouse.errors import SqlRefused

MOST_LETTERS = 10_000
MOST_JOINS = 4
MOST_TABLES = 10
_MOST_PARTS = 4_000
_LARGEST_LIMIT = 10**9

_PARTS: frozenset[type[exp.Expr]] = frozenset(
    {
        # a question
        exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE,
        exp.From, exp.Join, exp.Table, exp.TableAlias, exp.Where, exp.Group, exp.GroupingSets,
        exp.Cube, exp.Rollup, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit,
        exp.Offset, exp.Distinct, exp.Alias, exp.Column, exp.Identifier, exp.Star,
        # values
        exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple, exp.Interval, exp.Cast,
        exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Var,
        # conditions and arithmetic
        exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is,
        exp.In, exp.Between, exp.Like, exp.ILike, exp.Escape, exp.NullSafeEQ, exp.NullSafeNEQ,
        exp.Case, exp.Exists, exp.Any, exp.All, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv,
        exp.Mod, exp.Neg, exp.DPipe,
        # windows
        exp.Window, exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls,
    }
)  # fmt: skip
_CLAUSES = frozenset(
    {"with_", "this", "expression", "distinct", "by_name", "expressions", "from_", "joins", "where",
     "group", "having", "qualify", "windows", "order", "limit", "offset", "alias"}
)  # fmt: skip
_UNITS = frozenset(
    {"YEAR", "YEARS", "QUARTER", "QUARTERS", "MONTH", "MONTHS", "WEEK", "WEEKS", "DAY", "DAYS",
     "HOUR", "HOURS", "MINUTE", "MINUTES", "SECOND", "SECONDS", "DECADE", "CENTURY", "DOW",
     "ISODOW", "DOY", "ISOYEAR", "EPOCH", "YEARWEEK"}
)  # fmt: skip
_WORDS = re.compile(r"(?<!^)(?=[A-Z])")
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def read(text: str) -> exp.Query:
    """Read `text` as one question of the forms that are allowed; raises SqlRefused."""
    query = _parsed(text)
    count = 0
    for node in query.walk():
        count += 1
        _check(node)
    if count > _MOST_PARTS:
        raise _too_long()
    _check_joins(query)
    return query


def _parsed(text: str) -> exp.Query:
    if len(text) > MOST_LETTERS:
        raise _too_long()
    if not text.strip():
        raise SqlRefused(t("There is no question."), fix=_ONE_SELECT)
    if "\0" in text:
        raise SqlRefused(t("The question could not be read."), fix=_ONE_SELECT)
    try:
        statements = [found for found in sqlglot.parse(text, dialect="duckdb") if found is not None]
    except (SqlglotError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        # The parser is other people's code and what it is given is anything at all.
        raise SqlRefused(
            t("The question could not be read."), fix=_place(error) or _QUOTES
        ) from error
    except RecursionError as error:
        raise _too_long() from error
    if len(statements) != 1:
        raise SqlRefused(t("One question at a time."), fix=_ONE_SELECT)
    query = _bare(statements[0])
    if not isinstance(query, exp.Select | exp.SetOperation):
        raise SqlRefused(
            t("“{form}” is not a question.", form=_name(statements[0])), fix=_ONE_SELECT
        )
    return query


def _bare(statement: exp.Expr) -> exp.Expr:
    """Take brackets away that stand around the whole question."""
    while isinstance(statement, exp.Subquery) and not _said(statement, except_for={"this"}):
        statement = statement.this
    return statement


_ONE_SELECT = t("Write one SELECT. Data can be read here and never changed.")
_QUOTES = t('Write the id of a dataset in double quotes: FROM "id-of-the-dataset".')


def _place(error: Exception) -> Text | None:
    found = getattr(error, "errors", None) or [{}]
    line, column = found[0].get("line"), found[0].get("col")
    if not (isinstance(line, int) and isinstance(column, int)):
        return None
    return t(
        "Look at line {line}, letter {column}. The id of a dataset stands in double quotes.",
        line=line,
        column=column,
    )


def _check(node: exp.Expr) -> None:
    kind = type(node)
    if isinstance(node, exp.Anonymous):
        _check_name(node)
    elif kind not in _PARTS and kind not in FUNCTIONS:
        raise _not_here(node)
    _SPECIAL.get(kind, _nothing_more)(node)


def _check_name(node: exp.Anonymous) -> None:
    if not isinstance(node.this, str) or node.this.lower() not in NAMES:
        raise _not_here(node)


def _not_here(node: exp.Expr) -> SqlRefused:
    if isinstance(node, exp.Func):
        return SqlRefused(
            t("The function {name} is not offered.", name=_name(node)),
            fix=t("The description of the interface lists the functions that are."),
        )
    return SqlRefused(
        t("“{form}” is not offered in questions.", form=_name(node)),
        fix=_CLAUSES_FIX,
    )


_CLAUSES_FIX = t(
    "Use SELECT with WHERE, JOIN, GROUP BY, ORDER BY, WITH, UNION and window functions."
)


def _name(node: exp.Expr) -> str:
    """Give the word that a reader would look for: SUM, PIVOT, DROP."""
    if isinstance(node, exp.Anonymous):
        return str(node.this)[:60]
    if isinstance(node, exp.Command):
        return str(node.this).upper()[:60]
    if isinstance(node, exp.Func):
        return node.sql_name().lower()
    return _WORDS.sub(" ", type(node).__name__).upper()


def _nothing_more(_node: exp.Expr) -> None:
    return None


def _check_table(node: exp.Expr) -> None:
    if node.args.get("db") or node.args.get("catalog"):
        raise SqlRefused(
            t("A table is named by the id of its dataset alone."),
            fix=t("Leave out what stands before the dot."),
        )
    if not isinstance(node.this, exp.Identifier):
        raise SqlRefused(
            t("Rows come from datasets only, not from functions or files."),
            fix=_QUOTES,
        )
    if _said(node, except_for={"this", "alias"}):
        raise SqlRefused(t("A table stands in FROM by its name and alias only."), fix=_QUOTES)


def _check_clauses(node: exp.Expr) -> None:
    unknown = [name for name, value in node.args.items() if value and name not in _CLAUSES]
    if unknown:
        raise SqlRefused(
            t("“{form}” is not offered in questions.", form=unknown[0].strip("_").upper()),
            fix=_CLAUSES_FIX,
        )


def _check_select(node: exp.Expr) -> None:
    if not node.expressions:
        raise SqlRefused(t("There is no question."), fix=_ONE_SELECT)
    _check_clauses(node)


def _check_column(node: exp.Expr) -> None:
    if node.args.get("db") or node.args.get("catalog"):
        raise SqlRefused(
            t("A column is named as alias.column."), fix=t("Give the table a short alias.")
        )


def _check_with(node: exp.Expr) -> None:
    if node.args.get("recursive"):
        raise SqlRefused(
            t("WITH RECURSIVE is not offered."), fix=t("Ask without a table that names itself.")
        )


def _check_limit(node: exp.Expr) -> None:
    number = node.expression
    is_number = isinstance(number, exp.Literal) and not number.is_string
    if not is_number or not _NUMBER.fullmatch(number.name) or node.args.get("limit_options"):
        raise SqlRefused(
            t("LIMIT and OFFSET take a whole number."), fix=t("Write it as LIMIT 100.")
        )


def _check_type(node: exp.Expr) -> None:
    if node.this not in TYPES or node.args.get("nested"):
        raise SqlRefused(
            t("Values are not cast to the type {type} here.", type=node.sql("duckdb")[:40]),
            fix=t("Cast to text, whole or decimal numbers, true or false, a date or a moment."),
        )


def _check_join(node: exp.Expr) -> None:
    if node.args.get("method") in {"POSITIONAL", "ASOF"} or _said(
        node, except_for={"this", "on", "using", "side", "kind", "method"}
    ):
        raise SqlRefused(
            t("Tables are joined by ON or USING."),
            fix=t("Write JOIN … ON a.column = b.column."),
        )


def _check_var(node: exp.Expr) -> None:
    if isinstance(node.parent, exp.WindowSpec | exp.Window):
        return
    if node.name.upper() not in _UNITS and not _is_all(node):
        raise SqlRefused(
            t("“{form}” is not offered in questions.", form=node.name[:40]),
            fix=t("Write texts in single quotes and names in double quotes."),
        )


def _is_all(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Ordered | exp.Group) and node.name.upper() == "ALL"


_SPECIAL: Mapping[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Select: _check_select,
    exp.Union: _check_clauses,
    exp.Intersect: _check_clauses,
    exp.Except: _check_clauses,
    exp.Subquery: _check_clauses,
    exp.Table: _check_table,
    exp.Column: _check_column,
    exp.With: _check_with,
    exp.Limit: _check_limit,
    exp.Offset: _check_limit,
    exp.DataType: _check_type,
    exp.Join: _check_join,
    exp.Var: _check_var,
}


def _check_joins(query: exp.Query) -> None:
    joins = _count(query.find_all(exp.Join))
    if joins > MOST_JOINS:
        raise SqlRefused(
            t(
                "The question joins {count} times; {most} are possible.",
                count=joins,
                most=MOST_JOINS,
            ),
            fix=t("Ask in two steps, or download the datasets and join them yourself."),
        )
    tables = _count(query.find_all(exp.Table))
    if tables > MOST_TABLES:
        raise SqlRefused(
            t(
                "The question names {count} tables; {most} are possible.",
                count=tables,
                most=MOST_TABLES,
            ),
            fix=t("Ask in two steps, or download the datasets and join them yourself."),
        )


def _count(nodes: Iterable[exp.Expr]) -> int:
    return sum(1 for _ in nodes)


def _too_long() -> SqlRefused:
    return SqlRefused(
        t("The question is too long, or too deep in brackets."),
        fix=t("Write at most {count} letters, and take brackets away.", count=MOST_LETTERS),
    )


def _said(node: exp.Expr, except_for: set[str]) -> bool:
    return any(value for name, value in node.args.items() if name not in except_for)
