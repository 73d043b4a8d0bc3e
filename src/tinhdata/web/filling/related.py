"""Datasets that stand beside this one: what it refers to, what refers to it, what is like it."""

from collections.abc import Iterable, Mapping

from tinhdata.bootstrap import Platform
from tinhdata.catalogue import DatasetRecord
from tinhdata.feedback import PUBLIC, Kind
from tinhdata.kernel import Text, t
from tinhdata.web.contexts.about import Relation
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import dataset_path, with_query
from tinhdata.web.filling.dataset import Subject

_MOST = 6


def relations(subject: Subject) -> tuple[Relation, ...]:
    """Give what stands in each relation to the dataset, as far as the reader may know of it."""
    reader = subject.reader
    question = ("relations", reader.actor, reader.language, subject.id, subject.contract_hash)
    standing = reader.platform.standing.remembered(question, lambda: _by_record(subject))
    reuses = _reuses(subject)
    return (*standing, reuses) if reuses else standing


def _by_record(subject: Subject) -> tuple[Relation, ...]:
    records = subject.reader.platform.catalogue.records(subject.reader.actor)
    known = {each.dataset: each for each in records}
    others = {name: record for name, record in known.items() if name != subject.id}
    referred = _referred(subject.reader.platform)
    to = dict.fromkeys(c.reference.dataset for c in subject.contract.columns if c.reference)
    named = {*to, *referred.get(subject.id, ())}
    found = (
        _relation(subject, t("Its codes are looked up in"), _of(to, others)),
        _relation(subject, t("Datasets that use it"), _of(referred.get(subject.id, ()), others)),
        _same_database(subject, others),
        _relation(subject, t("Similar datasets"), _similar(subject, others, named)),
    )
    return tuple(each for each in found if each is not None)


def _referred(platform: Platform) -> Mapping[str, tuple[str, ...]]:
    """Give by dataset which datasets' contracts refer to it."""

    def found() -> Mapping[str, tuple[str, ...]]:
        by_target: dict[str, dict[str, None]] = {}
        for registered in platform.registry.all_active():
            for column in registered.contract.columns:
                if column.reference is not None:
                    there = by_target.setdefault(column.reference.dataset, {})
                    there[registered.contract.id] = None
        return {target: tuple(names) for target, names in by_target.items()}

    return platform.standing.remembered(("referred",), found)


def _of(names: Iterable[str], known: Mapping[str, DatasetRecord]) -> list[DatasetRecord]:
    return [known[name] for name in names if name in known]


def _same_database(subject: Subject, known: Mapping[str, DatasetRecord]) -> Relation | None:
    database = subject.record.database
    if database is None:
        return None
    found = [record for record in known.values() if record.database == database]
    title = t("In the same database: {name}", name=subject.reader.database_name(database) or "")
    more = with_query("/datasets", {"database": database})
    return _relation(subject, title, found, more)


def _similar(
    subject: Subject, known: Mapping[str, DatasetRecord], named: "set[str]"
) -> list[DatasetRecord]:
    """Give datasets with tags in common, those of the same topic first, without those above."""
    own = set(subject.record.tags)
    ranked = [
        (len(own & set(record.tags)), record.sector == subject.record.sector, record)
        for name, record in known.items()
        if name not in named and record.database != subject.record.database
    ]
    telling = [each for each in ranked if each[0] > 0]
    telling.sort(key=lambda each: (-each[0], not each[1], each[2].dataset))
    return [record for _, _, record in telling]


def _relation(
    subject: Subject, title: Text, records: "list[DatasetRecord]", more: str | None = None
) -> Relation | None:
    if not records:
        return None
    language = subject.reader.language
    choices = tuple(
        Choice(each.dataset, each.name.in_language(language), href=dataset_path(each.dataset))
        for each in records[:_MOST]
    )
    rest = len(records) - len(choices)
    further = Choice("more", t("and {count} more", count=rest), href=more) if rest else None
    return Relation(title, choices, further)


def _reuses(subject: Subject) -> Relation | None:
    """Give what people made of it, as far as it was looked at and shown."""
    page = subject.reader.platform.feedback.items(
        kinds=(Kind.REUSE,), dataset=subject.id, states=tuple(PUBLIC), limit=_MOST
    )
    if not page.items:
        return None
    choices = tuple(Choice(item.id, item.title, href=item.url) for item in page.items)
    return Relation(t("Made of this data"), choices)
