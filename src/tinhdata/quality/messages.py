"""What a person reads about a cell that fails: rule and raw cell -> sentence and how to mend it.

Pure. The sentences keep the places {line}, {column} and {value}; whoever shows them fills these in,
so that no cell's value is stored a second time.
"""

import re
from datetime import date, datetime
from decimal import Decimal

from tinhdata.contracts import SEMANTIC_TYPES
from tinhdata.contracts.model import Column, LogicalType
from tinhdata.kernel import Text, t
from tinhdata.quality.codes import fault_of_code
from tinhdata.quality.geometry_messages import GEOMETRY_KINDS, explain_geometry
from tinhdata.quality.model import Rule, RuleKind
from tinhdata.quality.standardise import is_percent

SHEET_ERRORS = r"^#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)$"
_SHEET_ERROR = re.compile(SHEET_ERRORS)
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_DIGIT = re.compile(r"[0-9]")
_AMBIGUOUS = re.compile(r"^[-(]?[1-9][0-9]{0,2}[.,][0-9]{3}\)?$")
_PLAIN_NUMBER = re.compile(
    r"^[-+]?[0-9]{1,3}([., ]?[0-9]{3})*([.,][0-9]+)?$|^[-+]?[0-9]+([.,][0-9]+)?$"
)
_FULL_DATE = re.compile(
    r"^([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2})\b"
)
_SHORT_YEAR = re.compile(r"^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}$")
_MONTH_ONLY = re.compile(r"^[0-9]{1,2}[/.-][0-9]{4}$|^[0-9]{4}$")
_LISTED = 8
"""How many allowed values a sentence names before it only points to the list."""

Explanation = tuple[Text, Text]


def explain(
    rule: Rule, column: Column | None, cell: str | None, hint: str | None, source: str = ""
) -> Explanation:
    """Say what is wrong with `cell` under `rule` and how to mend it.

    `column` is the one column of the rule, None for rules on several; `hint` is a permitted value
    that looks like the cell, `source` the name of the dataset that a reference looks into.
    """
    if column is not None and column.geometry is not None and rule.kind in _OF_GEOMETRY:
        return explain_geometry(rule.kind, column.geometry, cell or "")
    match rule.kind:
        case RuleKind.TYPE if column is not None:
            return _unreadable(column, " ".join((cell or "").split()))
        case RuleKind.ALLOWED if column is not None:
            return _not_listed(column, hint)
        case RuleKind.REFERENCE if column is not None and column.reference is not None:
            return _not_found(source or column.reference.dataset, hint)
        case RuleKind.SEMANTIC if column is not None:
            return _semantic(column)
        case _ if column is not None and rule.kind in _OF_COLUMN:
            return _of_column(rule.kind, column, cell or "")
        case _:
            return _of_row(rule)


_OF_GEOMETRY = GEOMETRY_KINDS | {RuleKind.TYPE}
_OF_COLUMN = frozenset(
    {
        RuleKind.REQUIRED,
        RuleKind.MINIMUM,
        RuleKind.MAXIMUM,
        RuleKind.MIN_LENGTH,
        RuleKind.MAX_LENGTH,
        RuleKind.PATTERN,
        RuleKind.UNIQUE,
        RuleKind.EXISTING_UNIQUE,
    }
)


def _of_column(kind: RuleKind, column: Column, cell: str) -> Explanation:
    match kind:
        case RuleKind.REQUIRED:
            return (
                t("Line {line}, column {column}: the cell is empty, but a value is required."),
                t("Fill in the value."),
            )
        case RuleKind.MINIMUM:
            return (
                t(
                    "Line {line}, column {column}: “{value}” is less than the smallest value "
                    "allowed, {bound}.",
                    bound=bound_text(column.minimum, column.unit),
                ),
                t("Compare with the source; often a digit, a sign or the unit is wrong."),
            )
        case RuleKind.MAXIMUM:
            return (
                t(
                    "Line {line}, column {column}: “{value}” is more than the largest value "
                    "allowed, {bound}.",
                    bound=bound_text(column.maximum, column.unit),
                ),
                t("Compare with the source; often a digit, a sign or the unit is wrong."),
            )
        case RuleKind.MIN_LENGTH | RuleKind.MAX_LENGTH:
            return _length(kind, column)
        case RuleKind.PATTERN:
            return _pattern(column, cell)
        case RuleKind.EXISTING_UNIQUE:
            return (
                t("Line {line}, column {column}: “{value}” stands in the published table already."),
                t("Mend the value, or return the row if it was delivered before."),
            )
        case _:
            return (
                t("Line {line}, column {column}: “{value}” occurs more than once in this file."),
                t("Each value may occur once; mend the rows that are wrong."),
            )


