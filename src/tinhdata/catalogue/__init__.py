"""The registers of databases and datasets, and the search over them.

A record is written in the transaction that changes what it describes: a contract, a release, a
check, the name of an agency. Every answer reads what changed since the last one, so search, facets
and records never disagree, and there is nothing to rebuild.
"""

from tinhdata.catalogue.errors import NoSuchRecord
from tinhdata.catalogue.facets import timeliness, update_age
from tinhdata.catalogue.looking import Looker
from tinhdata.catalogue.model import (
    LONGEST_QUESTION,
    MAP_FORMATS,
    MOST_HITS,
    TABLE_FORMATS,
    Area,
    CatalogueQuery,
    DatabaseEntry,
    DatabaseKind,
    DatasetRecord,
    ExternalEntry,
    FacetCount,
    FacetName,
    FoundPage,
    Hit,
    LastRelease,
    Match,
    Origin,
    Piece,
    Place,
    ProvinceWords,
    Quality,
    Reading,
    ReadingKind,
    Sorting,
    Suggestion,
    SuggestionKind,
    Timeliness,
    UpdateAge,
)
from tinhdata.catalogue.overdue import Freshness, freshness
from tinhdata.catalogue.service import Catalogue

__all__ = [
    "LONGEST_QUESTION",
    "MAP_FORMATS",
    "MOST_HITS",
    "TABLE_FORMATS",
    "Area",
    "Catalogue",
    "CatalogueQuery",
    "DatabaseEntry",
    "DatabaseKind",
    "DatasetRecord",
    "ExternalEntry",
    "FacetCount",
    "FacetName",
    "FoundPage",
    "Freshness",
    "Hit",
    "LastRelease",
    "Looker",
    "Match",
    "NoSuchRecord",
    "Origin",
    "Piece",
    "Place",
    "ProvinceWords",
    "Quality",
    "Reading",
    "ReadingKind",
    "Sorting",
    "Suggestion",
    "SuggestionKind",
    "Timeliness",
    "UpdateAge",
    "freshness",
    "timeliness",
    "update_age",
]
