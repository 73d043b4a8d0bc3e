"""Catalogues of other portals, harvested: CKAN, DCAT-AP and Frictionless, as external entries.

Owns the portals, their runs, and what is known of their datasets: title, licence, where it lies.
No row of theirs is fetched; rows come through `sources`, under a contract of ours.
"""

from tinhdata.harvest.errors import (
    HarvestBusy,
    HarvestInvalid,
    HarvestUnfit,
    HarvestUnknown,
    NoSuchEntry,
)
from tinhdata.harvest.model import (
    Counts,
    ExternalEntry,
    ExternalFile,
    HarvestKind,
    HarvestRun,
    HarvestState,
    KnownEntry,
    Portal,
    PortalView,
)
from tinhdata.harvest.service import Harvest, HarvestParts

__all__ = [
    "Counts",
    "ExternalEntry",
    "ExternalFile",
    "Harvest",
    "HarvestBusy",
    "HarvestInvalid",
    "HarvestKind",
    "HarvestParts",
    "HarvestRun",
    "HarvestState",
    "HarvestUnfit",
    "HarvestUnknown",
    "KnownEntry",
    "NoSuchEntry",
    "Portal",
    "PortalView",
]