def _of_row(rule: Rule) -> Explanation:
    match rule.kind:
        case RuleKind.KEY:
            return (
                t("Line {line}: several rows have the key {key}, and they differ."),
                t("Keep the right row and return the others, or mend the key."),
            )
        case RuleKind.EXISTING_KEY:
            return (
                t("Line {line}: the published table already has a row with the key {key}."),
                t("Mend the key, or return the row if it was delivered before."),
            )
        case _:
            return (
                t("Line {line}: {message}"),
                t("Compare the cells named with the source and mend what is wrong."),
            )


def _unreadable(column: Column, cell: str) -> Explanation:
    if _SHEET_ERROR.match(cell):
        return (
            t("Line {line}, column {column}: “{value}” is an error of the spreadsheet’s formula."),
            t("Mend the formula in the file, or write the value itself."),
        )
    if _REPLACEMENT in cell:
        return (
            t("Line {line}, column {column}: “{value}” holds letters that could not be read."),
            t("Write the text again; the file was saved in a damaged encoding."),
        )
    match column.logical_type:
        case LogicalType.INTEGER | LogicalType.NUMBER:
            return _not_a_number(column, cell)
        case LogicalType.DATE | LogicalType.TIMESTAMP:
            return _not_a_date(column, cell)
        case LogicalType.BOOLEAN | LogicalType.STRING:
            return (
                t("Line {line}, column {column}: “{value}” is neither yes nor no."),
                t("Write có or không."),
            )


def _not_a_number(column: Column, cell: str) -> Explanation:
    if cell.endswith("%") and not is_percent(column):
        return (
            t("Line {line}, column {column}: “{value}” is a percentage, the column is not."),
            t("Write the number in the unit of the column, without the percent sign."),
        )
    if _AMBIGUOUS.match(cell) and _can_be_two(column, cell):
        return (
            t("Line {line}, column {column}: “{value}” can be read as two different numbers."),
            t("Write thousands without a sign, or choose how the file writes numbers."),
        )
    if not _PLAIN_NUMBER.match(cell):
        if _DIGIT.search(cell) is None:
            return (
                t("Line {line}, column {column}: “{value}” is not a number."),
                t("Write the number, or leave the cell empty if there is none."),
            )
        return (
            t("Line {line}, column {column}: “{value}” is not written as one number."),
            t("Write digits only, such as 1234,5, and leave unit and notes out."),
        )
    if column.logical_type is LogicalType.INTEGER:
        return (
            t("Line {line}, column {column}: “{value}” is not a whole number."),
            t("Write a number without decimals."),
        )
    return (
        t(
            "Line {line}, column {column}: “{value}” has more than {places} decimals or too many "
            "digits.",
            places=column.decimals or 0,
        ),
        t("Round the number as the dataset asks for."),
    )


def _can_be_two(column: Column, cell: str) -> bool:
    if column.logical_type is LogicalType.INTEGER:
        return cell.rstrip(")").endswith("000")
    return True


def _not_a_date(column: Column, cell: str) -> Explanation:
    fix = t("Mend the date.") if column.required else t("Mend the date or leave the cell empty.")
    if _FULL_DATE.match(cell):
        return t("Line {line}, column {column}: “{value}” is not in the calendar."), fix
    if _SHORT_YEAR.match(cell):
        return (
            t("Line {line}, column {column}: “{value}” gives the year with two digits only."),
            t("Write the year with four digits, such as 31/12/2025."),
        )
    if _MONTH_ONLY.match(cell):
        return (
            t("Line {line}, column {column}: “{value}” does not name a day."),
            t("Write day, month and year, such as 31/12/2025."),
        )
    return (
        t("Line {line}, column {column}: “{value}” is not a date."),
        t("Write day, month and year, such as 31/12/2025."),
    )


