"""Public vocabularies and how our words map to them; the tables lie beside this file."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from tinhdata.contracts import AS_DECIDED, AccessLevel, Bilingual, Contract
from tinhdata.contracts.model import LogicalType
from tinhdata.standards.model import Licence

EU = "http://publications.europa.eu/resource/authority/"
"""The authority tables of the Publications Office, which DCAT-AP 3 names as its vocabularies."""
FREQUENCY = f"{EU}frequency/"
THEME = f"{EU}data-theme/"
FILE_TYPE = f"{EU}file-type/"
ACCESS_RIGHT = f"{EU}access-right/"
LANGUAGE: Mapping[str, str] = MappingProxyType(
    {"vi": f"{EU}language/VIE", "en": f"{EU}language/ENG"}
)
AVAILABLE = f"{EU}planned-availability/STABLE"
COMPLETED = "http://purl.org/adms/status/Completed"
PUBLISHER_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "provincial": "http://purl.org/adms/publishertype/RegionalAuthority",
        "commune": "http://purl.org/adms/publishertype/LocalAuthority",
    }
)
IANA = "https://www.iana.org/assignments/media-types/"
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
DCAT_AP = "http://data.europa.eu/r5r/"

RIGHTS: Mapping[AccessLevel, str] = MappingProxyType(
    {
        AccessLevel.OPEN: f"{ACCESS_RIGHT}PUBLIC",
        AccessLevel.SHARED: f"{ACCESS_RIGHT}RESTRICTED",
        AccessLevel.PRIVATE: f"{ACCESS_RIGHT}NON_PUBLIC",
    }
)
"""Luật Dữ liệu 60/2024, Điều 13, in the words of the European vocabulary of access rights."""

XSD_TYPES: Mapping[LogicalType, str] = MappingProxyType(
    {
        LogicalType.STRING: "string",
        LogicalType.INTEGER: "integer",
        LogicalType.NUMBER: "decimal",
        LogicalType.BOOLEAN: "boolean",
        LogicalType.DATE: "date",
        LogicalType.TIMESTAMP: "dateTime",
    }
)


@dataclass(frozen=True, slots=True)
class Format:
    """A form of files: ending, media type (IANA), code of the European file types, its name."""

    form: str
    media_type: str
    code: str
    title: Bilingual


@dataclass(frozen=True, slots=True)
class Named:
    """A measured dimension in words."""

    label: Bilingual
    meaning: Bilingual


def frequency(contract: Contract) -> str | None:
    """Give how often a dataset is updated, as an address of the European vocabulary.

    A cycle that the vocabulary does not have is OTHER; without a cycle the layer decides (lists
    change when a decision changes them), else None.
    """
    if contract.update_cycle is not None:
        return FREQUENCY + _frequencies().get(contract.update_cycle, "OTHER")
    return f"{FREQUENCY}IRREG" if contract.data_layer in AS_DECIDED else None


@cache
def _frequencies() -> Mapping[str, str]:
    return MappingProxyType({row["cycle"]: row["code"] for row in _rows("frequencies.csv")})


@cache
def formats() -> Mapping[str, Format]:
    """Give the forms that rows are published in, by ending, in the order of the table."""
    return MappingProxyType(
        {
            row["form"]: Format(
                row["form"],
                row["media_type"],
                row["code"],
                Bilingual(row["title_vi"], row["title_en"]),
            )
            for row in _rows("formats.csv")
        }
    )


@cache
def known_licences() -> Mapping[str, Licence]:
    """Give the licences that the world knows by their code, with the address of their text."""
    return MappingProxyType(
        {
            row["code"]: Licence(row["code"], row["address"], Bilingual(row["name"], row["name"]))
            for row in _rows("licences.csv")
        }
    )


@cache
def dimensions() -> Mapping[str, Named]:
    """Give the measured dimensions in words, by code."""
    return MappingProxyType(
        {
            row["code"]: Named(
                Bilingual(row["label_vi"], row["label_en"]),
                Bilingual(row["meaning_vi"], row["meaning_en"]),
            )
            for row in _rows("dimensions.csv")
        }
    )


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("tinhdata.standards") / "vocabularies" / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def shapes_text() -> str:
    """Give the shapes of the check (SHACL, Turtle)."""
    path = resources.files("tinhdata.standards") / "shapes" / "portal.ttl"
    return path.read_text(encoding="utf-8")
