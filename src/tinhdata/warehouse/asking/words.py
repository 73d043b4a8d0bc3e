"""What the engine says about a question, in our words: never its SQL, its paths or values."""

import re
from collections.abc import Iterable

import duckdb

from tinhdata.kernel import Problem, Text, t
from tinhdata.warehouse.errors import SqlUnfit, io_problem

_UNKNOWN_COLUMN = re.compile(
    r'Referenced column "([^"]{1,80})" (?:was )?not found'
    r'|does not have a column named "([^"]{1,80})"'
    r'|Referenced table "([^"]{1,80})" not found'
)
_AMBIGUOUS = re.compile(r'Ambiguous reference to column name "([^"]{1,80})"')
_UNGROUPED = re.compile(r'column "?([^" ]{1,80})"? must appear in the GROUP BY')
_TYPES = re.compile(r"No function matches the given name and argument types '([^']{1,120})'")


def in_words(error: duckdb.Error, columns: Iterable[str]) -> Problem:
    """Give what is wrong with a question over tables with `columns`, and how to mend it."""
    if isinstance(error, duckdb.IOException):
        return io_problem(error)
    said = str(error)
    if found := _UNKNOWN_COLUMN.search(said):
        name = next(group for group in found.groups() if group)
        return SqlUnfit(
            t("There is no column {column} here.", column=name),
            fix=t("The columns are: {columns}.", columns=", ".join(columns)),
        )
    if found := _AMBIGUOUS.search(said):
        return SqlUnfit(
            t("The column {column} stands in several tables.", column=found[1]),
            fix=t("Write the alias of the table before it, as in a.{column}.", column=found[1]),
        )
    if found := _UNGROUPED.search(said):
        return SqlUnfit(
            t("The column {column} is neither grouped by nor summed up.", column=found[1]),
            fix=t("Add it to GROUP BY, or use a function such as min, max or any_value."),
        )
    if found := _TYPES.search(said):
        return SqlUnfit(
            t("A function is given values of a type that it does not take: {call}.", call=found[1]),
            fix=_CAST,
        )
    return _general(error)


_CAST = t("Look at the types of the columns; CAST(column AS type) changes one.")


def _general(error: duckdb.Error) -> SqlUnfit:
    text, fix = _KINDS.get(type(error), (t("The question cannot be answered as it stands."), None))
    return SqlUnfit(text, fix=fix or t("Ask in smaller steps to find the part that does not fit."))


_VALUES = t("A value does not fit the type that it is turned into.")
_KINDS: dict[type[duckdb.Error], tuple[Text, Text | None]] = {
    duckdb.ConversionException: (_VALUES, t("TRY_CAST gives nothing instead of an error.")),
    duckdb.InvalidInputException: (_VALUES, t("TRY_CAST gives nothing instead of an error.")),
    duckdb.OutOfRangeException: (
        t("A number grows larger than its type can hold."),
        t("CAST it to DOUBLE or to a larger DECIMAL first."),
    ),
    duckdb.BinderException: (
        t("The parts of the question do not fit together."),
        t("Look at names, types, GROUP BY and the number of columns of each part of a UNION."),
    ),
}
