"""registers.yaml and terms.yaml: which registers are published, by whose decision; the terms."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from tinhdata.kernel import t
from tinhdata.pack.files import PackFiles
from tinhdata.pack.forms import (
    ContactForm,
    CycleForm,
    DecisionForm,
    RegisterForm,
    RegistersForm,
    TableForm,
    TermsEditionForm,
    TermsFileForm,
)
from tinhdata.pack.model import LawStatus, Pack
from tinhdata.registers import (
    Article,
    ContactPoint,
    Cycle,
    Decision,
    Edition,
    Facts,
    Kept,
    Law,
    Register,
    RegisterName,
    Table,
    Terms,
)

_REGISTERS, _TERMS = "registers.yaml", "terms.yaml"


def contact_of(form: ContactForm | None, code: str) -> ContactPoint | None:
    """Give the contact point of the agency with `code`, whose code may stand in its address."""
    if form is None:
        return None
    email = form.email.replace("{code}", code.lower().replace(".", "-"))
    return ContactPoint(form.name, form.position.bilingual(), email, form.phone, form.certainty)


def read_registers(files: PackFiles, pack: Pack) -> Facts:
    """Read both files, or say the least where a pack has none; faults go to `files`."""
    facts = Facts(
        contacts=MappingProxyType(
            {each.agency.code: each.contact for each in pack.agencies if each.contact}
        ),
        laws=MappingProxyType(
            {
                law.urn: Law(law.urn, law.title, law.valid_from, law.valid_to)
                for law in pack.laws.values()
                if law.status is not LawStatus.DISPUTED
            }
        ),
        databases=MappingProxyType(
            {
                entry.id: Kept(entry.collection, entry.legal_basis)
                for entry in pack.databases.values()
            }
        ),
        terms=_terms(files),
    )
    has_file = (files.root / _REGISTERS).is_file()
    form = files.form(_REGISTERS, RegistersForm) if has_file else None
    if form is None:
        return facts
    _faults(files, pack, form)
    return replace(
        facts,
        registers=_registers(form.registers),
        reviewed_every=tuple(map(_cycle, form.reviewed_every)),
        updated_every=tuple(map(_cycle, form.updated_every)),
        services=_table(form.services),
        plan=_table(form.plan),
        published_within=form.published_within.working_days if form.published_within else 1,
    )


def _registers(forms: Iterable[RegisterForm]) -> Mapping[RegisterName, Register]:
    return MappingProxyType(
        {
            form.name: Register(
                name=form.name,
                title=form.title.bilingual(),
                about=form.about.bilingual(),
                keeper=form.keeper,
                legal_basis=form.legal_basis,
                editions=tuple(
                    Edition(
                        each.version,
                        each.valid_from,
                        _decision(each.decision),
                        each.note.bilingual() if each.note else None,
                    )
                    for each in sorted(form.editions, key=lambda e: e.valid_from, reverse=True)
                ),
                reviews=tuple(sorted(form.reviews, reverse=True)),
            )
            for form in forms
        }
    )


def _decision(form: DecisionForm) -> Decision:
    return Decision(
        form.number, form.title.bilingual(), form.issuer.bilingual(), form.signed, form.certainty
    )


def _cycle(form: CycleForm) -> Cycle:
    return Cycle(
        months=form.months,
        basis=form.basis,
        law=form.law,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
        certainty=form.certainty,
        note=form.note.bilingual() if form.note else None,
    )


def _table(form: TableForm | None) -> Table | None:
    return None if form is None else Table(form.dataset, MappingProxyType(form.columns))


def _terms(files: PackFiles) -> tuple[Terms, ...]:
    form = files.form(_TERMS, TermsFileForm) if (files.root / _TERMS).is_file() else None
    if form is None:
        return ()
    editions = sorted(form.editions, key=lambda each: each.valid_from, reverse=True)
    return tuple(_edition(form.code, edition) for edition in editions)


def _edition(code: str, form: TermsEditionForm) -> Terms:
    return Terms(
        code=code,
        version=form.version,
        valid_from=form.valid_from,
        decision=_decision(form.decision),
        title=form.title.bilingual(),
        basis=form.basis,
        articles=tuple(
            Article(each.heading.bilingual(), each.text.bilingual()) for each in form.articles
        ),
        permissions=form.permissions,
        duties=form.duties,
        prohibitions=form.prohibitions,
    )


def _faults(files: PackFiles, pack: Pack, form: RegistersForm) -> None:
    codes = {each.agency.code for each in pack.agencies}
    for register in form.registers:
        if register.keeper not in codes:
            files.say(
                _REGISTERS,
                t("The keeper {code} of a register is no agency.", code=register.keeper),
                t("Write the code of an agency of agencies.yaml."),
            )
    cycles = (*form.reviewed_every, *form.updated_every)
    for urn in (*(c.law for c in cycles), *(u for r in form.registers for u in r.legal_basis)):
        if urn not in pack.laws:
            files.say(
                _REGISTERS,
                t("The legal text {urn} is not in the list of laws.", urn=urn),
                t("Add it to laws.yaml, with the days between which it holds."),
            )
    contracts = {dataset.contract.id: dataset.contract for dataset in pack.datasets}
    for table in (form.services, form.plan):
        contract = contracts.get(table.dataset) if table else None
        if table is None or not contracts:
            continue
        known = set(contract.column_names) if contract else set[str]()
        for column in sorted(set(table.columns.values()) - known):
            files.say(
                _REGISTERS,
                t("{dataset} has no column {column}.", dataset=table.dataset, column=column),
                t("Name a dataset of the pack and columns that it has."),
            )
