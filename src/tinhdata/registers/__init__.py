"""The published registers: databases, datasets, sharing services, the open data plan.

Each has editions with the decision that approved them, from the pack; its entries are computed from
contracts, releases and the register of databases, so that nothing is typed twice. The terms of use
are published in the same way: by edition, with decision and date.
"""

from tinhdata.registers.errors import RegisterUnknown, TermsUnknown
from tinhdata.registers.model import (
    Article,
    Certainty,
    ContactPoint,
    Cycle,
    DatabaseItem,
    DatasetItem,
    Decision,
    Due,
    Edition,
    Facts,
    Item,
    Kept,
    Law,
    Method,
    PlanItem,
    Register,
    RegisterName,
    ServiceItem,
    Table,
    Terms,
    Wanted,
)
from tinhdata.registers.rules import is_late, layers_of, sectors_of
from tinhdata.registers.service import Registers, Shelves

__all__ = [
    "Article",
    "Certainty",
    "ContactPoint",
    "Cycle",
    "DatabaseItem",
    "DatasetItem",
    "Decision",
    "Due",
    "Edition",
    "Facts",
    "Item",
    "Kept",
    "Law",
    "Method",
    "PlanItem",
    "Register",
    "RegisterName",
    "RegisterUnknown",
    "Registers",
    "ServiceItem",
    "Shelves",
    "Table",
    "Terms",
    "TermsUnknown",
    "Wanted",
    "is_late",
    "layers_of",
    "sectors_of",
]
