"""The pages of the published registers: editions, decisions, reviews and entries of each."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from tinhdata.contracts import DATA_LAYERS
from tinhdata.dictionary import cycle_words
from tinhdata.kernel import Text, t
from tinhdata.registers import (
    Certainty,
    DatabaseItem,
    DatasetItem,
    Decision,
    Due,
    Edition,
    Item,
    Law,
    PlanItem,
    Register,
    RegisterName,
    ServiceItem,
    Wanted,
    is_late,
    layers_of,
    sectors_of,
)
from tinhdata.web.contexts.published import (
    Cell,
    DecisionLine,
    EditionLine,
    Head,
    RegisterLine,
    RegisterList,
    RegisterPage,
)
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.addresses import dataset_path, pager, with_query
from tinhdata.web.filling.elements import layer_name
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.words import level_badge, licence_name, sector_name

_PAGE = 50
_SIMULATED = Badge(t("Simulated"), Tone.SIMULATED)
_UNVERIFIED = Badge(t("Not verified"), Tone.CALM)
_NOTHING = Wanted()


def register_list(reader: Reader) -> RegisterList:
    """Give every published register."""
    return RegisterList(
        tuple(_line(reader, register) for register in reader.platform.registers.all())
    )


def register_page(reader: Reader, name: str, wanted: Wanted, page: int) -> RegisterPage:
    """Give a register with the entries that are wanted; raises RegisterUnknown."""
    registers = reader.platform.registers
    register = registers.register(name)
    every = registers.items(register.name, _NOTHING)
    items = registers.items(register.name, wanted)
    at = min((page - 1) * _PAGE, max(0, (len(items) - 1) // _PAGE * _PAGE))
    shown = items[at : at + _PAGE]
    review, rule = registers.review(register), registers.review_rule
    contact = registers.contact(register.keeper)
    edition = registers.edition(register)
    asked = {
        "agency": wanted.agency,
        "sector": wanted.sector,
        "layer": wanted.layer,
        "late": "1" if wanted.late else None,
    }
    return RegisterPage(
        name=register.name.value,
        title=register.title.in_language(reader.language),
        about=register.about.in_language(reader.language),
        edition=_edition(reader, edition, current=True) if edition else None,
        earlier=tuple(_edition(reader, e) for e in register.editions if e != edition),
        keeper=_agency(reader, register.keeper),
        contact=contact.email if contact else None,
        laws=tuple(law.title for urn in register.legal_basis if (law := registers.law(urn))),
        reviewed=register.reviews[0] if register.reviews else None,
        review=review.day,
        late=_late(review),
        rule=rule.basis if rule else None,
        rule_note=rule.note.in_language(reader.language) if rule and rule.note else None,
        heads=_HEADS[register.name],
        rows=tuple(_row(reader, item) for item in shown),
        pager=pager(at, len(shown), _PAGE, len(items), with_query(_path(name), asked)),
        agencies=_agencies(reader, every, wanted.agency),
        sectors=_sectors(reader, every, wanted.sector),
        layers=_layers(every, wanted.layer),
        only_late=wanted.late,
        counts_late=sum(map(is_late, every)),
        files=tuple(
            Choice(form, form.upper(), href=with_query(f"/api/v1/registers/{name}{end}", asked))
            for form, end in (("csv", ".csv"), ("json", ""))
        ),
    )


def decision_line(reader: Reader, decision: Decision) -> DecisionLine:
    """Give a decision in the reader's language, marked where it is not a real one."""
    return DecisionLine(
        number=decision.number,
        title=decision.title.in_language(reader.language),
        issuer=decision.issuer.in_language(reader.language),
        on=decision.on,
        badge=certainty_badge(decision.certainty),
    )


def certainty_badge(certainty: Certainty) -> Badge | None:
    """Mark what is made up or was not compared with the original."""
    if certainty is Certainty.SIMULATED:
        return _SIMULATED
    return _UNVERIFIED if certainty is Certainty.UNVERIFIED else None


