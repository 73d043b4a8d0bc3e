"""The life of a delivery: received, checked, mended, published, corrected, withdrawn.

It owns states, accounting and decisions; bytes, rows and releases belong to the facades below.
"""

from tinhdata.deliveries.errors import (
    CountsDisagree,
    LaterReleases,
    NoSuchDataset,
    NoSuchDelivery,
    NothingToDo,
    NotNow,
    ReasonMissing,
    SampleFailed,
)
from tinhdata.deliveries.model import (
    Change,
    CheckReport,
    Delivery,
    Kind,
    Mended,
    Received,
    Rows,
    State,
    Step,
    Units,
    Verb,
)
from tinhdata.deliveries.parts import BeforeRelease, Hooks, OnRelease, Parts
from tinhdata.deliveries.rules import state_name
from tinhdata.deliveries.service import Deliveries
from tinhdata.deliveries.staging import Staging

__all__ = [
    "BeforeRelease",
    "Change",
    "CheckReport",
    "CountsDisagree",
    "Deliveries",
    "Delivery",
    "Hooks",
    "Kind",
    "LaterReleases",
    "Mended",
    "NoSuchDataset",
    "NoSuchDelivery",
    "NotNow",
    "NothingToDo",
    "OnRelease",
    "Parts",
    "ReasonMissing",
    "Received",
    "Rows",
    "SampleFailed",
    "Staging",
    "State",
    "Step",
    "Units",
    "Verb",
    "state_name",
]
