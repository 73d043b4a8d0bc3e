"""What is wrong with a contract."""

from tinhdata.contracts.model import Finding
from tinhdata.kernel import Problem, t


class ContractInvalid(Problem):
    """A contract file breaks the standard or our own rules; `findings` say where."""

    code = "contract-invalid"

    def __init__(self, source: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(
            t("The contract {source} has {count} faults.", source=source, count=len(findings)),
            fix=t("Mend the places named and load it again."),
            where=findings[0].where if findings else source,
        )
        self.source = source
        self.findings = findings
