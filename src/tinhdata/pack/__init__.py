"""A province as data: reads the folder of a pack, and registers what is in it.

Owns the shape of the folder; what agencies, contracts and deliveries are belongs to those below.
"""

from tinhdata.pack.errors import PackFinding, PackInvalid, SampleUnusable
from tinhdata.pack.load import load_pack
from tinhdata.pack.model import (
    CodeEntry,
    DatabaseEntry,
    DatabaseKind,
    Law,
    LawStatus,
    Pack,
    PackAgency,
    PackDataset,
)
from tinhdata.pack.sample_files import SampleForm
from tinhdata.pack.samples import Commune, Generator, Row, Samples, World
from tinhdata.pack.service import DeliverSample, Installed, PackLoader, Refused
from tinhdata.registers import Certainty

__all__ = [
    "Certainty",
    "CodeEntry",
    "Commune",
    "DatabaseEntry",
    "DatabaseKind",
    "DeliverSample",
    "Generator",
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
    "Row",
    "SampleForm",
    "SampleUnusable",
    "Samples",
    "World",
    "load_pack",
]
