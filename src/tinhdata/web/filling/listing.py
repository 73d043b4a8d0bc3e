"""The list of datasets: a question to the catalogue becomes a page of lines and facets. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote

from tinhdata.catalogue import (
    DatasetRecord,
    FacetCount,
    FacetName,
    FoundPage,
    Match,
    Origin,
    Quality,
    Sorting,
    Timeliness,
    UpdateAge,
)
from tinhdata.edge.searching import PARAMETERS
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold
from tinhdata.web.contexts.portal import DatasetLine, DatasetList, ListFacet
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.freshness import Freshness
from tinhdata.web.filling.reasons import age_text, reading_texts, reasons, titled
from tinhdata.web.filling.words import AREAS, LEVELS, badges

PER_PAGE = 20
LIST = "/datasets"
_AT_ONCE = 6
"""How many values of a facet are shown at once; the chosen ones always are."""

Naming: TypeAlias = Callable[[FacetName, str], "str | Text | None"]
"""Names a value of a facet that only the registers know: an agency, a topic, a database."""

SHOWN: Mapping[FacetName, Text] = MappingProxyType(
    {
        FacetName.AGENCY: t("Agency"),
        FacetName.TOPIC: t("Sector"),
        FacetName.FORMAT: t("Format"),
        FacetName.UPDATED: t("Updated"),
        FacetName.FRESHNESS: t("Rhythm of updates"),
        FacetName.QUALITY: t("Quality"),
        FacetName.AREA: t("Area"),
        FacetName.PERIOD: t("Period"),
        FacetName.ACCESS: t("Access level"),
        FacetName.DATABASE: t("Database"),
        FacetName.ORIGIN: t("Origin"),
    }
)
"""The facets of the page, in their order."""

_VALUES: Mapping[FacetName, Mapping[str, Text]] = MappingProxyType(
    {
        FacetName.UPDATED: {
            UpdateAge.WEEK: t("In the last week"),
            UpdateAge.MONTH: t("In the last month"),
            UpdateAge.QUARTER: t("In the last three months"),
            UpdateAge.YEAR: t("In the last year"),
            UpdateAge.OLDER: t("More than a year ago"),
            UpdateAge.NEVER: t("Nothing published yet"),
        },
        FacetName.FRESHNESS: {
            Timeliness.ON_TIME: t("Not overdue"),
            Timeliness.LATE: t("Overdue"),
            Timeliness.NOT_PROMISED: t("No rhythm promised"),
        },
        FacetName.QUALITY: {
            Quality.PASSED: t("All rules passed"),
            Quality.SOME_HELD: t("Some rows held or marked"),
            Quality.DELIVERY_HELD: t("Last delivery held"),
            Quality.NOT_MEASURED: t("Not measured"),
        },
        FacetName.AREA: {area.value: name for area, name in AREAS.items()},
        FacetName.ACCESS: {level.value: name for level, name in LEVELS.items()},
        FacetName.ORIGIN: {
            Origin.SIMULATED: t("Simulated data"),
            Origin.REAL: t("Real data"),
            Origin.EXTERNAL: t("From another portal"),
        },
    }
)
_FORMATS = {"jsonl": "JSON Lines", "geojson": "GeoJSON", "gpkg": "GeoPackage", "parquet": "Parquet"}
_EXTERNAL = (Badge(t("From another portal"), Tone.CALM, "external-link"),)
_ORDERED = (FacetName.UPDATED, FacetName.QUALITY)
"""Facets whose values have an order of their own."""


@dataclass(frozen=True, slots=True)
class Found:
    """A dataset with what a list says about it, in the reader's language."""

    record: DatasetRecord
    name: str
    summary: str
    agency: str
    sector: str
    freshness: Freshness
    today: date
    language: str
    matches: tuple[Match, ...] = ()

    def line(self) -> DatasetLine:
        """Give the line in a list."""
        last = self.record.release
        external = self.record.external
        return DatasetLine(
            id=self.record.dataset,
            href=f"/external/{quote(external.id, safe='')}" if external else None,
            name=self.name,
            title=titled(self.matches, self.name),
            agency=f"{external.publisher} · {external.source}" if external else self.agency,
            summary=self.summary,
            rows=last.rows if last else None,
            updated=self.record.up_to,
            age=age_text(self.record, self.today),
            badges=_EXTERNAL if external else badges(self.record, self.freshness),
            formats=tuple(format_name(each) for each in self.record.formats),
            reasons=reasons(self.matches, self.name, self.language),
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asked the list for: words, filters, order; written into its address."""

    q: str = ""
    filters: Mapping[FacetName, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    sort: Sorting = Sorting.BEST

    def pairs(self) -> list[tuple[str, str]]:
        """Give the parameters of the address, always in one order."""
        pairs = [("q", self.q)] if self.q else []
        for name, parameter in PARAMETERS.items():
            pairs += [(parameter, value) for value in sorted(self.filters.get(name, ()))]
        return [*pairs, *([("sort", self.sort.value)] if self.sort is not Sorting.BEST else [])]

    def address(self) -> str:
        """Give the address of the first page of the list."""
        return with_query(LIST, self.pairs())

    def without(self, name: FacetName, value: str) -> "Wish":
        """Give the same without a value of a facet."""
        kept = tuple(each for each in self.filters.get(name, ()) if each != value)
        return replace(self, filters={**self.filters, name: kept})

    def sorted_by(self, sort: Sorting) -> "Wish":
        """Give the same in another order."""
        return replace(self, sort=sort)


OVERDUE: Mapping[FacetName, str] = MappingProxyType({FacetName.FRESHNESS: Timeliness.LATE.value})
"""The filter for what is late."""


def narrowed(values: Mapping[FacetName, str]) -> str:
    """Give the address of the list of the datasets with a value of each of some facets."""
    return Wish(filters={name: (value,) for name, value in values.items()}).address()


def dataset_list(
    answer: FoundPage, lines: Sequence[DatasetLine], wish: Wish, page: int, naming: Naming
) -> DatasetList:
    """Give page `page` of what was found for `wish`."""
    return DatasetList(
        query=wish.q,
        lines=tuple(lines),
        facets=tuple(
            facet
            for name in SHOWN
            for facet in [_facet(name, answer.facets.get(name, ()), wish, naming)]
            if _narrows(facet, answer.total)
        ),
        active=tuple(_active(wish, naming)),
        sorts=tuple(
            Choice(sort.value, label, sort is wish.sort, href=wish.sorted_by(sort).address())
            for sort, label in _sorts(wish).items()
        ),
        pager=pager((page - 1) * PER_PAGE, len(lines), PER_PAGE, answer.total, wish.address()),
        kept=tuple(pair for pair in wish.pairs() if pair[0] == "sort"),
        filters=tuple(pair for pair in wish.pairs() if pair[0] not in ("q", "sort")),
        readings=reading_texts(answer.readings),
        suggestion=None
        if answer.suggestion is None
        else Choice(answer.suggestion, answer.suggestion, href=Wish(answer.suggestion).address()),
        is_bare=not (wish.q or any(wish.filters.values())),
    )


def format_name(ending: str) -> str:
    """Give what people call a format."""
    return _FORMATS.get(ending, ending.upper())


def _sorts(wish: Wish) -> Mapping[Sorting, Text]:
    if wish.q:
        return {
            Sorting.BEST: t("Best match"),
            Sorting.UPDATED: t("Newest first"),
            Sorting.NAME: t("By name"),
        }
    return {Sorting.BEST: t("By name"), Sorting.UPDATED: t("Newest first")}


def _named(name: FacetName, value: str, naming: Naming) -> "str | Text":
    if name is FacetName.FORMAT:
        return format_name(value)
    return _VALUES.get(name, {}).get(value) or naming(name, value) or value


def _facet(name: FacetName, counts: Sequence[FacetCount], wish: Wish, naming: Naming) -> ListFacet:
    chosen = wish.filters.get(name, ())
    counted = {each.value: each.count for each in counts}
    # What was chosen is shown even where nothing has it any more, so that it can be taken away.
    values = [*counted, *(value for value in chosen if value not in counted)]
    choices = [
        Choice(value, _named(name, value, naming), value in chosen, counted.get(value, 0))
        for value in values
    ]
    choices.sort(key=lambda choice: _rank(name, choice))
    # Behind “show more” one choice alone would hide nothing but itself.
    cut = _AT_ONCE if len(choices) > _AT_ONCE + 1 else len(choices)
    shown = [each for at, each in enumerate(choices) if at < cut or each.chosen]
    more = [each for each in choices[cut:] if not each.chosen]
    return ListFacet(SHOWN[name], PARAMETERS[name], tuple(shown), tuple(more))


def _rank(name: FacetName, choice: Choice) -> tuple[int, str]:
    if name in _ORDERED:
        return list(_VALUES[name]).index(choice.value) if choice.value in _VALUES[name] else 99, ""
    if name is FacetName.PERIOD:
        return -int(choice.value) if choice.value.isdigit() else 0, choice.value
    return -(choice.count or 0), fold(str(choice.label))


def _narrows(facet: ListFacet, total: int) -> bool:
    """Say whether the facet offers anything: a choice that all share does not."""
    if len(facet.choices) != 1:
        return bool(facet.choices)
    (only,) = facet.choices
    return only.chosen or only.count != total


def _active(wish: Wish, naming: Naming) -> Iterable[Choice]:
    for name in FacetName:
        for value in wish.filters.get(name, ()):
            href = wish.without(name, value).address()
            yield Choice(value, _named(name, value, naming), chosen=True, href=href)