def _line(reader: Reader, register: Register) -> RegisterLine:
    registers = reader.platform.registers
    edition, review = registers.edition(register), registers.review(register)
    late = _late(review, t("review {days} days late", days=review.days_late))
    return RegisterLine(
        name=register.name.value,
        title=register.title.in_language(reader.language),
        about=register.about.in_language(reader.language),
        entries=len(registers.items(register.name, _NOTHING)),
        edition=_edition(reader, edition, current=True) if edition else None,
        review=review.day,
        badges=(late,) if late else (),
    )


def _edition(reader: Reader, edition: Edition, *, current: bool = False) -> EditionLine:
    return EditionLine(
        version=edition.version,
        valid_from=edition.valid_from,
        decision=decision_line(reader, edition.decision),
        note=edition.note.in_language(reader.language) if edition.note else None,
        current=current,
    )


def _late(due: Due, said: Text | None = None) -> Badge | None:
    if not due.is_late:
        return None
    if said is None:
        one = due.days_late == 1
        said = t("One day late") if one else t("{days} days late", days=due.days_late)
    return Badge(said, Tone.LATE)


def _path(name: str) -> str:
    return f"/registers/{name}"


# -- entries as rows

_DATABASE_HEADS = (
    Head(t("Database")),
    Head(t("Agency")),
    Head(t("Data layers and sectors")),
    Head(t("Update cycle")),
    Head(t("Datasets"), numeric=True),
    Head(t("Last update")),
    Head(t("Legal basis")),
)
_HEADS = {
    RegisterName.SHARED_DATABASES: _DATABASE_HEADS,
    RegisterName.SECTORAL_DATABASES: _DATABASE_HEADS,
    RegisterName.DATASETS: (
        Head(t("Dataset")),
        Head(t("Agency")),
        Head(t("Data layer and sector")),
        Head(t("Update cycle")),
        Head(t("Last update")),
        Head(t("Next update")),
        Head(t("Contract")),
        Head(t("Legal basis")),
    ),
    RegisterName.SERVICES: (
        Head(t("Service")),
        Head(t("Agency")),
        Head(t("Who may use it")),
        Head(t("Address and description")),
        Head(t("Ready")),
        Head(t("Published")),
    ),
    RegisterName.OPEN_DATA_PLAN: (
        Head(t("Dataset to be opened")),
        Head(t("Agency")),
        Head(t("Planned for")),
        Head(t("Published")),
        Head(t("Last update")),
        Head(t("Update cycle")),
    ),
}


def _row(reader: Reader, item: Item) -> tuple[Cell, ...]:
    match item:
        case DatabaseItem():
            return _database(reader, item)
        case DatasetItem():
            return _dataset(reader, item)
        case ServiceItem():
            return _service(reader, item)
        case PlanItem():
            return _plan(reader, item)
        case _:
            assert_never(item)


def _database(reader: Reader, item: DatabaseItem) -> tuple[Cell, ...]:
    language = reader.language
    late = Badge(t("{count} overdue", count=item.late), Tone.LATE)
    return (
        Cell(
            item.name.in_language(language),
            with_query("/datasets", {"database": item.id}),
            (item.purpose.in_language(language), item.collection.in_language(language)),
            (_SIMULATED,) if item.simulated else (),
        ),
        _agency_cell(reader, item.agency),
        Cell(None, below=_kinds(reader, item.layers, item.sectors)),
        Cell(None, below=tuple(words for c in item.cycles if (words := cycle_words(c)))),
        Cell(item.datasets, badges=(late,) if item.late else ()),
        Cell(item.updated),
        _basis(item.legal_basis),
    )