def _length(kind: RuleKind, column: Column) -> Explanation:
    if column.min_length == column.max_length:
        return (
            t(
                "Line {line}, column {column}: “{value}” must have exactly {count} characters.",
                count=column.min_length or 0,
            ),
            t("Compare with the source; zeros at the front are easily lost."),
        )
    if kind is RuleKind.MIN_LENGTH:
        return (
            t(
                "Line {line}, column {column}: “{value}” is shorter than {count} characters.",
                count=column.min_length or 0,
            ),
            t("Compare with the source; zeros at the front are easily lost."),
        )
    return (
        t(
            "Line {line}, column {column}: the text is longer than {count} characters.",
            count=column.max_length or 0,
        ),
        t("Shorten the text."),
    )


def _pattern(column: Column, cell: str) -> Explanation:
    kind = SEMANTIC_TYPES.get(column.semantic_type or "")
    if kind is not None and (fault := fault_of_code(column, cell)) is not None:
        return (
            t("Line {line}, column {column}, “{value}”: {fault}", fault=fault),
            t("Write it like {example}.", example=kind.example),
        )
    if kind is not None:
        return (
            t("Line {line}, column {column}: “{value}” is not written as this kind of code is."),
            t("Write it like {example}.", example=kind.example),
        )
    return (
        t("Line {line}, column {column}: “{value}” does not have the form asked for."),
        t("Look at the description of the column and write the value in that form."),
    )


def _semantic(column: Column) -> Explanation:
    kind = SEMANTIC_TYPES.get(column.semantic_type or "")
    fix = t("Compare with the source and mend the value.")
    if kind is None or kind.fault is None:
        return t("Line {line}, column {column}: “{value}” is not a valid value."), fix
    return (
        t("Line {line}, column {column}, “{value}”: {fault}", fault=kind.fault),
        kind.fix or fix,
    )


def _not_listed(column: Column, hint: str | None) -> Explanation:
    text = t("Line {line}, column {column}: “{value}” is not in the list of values.")
    if hint is not None:
        return text, t("Perhaps “{suggestion}” is meant; write it exactly so.", suggestion=hint)
    if len(column.allowed) <= _LISTED:
        return text, t("Write one of: {values}.", values=", ".join(column.allowed))
    return text, t("Choose a value of the list in the file template.")


def _not_found(dataset: str, hint: str | None) -> Explanation:
    text = t(
        "Line {line}, column {column}: “{value}” does not stand in the dataset {dataset}.",
        dataset=dataset,
    )
    if hint is not None:
        return text, t("Perhaps “{suggestion}” is meant; write it exactly so.", suggestion=hint)
    return text, t("Look the value up in that dataset, or have it entered there first.")


def bound_text(bound: int | Decimal | date | datetime | None, unit: str | None = None) -> Text:
    """Give a bound as a text, which takes the form of the reader's language where it is shown."""
    match bound:
        case datetime():
            return t("{time}, {day}", time=f"{bound:%H:%M}", day=_day_text(bound))
        case date():
            return _day_text(bound)
        case int() | Decimal():
            number = t("{number}", number=_number_param(bound))
            if not unit:
                return number
            return t("{number}%", number=number) if unit == "%" else _with_unit(number, unit)
        case None:
            return t("{number}", number="")


def _number_param(bound: int | Decimal) -> str | float:
    # Years and other short numbers are printed without a sign between thousands.
    if bound == int(bound) and abs(Decimal(bound)) < 10_000:
        return str(int(bound))
    return bound if isinstance(bound, int) else float(bound)


def _with_unit(number: Text, unit: str) -> Text:
    return t("{number} {unit}", number=number, unit=unit)


def _day_text(day: date) -> Text:
    return t(
        "{year}-{month}-{day}", year=str(day.year), month=f"{day.month:02}", day=f"{day.day:02}"
    )
