"""What anyone may know, under the names and ids by which CKAN's clients ask for it.

Read once per request: agencies are organizations, sectors groups, keywords tags.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from uuid import UUID

from starlette.datastructures import QueryParams

from tinhdata.access import ANONYMOUS, Agency
from tinhdata.api.ckan.identities import identity, name_of, parts_of_resource
from tinhdata.api.ckan.problems import not_found
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import DatasetRecord, NoSuchRecord
from tinhdata.contracts import Bilingual, Contract
from tinhdata.edge.rows import Opened, open_release
from tinhdata.standards import Portal
from tinhdata.warehouse import StaticFile, StaticForm

_KEPT = 4_096
_PURPOSE = "reading by a program of CKAN's"
_READY = (StaticForm.CSV, StaticForm.PARQUET)


class Kept:
    """What is kept from request to request: contracts by their hash, datasets by their id here."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._datasets: Mapping[str, str] = {}
        self._files: dict[str, Mapping[str, StaticFile]] = {}
        self._opened: dict[tuple[str, str], Opened] = {}
        self._read: Callable[[str], Contract] = lru_cache(maxsize=_KEPT)(
            lambda contract_hash: platform.registry.by_hash(contract_hash).contract
        )

    def files(self, record: DatasetRecord) -> Mapping[str, StaticFile]:
        """Give the files of a record's release that lie ready, by their form."""
        if record.release is None or not record.formats:
            return {}
        found = self._files.get(record.release.id)
        if found is None:
            found = self._found(record)
            if len(self._files) >= _KEPT:
                self._files.clear()
            if len(found) == len(_READY):
                self._files[record.release.id] = found
        return found

    def opened(self, record: DatasetRecord) -> Opened:
        """Open the rows of a record for anyone; raises what opening raises.

        Who may see what of a release follows from its contract and the one in force alone, and
        neither changes under its hash; whether it is still served is asked when it is read.
        """
        key = (record.contract_hash, record.release.id if record.release else "")
        found = self._opened.get(key)
        if found is None:
            none = QueryParams()
            found = open_release(self._platform, ANONYMOUS, record.dataset, none, _PURPOSE)
            if len(self._opened) >= _KEPT:
                self._opened.clear()
            if found.release.id == key[1]:
                self._opened[key] = found
        return found

    def _found(self, record: DatasetRecord) -> Mapping[str, StaticFile]:
        opened = self.opened(record)
        files = {
            form.value: self._platform.open_files.find(opened.permit, opened.release, form)
            for form in _READY
        }
        return {form: file for form, file in files.items() if file is not None}

    def contract(self, contract_hash: str) -> Contract:
        """Give the contract with this hash, under which it never changes."""
        return self._read(contract_hash)

    def record(self, dataset: str) -> DatasetRecord | None:
        """Give the record of `dataset`, None where there is none that anyone may know of."""
        try:
            return self._platform.catalogue.record(dataset, ANONYMOUS)
        except NoSuchRecord:
            return None

    def record_with_id(self, package_id: str) -> DatasetRecord | None:
        """Give the record of the package with this id; None as for `record`."""
        if package_id not in self._datasets:
            pack = self._platform.pack.id
            records = self._platform.catalogue.records(ANONYMOUS)
            self._datasets = {identity(pack, "package", r.dataset): r.dataset for r in records}
        dataset = self._datasets.get(package_id)
        return None if dataset is None else self.record(dataset)


@dataclass(frozen=True, slots=True)
class Named:
    """An organization, a group or a tag: its id, its name and its title."""

    id: str
    name: str
    title: str
    description: str = ""
    key: str = ""
    """How we call it: the code of an agency, the code of a sector."""


