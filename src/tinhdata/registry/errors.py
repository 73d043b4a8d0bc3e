"""What the register of contracts refuses."""

from tinhdata.kernel import Problem


class ContractUnknown(Problem):
    """There is no such contract, or no active one for the dataset."""

    code = "contract-unknown"


class VersionTaken(Problem):
    """The same version of the dataset is registered with other bytes."""

    code = "contract-version-taken"


class VersionTooLow(Problem):
    """The version does not say how much the contract changes."""

    code = "contract-version-too-low"


class ProposalOvertaken(Problem):
    """Somebody else changed the contracts of the dataset while this one was being written."""

    code = "contract-overtaken"


class ContractUnfit(Problem):
    """The contract names an agency, a dataset or a column that is not there or does not fit."""

    code = "contract-unfit"


class WrongState(Problem):
    """The contract is not in the state that the verb needs."""

    code = "contract-wrong-state"


class SecondPersonMissing(Problem):
    """A person may not approve what he himself proposed or signed."""

    code = "contract-second-person"


class SignatureMissing(Problem):
    """The change loosens the protection of the data and nobody has signed for it."""

    code = "contract-signature-missing"
