"""Whether the parts of a pack fit together. Pure: values in, findings out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tinhdata.contracts import Contract
from tinhdata.dictionary import ELEMENT_FIELDS, LINK_FIELDS, Places
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
    """Say where a contract names what the pack does not have, or refers to in a circle."""
    known = {dataset.contract.id: dataset.contract for dataset in datasets}
    yield from repeated((dataset.contract.id for dataset in datasets), "contracts")
    yield from _circles(datasets)
    for dataset in datasets:
        contract, where = dataset.contract, dataset.source
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
        yield from _reference_faults(contract, known, where)


def release_order(datasets: Iterable[PackDataset]) -> tuple[PackDataset, ...]:
    """Sort datasets so that each stands after those it refers to, otherwise by their files.

    Of a circle one must come first; `dataset_faults` names it.
    """
    by_file = sorted(datasets, key=lambda dataset: dataset.source)
    known = {dataset.contract.id: dataset for dataset in by_file}
    placed: list[PackDataset] = []
    seen: set[str] = set()

    def place(dataset: PackDataset) -> None:
        if dataset.source not in seen:
            seen.add(dataset.source)
            for target in sorted(dataset.refers_to & known.keys()):
                place(known[target])
            placed.append(dataset)

    for dataset in by_file:
        place(dataset)
    return tuple(placed)


def _circles(datasets: Sequence[PackDataset]) -> Iterator[PackFinding]:
    earlier: set[str] = set()
    known = {dataset.contract.id for dataset in datasets}
    for dataset in datasets:
        earlier.add(dataset.contract.id)
        for target in sorted((dataset.refers_to & known) - earlier):
            yield PackFinding(
                dataset.source,
                t(
                    "{dataset} refers to {other}, which refers back to it.",
                    dataset=dataset.contract.id,
                    other=target,
                ),
                t("Take one of the references away."),
            )


def repeated(values: Iterable[str], where: str) -> Iterator[PackFinding]:
    """Say which of `values` stand twice."""
    for value, count in Counter(values).items():
        if count > 1:
            yield PackFinding(where, t("{value} stands {count} times.", value=value, count=count))


def _reference_faults(
    contract: Contract, known: Mapping[str, Contract], where: str
) -> Iterator[PackFinding]:
    for column in contract.columns:
        reference = column.reference
        if reference is None or reference.dataset == contract.id:
            continue
        target = known.get(reference.dataset)
        if target is None:
            yield PackFinding(
                where,
                t(
                    "{column} refers to {dataset}, which is not in the pack.",
                    column=column.name,
                    dataset=reference.dataset,
                ),
                t("Add the contract of that dataset, or correct the name."),
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


def dictionary_faults(
    places: Places | None, contracts: Sequence[Contract], where: str
) -> Iterator[PackFinding]:
    """Say which part of the data dictionary has no dataset, or no column for one of its fields."""
    if places is None:
        return
    known = {contract.id: contract for contract in contracts}
    for table, fields in ((places.elements, ELEMENT_FIELDS), (places.links, LINK_FIELDS)):
        contract = known.get(table.dataset)
        if contract is None:
            yield PackFinding(
                where,
                t(
                    "The dictionary names the dataset {dataset}, which the pack has not.",
                    dataset=table.dataset,
                ),
                t("Add its contract to the pack."),
            )
            continue
        for field in fields:
            if table.columns.get(field) not in contract.column_names:
                yield PackFinding(
                    where,
                    t(
                        "No column of {dataset} is named for the field {field} of the dictionary.",
                        dataset=table.dataset,
                        field=field,
                    ),
                    t("Name it under columns."),
                )
