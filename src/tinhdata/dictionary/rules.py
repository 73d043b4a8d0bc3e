"""Pure questions to a dictionary: what is covered, what fits, what is collected twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.dictionary.drafting import is_generic, root_of
from tinhdata.dictionary.model import (
    ColumnName,
    Coverage,
    Element,
    Link,
    Overlap,
    Share,
    Unlinked,
)
from tinhdata.vietnam import fold

_COLLECTED = frozenset({"original", "master", "transaction"})
"""Layers of data that somebody collects; the others are made from them or describe them."""

_MEASURED = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})


def in_force(
    elements: Iterable[Element], links: Iterable[Link], day: date
) -> tuple[dict[str, Element], dict[ColumnName, str]]:
    """Give the elements by code, and the elements of columns, that hold on `day`."""
    holding = {element.code: element for element in elements if element.holds_on(day)}
    linked = {
        link.at: link.element for link in links if link.holds_on(day) and link.element in holding
    }
    return holding, linked


def coverage(
    contracts: Iterable[Contract], elements: Mapping[str, Element], linked: Mapping[ColumnName, str]
) -> Coverage:
    """Count the columns of `contracts` that are linked; name those that are not."""
    shares: dict[str, Share] = {}
    unlinked: list[Unlinked] = []
    by_name = _by_name(elements.values())
    for contract in contracts:
        share = Share()
        for column in contract.columns:
            at = ColumnName(contract.id, column.id)
            code = linked.get(at)
            official = code is not None and elements[code].is_official
            share += Share(1, int(code is not None), int(official))
            if code is None:
                unlinked.append(Unlinked(at, column.label.vi, _suggestion(column, by_name)))
        shares[contract.id] = share
    return Coverage(sum(shares.values(), Share()), shares, tuple(sorted(unlinked, key=_place)))


def collected_twice(
    contracts: Sequence[Contract], linked: Mapping[ColumnName, str]
) -> tuple[Overlap, ...]:
    """Find the figures that several datasets collect about the same things.

    What stands in a connected database is not to be collected again (Luật Dữ liệu 60/2024/QH15,
    Điều 11 khoản 2 điểm b).
    Two datasets overlap where their keys are made of the same elements and a measured column of
    both is the same element; what only refers to another dataset is not collected.
    """
    known = {contract.id: contract for contract in contracts}
    found: dict[tuple[str, tuple[str, ...]], list[ColumnName]] = defaultdict(list)
    for contract in contracts:
        if contract.data_layer not in _COLLECTED or not contract.key:
            continue
        grain = tuple(sorted(_elements_of_key(contract, known, linked)))
        for column in _measures(contract):
            at = ColumnName(contract.id, column.id)
            if at in linked and grain and "" not in grain:
                found[linked[at], grain].append(at)
    return tuple(
        Overlap(element, grain, tuple(sorted(columns)))
        for (element, grain), columns in sorted(found.items())
        if len({column.dataset for column in columns}) > 1
    )


def _elements_of_key(
    contract: Contract, known: Mapping[str, Contract], linked: Mapping[ColumnName, str]
) -> Iterator[str]:
    for name in contract.key:
        owner, root = root_of(contract, contract.column(name), known)
        own = linked.get(ColumnName(contract.id, contract.column(name).id))
        yield linked.get(ColumnName(owner.id, root.id)) or own or ""


def _measures(contract: Contract) -> Iterator[Column]:
    for column in contract.columns:
        is_figure = column.logical_type in _MEASURED and column.reference is None
        if is_figure and column.name not in contract.key and not is_generic(column.label.vi):
            yield column


def _by_name(elements: Iterable[Element]) -> dict[str, str]:
    return {fold(element.name): element.code for element in elements}


def _suggestion(column: Column, by_name: Mapping[str, str]) -> str | None:
    names = (column.label.vi, *column.synonyms)
    return next((by_name[fold(name)] for name in names if fold(name) in by_name), None)


def _place(unlinked: Unlinked) -> ColumnName:
    return unlinked.at
