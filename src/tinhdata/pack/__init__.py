"""A province as data: reads the folder of a pack, and registers what is in it.

Owns the shape of the folder; what agencies, contracts and deliveries are belongs to those below.
"""

from tinhdata.pack.errors import PackFinding, PackInvalid
from tinhdata.pack.load import load_pack
from tinhdata.pack.model import (
    Certainty,
    CodeEntry,
    DatabaseEntry,
    DatabaseKind,
    Law,
    LawStatus,
    Pack,
    PackAgency,
    PackDataset,
)
from tinhdata.pack.service import DeliverSample, Installed, PackLoader, Refused

__all__ = [
    "Certainty",
    "CodeEntry",
    "DatabaseEntry",
    "DatabaseKind",
    "DeliverSample",
    "Installed",
    "Law",
    "LawStatus",
    "Pack",
    "PackAgency",
    "PackDataset",
    "PackFinding",
    "PackInvalid",
    "PackLoader",
    "Refused",
    "load_pack",
]
