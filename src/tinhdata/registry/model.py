"""The nouns of the register of contracts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tinhdata.contracts import Contract

PACK_ACTOR = "pack"
"""The one proposer that may approve its own contracts: a demo pack, and every record says so."""


class ContractState(StrEnum):
    """Where a version of a contract stands. Deliveries are taken under the active one."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class RegisteredContract:
    """A version of a dataset's contract with its hash, its state and who brought it there."""

    contract: Contract
    hash: str
    state: ContractState
    source: str
    """Name of the file that it was proposed from."""
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    signed_by: str | None = None
    """Who signed for data protection, where that is needed."""
    signed_at: datetime | None = None
    activated_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def dataset(self) -> str:
        """Give the id of the dataset."""
        return self.contract.id

    @property
    def version(self) -> str:
        """Give the version of the contract."""
        return self.contract.version

    @property
    def is_approved_automatically(self) -> bool:
        """Say whether no person has approved it, but the demo pack that brought it."""
        return self.approved_by == PACK_ACTOR
