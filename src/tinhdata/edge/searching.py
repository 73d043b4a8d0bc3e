"""Addresses that narrow the list of datasets: which parameter is which facet, on every edge."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tinhdata.catalogue import FacetName

MOST_VALUES = 20
"""Values of one facet that an address may name."""

PARAMETERS: Mapping[FacetName, str] = MappingProxyType(
    {
        FacetName.AGENCY: "agency",
        FacetName.TOPIC: "sector",
        FacetName.FORMAT: "format",
        FacetName.UPDATED: "updated",
        FacetName.FRESHNESS: "freshness",
        FacetName.QUALITY: "quality",
        FacetName.AREA: "area",
        FacetName.PERIOD: "year",
        FacetName.ACCESS: "access_level",
        FacetName.DATABASE: "database",
        FacetName.ORIGIN: "origin",
        FacetName.TAG: "tag",
        FacetName.LICENCE: "licence",
    }
)
_FACETS = {parameter: name for name, parameter in PARAMETERS.items()}


def filters_of(parameters: Iterable[tuple[str, str]]) -> dict[FacetName, tuple[str, ...]]:
    """Read the filters of an address; parameters that are no facet are passed over."""
    found: dict[FacetName, list[str]] = {}
    for parameter, value in parameters:
        name = _FACETS.get(parameter)
        if name is not None and value and value not in found.setdefault(name, []):
            found[name].append(value)
    return {name: tuple(values[:MOST_VALUES]) for name, values in found.items()}
