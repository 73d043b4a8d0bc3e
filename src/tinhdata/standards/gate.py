"""The gate before publishing: a dataset of the catalogue that breaks a shape is not released."""

from collections.abc import Sequence
from functools import lru_cache

from tinhdata.access import Access, Agency
from tinhdata.contracts import AccessLevel, Contract, Severity
from tinhdata.kernel import Text, t
from tinhdata.standards import rules
from tinhdata.standards.addresses import Addresses
from tinhdata.standards.model import Complaint, Portal, Publication
from tinhdata.warehouse import StagedFile

SITE = "https://portal.invalid"
"""Stands for the portal's address where nobody reads what is written."""
_KEPT = 4096


class PublishingCheck:
    """Checks what a dataset says in the catalogue by the shapes, once per contract and agency."""

    def __init__(self, access: Access, portal: Portal) -> None:
        self._access = access
        self._portal = portal
        self._checked = lru_cache(maxsize=_KEPT)(self._check)

    def complaints(self, contract: Contract) -> tuple[Complaint, ...]:
        """Say what `contract` lacks to stand in the catalogue; private data never stands there."""
        if contract.access_level is AccessLevel.PRIVATE:
            return ()
        agency = self._agency(contract.agency)
        return self._checked(_Whole(contract), agency)

    @property
    def checks(self) -> int:
        """Give how many contracts were really looked at."""
        return self._checked.cache_info().misses

    def before_release(self, contract: Contract, _staged: Sequence[StagedFile]) -> tuple[Text, ...]:
        """Say why the dataset may not be published, nothing where it may (hook of deliveries)."""
        found = [each for each in self.complaints(contract) if each.forbids]
        return tuple(_said(complaint) for complaint in found)

    def of(self, publication: Publication) -> tuple[Complaint, ...]:
        """Say what a publication lacks as it stands today."""
        return _complaints(publication, self._portal)

    def _check(self, whole: "_Whole", agency: Agency | None) -> tuple[Complaint, ...]:
        return complaints_of(whole.contract, agency, self._portal)

    def _agency(self, code: str) -> Agency | None:
        return next((a for a in self._access.agencies() if a.code == code), None)


def complaints_of(
    contract: Contract, agency: Agency | None, portal: Portal
) -> tuple[Complaint, ...]:
    """Say what a contract of `agency` lacks to stand in the catalogue of `portal`."""
    if contract.access_level is AccessLevel.PRIVATE:
        return ()
    said = _complaints(rules.prospective(contract, "", agency), portal)
    return (*_unapproved(contract, portal), *said)


def _unapproved(contract: Contract, portal: Portal) -> tuple[Complaint, ...]:
    """Say that nobody of the owning agency approved a licence that gives more away."""
    licence = portal.licences.get(contract.licence or "")
    approval = contract.licence_approval
    if licence is None or not licence.by_approval:
        return ()
    if approval is not None and approval.agency == contract.agency:
        return ()
    text = t(
        "The agency that owns the dataset has not approved the licence {code}.", code=licence.code
    )
    fix = t("Name its approval as licenceApproval, or take the province's own terms of use.")
    return (Complaint("licence-approval", Severity.ERROR, text, fix),)


def _complaints(publication: Publication, portal: Portal) -> tuple[Complaint, ...]:
    # Loading the libraries takes longer than a check; only who checks pays for it.
    from tinhdata.standards.dataset_graph import write_dataset
    from tinhdata.standards.graph import Writer, new_graph
    from tinhdata.standards.shacl import complaints

    graph = new_graph()
    write_dataset(Writer(graph, portal, Addresses(SITE)), publication)
    # What the dataset only names is described, and checked, with the whole catalogue.
    return tuple(c for c in complaints(graph) if not c.rule.startswith(("series-", "service-")))


class _Whole:
    """A contract as a key: equal where everything in it is equal."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._written = repr(contract)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and other._written == self._written

    def __hash__(self) -> int:
        return hash(self._written)


def _said(complaint: Complaint) -> Text:
    if complaint.fix is None:
        return complaint.text
    return Text("{reason} {fix}", {"reason": complaint.text, "fix": complaint.fix})
