"""Quality: a contract's rules run over rows in one scan; what fails waits with every reason.

It owns checking, the measures and quarantine; it reads no delivered bytes and writes no release.
"""

from tinhdata.quality.corrected import rows_beside, same_rows, still_failing
from tinhdata.quality.equation import demand_no_faults
from tinhdata.quality.errors import (
    CheckFailed,
    DecisionImpossible,
    EquationBroken,
    MendsUnreadable,
    QuarantineUnknown,
)
from tinhdata.quality.holding import (
    STATE_NAMES,
    Batch,
    CellMend,
    Corrections,
    Decision,
    Fault,
    ItemKind,
    ItemQuery,
    ItemState,
    KeptFile,
    Mend,
    MendedWorkbook,
    QuarantineCounts,
    QuarantinedItem,
    RuleShare,
    Superseded,
)
from tinhdata.quality.model import (
    BatchFinding,
    CheckContext,
    CheckPlan,
    CheckResult,
    GoodFile,
    HeldFile,
    Limits,
    Measure,
    Reason,
    ReferenceValues,
    Rule,
    RuleKind,
    RuleResult,
    Scope,
    Standardised,
    Step,
)
from tinhdata.quality.rules import compile_checks
from tinhdata.quality.scan import check
from tinhdata.quality.service import Quarantine
from tinhdata.quality.showing import in_language

__all__ = [
    "STATE_NAMES",
    "Batch",
    "BatchFinding",
    "CellMend",
    "CheckContext",
    "CheckFailed",
    "CheckPlan",
    "CheckResult",
    "Corrections",
    "Decision",
    "DecisionImpossible",
    "EquationBroken",
    "Fault",
    "GoodFile",
    "HeldFile",
    "ItemKind",
    "ItemQuery",
    "ItemState",
    "KeptFile",
    "Limits",
    "Measure",
    "Mend",
    "MendedWorkbook",
    "MendsUnreadable",
    "Quarantine",
    "QuarantineCounts",
    "QuarantineUnknown",
    "QuarantinedItem",
    "Reason",
    "ReferenceValues",
    "Rule",
    "RuleKind",
    "RuleResult",
    "RuleShare",
    "Scope",
    "Standardised",
    "Step",
    "Superseded",
    "check",
    "compile_checks",
    "demand_no_faults",
    "in_language",
    "rows_beside",
    "same_rows",
    "still_failing",
]
