"""A catalogue over a real database with the register that feeds it, and contracts to put in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from tests.unit.contracts.samples import contract as sample
from tinhdata.access import ANONYMOUS, Access, Actor, ActorKind, Agency, AgencyKind
from tinhdata.catalogue import (
    Catalogue,
    CatalogueQuery,
    FacetName,
    FoundPage,
    ProvinceWords,
)
from tinhdata.contracts import AccessLevel, Bilingual, Column, Contract, LogicalType
from tinhdata.db import Database, Tx
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock
from tinhdata.registry import ContractState, RegisteredContract
from tinhdata.vietnam import Predecessor, Unit

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OFFICER = Actor("per_1", "Cán bộ", ActorKind.PERSON, agency="A99.1")
_KEY = b"k" * 32

UNITS = (
    Unit(
        "01001",
        "Xã Suối Trong",
        "99",
        "Tỉnh Mẫu",
        "Tỉnh Mẫu Cũ",
        ("Huyện Đồi Cao",),
        (
            Predecessor("00101", "Thị trấn Đá Vàng"),
            Predecessor("00102", "Xã Suối Trong"),
        ),
        date(2025, 7, 1),
    ),
)
WORDS = ProvinceWords(units=UNITS, topics={"nong-nghiep": Bilingual("Nông nghiệp", "Agriculture")})


class Shelf:
    """One process over the database: its own catalogue, as a second process would have one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock(NOW)
        journal = Journal(self.clock, _KEY)
        self.access = Access(database, journal, self.clock, _KEY, on_agency=(self._on_agency,))
        self.catalogue = Catalogue(database, self.access, self.clock, WORDS)

    def _on_agency(self, tx: Tx, agency: Agency) -> None:
        self.catalogue.on_agency(tx, agency)

    def name_agency(self, code: str, name: str) -> None:
        """Register an agency, or give it another name."""
        with self.database.transaction() as tx:
            self.access.add_agency(
                tx, "per_1", Agency(code, Bilingual(name), AgencyKind.PROVINCIAL)
            )

    def put(self, *contracts: Contract) -> None:
        """Bring contracts into force."""
        with self.database.transaction() as tx:
            for each in contracts:
                self.tell(tx, each)

    def tell(self, tx: Tx, contract: Contract, state: ContractState = ContractState.ACTIVE) -> None:
        """Tell the catalogue of a contract, as the register does in its transaction."""
        self.catalogue.on_register(
            tx,
            RegisteredContract(
                contract, f"hash-{contract.id}", state, "tests", "per_1", NOW, activated_at=NOW
            ),
        )

    def find(
        self,
        words: str = "",
        reader: Actor = ANONYMOUS,
        filters: Mapping[FacetName, tuple[str, ...]] | None = None,
        *,
        external: bool = False,
    ) -> FoundPage:
        """Ask a question, with the counts of every facet."""
        query = CatalogueQuery(words, filters=filters or {}, facets=True, external=external)
        return self.catalogue.find(query, reader)

    def ids(self, words: str = "", reader: Actor = ANONYMOUS) -> list[str]:
        """Give the datasets that are found, best first."""
        return [hit.record.dataset for hit in self.find(words, reader).hits]


def contract(
    dataset: str,
    name: str,
    *,
    description: str = "",
    columns: Iterable[Column] = (),
    level: AccessLevel = AccessLevel.OPEN,
    agency: str = "A99.1",
    sector: str = "nong-nghiep",
    english: str | None = None,
) -> Contract:
    """Make a contract with these words and no others of its own."""
    return replace(
        sample(),
        id=dataset,
        name=Bilingual(name, english),
        description=Bilingual(description),
        columns=tuple(columns),
        key=(),
        filter_key=(),
        row_rules=(),
        access_level=level,
        agency=agency,
        sector=sector,
        database=None,
        tags=(),
    )


def column(name: str, label: str, *allowed: str, semantic_type: str | None = None) -> Column:
    """Make a text column."""
    return Column(
        id=name,
        name=name,
        label=Bilingual(label),
        logical_type=LogicalType.STRING,
        allowed=allowed,
        semantic_type=semantic_type,
    )
