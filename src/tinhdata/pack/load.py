"""From a folder to a `Pack`, or to all that is wrong with it. Registers nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from tinhdata.access import Agency, AgencyKind
from tinhdata.contracts import Bilingual, ContractInvalid, LoadedContract, load_contract
from tinhdata.dictionary import Places, Table
from tinhdata.feedback import Deadlines
from tinhdata.kernel import t
from tinhdata.pack import rules
from tinhdata.pack.errors import PackFinding, PackInvalid
from tinhdata.pack.files import PackFiles
from tinhdata.pack.forms import (
    AgenciesForm,
    DatabasesForm,
    DictionaryForm,
    FeedbackForm,
    HolidaysForm,
    LawForm,
    LawsForm,
    PackForm,
)
from tinhdata.pack.model import (
    CodeEntry,
    DatabaseEntry,
    DemoPerson,
    Law,
    Pack,
    PackAgency,
    PackDataset,
)
from tinhdata.pack.portal import read_portal
from tinhdata.pack.registers import contact_of, read_registers
from tinhdata.registry import PACK_ACTOR
from tinhdata.vietnam import Unit, UnitTableProblem, WorkCalendar, units_from_rows

_UNIT_COLUMNS = ("code", "name", "type", "former_province", "former_districts", "predecessors")
_CODE_COLUMNS = ("code", "label_vi", "label_en")
_NO_CALENDAR = WorkCalendar(date.min, date.min)


def load_pack(root: Path, today: date | None, *, contracts: bool = True) -> Pack:
    """Read the pack in the folder `root`; legal texts must hold on `today` (None: not asked).

    Without `contracts` only its facts are read, which is quick; it then has no datasets. Raises
    PackInvalid with every fault found, each with its file and, where known, its line.
    """
    files = PackFiles(root)
    head = files.form("pack.yaml", PackForm)
    if head is None:
        raise PackInvalid(root.name, tuple(files.findings))
    units = _units(files, head)
    agencies = _agencies(files, units)
    laws = _laws(files)
    databases = _databases(files)
    datasets = rules.release_order(_datasets(files)) if contracts else ()
    pack = Pack(
        id=head.id,
        version=head.version,
        name=head.name.bilingual(),
        province_code=head.province_code,
        actor=head.actor,
        demo=head.demo,
        agencies=agencies,
        units=units,
        laws=laws,
        databases=databases,
        calendar=_calendar(files),
        code_lists=_code_lists(files),
        datasets=datasets,
        root=root,
        sample_day=head.sample_day,
        people=tuple(
            DemoPerson(person.login, person.name, frozenset(person.roles), person.agency)
            for person in head.people
        ),
        dictionary=None if head.dictionary is None else _places(head.dictionary),
        deadlines=_deadlines(files),
    )
    pack = replace(pack, registers=read_registers(files, pack))
    pack = replace(pack, portal=read_portal(files, pack))
    faults = (*files.findings, *_contradictions(pack, today, contracts=contracts))
    if faults:
        raise PackInvalid(head.id, faults)
    return pack


def _deadlines(files: PackFiles) -> Deadlines:
    """Read how soon people are answered; a pack that does not say so sets no day."""
    name = "feedback.yaml"
    form = files.form(name, FeedbackForm) if (files.root / name).is_file() else None
    said = form.deadlines if form else {}
    return Deadlines(
        days=MappingProxyType({kind: each.working_days for kind, each in said.items()}),
        basis=MappingProxyType({kind: each.basis for kind, each in said.items()}),
    )


def _contradictions(pack: Pack, today: date | None, *, contracts: bool) -> Iterable[PackFinding]:
    codes = frozenset(entry.agency.code for entry in pack.agencies)
    yield from rules.actor_faults(pack.actor, PACK_ACTOR, pack.demo, "pack.yaml")
    yield from rules.repeated((unit.code for unit in pack.units), "units.csv")
    yield from rules.agency_faults(pack.agencies, "agencies.yaml")
    yield from rules.people_faults(pack.people, codes, "pack.yaml")
    yield from rules.law_faults(pack.laws, "laws.yaml")
    yield from rules.database_faults(
        pack.databases.values(), codes, pack.laws, today, "databases.yaml"
    )
    if contracts:
        yield from rules.dictionary_faults(
            pack.dictionary, [dataset.contract for dataset in pack.datasets], "pack.yaml"
        )
        yield from rules.dataset_faults(pack.datasets, codes, pack.databases, pack.laws, today)


def _units(files: PackFiles, head: PackForm) -> tuple[Unit, ...]:
    rows = files.rows("units.csv", _UNIT_COLUMNS)
    try:
        return units_from_rows(rows, province_code=head.province_code, province=head.name.vi)
    except UnitTableProblem as fault:
        files.say(f"units.csv: {fault.where}", fault.text, fault.fix)
        return ()


def _agencies(files: PackFiles, units: tuple[Unit, ...]) -> tuple[PackAgency, ...]:
    form = files.form("agencies.yaml", AgenciesForm)
    if form is None:
        return ()
    found = [
        PackAgency(
            Agency(entry.code, entry.name.bilingual(), entry.level, entry.parent),
            entry.certainty,
            contact_of(entry.contact or form.contact, entry.code),
        )
        for entry in form.agencies
    ]
    if form.communes is None:
        return tuple(found)
    pattern = form.communes
    for ordinal, unit in enumerate(units, start=1):
        words = {
            "ordinal": f"{ordinal:02}",
            "code": unit.code,
            "name": unit.name[:1].lower() + unit.name[1:],
            "short_name": unit.name.partition(" ")[2],
        }
        english = None if pattern.name.en is None else pattern.name.en.format(**words)
        name = Bilingual(pattern.name.vi.format(**words), english)
        agency = Agency(pattern.code.format(**words), name, AgencyKind.COMMUNE, pattern.parent)
        contact = contact_of(form.contact, agency.code)
        found.append(PackAgency(agency, pattern.certainty, contact))
    return tuple(found)


def _places(form: DictionaryForm) -> Places:
    return Places(
        elements=Table(form.elements.dataset, MappingProxyType(form.elements.columns)),
        links=Table(form.links.dataset, MappingProxyType(form.links.columns)),
        blocks=MappingProxyType(form.blocks),
        other_block=form.other_block,
    )


def _laws(files: PackFiles) -> Mapping[str, Law]:
    form = files.form("laws.yaml", LawsForm)
    laws = () if form is None else form.laws
    files.findings.extend(rules.repeated((law.urn for law in laws), "laws.yaml"))
    return MappingProxyType({law.urn: _law(law) for law in laws})


def _law(form: LawForm) -> Law:
    return Law(
        urn=form.urn,
        title=form.title,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
        status=form.status,
        certainty=form.certainty,
        issued=form.issued,
        replaced_by=form.replaced_by,
        note=form.note,
    )


def _databases(files: PackFiles) -> Mapping[str, DatabaseEntry]:
    form = files.form("databases.yaml", DatabasesForm)
    entries = () if form is None else form.databases
    files.findings.extend(rules.repeated((entry.id for entry in entries), "databases.yaml"))
    return MappingProxyType(
        {
            entry.id: DatabaseEntry(
                id=entry.id,
                kind=entry.kind,
                name=entry.name.bilingual(),
                agency=entry.agency,
                purpose=entry.purpose.bilingual(),
                collection=entry.collection.bilingual(),
                legal_basis=entry.legal_basis,
            )
            for entry in entries
        }
    )


def _calendar(files: PackFiles) -> WorkCalendar:
    form = files.form("holidays.yaml", HolidaysForm)
    if form is None:
        return _NO_CALENDAR
    return WorkCalendar(
        first_day=form.covers.first,
        last_day=form.covers.last,
        holidays=frozenset(day.date for day in form.holidays),
        swapped_in=frozenset(day.date for day in form.working_days),
    )


def _code_lists(files: PackFiles) -> Mapping[str, tuple[CodeEntry, ...]]:
    lists: dict[str, tuple[CodeEntry, ...]] = {}
    for path in sorted((files.root / "code-lists").glob("*.csv")):
        name = f"code-lists/{path.name}"
        rows = files.rows(name, _CODE_COLUMNS)
        files.findings.extend(rules.repeated((row["code"] for row in rows), name))
        lists[path.stem] = tuple(
            CodeEntry(row["code"], Bilingual(row["label_vi"], row["label_en"] or None))
            for row in rows
        )
    return MappingProxyType(lists)


def _datasets(files: PackFiles) -> Iterable[PackDataset]:
    """Give a dataset for each file below contracts/, with the file in samples/ named as it is."""
    samples = _kept_samples(files)
    for path in sorted((files.root / "contracts").glob("**/*.yaml")):
        source = path.relative_to(files.root).as_posix()
        try:
            text = path.read_bytes()
            loaded = _contract(text, source)
        except ContractInvalid as invalid:
            files.findings.extend(
                PackFinding(found.where, found.text, found.fix) for found in invalid.findings
            )
        else:
            yield PackDataset(loaded, source, samples.pop(loaded.contract.id, None), text)
    for path in samples.values():
        files.say(
            f"samples/{path.name}",
            t("There is no contract that the sample belongs to."),
            t("Name the sample as its dataset, or take it away."),
        )


def _kept_samples(files: PackFiles) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted((files.root / "samples").glob("*")):
        if path.suffix == ".py" or not path.is_file():
            continue
        if path.stem in found:
            files.say(
                f"samples/{path.name}",
                t("{dataset} has two samples.", dataset=path.stem),
                t("Keep one of the two files."),
            )
        found[path.stem] = path
    return found


@lru_cache(maxsize=1024)
def _contract(content: bytes, source: str) -> LoadedContract:
    # The same files are loaded again and again; what they say depends on their bytes alone.
    return load_contract(content, source)
