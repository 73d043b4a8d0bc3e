"""The list of datasets: found, narrowed, counted and sorted. Pure but for its words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.catalogue import DatasetRecord
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold
from tinhdata.web.contexts.portal import DatasetLine, DatasetList, Facet
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.freshness import Freshness
from tinhdata.web.filling.words import LEVELS, badges

PER_PAGE = 20
LIST = "/datasets"
_AT_ONCE = 7
"""How many choices of a facet are shown at once; the chosen one always is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A dataset with what the list says about it, in the reader's language."""

    record: DatasetRecord
    name: str
    summary: str
    agency: str
    sector: str
    database: str | None
    freshness: Freshness
    matched: tuple[str, ...] = ()

    def line(self) -> DatasetLine:
        """Give the line in a list."""
        last = self.record.release
        return DatasetLine(
            id=self.record.dataset,
            name=self.name,
            agency=self.agency,
            summary=self.summary,
            rows=last.rows if last else None,
            updated=last.at if last else None,
            badges=badges(self.record, self.freshness),
            matched=_matched(self.matched),
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asked the list for; each field is a parameter of its address."""

    q: str = ""
    agency: str = ""
    sector: str = ""
    database: str = ""
    level: str = ""
    simulated: str = ""
    late: str = ""
    sort: str = ""

    def said(self, name: str) -> str:
        """Give the field called `name`."""
        value: str = getattr(self, name)
        return value

    def address(self, **changes: str) -> str:
        """Give the address of the list with some fields changed; it leads to the first page."""
        wish = replace(self, **changes)
        return with_query(LIST, {each.name: wish.said(each.name) for each in fields(self)})


Key: TypeAlias = Callable[[Found], str]
Naming: TypeAlias = Callable[[Found], "str | Text"]


def yes_no(value: bool) -> str:
    """Write a yes or no as an address does."""
    return "1" if value else "0"


_FACETS: Mapping[str, tuple[Text, Key, Naming]] = MappingProxyType(
    {
        "agency": (t("Agency"), lambda f: f.record.agency, lambda f: f.agency),
        "sector": (t("Sector"), lambda f: f.record.sector, lambda f: f.sector),
        "database": (
            t("Database"),
            lambda f: f.record.database or "",
            lambda f: f.database or "",
        ),
        "level": (
            t("Access level"),
            lambda f: f.record.access_level.value,
            lambda f: LEVELS[f.record.access_level],
        ),
        "simulated": (
            t("Origin"),
            lambda f: yes_no(f.record.simulated),
            lambda f: t("Simulated data") if f.record.simulated else t("Real data"),
        ),
        "late": (
            t("Updates"),
            lambda f: yes_no(f.freshness.is_late),
            lambda f: t("Overdue") if f.freshness.is_late else t("Not overdue"),
        ),
    }
)


def dataset_list(
    found: Sequence[Found], wish: Wish, page: int, suggestion: str | None
) -> DatasetList:
    """Give page `page` of what was found, narrowed to what `wish` says."""
    wanted = _sorted([each for each in found if _fits(each, wish, _FACETS)], wish)
    offset = (page - 1) * PER_PAGE
    shown = wanted[offset : offset + PER_PAGE]
    return DatasetList(
        query=wish.q,
        lines=tuple(each.line() for each in shown),
        facets=tuple(
            facet
            for name in _FACETS
            for facet in [_facet(name, found, wish)]
            if _narrows(facet, len(wanted))
        ),
        active=tuple(_active(found, wish)),
        pager=pager(offset, len(shown), PER_PAGE, len(wanted), wish.address()),
        suggestion=None
        if suggestion is None
        else Choice(suggestion, suggestion, href=Wish(q=suggestion).address()),
    )


def _fits(each: Found, wish: Wish, names: Iterable[str]) -> bool:
    return all(
        not (wanted := wish.said(name)) or _FACETS[name][1](each) == wanted for name in names
    )


def _sorted(found: list[Found], wish: Wish) -> list[Found]:
    """Keep the order of the search where there were words; newest first where that was asked."""
    if wish.sort == "updated":
        return sorted(found, key=_updated, reverse=True)
    if wish.sort == "name" or not wish.q:
        return sorted(found, key=lambda each: fold(each.name))
    return found


def _updated(each: Found) -> datetime:
    """Give when the dataset was last updated; what never was stands behind everything."""
    last = each.record.release
    return last.at if last else datetime.min.replace(tzinfo=UTC)


def _facet(name: str, found: Sequence[Found], wish: Wish) -> Facet:
    """Count each choice among what fits the other conditions."""
    title, key, naming = _FACETS[name]
    others = [other for other in _FACETS if other != name]
    counted: dict[str, tuple[str | Text, int]] = {}
    for each in found:
        if _fits(each, wish, others) and (value := key(each)):
            label, count = counted.get(value, (naming(each), 0))
            counted[value] = (label, count + 1)
    chosen = wish.said(name)
    ranked = sorted(counted.items(), key=lambda item: (-item[1][1], fold(str(item[1][0]))))
    choices = [
        Choice(
            value,
            label,
            chosen=value == chosen,
            count=count,
            href=wish.address(**{name: "" if value == chosen else value}),
        )
        for value, (label, count) in ranked
    ]
    # Behind “show more” one choice alone would hide nothing but itself.
    cut = _AT_ONCE if len(choices) > _AT_ONCE + 1 else len(choices)
    shown = [each for at, each in enumerate(choices) if at < cut or each.chosen]
    more = [each for each in choices[cut:] if not each.chosen]
    return Facet(title, tuple(shown), tuple(more))


def _narrows(facet: Facet, total: int) -> bool:
    """Say whether the facet offers anything: a choice that all share does not."""
    if len(facet.choices) != 1:
        return bool(facet.choices)
    (only,) = facet.choices
    return only.chosen or only.count != total


def _active(found: Sequence[Found], wish: Wish) -> Iterable[Choice]:
    for name, (_title, key, naming) in _FACETS.items():
        if value := wish.said(name):
            label = next((naming(each) for each in found if key(each) == value), value)
            yield Choice(value, label, chosen=True, href=wish.address(**{name: ""}))


_PLACES = {
    "columns": t("found in the columns"),
    "agency": t("found in the agency's name"),
    "description": t("found in the description"),
}


def _matched(places: Sequence[str]) -> Text | None:
    """Say where the words were met, unless the name shows it."""
    if not places or "name" in places:
        return None
    return next((_PLACES[place] for place in places if place in _PLACES), None)
