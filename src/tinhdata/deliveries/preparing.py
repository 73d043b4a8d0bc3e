"""Good rows on their way into a release: files, references, what they change."""

from collections.abc import Mapping

from tinhdata.access import Action, system_permit
from tinhdata.contracts import AccessLevel, Contract, DeliveryMode
from tinhdata.deliveries import rules
from tinhdata.deliveries.model import Change, Delivery, PreparedFile
from tinhdata.deliveries.parts import Parts
from tinhdata.intake import Staged
from tinhdata.quality import CheckContext, GoodFile, ReferenceValues
from tinhdata.warehouse import Change as TableChange
from tinhdata.warehouse import Release, ReleaseState, StagedFile

_PURPOSE = "check of a delivery"
_HISTORY = 12


def open_references(parts: Parts, contract: Contract) -> dict[str, ReferenceValues]:
    """Open the current release of every dataset that a column refers to."""
    found: dict[str, ReferenceValues] = {}
    for column in contract.columns:
        if column.reference is None:
            continue
        release = parts.warehouse.current(column.reference.dataset)
        if release is None:
            continue
        permit = system_permit(Action.READ_ROWS, release.dataset, _PURPOSE)
        contract_of = parts.registry.by_hash(release.contract_hash).contract
        found[column.name] = ReferenceValues(
            parts.warehouse.relation(permit, release.id),
            release.id,
            contract_of.name.vi,
            may_be_named=contract_of.access_level is AccessLevel.OPEN,
        )
    return found


def against(
    parts: Parts, brought_by: str, contract: Contract, staged: Staged, base: Release | None
) -> tuple[CheckContext, Mapping[str, str | None]]:
    """Pin the releases that the rows which `brought_by` brings are judged by; name them, too."""
    references = open_references(parts, contract)
    existing = None
    if base is not None and contract.mode is not DeliveryMode.REPLACE:
        permit = system_permit(Action.READ_ROWS, contract.id, _PURPOSE)
        existing = parts.warehouse.relation_under(permit, base.id, contract)
    context = CheckContext(
        delivery=brought_by,
        references=references,
        existing=existing,
        history=row_counts(parts, contract.id),
        number_forms=staged.number_forms,
        date_orders=staged.date_orders,
        scales=staged.scales,
        rejects=staged.rejects.path,
    )
    pinned: dict[str, str | None] = {"base": base.id if base else None}
    return context, pinned | {f"reference:{c}": r.release_id for c, r in references.items()}


def row_counts(parts: Parts, dataset: str) -> tuple[int, ...]:
    """Give the rows of the last releases; one published by mistake is no yardstick."""
    served = [
        release.rows
        for release in parts.warehouse.releases(dataset)
        if release.state is not ReleaseState.WITHDRAWN
    ]
    return tuple(served[:_HISTORY])


def preview(
    parts: Parts,
    contract: Contract,
    base: Release | None,
    good: tuple[GoodFile, ...],
    *,
    adds: bool = False,
) -> Change:
    """Say what publishing the good rows would change."""
    change = added(contract) if adds else table_change(contract, good)
    counts = parts.warehouse.preview(contract, base, change, staged_files(good))
    return rules.change_of(counts)


def table_change(contract: Contract, good: tuple[GoodFile, ...]) -> TableChange:
    """Say how a delivery changes its table: all of it, or the periods or keys that it holds."""
    if contract.mode is DeliveryMode.REPLACE:
        return TableChange.replace()
    if contract.mode is DeliveryMode.UPSERT:
        return TableChange.upsert()
    return TableChange.append(frozenset(periods_of(good)))


def added(contract: Contract) -> TableChange:
    """Say how mended rows change the table: they come on top, or in the place of their key."""
    return TableChange.upsert() if contract.mode is DeliveryMode.UPSERT else TableChange.add()


def staged_files(good: tuple[GoodFile, ...]) -> tuple[StagedFile, ...]:
    """Give the good files as the warehouse takes them."""
    return tuple(StagedFile(file.path, file.rows, file.period) for file in good)


def prepared(good: tuple[GoodFile, ...]) -> tuple[PreparedFile, ...]:
    """Give the good files as they are kept in the delivery's row."""
    return tuple(PreparedFile(file.path.name, file.rows, file.period) for file in good)


def periods_of(good: tuple[GoodFile, ...]) -> tuple[str, ...]:
    """Give the periods that the good files hold, each once."""
    return tuple(dict.fromkeys(file.period for file in good if file.period is not None))


def good_files(parts: Parts, delivery: Delivery) -> tuple[GoodFile, ...]:
    """Give the good rows of a checked delivery as they lie in its staging folder."""
    folder = parts.staging.folder(delivery.id, delivery.prepared_in or "")
    return tuple(GoodFile(folder / f.name, f.rows, f.period) for f in delivery.prepared)
