"""Drafts a dictionary from contracts. Pure: contracts in, elements and links out.

Columns that mean the same become one element: a column that refers to another dataset is the
element of what it refers to; others are one where label, type and unit are the same. Labels of one
word (Mã, Tên, Loại) say nothing alone and stay apart by dataset, and so does a column that names
the rows of its dataset all by itself: the code of a hospital is no code of a hotel.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tinhdata.contracts import Column, Contract
from tinhdata.dictionary.model import ColumnName, Draft, Element, Link, Places
from tinhdata.dictionary.wording import management_of, technical_of
from tinhdata.kernel import Text
from tinhdata.vietnam import fold

Say = Callable[[Text], str]
"""Turns a text into the words of one language."""

_LAYER_ORDER = ("master", "reference", "original", "transaction", "metadata")
_LONGEST_CODE = 60

_Concept = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Root:
    """The column that gives an element its definition."""

    contract: Contract
    column: Column


def draft(
    contracts: Iterable[Contract],
    agency_name: Callable[[str], str],
    places: Places,
    source: str,
    day: date,
    say: Say,
) -> Draft:
    """Draft elements for every column of `contracts`, valid from `day`, never official.

    `source` says where they come from, `say` writes the definitions in the dictionary's language.
    The same contracts give the same draft.
    """
    ordered = sorted(contracts, key=_rank)
    known = {contract.id: contract for contract in ordered}
    roots: dict[_Concept, _Root] = {}
    concepts: dict[ColumnName, _Concept] = {}
    for contract in ordered:
        for column in contract.columns:
            owner, root = root_of(contract, column, known)
            concept = _concept(owner, root)
            roots.setdefault(concept, _Root(owner, root))
            concepts[ColumnName(contract.id, column.id)] = concept
    names = _names(roots)
    codes = _codes(names)
    elements = tuple(
        Element(
            code=codes[concept],
            name=names[concept],
            business=root.column.description.vi or names[concept],
            technical=say(technical_of(root.column)),
            management=say(management_of(root.contract, agency_name(root.contract.agency))),
            layer=root.contract.data_layer,
            block=places.blocks.get(root.contract.sector, places.other_block),
            agency=root.contract.agency,
            is_official=False,
            source=source,
            valid_from=day,
        )
        for concept, root in roots.items()
    )
    links = (Link(at, codes[concept], day) for at, concept in concepts.items())
    return Draft(
        tuple(sorted(elements, key=_element_order)),
        tuple(sorted(links, key=_link_order)),
    )


def merged(kept: Draft, drafted: Draft, day: date) -> Draft:
    """Add to the dictionary `kept` what it says nothing about today; nothing of it changes.

    A drafted element whose name is in force already is not added: its columns are linked to that.
    """
    holding = [element for element in kept.elements if element.holds_on(day)]
    in_force = {element.code for element in holding}
    by_name = {fold(element.name): element.code for element in holding}
    linked = {link.at for link in kept.links if link.holds_on(day) and link.element in in_force}
    taken = {element.code for element in kept.elements}
    renamed: dict[str, str] = {}
    new: dict[str, Element] = {}
    for element in drafted.elements:
        code = by_name.get(fold(element.name))
        if code is None:
            code = next(c for c in _numbered(element.code, len(taken) + 2) if c not in taken)
            taken.add(code)
            new[code] = replace(element, code=code)
        renamed[element.code] = code
    links = [
        replace(link, element=renamed[link.element])
        for link in drafted.links
        if link.at not in linked
    ]
    wanted = {link.element for link in links}
    elements = [*kept.elements, *(each for code, each in new.items() if code in wanted)]
    return Draft(
        tuple(sorted(elements, key=_element_order)),
        tuple(sorted([*kept.links, *links], key=_link_order)),
    )


def root_of(
    contract: Contract, column: Column, known: Mapping[str, Contract]
) -> tuple[Contract, Column]:
    """Follow the references of `column` to the column that defines its values."""
    seen = {(contract.id, column.name)}
    while column.reference is not None:
        target = known.get(column.reference.dataset)
        step = (column.reference.dataset, column.reference.column)
        if target is None or step in seen or step[1] not in target.column_names:
            break
        seen.add(step)
        contract, column = target, target.column(step[1])
    return contract, column


def slug(text: str) -> str:
    """Give `text` as lower-case ASCII words joined by hyphens, at most 60 characters."""
    words = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    short = "-".join(words)[:_LONGEST_CODE]
    return short.strip("-") or "x"


def is_generic(label: str) -> bool:
    """Say whether a label means nothing outside of its dataset."""
    return len(fold(label).split()) < 2


def _rank(contract: Contract) -> tuple[int, str]:
    layers = _LAYER_ORDER
    layer = contract.data_layer
    return layers.index(layer) if layer in layers else len(layers), contract.id


def _concept(contract: Contract, column: Column) -> _Concept:
    alone = (fold(column.label.vi), column.logical_type.value, fold(column.unit or ""))
    is_own = contract.key == (column.name,)
    return (*alone, contract.id) if is_own or is_generic(column.label.vi) else alone


def _names(roots: Mapping[_Concept, _Root]) -> dict[_Concept, str]:
    """Give each concept its label, and its dataset where the label alone is not clear."""
    labels = Counter(fold(root.column.label.vi) for root in roots.values())
    names: dict[_Concept, str] = {}
    for concept, root in roots.items():
        label = root.column.label.vi
        is_clear = labels[fold(label)] == 1 and not is_generic(label)
        names[concept] = label if is_clear else f"{label} ({_of(root)})"
    return names


def _of(root: _Root) -> str:
    """Say of what a column is: of its dataset, without what stands in brackets."""
    name = root.contract.name.vi.partition(" (")[0]
    return f"{name[:1].lower()}{name[1:]}"


def _codes(names: Mapping[_Concept, str]) -> dict[_Concept, str]:
    """Give each concept a code of its own, the plain one to the first that wants it."""
    codes: dict[_Concept, str] = {}
    taken: set[str] = set()
    for concept, name in names.items():
        plain = slug(name)
        code = next(c for c in _numbered(plain, len(taken) + 2) if c not in taken)
        taken.add(code)
        codes[concept] = code
    return codes


def _numbered(plain: str, most: int) -> Sequence[str]:
    return [plain, *(f"{plain}-{number}" for number in range(2, most + 1))]


def _element_order(element: Element) -> tuple[str, date]:
    return element.code, element.valid_from


def _link_order(link: Link) -> tuple[ColumnName, date]:
    return link.at, link.valid_from
