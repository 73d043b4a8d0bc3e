"""The filters of a table: fields to fill in, and chips for those in force. Pure."""

from collections.abc import Sequence
from datetime import date

from starlette.datastructures import QueryParams

from tinhdata.contracts import Column, LogicalType
from tinhdata.edge.language import day_text, number
from tinhdata.kernel import Text, t
from tinhdata.web.contexts.filters import ColumnFilter
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.words import NUMERIC, TEMPORAL, label_of

_PREFIX = "f."
_FROM, _TO, _IS = ".from", ".to", ".is"
_YES_NO = (("true", t("yes")), ("false", t("no")))


def column_filters(
    columns: Sequence[Column], params: QueryParams, language: str
) -> tuple[ColumnFilter, ...]:
    """Give the filter field of each column that the contract lets people filter by."""
    return tuple(_field(column, params, language) for column in columns if column.filterable)


def chips(
    path: str, columns: Sequence[Column], params: QueryParams, language: str
) -> tuple[Choice, ...]:
    """Give the conditions in force; the address of each takes it away."""
    pairs = [(name, value) for name, value in params.multi_items() if value and name != "page"]
    by_name = {column.name: column for column in columns}
    found = []
    for at, (name, value) in enumerate(pairs):
        said = _said(name, value, by_name, language)
        if said is not None:
            without = [pair for place, pair in enumerate(pairs) if place != at]
            found.append(Choice(name, said, chosen=True, href=with_query(path, without)))
    return tuple(found)


def is_exact(name: str) -> bool:
    """Say whether a parameter asks for the value itself; no field of the form shows it."""
    return name.startswith(_PREFIX) and name.endswith(_IS)


def _field(column: Column, params: QueryParams, language: str) -> ColumnFilter:
    name, label = column.name, label_of(column, language)
    value = params.get(_PREFIX + name, "")
    if column.logical_type is LogicalType.BOOLEAN:
        chosen = tuple(Choice(word, said, word == value) for word, said in _YES_NO)
        return ColumnFilter(name, label, "one", value, choices=chosen)
    if column.allowed:
        chosen = tuple(Choice(word, word, word == value) for word in column.allowed)
        return ColumnFilter(name, label, "one", value, choices=chosen)
    if column.logical_type in NUMERIC | TEMPORAL:
        return ColumnFilter(
            name,
            label,
            "range",
            low=params.get(_PREFIX + name + _FROM, ""),
            high=params.get(_PREFIX + name + _TO, ""),
            input_type="date" if column.logical_type in TEMPORAL else "text",
            unit=column.unit,
        )
    return ColumnFilter(name, label, "contains", value)


def _said(name: str, value: str, columns: dict[str, Column], language: str) -> Text | None:
    """Say the condition `name`=`value` in words, None where it is none of ours."""
    if name == "q":
        return t("with the words “{words}”", words=value)
    if not name.startswith(_PREFIX):
        return None
    plain = name.removeprefix(_PREFIX)
    if (column := columns.get(plain)) is not None:
        label = label_of(column, language)
        if column.logical_type is LogicalType.STRING and not column.allowed:
            return t("{column} contains “{value}”", column=label, value=value)
        return Text(
            "{column}: {value}", {"column": label, "value": _written(column, value, language)}
        )
    if plain.endswith(_IS) and (column := columns.get(plain.removesuffix(_IS))) is not None:
        exact = {"column": label_of(column, language), "value": _written(column, value, language)}
        return Text("{column}: {value}", exact)
    for ending, sentence in ((_FROM, t("{column} from {value}")), (_TO, t("{column} to {value}"))):
        column = columns.get(plain.removesuffix(ending))
        if plain.endswith(ending) and column is not None:
            written = _written(column, value, language)
            return Text(sentence.msgid, {"column": label_of(column, language), "value": written})
    return None


def _written(column: Column, value: str, language: str) -> str | Text:
    """Write a value of an address as the reader does; what cannot be read stays as it is."""
    if column.logical_type is LogicalType.BOOLEAN:
        return dict(_YES_NO).get(value, value)
    try:
        if column.logical_type in NUMERIC:
            return number(float(value), language) if "." in value else number(int(value), language)
        if column.logical_type in TEMPORAL:
            return day_text(date.fromisoformat(value[:10]), language)
    except ValueError:
        return value
    return value
