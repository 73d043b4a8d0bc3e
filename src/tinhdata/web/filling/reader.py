"""A reader of the portal: what the platform knows, in her language. Made once per request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from fastapi import Request

from tinhdata.access import Actor, Agency
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import (
    CatalogueQuery,
    DatabaseEntry,
    DatasetRecord,
    FacetName,
    FoundPage,
    Match,
)
from tinhdata.edge.visits import platform_of, visit_of
from tinhdata.kernel.clock import local_day
from tinhdata.web.filling.freshness import Freshness, freshness
from tinhdata.web.filling.listing import Found
from tinhdata.web.filling.words import licence_name, sector_name


@dataclass(frozen=True)
class Reader:
    """Who reads, in which language, on which day; names are looked up once."""

    platform: Platform
    actor: Actor
    language: str
    site: str = ""
    """Address under which people reach the portal."""

    @cached_property
    def today(self) -> date:
        """Give the day in Việt Nam."""
        return local_day(self.platform.clock.now())

    @cached_property
    def agencies(self) -> dict[str, Agency]:
        """Give the agencies by code."""
        return {agency.code: agency for agency in self.platform.access.agencies()}

    @cached_property
    def databases(self) -> dict[str, DatabaseEntry]:
        """Give the register of databases by id."""
        return {entry.id: entry for entry in self.platform.catalogue.databases()}

    @cached_property
    def all(self) -> tuple[Found, ...]:
        """Give every dataset that the reader may know of, by name."""
        return tuple(map(self.found, self.platform.catalogue.records(self.actor)))

    def find(self, query: CatalogueQuery) -> FoundPage:
        """Ask the catalogue."""
        return self.platform.catalogue.find(query, self.actor)

    def agency_name(self, code: str) -> str:
        """Give the name of an agency, its code where it is not registered."""
        agency = self.agencies.get(code)
        return agency.name.in_language(self.language) if agency else code

    def database_name(self, database: str | None) -> str | None:
        """Give the name of a database of the register."""
        entry = self.databases.get(database or "")
        return entry.name.in_language(self.language) if entry else database

    def freshness(self, record: DatasetRecord) -> Freshness:
        """Measure the dataset's last release against its contract."""
        last = record.release
        at = None if last is None else self.confirmed.get(last.id, last.at)
        return freshness(at, record.update_cycle, self.today)

    @cached_property
    def confirmed(self) -> Mapping[str, datetime]:
        """Give by release when its rows came again unchanged."""
        return self.platform.deliveries.confirmations()

    def value_name(self, facet: FacetName, value: str) -> str | None:
        """Give what the registers call a value of a facet; None where they do not know it."""
        match facet:
            case FacetName.AGENCY:
                return self.agency_name(value)
            case FacetName.TOPIC:
                return sector_name(self.platform.pack, value, self.language)
            case FacetName.DATABASE:
                return self.database_name(value)
            case FacetName.LICENCE:
                return licence_name(self.platform.pack, value, self.language)
            case _:
                return None

    def found(self, record: DatasetRecord, matches: tuple[Match, ...] = ()) -> Found:
        """Give a dataset with its names, and why it was found."""
        return Found(
            record=record,
            name=record.name.in_language(self.language),
            summary=record.description.in_language(self.language),
            agency=self.agency_name(record.agency),
            sector=sector_name(self.platform.pack, record.sector, self.language),
            freshness=self.freshness(record),
            today=self.today,
            language=self.language,
            matches=matches,
        )


def reader_of(request: Request) -> Reader:
    """Give who reads the page that answers `request`."""
    visit = visit_of(request)
    platform = platform_of(request)
    site = (platform.settings.public_url or str(request.base_url)).rstrip("/")
    return Reader(platform, visit.actor, visit.language, site)
