"""The verbs of the register: propose, approve, activate, retire; and what is registered.

Whether an actor may use a verb is decided by `access` before the call.
"""

from collections.abc import Callable
from typing import TypeAlias

from tinhdata.contracts import Comparison, Contract, LoadedContract, compare
from tinhdata.db import Database, Tx
from tinhdata.journal import Event, Journal
from tinhdata.kernel import JSON, Clock, Problem, sha256_hex, t
from tinhdata.registry import events, rules, store
from tinhdata.registry.errors import ContractUnknown
from tinhdata.registry.model import PACK_ACTOR, ContractState, RegisteredContract

OnRegister: TypeAlias = Callable[[Tx, RegisteredContract], None]
"""Called in the transaction that moves a contract into another state, with the new state."""
IsAgency: TypeAlias = Callable[[str], bool]
"""Says whether an agency with this code is registered."""


class Registry:
    """Which contracts there are and which one is in force for each dataset."""

    def __init__(
        self,
        db: Database,
        journal: Journal,
        clock: Clock,
        is_agency: IsAgency,
        on_register: tuple[OnRegister, ...] = (),
    ) -> None:
        journal.declare(events.EVENT_KINDS)
        self._db = db
        self._journal = journal
        self._clock = clock
        self._is_agency = is_agency
        self._on_register = on_register

    # -- verbs ---------------------------------------------------------------------------------

    def propose(
        self,
        tx: Tx,
        actor_id: str,
        loaded: LoadedContract,
        source: str = "",
        *,
        text: bytes | None = None,
        seen: str | None = None,
    ) -> RegisteredContract:
        """Register a contract as proposed; the same content again changes nothing.

        `text` is the file it was read from, kept for whoever edits it next; `seen` is the `mark` of
        the dataset that its author saw. Raises ProposalOvertaken where that has changed since,
        VersionTaken, VersionTooLow, ContractUnfit (the agency is not registered, a draft's mark for
        something unknown still stands in it).
        """
        contract = loaded.contract
        store.lock_dataset(tx, contract.id)
        if known := store.by_hash(tx, loaded.hash):
            return known
        newest = rules.last_moved(store.of_dataset(tx, contract.id))
        _raise(rules.refusal_of_overtaken(seen, self._mark(tx, contract.id), newest))
        active = store.active(tx, contract.id)
        taken = store.by_version(tx, contract.id, contract.version)
        _raise(rules.refusal_of_version(contract, taken, active))
        _raise(rules.refusal_of_draft(loaded))
        _raise(rules.refusal_of_agency(contract, self._is_agency(contract.agency)))
        store.add(tx, loaded, source, actor_id, self._clock.now())
        if text is not None:
            store.keep_text(tx, loaded.hash, text)
        replaces = active.hash if active else None
        data: dict[str, JSON] = {"agency": contract.agency, "replaces": replaces}
        return self._moved(tx, events.PROPOSED, actor_id, loaded.hash, data)

    def sign(self, tx: Tx, actor_id: str, contract_hash: str) -> RegisteredContract:
        """Sign a proposal for data protection; signed once, once more changes nothing.

        Raises WrongState where it is no proposal or needs no signature, and SecondPersonMissing.
        """
        registered = self._locked(tx, contract_hash)
        needs = self._needs_signature(tx, registered)
        _raise(rules.refusal_to_sign(registered, actor_id, needs=needs))
        if registered.signed_by is not None:
            return registered
        store.sign(tx, contract_hash, actor_id, self._clock.now())
        # The state stays, so there is nothing to tell those who follow it.
        said: dict[str, JSON] = {"version": registered.version, "hash": contract_hash}
        self._journal.append(tx, Event(events.SIGNED, actor_id, registered.dataset, said))
        return self._known(tx, contract_hash)

    def approve(self, tx: Tx, actor_id: str, contract_hash: str) -> RegisteredContract:
        """Approve a proposal, which is signed for data protection where that is needed.

        Raises WrongState, SecondPersonMissing, SignatureMissing, ContractUnfit (a reference, or a
        dataset that refers to this one). What the pack's actor approves is marked as automatic.
        """
        registered = self._locked(tx, contract_hash)
        needs = self._needs_signature(tx, registered)
        _raise(rules.refusal_to_approve(registered, actor_id, needs=needs))
        self._check_references(tx, registered)
        store.move(
            tx,
            contract_hash,
            ContractState.APPROVED,
            approved_by=actor_id,
            approved_at=self._clock.now(),
            signed_by=registered.signed_by,
        )
        data: dict[str, JSON] = {
            "automatic": actor_id == PACK_ACTOR,
            "signed_by": registered.signed_by,
        }
        return self._moved(tx, events.APPROVED, actor_id, contract_hash, data)

    def activate(self, tx: Tx, actor_id: str, contract_hash: str) -> RegisteredContract:
        """Put an approved contract into force and retire the one before.

        Raises WrongState, and VersionTooLow if a higher version came into force in the meantime.
        """
        registered = self._locked(tx, contract_hash)
        if registered.state is ContractState.ACTIVE:
            return registered
        _raise(rules.refusal_of_state(registered, ContractState.APPROVED))
        before = store.active(tx, registered.dataset)
        _raise(rules.refusal_of_version(registered.contract, None, before))
        if before is not None:
            self._retire(tx, actor_id, before.hash)
        store.move(tx, contract_hash, ContractState.ACTIVE, activated_at=self._clock.now())
        data: dict[str, JSON] = {"replaces": before.hash if before else None}
        return self._moved(tx, events.ACTIVATED, actor_id, contract_hash, data)

    def take_back(self, tx: Tx, actor_id: str, contract_hash: str) -> RegisteredContract:
        """Take a proposal back, approved or not; once more changes nothing.

        Raises WrongState where it came into force meanwhile: what is in force stays so.
        """
        registered = self._locked(tx, contract_hash)
        if registered.state is ContractState.RETIRED:
            return registered
        if registered.state is not ContractState.APPROVED:
            _raise(rules.refusal_of_state(registered, ContractState.PROPOSED))
        return self._retire(tx, actor_id, contract_hash)

    def retire(self, tx: Tx, actor_id: str, contract_hash: str) -> RegisteredContract:
        """Take a contract out of force, whatever its state; once more changes nothing."""
        registered = self._locked(tx, contract_hash)
        if registered.state is ContractState.RETIRED:
            return registered
        return self._retire(tx, actor_id, contract_hash)

    # -- what is registered --------------------------------------------------------------------

    def active(self, dataset: str) -> RegisteredContract:
        """Give the contract in force for `dataset`; raises ContractUnknown."""
        with self._db.read() as tx:
            found = store.active(tx, dataset)
        if found is None:
            raise ContractUnknown(
                t("There is no dataset {dataset} with an active contract.", dataset=dataset),
                fix=t("Look up its id in the list of datasets."),
            )
        return found

    def by_hash(self, contract_hash: str) -> RegisteredContract:
        """Give the contract that a delivery or release names; raises ContractUnknown."""
        with self._db.read() as tx:
            return self._known(tx, contract_hash)

    def all_active(self) -> tuple[RegisteredContract, ...]:
        """Give every contract in force, by dataset."""
        with self._db.read() as tx:
            return store.in_states(tx, ContractState.ACTIVE)

    def waiting(self) -> tuple[RegisteredContract, ...]:
        """Give what waits for an approver or, approved, for being put into force."""
        with self._db.read() as tx:
            return store.in_states(tx, ContractState.PROPOSED, ContractState.APPROVED)

    def versions(self, dataset: str) -> tuple[RegisteredContract, ...]:
        """Give every version of `dataset`, lower versions first."""
        with self._db.read() as tx:
            return store.of_dataset(tx, dataset)

    def comparison(self, contract_hash: str) -> Comparison | None:
        """Say what a contract changes against the one in force, None where there is none."""
        with self._db.read() as tx:
            return self._comparison(tx, self._known(tx, contract_hash))

    def needs_signature(self, contract_hash: str) -> bool:
        """Say whether a contract may not be approved without the data protection officer."""
        with self._db.read() as tx:
            return self._needs_signature(tx, self._known(tx, contract_hash))

    def compared(self, new: Contract) -> Comparison | None:
        """Say what a contract that nobody proposed yet would change, None where none is active."""
        with self._db.read() as tx:
            active = store.active(tx, new.id)
        return None if active is None else compare(active.contract, new)

    def next_version(self, new: Contract) -> str | None:
        """Give the smallest version that `new` may have, None where its own will do."""
        comparison = self.compared(new)
        taken = [each.version for each in self.versions(new.id)]
        return rules.free_version(comparison, new, taken)

    def refusals(self, loaded: LoadedContract) -> tuple[Problem, ...]:
        """Give all that would keep a contract from being proposed or approved as it is."""
        contract = loaded.contract
        with self._db.read() as tx:
            if store.by_hash(tx, loaded.hash) is not None:
                return ()
            active = store.active(tx, contract.id)
            taken = store.by_version(tx, contract.id, contract.version)
            others = self._others(tx, contract)
            standing = store.in_states(tx, ContractState.ACTIVE, ContractState.APPROVED)
        found = (
            rules.refusal_of_version(contract, taken, active),
            rules.refusal_of_draft(loaded),
            rules.refusal_of_agency(contract, self._is_agency(contract.agency)),
            rules.refusal_of_references(contract, others),
            rules.refusal_of_dependants(contract, [each.contract for each in standing]),
        )
        return tuple(problem for problem in found if problem is not None)

    def mark(self, dataset: str) -> str:
        """Give a mark of all versions of `dataset` with their states; any change changes it."""
        with self._db.read() as tx:
            return self._mark(tx, dataset)

    def everything(self) -> tuple[RegisteredContract, ...]:
        """Give every version of every dataset, by dataset, lower versions first."""
        with self._db.read() as tx:
            return store.in_states(tx, *ContractState)

    def text(self, contract_hash: str) -> bytes | None:
        """Give the file that a contract was proposed from, None where it was not kept."""
        with self._db.read() as tx:
            return store.text(tx, contract_hash)

    def canonical(self, contract_hash: str) -> bytes:
        """Give the bytes whose SHA-256 is `contract_hash`; raises ContractUnknown."""
        with self._db.read() as tx:
            self._known(tx, contract_hash)
            return store.canonical(tx, contract_hash)

    # ------------------------------------------------------------------------------------------

    def _known(self, tx: Tx, contract_hash: str) -> RegisteredContract:
        found = store.by_hash(tx, contract_hash)
        if found is None:
            raise ContractUnknown(
                t("There is no contract with the hash {hash}.", hash=contract_hash[:12]),
                fix=t("Propose it first."),
            )
        return found

    def _locked(self, tx: Tx, contract_hash: str) -> RegisteredContract:
        store.lock_dataset(tx, self._known(tx, contract_hash).dataset)
        return self._known(tx, contract_hash)

    def _comparison(self, tx: Tx, registered: RegisteredContract) -> Comparison | None:
        active = store.active(tx, registered.dataset)
        if active is None or active.hash == registered.hash:
            return None
        return compare(active.contract, registered.contract)

    def _needs_signature(self, tx: Tx, registered: RegisteredContract) -> bool:
        active = store.active(tx, registered.dataset)
        before = active.contract if active and active.hash != registered.hash else None
        return rules.needs_signature(registered, before, self._comparison(tx, registered))

    def _check_references(self, tx: Tx, registered: RegisteredContract) -> None:
        contract = registered.contract
        _raise(rules.refusal_of_references(contract, self._others(tx, contract)))
        dependants = store.in_states(tx, ContractState.ACTIVE, ContractState.APPROVED)
        _raise(rules.refusal_of_dependants(contract, [other.contract for other in dependants]))

    def _others(self, tx: Tx, contract: Contract) -> list[Contract]:
        """Give the contracts that `contract` refers to, as far as they are registered."""
        found = [_newest(store.of_dataset(tx, name)) for name in rules.references_of(contract)]
        return [other.contract for other in found if other]

    def _mark(self, tx: Tx, dataset: str) -> str:
        return sha256_hex(repr(store.states(tx, dataset)).encode())[:16]

    def _retire(self, tx: Tx, actor_id: str, contract_hash: str) -> RegisteredContract:
        store.move(tx, contract_hash, ContractState.RETIRED, retired_at=self._clock.now())
        return self._moved(tx, events.RETIRED, actor_id, contract_hash, {})

    def _moved(
        self, tx: Tx, kind: str, actor_id: str, contract_hash: str, data: dict[str, JSON]
    ) -> RegisteredContract:
        registered = self._known(tx, contract_hash)
        for hook in self._on_register:
            hook(tx, registered)
        said: dict[str, JSON] = {"version": registered.version, "hash": registered.hash, **data}
        self._journal.append(tx, Event(kind, actor_id, registered.dataset, said))
        return registered


_STANDING = (ContractState.ACTIVE, ContractState.APPROVED, ContractState.PROPOSED)


def _newest(versions: tuple[RegisteredContract, ...]) -> RegisteredContract | None:
    """Give the version that others may rely on: the active one, else the nearest to it."""
    for state in _STANDING:
        for registered in versions:
            if registered.state is state:
                return registered
    return None


def _raise(problem: Problem | None) -> None:
    if problem is not None:
        raise problem
