"""A reader of the portal: what the platform knows, in her language. Made once per request."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from fastapi import Request

from tinhdata.access import Actor, Agency
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import DatabaseEntry, DatasetRecord, Hit
from tinhdata.edge.visits import platform_of, visit_of
from tinhdata.kernel.clock import local_day
from tinhdata.web.filling.freshness import Freshness, freshness
from tinhdata.web.filling.listing import Found
from tinhdata.web.filling.words import sector_name


@dataclass(frozen=True)
class Reader:
    """Who reads, in which language, on which day; names are looked up once."""

    platform: Platform
    actor: Actor
    language: str

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
        return self.find("")

    def find(self, words: str) -> tuple[Found, ...]:
        """Find datasets by words, best first."""
        return tuple(map(self._found, self.platform.catalogue.search(words, self.actor)))

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
        return freshness(last.at if last else None, record.update_cycle, self.today)

    def _found(self, hit: Hit) -> Found:
        record = hit.record
        return Found(
            record=record,
            name=record.name.in_language(self.language),
            summary=record.description.in_language(self.language),
            agency=self.agency_name(record.agency),
            sector=sector_name(self.platform.pack, record.sector, self.language),
            database=self.database_name(record.database),
            freshness=self.freshness(record),
            matched=hit.matched,
        )


def reader_of(request: Request) -> Reader:
    """Give who reads the page that answers `request`."""
    visit = visit_of(request)
    return Reader(platform_of(request), visit.actor, visit.language)
