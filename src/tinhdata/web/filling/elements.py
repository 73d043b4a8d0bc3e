"""The pages of the data dictionary: the list, one element, what is covered."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

from tinhdata.dictionary import ColumnName, DictionaryMissing, Element, Overlap
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold
from tinhdata.web.contexts.dictionary import (
    CoverageLine,
    CoveragePage,
    ElementLine,
    ElementList,
    ElementPage,
    OverlapLine,
    UnlinkedLine,
    UseLine,
)
from tinhdata.web.contexts.portal import Facet, Figure
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.addresses import dataset_path, pager, with_query, yes_no
from tinhdata.web.filling.dataset import share
from tinhdata.web.filling.reader import Reader

LIST = "/dictionary"
COVERAGE = "/dictionary/coverage"
PER_PAGE = 30
_MOST_UNLINKED = 100
_BLOCKS = "khoi-chuc-nang"


@dataclass(frozen=True, slots=True)
class ElementWish:
    """What the reader asked the list for; each field is a parameter of its address."""

    q: str = ""
    layer: str = ""
    block: str = ""
    official: str = ""

    def said(self, name: str) -> str:
        """Give the field called `name`."""
        value: str = getattr(self, name)
        return value

    def address(self, **changes: str) -> str:
        """Give the address of the list with some fields changed; it leads to the first page."""
        wish = replace(self, **changes)
        return with_query(LIST, {each.name: wish.said(each.name) for each in fields(self)})


_KEYS: Mapping[str, tuple[Text, Callable[[Element], str]]] = MappingProxyType(
    {
        "official": (t("Standing"), lambda element: yes_no(element.is_official)),
        "layer": (t("Data layer"), lambda element: element.layer),
        "block": (t("Block of functions"), lambda element: element.block),
    }
)
_LAYERS: Mapping[str, Text] = MappingProxyType(
    {
        "original": t("Original data"),
        "metadata": t("Descriptive data"),
        "master": t("Master data"),
        "reference": t("Code lists"),
        "transaction": t("Transaction data"),
        "aggregate": t("Aggregate data"),
        "analytical": t("Analytical data"),
        "open": t("Open data"),
    }
)
_OFFICIAL = Badge(t("Official"), Tone.GOOD)
_DRAFTED = Badge(t("Not official yet"), Tone.CALM, "pencil")


def link_to(code: str, name: str | None = None) -> Choice:
    """Give a link to the page of an element."""
    return Choice(code, name or code, href=f"{LIST}/elements/{code}")


def element_list(reader: Reader, wish: ElementWish, page: int) -> ElementList:
    """Give page `page` of the elements found; an empty page where there is no dictionary yet."""
    try:
        all_elements = reader.platform.dictionary.elements(reader.actor)
    except DictionaryMissing:
        return ElementList(wish.q, (), (), (), (), pager(0, 0, PER_PAGE, 0, LIST), is_empty=True)
    uses = reader.platform.dictionary.uses(reader.actor)
    found = [element for element in all_elements if _is_met(element, wish.q)]
    wanted = sorted(
        (element for element in found if _fits(element, wish, _KEYS)),
        key=lambda element: (-_rank(element, wish.q), fold(element.name)),
    )
    offset = (page - 1) * PER_PAGE
    shown = wanted[offset : offset + PER_PAGE]
    return ElementList(
        query=wish.q,
        lines=tuple(
            ElementLine(
                element.code,
                element.name,
                element.business,
                layer_name(element.layer),
                reader.agency_name(element.agency) if element.agency else None,
                _badge(element),
                len(uses.get(element.code, ())),
            )
            for element in shown
        ),
        figures=_figures(reader, all_elements),
        facets=tuple(_facet(reader, name, found, wish) for name in _KEYS),
        active=tuple(
            Choice(value, _said(reader, name, value), chosen=True, href=wish.address(**{name: ""}))
            for name in _KEYS
            if (value := wish.said(name))
        ),
        pager=pager(offset, len(shown), PER_PAGE, len(wanted), wish.address()),
    )


def element_page(reader: Reader, code: str) -> ElementPage:
    """Give one element; raises NoSuchElement and DictionaryMissing."""
    element = reader.platform.dictionary.element(reader.actor, code)
    columns = reader.platform.dictionary.uses(reader.actor).get(code, ())
    return ElementPage(
        code=element.code,
        name=element.name,
        business=element.business,
        technical=element.technical,
        management=element.management,
        layer=layer_name(element.layer),
        block=_block(reader, element.block),
        agency=reader.agency_name(element.agency) if element.agency else None,
        agency_href=f"/agencies/{element.agency}" if element.agency else None,
        badge=_badge(element),
        source=element.source,
        valid_from=element.valid_from,
        valid_to=element.valid_to,
        uses=tuple(_uses(reader, columns)),
    )


def coverage_page(reader: Reader) -> CoveragePage:
    """Give what is linked, what is not, and what is collected twice; raises DictionaryMissing."""
    dictionary = reader.platform.dictionary
    elements = dictionary.elements(reader.actor)
    covered = dictionary.coverage(reader.actor)
    names = _names(reader)
    labels = {element.code: element.name for element in elements}
    lines = sorted(
        (
            CoverageLine(
                name=names.get(dataset, dataset),
                href=dataset_path(dataset, "dictionary"),
                agency=reader.agency_name(_agency_of(reader, dataset)),
                columns=one.columns,
                linked=one.linked,
                official=one.official,
                share=share(one.linked, one.columns, reader.language) if one.columns else "–",
            )
            for dataset, one in covered.by_dataset.items()
        ),
        key=lambda line: (line.linked - line.columns, fold(line.name)),
    )
    shown = covered.unlinked[:_MOST_UNLINKED]
    return CoveragePage(
        figures=_figures(reader, elements),
        lines=tuple(lines),
        unlinked=tuple(
            UnlinkedLine(
                names.get(each.at.dataset, each.at.dataset),
                dataset_path(each.at.dataset, "dictionary"),
                each.label,
                link_to(each.suggestion, labels.get(each.suggestion)) if each.suggestion else None,
            )
            for each in shown
        ),
        more_unlinked=len(covered.unlinked) - len(shown),
        overlaps=tuple(
            _overlap(each, names, labels) for each in dictionary.collected_twice(reader.actor)
        ),
    )


def _figures(reader: Reader, elements: Sequence[Element]) -> tuple[Figure, ...]:
    total = reader.platform.dictionary.coverage(reader.actor).total
    return (
        Figure(len(elements), t("elements in force"), LIST),
        Figure(
            sum(element.is_official for element in elements),
            t("official elements"),
            ElementWish(official="1").address(),
        ),
        Figure(total.linked, t("linked columns"), COVERAGE),
        Figure(total.columns, t("columns of all datasets"), COVERAGE),
    )


def _is_met(element: Element, words: str) -> bool:
    text = fold(f"{element.name} {element.code} {element.business} {element.technical}")
    return all(word in text for word in fold(words).split())


def _rank(element: Element, words: str) -> int:
    """Say how well the name fits: the whole name, its beginning, some place in it."""
    name, wanted = fold(element.name), fold(words)
    if not wanted:
        return 0
    return 3 if name == wanted else 2 if name.startswith(wanted) else int(wanted in name)


def _fits(element: Element, wish: ElementWish, names: Sequence[str] | Mapping[str, object]) -> bool:
    return all(
        not (wanted := wish.said(name)) or _KEYS[name][1](element) == wanted for name in names
    )


def _facet(reader: Reader, name: str, found: Sequence[Element], wish: ElementWish) -> Facet:
    """Count each choice among what fits the other conditions."""
    title, key = _KEYS[name]
    others = [other for other in _KEYS if other != name]
    counts = Counter(key(element) for element in found if _fits(element, wish, others))
    chosen = wish.said(name)
    return Facet(
        title,
        tuple(
            Choice(
                value,
                _said(reader, name, value),
                chosen=value == chosen,
                count=count,
                href=wish.address(**{name: "" if value == chosen else value}),
            )
            for value, count in counts.most_common()
        ),
    )


def _said(reader: Reader, name: str, value: str) -> str | Text:
    match name:
        case "official":
            return t("Official") if value == "1" else t("Not official yet")
        case "layer":
            return layer_name(value)
        case _:
            return _block(reader, value)


def layer_name(layer: str) -> str | Text:
    """Give what a data layer is called."""
    return _LAYERS.get(layer, layer)


def _block(reader: Reader, block: str) -> str:
    entries = reader.platform.pack.code_lists.get(_BLOCKS, ())
    labels = {entry.code: entry.label.in_language(reader.language) for entry in entries}
    return labels.get(block, block)


def _badge(element: Element) -> Badge:
    return _OFFICIAL if element.is_official else _DRAFTED


def _names(reader: Reader) -> dict[str, str]:
    return {each.record.dataset: each.name for each in reader.all}


def _agency_of(reader: Reader, dataset: str) -> str:
    return next((each.record.agency for each in reader.all if each.record.dataset == dataset), "")


def _uses(reader: Reader, columns: Sequence[ColumnName]) -> Iterator[UseLine]:
    names = _names(reader)
    for at in columns:
        contract = reader.platform.registry.active(at.dataset).contract
        column = next((each for each in contract.columns if each.id == at.column), None)
        if column is not None:
            yield UseLine(
                names.get(at.dataset, at.dataset),
                dataset_path(at.dataset, "dictionary"),
                column.name,
                column.label.in_language(reader.language),
            )


def _overlap(each: Overlap, names: Mapping[str, str], labels: Mapping[str, str]) -> OverlapLine:
    return OverlapLine(
        element=labels.get(each.element, each.element),
        href=link_to(each.element).href if each.element in labels else None,
        grain=", ".join(labels.get(code, code) for code in each.grain),
        datasets=tuple(
            Choice(dataset, names.get(dataset, dataset), href=dataset_path(dataset, "dictionary"))
            for dataset in dict.fromkeys(at.dataset for at in each.columns)
        ),
    )
