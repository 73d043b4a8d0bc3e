"""The register of contracts: proposed, approved, active, retired. It owns their states and bytes.

What a contract says is read by `contracts`; who may use a verb is decided by `access`.
"""

from tinhdata.registry.errors import (
    ContractUnfit,
    ContractUnknown,
    ProposalOvertaken,
    SecondPersonMissing,
    SignatureMissing,
    VersionTaken,
    VersionTooLow,
    WrongState,
)
from tinhdata.registry.model import PACK_ACTOR, ContractState, RegisteredContract
from tinhdata.registry.service import IsAgency, OnRegister, Registry

__all__ = [
    "PACK_ACTOR",
    "ContractState",
    "ContractUnfit",
    "ContractUnknown",
    "IsAgency",
    "OnRegister",
    "ProposalOvertaken",
    "RegisteredContract",
    "Registry",
    "SecondPersonMissing",
    "SignatureMissing",
    "VersionTaken",
    "VersionTooLow",
    "WrongState",
]
