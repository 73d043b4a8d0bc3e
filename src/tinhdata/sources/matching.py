"""Which column of a source is which column of the contract. Pure.

Only sure matches: equal names but for case, marks and punctuation. Whatever stays open is shown to
a person by the reading of the delivery, as for any file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tinhdata.contracts import Column, Contract, NumberForm
from tinhdata.vietnam import match_key

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Layout:
    """What is read of a source: its columns, what each is called in the file, and what it is."""

    columns: tuple[str, ...]
    """Names at the source, in order."""
    header: tuple[str, ...]
    matched: Mapping[str, str]
    """Column of the contract -> column of the source."""
    forms: tuple[NumberForm, ...]
    """The form that the contract declares for the numbers of each column."""

    def source_of(self, column: str | None) -> str | None:
        """Give the source's column that holds `column` of the contract."""
        return None if column is None else self.matched.get(column)


def layout_of(
    contract: Contract,
    names: Sequence[str],
    explicit: Mapping[str, str],
    called: Mapping[str, str] = _NOTHING,
) -> Layout:
    """Choose what is read of columns called `names`; `called` is what a person said of some.

    Where the definition maps columns, those and no others. Else the columns that the contract
    knows; only where one of the contract's is not found, all of them, so that a person can say
    which it is. More is not fetched than the contract has a place for.
    """
    if explicit:
        matched = {column: name for column, name in explicit.items() if name in names}
        chosen = [name for name in names if name in set(matched.values())]
    else:
        known = {column: name for column, name in called.items() if name in names}
        free = [name for name in names if name not in set(known.values())]
        matched = {**dict(_matches(contract, free)), **known}
        is_whole = len(matched) == len(contract.columns)
        chosen = [name for name in names if not is_whole or name in set(matched.values())]
    column_of = {name: column for column, name in matched.items()}
    return Layout(
        columns=tuple(chosen),
        header=tuple(column_of.get(name, name) for name in chosen),
        matched=matched,
        forms=tuple(_form(contract, column_of.get(name)) for name in chosen),
    )


def missing_columns(contract: Contract, layout: Layout) -> tuple[str, ...]:
    """Give the columns of the contract that nothing was found for."""
    return tuple(name for name in contract.column_names if name not in layout.matched)


def _matches(contract: Contract, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    keys: dict[str, str] = {}
    for name in names:
        keys.setdefault(match_key(name), name)
    taken: set[str] = set()
    for column in contract.columns:
        found = next((keys[key] for key in _keys(column) if key in keys), None)
        if found is not None and found not in taken:
            taken.add(found)
            yield column.name, found


def _keys(column: Column) -> Iterator[str]:
    called = (column.name, column.label.vi, column.label.en, *column.synonyms)
    return (match_key(name) for name in called if name)


def _form(contract: Contract, column: str | None) -> NumberForm:
    return NumberForm.AUTO if column is None else contract.column(column).number_form
