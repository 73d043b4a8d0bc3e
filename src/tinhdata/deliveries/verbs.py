"""What all verbs of a delivery's life share: parts, permission, the delivery itself."""

from tinhdata.access import Action, Actor, Permit, Resource, require
from tinhdata.contracts import Contract
from tinhdata.deliveries import store
from tinhdata.deliveries.correcting import Correcting
from tinhdata.deliveries.errors import NoSuchDataset, ReasonMissing
from tinhdata.deliveries.model import Delivery
from tinhdata.deliveries.parts import Parts
from tinhdata.kernel import Text, t
from tinhdata.registry import ContractUnknown, RegisteredContract


class Verbs:
    """The base of every group of verbs."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._correcting = Correcting(parts)

    def _delivery(self, delivery_id: str) -> Delivery:
        with self._parts.db.read() as tx:
            return store.get(tx, delivery_id)

    def _deliverable(self, actor: Actor, dataset: str) -> RegisteredContract:
        """Give the active contract if `actor` may deliver; raises NoSuchDataset and Refused."""
        registered = self._active(dataset)
        require(actor, Action.DELIVER, Resource.of(registered.contract), "delivery of a file")
        return registered

    def _active(self, dataset: str) -> RegisteredContract:
        try:
            return self._parts.registry.active(dataset)
        except ContractUnknown as unknown:
            raise NoSuchDataset(unknown.text, fix=unknown.fix) from unknown

    def _contract(self, delivery: Delivery) -> Contract:
        return self._parts.registry.by_hash(delivery.contract_hash).contract

    def _resource(self, delivery: Delivery) -> Resource:
        contract = self._contract(delivery)
        return Resource.of(contract).sent(delivery.sender, delivery.sender_agency)

    def _require(self, actor: Actor, action: Action, delivery: Delivery, purpose: str) -> Permit:
        return require(actor, action, self._resource(delivery), purpose)


def said(words: str) -> Text:
    """Give what a person wrote as a text; it is shown as it stands."""
    return Text("{words}", {"words": words})


def demand_reason(reason: str) -> str:
    """Give `reason` without blanks at its ends; raises ReasonMissing where there is none."""
    if not (reason := reason.strip()):
        raise ReasonMissing(
            t("A reason is needed."),
            fix=t("Say in a sentence why, so that others can follow it."),
        )
    return reason
