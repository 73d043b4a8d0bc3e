"""Asking the catalogue for a reader: a page of the list, and what is suggested while she types."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.catalogue import CatalogueQuery, FacetName, Suggestion, SuggestionKind
from tinhdata.kernel import Text, t
from tinhdata.web.contexts.portal import DatasetList, Suggested
from tinhdata.web.filling.addresses import dataset_path
from tinhdata.web.filling.listing import PER_PAGE, Wish, dataset_list, narrowed
from tinhdata.web.filling.reader import Reader

_MOST_PAGES = 5_000

_KINDS: Mapping[SuggestionKind, tuple[Text, str]] = MappingProxyType(
    {
        SuggestionKind.DATASET: (t("Dataset"), "rows-3"),
        SuggestionKind.AGENCY: (t("Agency"), "landmark"),
        SuggestionKind.TOPIC: (t("Sector"), "layers"),
        SuggestionKind.PLACE: (t("Place"), "map-pin"),
    }
)


def listed_datasets(reader: Reader, wish: Wish, number: int) -> DatasetList:
    """Give a page of the datasets that are found for `wish`."""
    number = min(number, _MOST_PAGES)
    query = CatalogueQuery(
        words=wish.q,
        filters=wish.filters,
        sort=wish.sort,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
        facets=True,
        external=True,
    )
    answer = reader.find(query)
    lines = [reader.found(hit.record, hit.matches).line() for hit in answer.hits]
    return dataset_list(answer, lines, wish, number, reader.value_name)


def suggested(reader: Reader, words: str) -> tuple[Suggested, ...]:
    """Give the lines that are suggested for what was typed so far."""
    found = reader.platform.catalogue.suggest(words, reader.actor)
    return tuple(_line(reader, each) for each in found)


def _line(reader: Reader, each: Suggestion) -> Suggested:
    kind, icon = _KINDS[each.kind]
    return Suggested(
        kind=kind,
        icon=icon,
        text=each.text.in_language(reader.language),
        href=_href(each),
        count=each.count,
        note=t("today {now}", now=each.now) if each.now else None,
    )


def _href(each: Suggestion) -> str:
    match each.kind:
        case SuggestionKind.DATASET:
            return dataset_path(each.key)
        case SuggestionKind.AGENCY:
            return narrowed({FacetName.AGENCY: each.key})
        case SuggestionKind.TOPIC:
            return narrowed({FacetName.TOPIC: each.key})
        case SuggestionKind.PLACE:
            return Wish(each.text.vi).address()
