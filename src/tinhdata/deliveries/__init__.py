"""The life of a delivery: received, checked, mended, published, corrected, withdrawn.

It owns states, accounting and decisions; bytes, rows and releases belong to the facades below.
"""

from tinhdata.deliveries.dry_run import (
    ColumnOutcome,
    DryRun,
    DryRunState,
    OpenItems,
    Outcome,
    RuleOutcome,
    Sample,
)
from tinhdata.deliveries.dry_runs import LookedOver
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
from tinhdata.deliveries.parts import (
    Alongside,
    BeforeRelease,
    Hooks,
    OnDelivery,
    OnRelease,
    Parts,
)
from tinhdata.deliveries.remembering import Remembered
from tinhdata.deliveries.rules import state_name
from tinhdata.deliveries.service import Deliveries
from tinhdata.deliveries.staging import Staging

__all__ = [
    "Alongside",
    "BeforeRelease",
    "Change",
    "CheckReport",
    "ColumnOutcome",
    "CountsDisagree",
    "Deliveries",
    "Delivery",
    "DryRun",
    "DryRunState",
    "Hooks",
    "Kind",
    "LaterReleases",
    "LookedOver",
    "Mended",
    "NoSuchDataset",
    "NoSuchDelivery",
    "NotNow",
    "NothingToDo",
    "OnDelivery",
    "OnRelease",
    "OpenItems",
    "Outcome",
    "Parts",
    "ReasonMissing",
    "Received",
    "Remembered",
    "Rows",
    "RuleOutcome",
    "Sample",
    "SampleFailed",
    "Staging",
    "State",
    "Step",
    "Units",
    "Verb",
    "state_name",
]
