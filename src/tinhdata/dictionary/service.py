"""The verbs of the dictionary: read it, draft it, say what it covers and what overlaps.

The dictionary is kept as two ordinary datasets, so it is delivered, checked, released, compared and
withdrawn like any other; an official list is imported by delivering it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from tinhdata.access import (
    Action,
    Actor,
    ActorKind,
    Permit,
    Resource,
    require,
    system_permit,
)
from tinhdata.contracts import AccessLevel, Contract
from tinhdata.dictionary import drafting, rules, store
from tinhdata.dictionary.errors import DictionaryMissing, NoSuchElement
from tinhdata.dictionary.model import (
    ColumnName,
    Coverage,
    Draft,
    Element,
    Link,
    Overlap,
    Places,
    Table,
)
from tinhdata.kernel import Clock, Refused, t
from tinhdata.kernel.clock import local_day
from tinhdata.registry import Registry
from tinhdata.warehouse import Release, Warehouse

_PURPOSE = "the data dictionary"


@dataclass(frozen=True, slots=True)
class _Held:
    """What the current releases say; the key tells whether they still are."""

    key: tuple[object, ...]
    elements: tuple[Element, ...]
    links: tuple[Link, ...]


class Dictionary:
    """The shared data dictionary of a province, over the datasets that `places` names."""

    def __init__(
        self, registry: Registry, warehouse: Warehouse, clock: Clock, places: Places | None
    ) -> None:
        self._registry = registry
        self._warehouse = warehouse
        self._clock = clock
        self._places = places
        self._held: _Held | None = None
        self._guard = Lock()

    def elements(self, actor: Actor) -> tuple[Element, ...]:
        """Give the elements in force today, by code; raises DictionaryMissing and Refused."""
        holding, _linked = self._in_force(actor)
        return tuple(holding[code] for code in sorted(holding))

    def element(self, actor: Actor, code: str) -> Element:
        """Give an element in force; raises NoSuchElement, DictionaryMissing and Refused."""
        holding, _linked = self._in_force(actor)
        if code not in holding:
            raise NoSuchElement(
                t("The dictionary has no element “{code}” in force.", code=code),
                fix=t("Search for it by its name."),
            )
        return holding[code]

    def uses(self, actor: Actor) -> dict[str, tuple[ColumnName, ...]]:
        """Give the columns of each element, of datasets that `actor` may know of."""
        _holding, linked = self._in_force(actor)
        known = {contract.id for contract in self._contracts(actor)}
        found: dict[str, list[ColumnName]] = {}
        for at, code in sorted(linked.items()):
            if at.dataset in known:
                found.setdefault(code, []).append(at)
        return {code: tuple(columns) for code, columns in found.items()}

    def elements_of(self, actor: Actor, dataset: str) -> dict[str, Element]:
        """Give the elements of a dataset's columns by column id; none without a dictionary."""
        try:
            holding, linked = self._in_force(actor)
        except (DictionaryMissing, Refused):
            return {}
        return {at.column: holding[code] for at, code in linked.items() if at.dataset == dataset}

    def coverage(self, actor: Actor) -> Coverage:
        """Say how far the columns of the datasets that `actor` may know of are linked."""
        holding, linked = self._in_force(actor)
        return rules.coverage(self._contracts(actor), holding, linked)

    def collected_twice(self, actor: Actor) -> tuple[Overlap, ...]:
        """Give the figures that several datasets collect about the same things.

        Columns that are not linked yet are compared by what would be drafted for them, so that an
        overlap shows as soon as the second contract is in force. Raises DictionaryMissing where the
        pack keeps no dictionary, and Refused.
        """
        contracts = tuple(self._contracts(actor))
        day = local_day(self._clock.now())
        drafted = drafting.draft(contracts, str, self._kept(), "", day, str)
        linked = {link.at: link.element for link in drafted.links}
        with suppress(DictionaryMissing):
            linked |= self._in_force(actor)[1]
        return rules.collected_twice(contracts, linked)

    def draft(
        self, actor: Actor, agency_name: Callable[[str], str], source: str, say: drafting.Say
    ) -> Draft:
        """Draft elements and links from the contracts in force that `actor` may know of.

        What the dictionary holds already stays as it is, official or not: only columns that are not
        linked today get a link, to a new element where no element of that name is in force. Raises
        DictionaryMissing where the pack keeps no dictionary, and Refused.
        """
        day = local_day(self._clock.now())
        contracts = tuple(self._contracts(actor))
        drafted = drafting.draft(contracts, agency_name, self._kept(), source, day, say)
        try:
            held = self._read(actor)
        except DictionaryMissing:
            return drafted
        return drafting.merged(Draft(held.elements, held.links), drafted, day)

    def _kept(self) -> Places:
        if self._places is None:
            raise DictionaryMissing(
                t("This province keeps no data dictionary."),
                fix=t("Name the datasets of elements and of links under dictionary in pack.yaml."),
            )
        return self._places

    def _in_force(self, actor: Actor) -> tuple[dict[str, Element], dict[ColumnName, str]]:
        held = self._read(actor)
        return rules.in_force(held.elements, held.links, local_day(self._clock.now()))

    def _read(self, actor: Actor) -> _Held:
        places = self._kept()
        elements = self._warehouse.current(places.elements.dataset)
        if elements is None:
            raise DictionaryMissing(
                t("The data dictionary has no release yet."),
                fix=t("Deliver the list of its elements, or a draft of it, and publish it."),
            )
        links = self._warehouse.current(places.links.dataset)
        permit = self._permit(actor, elements)
        # What one reader may see whole another may see masked.
        seen = (permit.columns, tuple(sorted(permit.masks.items())), permit.row_filter)
        key = (elements.id, links.id if links else None, *seen)
        with self._guard:
            if self._held is None or self._held.key != key:
                self._held = _Held(
                    key,
                    tuple(map(store.element_of, self._rows(permit, elements, places.elements))),
                    () if links is None else self._links(links, places.links),
                )
            return self._held

    def _links(self, release: Release, table: Table) -> tuple[Link, ...]:
        """Read the links for the platform's own count: nobody is shown one he may not know of."""
        permit = system_permit(Action.READ_ROWS, release.dataset, _PURPOSE)
        return tuple(map(store.link_of, self._rows(permit, release, table)))

    def _permit(self, actor: Actor, release: Release) -> Permit:
        contract = self._registry.by_hash(release.contract_hash).contract
        return require(actor, Action.READ_ROWS, Resource.of(contract), _PURPOSE)

    def _rows(self, permit: Permit, release: Release, table: Table) -> Iterator[store.Row]:
        return store.rows(self._warehouse, permit, release, table)

    def _contracts(self, actor: Actor) -> Iterator[Contract]:
        """Give the contracts in force; strangers are not even told which private ones there are."""
        is_stranger = actor.kind is ActorKind.ANONYMOUS
        for registered in self._registry.all_active():
            if not (is_stranger and registered.contract.access_level is AccessLevel.PRIVATE):
                yield registered.contract
