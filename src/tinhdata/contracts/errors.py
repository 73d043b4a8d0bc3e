"""What is wrong with a contract."""

from tinhdata.contracts.model import Finding
from tinhdata.kernel import Problem, Text, t


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


class SchemaUnreadable(Problem):
    """A schema of others (CKAN, Frictionless, SQL) cannot be read, or declares no table."""

    code = "schema-unreadable"

    def __init__(self, source: str, reason: Text) -> None:
        super().__init__(
            t("No contract can be drafted from {source}: {reason}.", source=source, reason=reason),
            fix=t("Look whether it is the right file and the right kind was named."),
            where=source,
        )