@dataclass(frozen=True)
class Shelf:
    """The public catalogue of `platform`, as it stands when it is first looked at."""

    platform: Platform
    site: str
    language: str
    kept: Kept = field(repr=False)
    used: set[str] = field(default_factory=set, repr=False)
    """The datasets that were asked for by name or id, to count how they are used."""

    # -- packages

    @cached_property
    def records(self) -> tuple[DatasetRecord, ...]:
        """Give every record that anyone may know of, by the id of the dataset."""
        found = self.platform.catalogue.records(ANONYMOUS)
        return tuple(sorted(found, key=lambda record: record.dataset))

    def package_id(self, dataset: str) -> str:
        """Give the package's id."""
        return identity(self.platform.pack.id, "package", dataset)

    def record(self, name_or_id: str) -> DatasetRecord:
        """Find a package by name or id; raises not_found."""
        found = self._known(name_or_id)
        if found is None:
            raise not_found()
        self.used.add(found.dataset)
        return found

    def record_of_resource(self, resource_id: str) -> tuple[DatasetRecord, str]:
        """Find the package and the form that a resource's id names; a package's name will do.

        Raises not_found, also where the dataset has no rows that anyone may read.
        """
        package, form = parts_of_resource(resource_id)
        if not form or not _is_uuid(package):
            package, form = resource_id, ""
        found = self._known(package)
        forms = (*found.formats, "api", "") if found is not None and found.formats else ()
        if found is None or form not in forms:
            raise not_found(f'Not found: Resource "{resource_id[:100]}" was not found.')
        self.used.add(found.dataset)
        return found, form

    def _known(self, name_or_id: str) -> DatasetRecord | None:
        if _is_uuid(name_or_id):
            return self.kept.record_with_id(name_or_id.lower())
        return self.kept.record(name_or_id)

    def contract(self, record: DatasetRecord) -> Contract:
        """Give the contract in force for a record."""
        return self.kept.contract(record.contract_hash)

    # -- what packages belong to

    @property
    def portal(self) -> Portal:
        """Give what the catalogue says about itself."""
        return self.platform.standards.portal

    @cached_property
    def agencies(self) -> Mapping[str, Agency]:
        """Give every agency by code."""
        return {agency.code: agency for agency in self.platform.access.agencies()}

    @cached_property
    def organizations(self) -> tuple[Named, ...]:
        """Give every agency that has a package, by name."""
        codes = {record.agency for record in self.records}
        return tuple(sorted(map(self.organization, codes), key=lambda each: each.name))

    @cached_property
    def groups(self) -> tuple[Named, ...]:
        """Give every sector that has a package, by name."""
        codes = {record.sector for record in self.records}
        return tuple(sorted(map(self.group, codes), key=lambda each: each.name))

    @cached_property
    def tags(self) -> tuple[Named, ...]:
        """Give every keyword of a package, by name."""
        words = {tag for record in self.records for tag in record.tags}
        return tuple(sorted(map(self.tag, words), key=lambda each: each.name))

    def organization(self, code: str) -> Named:
        """Give the agency with `code` as an organization."""
        agency = self.agencies.get(code)
        title = self.say(agency.name) if agency else code
        return Named(self._identity("organization", code), name_of(code), title, key=code)

    def group(self, code: str) -> Named:
        """Give a sector as a group."""
        sector = self.portal.sectors.get(code)
        title = self.say(sector.name) if sector else code
        return Named(self._identity("group", code), name_of(code), title, key=code)

    def tag(self, word: str) -> Named:
        """Give a keyword as a tag."""
        return Named(self._identity("tag", word), word, word, key=word)

    def one_of(self, kinds: tuple[Named, ...], name_or_id: str) -> Named:
        """Find one of `kinds` by name or id; raises not_found."""
        for each in kinds:
            if name_or_id in (each.name, each.id):
                return each
        raise not_found()

    @cached_property
    def counts(self) -> Counter[tuple[str, str]]:
        """Give how many packages each organization, group and tag has, by kind and our key."""
        found: Counter[tuple[str, str]] = Counter()
        for record in self.records:
            found["organization", record.agency] += 1
            found["group", record.sector] += 1
            found.update(("tag", tag) for tag in record.tags)
        return found

    def say(self, words: Bilingual) -> str:
        """Give a text in the reader's language."""
        return words.in_language(self.language)

    def _identity(self, kind: str, key: str) -> str:
        return identity(self.platform.pack.id, kind, key)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
