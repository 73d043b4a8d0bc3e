"""Whether the parts of a pack fit together. Pure: values in, findings out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tinhdata.contracts import Contract
from tinhdata.kernel import t
from tinhdata.pack.errors import PackFinding
from tinhdata.pack.model import DatabaseEntry, DemoPerson, Law, PackAgency, PackDataset


def actor_faults(actor: str, allowed: str, demo: bool, where: str) -> Iterator[PackFinding]:
    """Say whether a demonstration names an actor other than the `allowed` one to approve it."""
    if demo and actor != allowed:
        yield PackFinding(
            where,
            t("{actor} may not approve the contracts of a pack.", actor=actor),
            t("Write actor: {allowed}, or demo: false.", allowed=allowed),
        )


def agency_faults(agencies: Sequence[PackAgency], where: str) -> Iterator[PackFinding]:
    """Say which agencies share a code or hang below one that does not exist."""
    codes = [entry.agency.code for entry in agencies]
    yield from repeated(codes, where)
    for entry in agencies:
        parent = entry.agency.parent
        if parent is not None and parent not in codes:
            yield PackFinding(
                where,
                t(
                    "The agency {code} is below {parent}, which is not in the list.",
                    code=entry.agency.code,
                    parent=parent,
                ),
                t("Add the agency above it, or correct its code."),
            )


def people_faults(
    people: Sequence[DemoPerson], agencies: frozenset[str], where: str
) -> Iterator[PackFinding]:
    """Say which simulated people share a login or work for an agency that is not in the list."""
    yield from repeated((person.login for person in people), where)
    for person in people:
        if person.agency is not None and person.agency not in agencies:
            yield _unknown_agency(person.agency, where)


def law_faults(laws: Mapping[str, Law], where: str) -> Iterator[PackFinding]:
    """Say which laws end before they begin or are replaced by one that is not listed."""
    for law in laws.values():
        if law.valid_to is not None and law.valid_to <= law.valid_from:
            yield PackFinding(
                where,
                t("{urn} ends before it begins.", urn=law.urn),
                t("valid_to is the first day on which the text no longer holds."),
            )
        if law.replaced_by is not None and law.replaced_by not in laws:
            yield PackFinding(
                where,
                t(
                    "{urn} is replaced by {other}, which is not in the list.",
                    urn=law.urn,
                    other=law.replaced_by,
                ),
                t("Add the newer text."),
            )


def database_faults(
    databases: Iterable[DatabaseEntry],
    agencies: frozenset[str],
    laws: Mapping[str, Law],
    day: date | None,
    where: str,
) -> Iterator[PackFinding]:
    """Say which databases name an unknown agency or a legal basis that does not hold on `day`.

    Without a day only the names are asked about.
    """
    for entry in databases:
        if entry.agency not in agencies:
            yield _unknown_agency(entry.agency, where)
        yield from _basis_faults(entry.legal_basis, laws, day, where)


def dataset_faults(
    datasets: Sequence[PackDataset],
    agencies: frozenset[str],
    databases: Mapping[str, DatabaseEntry],
    laws: Mapping[str, Law],
    day: date | None,
) -> Iterator[PackFinding]:
    """Say where a contract names what the pack does not have, or has only further below."""
    earlier: dict[str, Contract] = {}
    for dataset in datasets:
        contract, where = dataset.contract, dataset.source
        if contract.id in earlier:
            yield PackFinding(where, t("The dataset {id} stands twice.", id=contract.id))
        folder, _, name = where.removesuffix(".yaml").rpartition("/")
        if name != contract.id or folder.rpartition("/")[2] != contract.sector:
            yield PackFinding(
                where,
                t("The file of the dataset {id} has another name or folder.", id=contract.id),
                t("Call it contracts/{sector}/{id}.yaml.", sector=contract.sector, id=contract.id),
            )
        if contract.agency not in agencies:
            yield _unknown_agency(contract.agency, where)
        if contract.database is not None and contract.database not in databases:
            yield PackFinding(
                where,
                t("There is no database {id}.", id=contract.database),
                t("Add it to databases.yaml."),
            )
        yield from _basis_faults([b.url for b in contract.legal_basis], laws, day, where)
        yield from _reference_faults(contract, earlier, where)
        earlier[contract.id] = contract


def repeated(values: Iterable[str], where: str) -> Iterator[PackFinding]:
    """Say which of `values` stand twice."""
    for value, count in Counter(values).items():
        if count > 1:
            yield PackFinding(where, t("{value} stands {count} times.", value=value, count=count))


def _reference_faults(
    contract: Contract, earlier: Mapping[str, Contract], where: str
) -> Iterator[PackFinding]:
    for column in contract.columns:
        reference = column.reference
        if reference is None or reference.dataset == contract.id:
            continue
        target = earlier.get(reference.dataset)
        if target is None:
            yield PackFinding(
                where,
                t(
                    "{column} refers to {dataset}, which does not stand before it.",
                    column=column.name,
                    dataset=reference.dataset,
                ),
                t("Put that dataset first in pack.yaml."),
            )
        elif reference.column not in target.column_names:
            yield PackFinding(
                where,
                t(
                    "{column} refers to {dataset}.{other}, which does not exist.",
                    column=column.name,
                    dataset=target.id,
                    other=reference.column,
                ),
            )


def _basis_faults(
    urns: Iterable[str], laws: Mapping[str, Law], day: date | None, where: str
) -> Iterator[PackFinding]:
    for urn in urns:
        law = laws.get(urn)
        if law is None:
            yield PackFinding(
                where,
                t("The legal basis {urn} is not in laws.yaml.", urn=urn),
                t("Add the text with its days of validity."),
            )
        elif day is not None and not law.holds_on(day):
            yield PackFinding(
                where,
                t(
                    "The legal basis {urn} does not hold on {day}, or its force is disputed.",
                    urn=urn,
                    day=day.isoformat(),
                ),
                t("Name the text that is in force."),
            )


def _unknown_agency(code: str, where: str) -> PackFinding:
    return PackFinding(
        where, t("There is no agency {code}.", code=code), t("Add it to agencies.yaml.")
    )
