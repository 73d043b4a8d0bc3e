"""A made-up catalogue of any size, put together anew from the contracts of the pack."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tinhdata.catalogue import Catalogue, Quality
from tinhdata.catalogue import store as catalogue_store
from tinhdata.catalogue.describing import parts_of
from tinhdata.catalogue.model import LastRelease
from tinhdata.contracts import AccessLevel, Contract
from tinhdata.contracts.model import Bilingual
from tinhdata.db import Database
from tinhdata.pack import Pack, load_pack
from tinhdata.registry import ContractState, RegisteredContract

PACK = Path(__file__).resolve().parents[2] / "packs" / "thai-nguyen"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_LEVELS = (AccessLevel.OPEN,) * 8 + (AccessLevel.SHARED, AccessLevel.PRIVATE)
_QUALITIES = (Quality.PASSED, Quality.SOME_HELD, Quality.NOT_MEASURED)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Document:
    """One dataset of the made-up catalogue: what every engine gets to know of it."""

    contract: Contract
    year: int
    quality: Quality
    released: datetime

    def texts(self) -> dict[str, str]:
        """Give its texts by place, for engines that keep one column each."""
        found: dict[str, list[str]] = {}
        for part in parts_of(self.contract):
            found.setdefault(part.place.value, []).append(part.text)
        return {place: " ".join(texts) for place, texts in found.items()}


def documents(pack: Pack, count: int, seed: int = 5) -> Iterator[Document]:
    """Make `count` datasets: the columns of one contract and of a second, a place and a year."""
    draw = random.Random(seed)
    contracts = [each.contract for each in pack.datasets]
    agencies = [entry.agency.code for entry in pack.agencies]
    for number in range(count):
        first, second = draw.choice(contracts), draw.choice(contracts)
        year, unit = draw.randrange(2010, 2027), draw.choice(pack.units)
        columns = {c.name: c for c in draw.sample(second.columns, min(4, len(second.columns)))}
        columns |= {column.name: column for column in first.columns}
        words = draw.sample(
            second.description.vi.split(), min(12, len(second.description.vi.split()))
        )
        contract = replace(
            first,
            id=f"{first.id}-{number}",
            name=Bilingual(f"{first.name.vi}, {unit.name} năm {year}", first.name.en),
            description=Bilingual(
                f"{first.description.vi} {' '.join(words)}", first.description.en
            ),
            agency=draw.choice(agencies),
            access_level=draw.choice(_LEVELS),
            columns=tuple(columns.values()),
            tags=(*first.tags, *second.tags[:1]),
        )
        released = _START + timedelta(hours=draw.randrange(0, 7_000))
        yield Document(contract, year, draw.choice(_QUALITIES), released)


def registered(contract: Contract, at: datetime) -> RegisteredContract:
    """Give a contract as the register tells of one that came into force."""
    return RegisteredContract(
        contract=contract,
        hash=contract.id,
        state=ContractState.ACTIVE,
        source="benchmark",
        proposed_by="benchmark",
        proposed_at=at,
        activated_at=at,
    )


def fill(db: Database, catalogue: Catalogue, made: Sequence[Document]) -> None:
    """Enter the documents into the catalogue, as if each had been registered and released."""
    for first in range(0, len(made), _CHUNK):
        with db.transaction() as tx:
            for document in made[first : first + _CHUNK]:
                contract = document.contract
                catalogue.on_register(tx, registered(contract, document.released))
                catalogue_store.put_check(tx, contract.id, document.quality, False)
                catalogue_store.put_release(
                    tx,
                    contract.id,
                    LastRelease(f"rel_{contract.id}", 1, 1_000, document.released),
                    contract.id,
                    document.released,
                )


def whole_pack() -> Pack:
    """Read the pack with its contracts."""
    return load_pack(PACK, None)