def _dataset(reader: Reader, item: DatasetItem) -> tuple[Cell, ...]:
    language = reader.language
    marks = (level_badge(item.access), *((_SIMULATED,) if item.simulated else ()))
    late = _late(item.due)
    over = _late(item.limit, t("over the general limit"))
    terms = licence_name(reader.platform.pack, item.licence, language)
    approved = t("approved automatically, demonstration")
    return (
        Cell(item.name.in_language(language), dataset_path(item.id), (item.id,), marks),
        _agency_cell(reader, item.agency, item.contact),
        Cell(None, below=_kinds(reader, (item.layer,), (item.sector,))),
        Cell(cycle_words(item.cycle) or t("when a decision changes it")),
        Cell(item.updated, badges=(over,) if over else ()),
        Cell(item.due.day, badges=(late,) if late else ()),
        Cell(
            item.contract,
            below=(
                *((approved,) if item.approved_automatically else ()),
                *((terms,) if terms else ()),
            ),
        ),
        _basis(item.legal_basis),
    )


def _service(reader: Reader, item: ServiceItem) -> tuple[Cell, ...]:
    marks = [_SIMULATED] if item.simulated else []
    if not item.is_serving:
        marks.append(Badge(t("No rows yet"), Tone.CALM))
    late = _late(item.publication, t("published late"))
    level = level_badge(item.access) if item.access else None
    by = (item.id,) if item.origin is None else (item.id, t("on the sharing platform"))
    ways = Cell(t("in the documents of the platform") if item.has_documents else t("not described"))
    if item.address and item.structure:
        ways = Cell(item.address, item.address, below=(t("The contract describes every column."),))
    href = dataset_path(item.dataset or item.origin or "")
    return (
        Cell(item.name.in_language(reader.language), href, by, tuple(marks)),
        _agency_cell(reader, item.agency),
        Cell(None if level else t("by agreement"), badges=(level,) if level else ()),
        ways,
        Cell(item.ready),
        Cell(item.published, badges=(late,) if late else ()),
    )


def _plan(reader: Reader, item: PlanItem) -> tuple[Cell, ...]:
    late, stale = _late(item.publication), _late(item.update)
    cycle = cycle_words(f"P{item.months}M") if item.months else None
    return (
        Cell(item.name, below=(item.id,), badges=(_SIMULATED,) if item.simulated else ()),
        _agency_cell(reader, item.agency),
        Cell(item.planned),
        Cell(item.published or t("not yet"), badges=(late,) if late else ()),
        Cell(item.updated, badges=(stale,) if stale else ()),
        Cell(cycle),
    )


def _agency(reader: Reader, code: str) -> Choice:
    return Choice(code, reader.agency_name(code), href=f"/agencies/{code}")


def _agency_cell(reader: Reader, code: str, contact: str | None = None) -> Cell:
    point = reader.platform.registers.contact(code)
    mail = contact or (point.email if point else None)
    return Cell(reader.agency_name(code), f"/agencies/{code}", (mail,) if mail else ())


def _basis(laws: Sequence[Law]) -> Cell:
    return Cell(None, below=tuple(law.title for law in laws))


def _kinds(reader: Reader, layers: Sequence[str], sectors: Sequence[str]) -> tuple[str | Text, ...]:
    pack, language = reader.platform.pack, reader.language
    return (
        *(layer_name(layer) for layer in layers),
        *(sector_name(pack, sector, language) for sector in sectors),
    )


# -- what entries can be narrowed by


def _agencies(reader: Reader, items: Iterable[Item], chosen: str | None) -> tuple[Choice, ...]:
    codes = sorted({item.agency for item in items})
    return tuple(Choice(code, reader.agency_name(code), chosen=code == chosen) for code in codes)


def _sectors(reader: Reader, items: Iterable[Item], chosen: str | None) -> tuple[Choice, ...]:
    codes = {sector for item in items for sector in sectors_of(item)}
    names = {code: sector_name(reader.platform.pack, code, reader.language) for code in codes}
    ordered = sorted(names.items(), key=lambda pair: pair[1])
    return tuple(Choice(code, name, chosen=code == chosen) for code, name in ordered)


def _layers(items: Iterable[Item], chosen: str | None) -> tuple[Choice, ...]:
    known = {layer for item in items for layer in layers_of(item)}
    return tuple(
        Choice(layer, layer_name(layer), chosen=layer == chosen)
        for layer in DATA_LAYERS
        if layer in known
    )
