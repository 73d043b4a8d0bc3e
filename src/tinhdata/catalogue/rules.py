"""Pure search over catalogue records: folded words, accented matches first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tinhdata.catalogue.model import DatasetRecord, Hit
from tinhdata.contracts import Contract
from tinhdata.vietnam import fold, nfc

WEIGHTS: Mapping[str, int] = MappingProxyType(
    {"name": 8, "columns": 3, "agency": 2, "description": 1}
)
"""How much a word counts by the place where it stands; a title says most about a dataset."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with the texts it can be found by, one per place."""

    record: DatasetRecord
    texts: Mapping[str, str]


def texts_of(contract: Contract, agency_name: str) -> dict[str, str]:
    """Give the searchable text of each place of a contract."""
    columns = " ".join(
        part
        for column in contract.columns
        for part in (column.name, column.label.vi, column.label.en or "", *column.synonyms)
    )
    return {
        "name": f"{contract.name.vi} {contract.name.en or ''} {contract.id}",
        "description": f"{contract.description.vi} {contract.description.en or ''}",
        "columns": columns,
        "agency": agency_name,
    }


def search(entries: Iterable[Entry], words: str) -> tuple[Hit, ...]:
    """Find the entries in which every word of `words` stands, best first.

    Words are compared folded (no diacritics, no case), so "dat dai" finds "Đất đai"; where the
    reader typed diacritics, entries that have them come first. No words find everything, by name.
    """
    accented = nfc(words).casefold().split()
    scored = [
        (score, entry, matched)
        for entry in entries
        for score, matched in [_score(entry, accented)]
        if matched or not accented
    ]
    scored.sort(key=lambda item: (-item[0], fold(item[1].record.name.vi), item[1].record.dataset))
    return tuple(Hit(entry.record, matched) for _, entry, matched in scored)


def _score(entry: Entry, accented: list[str]) -> tuple[int, tuple[str, ...]]:
    exact = {place: nfc(text).casefold() for place, text in entry.texts.items()}
    folded = {place: fold(text) for place, text in entry.texts.items()}
    score, places = 0, set[str]()
    for word in accented:
        plain = fold(word)
        found = [place for place in WEIGHTS if plain in folded.get(place, "")]
        if not found:
            return 0, ()
        places |= set(found)
        score += max(WEIGHTS[place] * (2 if word in exact[place] else 1) for place in found)
    return score, tuple(place for place in WEIGHTS if place in places)
