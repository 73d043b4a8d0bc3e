"""What the drafted parts of an element say: its technical definition and rules of management."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tinhdata.contracts import AccessLevel, Column, Contract, LogicalType
from tinhdata.kernel import Text, t

_TYPES: Mapping[LogicalType, Text] = MappingProxyType(
    {
        LogicalType.STRING: t("A text"),
        LogicalType.INTEGER: t("A whole number"),
        LogicalType.NUMBER: t("A number"),
        LogicalType.BOOLEAN: t("Yes or no"),
        LogicalType.DATE: t("A day"),
        LogicalType.TIMESTAMP: t("A day and time"),
    }
)

_LEVELS: Mapping[AccessLevel, Text] = MappingProxyType(
    {
        AccessLevel.OPEN: t("open data"),
        AccessLevel.SHARED: t("shared data"),
        AccessLevel.PRIVATE: t("private data"),
    }
)

_CYCLE = re.compile(r"PT?(?P<n>[0-9]+)(?P<unit>[HDWMQY])")
_EVERY: Mapping[str, Callable[[int], Text]] = MappingProxyType(
    {
        "H": lambda n: t("every {n} hours", n=n),
        "D": lambda n: t("every {n} days", n=n),
        "W": lambda n: t("every {n} weeks", n=n),
        "M": lambda n: t("every {n} months", n=n),
        "Q": lambda n: t("every {n} quarters", n=n),
        "Y": lambda n: t("every {n} years", n=n),
    }
)
_MOST_LISTED = 12


def technical_of(column: Column) -> Text:
    """Describe the values of `column`: type, unit, bounds, pattern, list of values."""
    text = _TYPES[column.logical_type]
    if column.decimals is not None:
        text = t("{said} with {places} decimals", said=text, places=column.decimals)
    if column.unit:
        text = t("{said}, in {unit}", said=text, unit=column.unit)
    if column.minimum is not None:
        text = t("{said}, at least {bound}", said=text, bound=str(column.minimum))
    if column.maximum is not None:
        text = t("{said}, at most {bound}", said=text, bound=str(column.maximum))
    if column.max_length is not None:
        text = t("{said}, at most {count} characters", said=text, count=column.max_length)
    if column.allowed:
        text = t("{said}, one of: {values}", said=text, values=_listed(column.allowed))
    if column.pattern:
        text = t("{said}, of the form {pattern}", said=text, pattern=column.pattern)
    if column.reference is not None:
        text = t("{said}, a code of {dataset}", said=text, dataset=column.reference.dataset)
    return t("{said}.", said=text)


def cycle_words(cycle: str | None) -> Text | None:
    """Say how often something is updated (ISO 8601); None where nothing is promised."""
    found = _CYCLE.fullmatch(cycle or "")
    return _EVERY[found["unit"]](int(found["n"])) if found else None


def management_of(contract: Contract, agency: str) -> Text:
    """Describe who manages the values, who may see them and what they rest on."""
    text = t("Managed by {agency}; {level}", agency=agency, level=_LEVELS[contract.access_level])
    if often := cycle_words(contract.update_cycle):
        text = t("{said}; updated {often}", said=text, often=often)
    titles = ", ".join(basis.title for basis in contract.legal_basis)
    if titles:
        text = t("{said}; legal basis: {titles}", said=text, titles=titles)
    return t("{said}.", said=text)


def _listed(values: tuple[str, ...]) -> str:
    more = ", …" if len(values) > _MOST_LISTED else ""
    return ", ".join(values[:_MOST_LISTED]) + more
