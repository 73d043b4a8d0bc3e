"""Mended rows under the rules of their contract: which of them could be released now.

A correction is a child of its items, never newly received: its rows keep their record numbers, and
rows that still fail stay with the delivery they came with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tinhdata.access import Action, Permit, system_permit
from tinhdata.contracts import Contract, DeliveryMode
from tinhdata.contracts.model import Relation
from tinhdata.deliveries import store
from tinhdata.deliveries.model import Delivery, State
from tinhdata.deliveries.parts import Parts
from tinhdata.deliveries.preparing import good_files, open_references
from tinhdata.kernel import Text, t
from tinhdata.quality import (
    CheckContext,
    CheckResult,
    DecisionImpossible,
    GoodFile,
    Reason,
    check,
    compile_checks,
    rows_beside,
    still_failing,
)

_PURPOSE = "check of mended rows"


@dataclass(frozen=True, slots=True)
class Looked:
    """How mended items stand: those that pass, why others do not, and the files made of them."""

    result: CheckResult
    prepared_in: str
    passing: tuple[int, ...]
    failing: Mapping[int, tuple[Reason, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def why_not(self) -> Text | None:
        """Give the first reason of the first item that fails."""
        return next((reasons[0].text for reasons in self.failing.values() if reasons), None)


class Correcting:
    """Checks mended items against what stands beside them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def look_at(self, correction: Delivery, contract: Contract) -> Looked:
        """Check the items that `correction` is about.

        Raises DecisionImpossible where they cannot be published any more, whatever they say now.
        """
        with self._parts.db.read() as tx:
            parent = store.get(tx, correction.parent or "")
        if parent.state is not State.RELEASED:
            raise DecisionImpossible(
                t("The delivery that these rows came with is not published any more."),
                fix=t("Put the rows into a new file and deliver it."),
            )
        if self._parts.registry.active(correction.dataset).hash != correction.contract_hash:
            raise DecisionImpossible(
                t("The contract of the dataset has changed since these rows came."),
                fix=t("Put the rows into a new file and deliver it."),
            )
        return self.look(parent, contract, correction.items, correction.waives, correction.id)

    def look(
        self,
        parent: Delivery,
        contract: Contract,
        items: Sequence[int],
        waives: bool,
        brought_by: str,
        permit: Permit | None = None,
        language: str = "vi",
    ) -> Looked:
        """Check `items` of `parent`, mends laid over, as rows that `brought_by` brings.

        They are judged beside the rows that `parent` would release, or did. Reasons are worded for
        `permit` (None: the platform, which sees all). Raises DecisionImpossible for an item that is
        not open.
        """
        parts = self._parts
        seen = permit or system_permit(Action.MEND, contract.id, _PURPOSE)
        mend = system_permit(Action.MEND, contract.id, _PURPOSE)
        folder = parts.staging.fresh(brought_by)
        rows = parts.quarantine.corrections(
            mend, contract, parent.id, items, folder / "mended.parquet"
        )
        understood = parent.understanding
        spec = parts.warehouse.spec(contract)
        result = check(
            compile_checks(contract, parent.contract_hash),
            rows.path,
            spec,
            CheckContext(
                delivery=brought_by,
                references=open_references(parts, contract),
                existing=rows_beside(contract, spec, *self._beside(parent, contract)),
                since=parent.id,
                number_forms=understood.number_forms if understood else {},
                date_orders=understood.date_orders if understood else {},
                scales=understood.scales if understood else {},
                waived=frozenset(rows.items) if waives else frozenset(),
                is_batch=False,
            ),
            folder,
            parts.limits,
        )
        batch = parts.quarantine.batch(parent.id)
        failing = still_failing(result, contract, seen, language, batch.parts)
        return Looked(
            result,
            folder.name,
            tuple(item for record, item in rows.items.items() if record not in failing),
            {rows.items[record]: reasons for record, reasons in failing.items()},
        )

    def _beside(
        self, parent: Delivery, contract: Contract
    ) -> tuple[tuple[GoodFile, ...], Relation | None]:
        """Give what mended rows will stand beside: unreleased rows, and what stays published."""
        parts = self._parts
        base = parts.warehouse.current(contract.id)
        is_published = parent.state is State.RELEASED
        stays = base is not None and (is_published or contract.mode is not DeliveryMode.REPLACE)
        permit = system_permit(Action.READ_ROWS, contract.id, _PURPOSE)
        relation = None
        if base is not None and stays:
            relation = parts.warehouse.relation_under(permit, base.id, contract)
        return () if is_published else good_files(parts, parent), relation
