"""Fills the pages of pulled sources."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.dictionary import DictionaryMissing
from tinhdata.edge.language import moment_text
from tinhdata.kernel import Text, t
from tinhdata.registry import ContractUnknown
from tinhdata.sources import (
    AlarmKind,
    Every,
    Look,
    Outcome,
    Run,
    Source,
    SourceKind,
    SourceView,
)
from tinhdata.web.contexts.desk import Waiting
from tinhdata.web.contexts.shell import Badge, Choice, Notice, Tone
from tinhdata.web.contexts.sources import (
    LookColumn,
    LookFile,
    LookShown,
    RunRow,
    SourcePage,
    SourceRow,
    SourcesPage,
)
from tinhdata.web.filling.addresses import dataset_path, pager_of
from tinhdata.web.filling.desk_words import Names

PAGE = 20

_KINDS: Mapping[SourceKind, Text] = MappingProxyType(
    {
        SourceKind.POSTGRESQL: t("PostgreSQL database"),
        SourceKind.MYSQL: t("MySQL or MariaDB database"),
        SourceKind.SQLSERVER: t("SQL Server database"),
        SourceKind.ORACLE: t("Oracle database"),
        SourceKind.SFTP: t("files on an SFTP server"),
        SourceKind.FTP: t("files on an FTP server"),
        SourceKind.FOLDER: t("watched folder"),
        SourceKind.HTTP: t("file at a web address"),
        SourceKind.CKAN: t("CKAN data portal"),
        SourceKind.TINHDATA: t("another data platform of this kind"),
    }
)
_OUTCOMES: Mapping[Outcome, Badge] = MappingProxyType(
    {
        Outcome.RUNNING: Badge(t("Under way"), Tone.BUSY),
        Outcome.DELIVERED: Badge(t("New data delivered"), Tone.GOOD),
        Outcome.UNCHANGED: Badge(t("Nothing new"), Tone.CALM),
        Outcome.POSTPONED: Badge(t("Put off"), Tone.LATE),
        Outcome.FAILED: Badge(t("Pull failed"), Tone.BAD),
    }
)
_ALARMS: Mapping[AlarmKind, tuple[Badge, Text]] = MappingProxyType(
    {
        AlarmKind.SILENT: (Badge(t("Silent"), Tone.LATE), t("The source {source} is silent")),
        AlarmKind.CHANGED: (
            Badge(t("Columns changed"), Tone.WARN),
            t("The columns of the source {source} changed"),
        ),
        AlarmKind.FAILING: (
            Badge(t("Pull failed"), Tone.BAD),
            t("The source {source} cannot be pulled"),
        ),
    }
)
_IN_USE = Badge(t("In rhythm"), Tone.GOOD)
_PAUSED = Badge(t("Paused"), Tone.CALM)


def sources_page(platform: Platform, actor: Actor, language: str) -> SourcesPage:
    """Give the sources that `actor` may know of; those with an alarm first."""
    views = sorted(platform.sources.list(actor), key=lambda view: (not view.alarms, view.source.id))
    return SourcesPage(tuple(_row(platform, view, language) for view in views))


def source_page(
    platform: Platform,
    actor: Actor,
    language: str,
    source_id: str,
    number: int = 1,
    look: LookShown | None = None,
) -> SourcePage:
    """Give one source with a page of its runs; raises SourceUnknown."""
    view = platform.sources.get(actor, source_id)
    source = view.source
    runs = platform.sources.runs(actor, source_id, (number - 1) * PAGE, PAGE)
    names = Names(platform, language)
    manages = platform.sources.may_manage(actor, source)
    return SourcePage(
        name=source.title or source.id,
        badge=_badge(view),
        dataset=_dataset_name(platform, source.dataset, language),
        dataset_href=dataset_path(source.dataset),
        facts=_facts(platform, view, language),
        next_due=view.next_due,
        data_at=view.data_at,
        alarms=tuple((alarm.text, alarm.since) for alarm in view.alarms),
        runs=tuple(_run(run, names) for run in runs.items),
        pager=pager_of(runs, f"/sources/{source.id}"),
        action=f"/sources/{source.id}" if manages else None,
        enabled=view.enabled,
        is_busy=view.last_run is not None and view.last_run.outcome is Outcome.RUNNING,
        twins=tuple(_twins(platform, actor, source, language)),
        look=look,
    )


def _twins(platform: Platform, actor: Actor, source: Source, language: str) -> Iterator[Choice]:
    """Give the other sources of the dataset, and the datasets that collect the same figures.

    What stands in a connected database is not to be collected again (Luật Dữ liệu 60/2024/QH15,
    Điều 11 khoản 2 điểm b).
    """
    for view in platform.sources.list(actor):
        other = view.source
        if other.dataset == source.dataset and other.id != source.id:
            yield Choice(other.id, other.title or other.id, href=f"/sources/{other.id}")
    with suppress(DictionaryMissing):
        overlaps = platform.dictionary.collected_twice(actor)
        datasets = dict.fromkeys(
            at.dataset
            for overlap in overlaps
            if source.dataset in {at.dataset for at in overlap.columns}
            for at in overlap.columns
            if at.dataset != source.dataset
        )
        for dataset in datasets:
            name = _dataset_name(platform, dataset, language)
            yield Choice(dataset, name, href=dataset_path(dataset))


def look_shown(look: Look) -> LookShown:
    """Give what trying a source showed."""
    text = t("The connection works. Nothing was delivered by this.")
    tone = Tone.WARN if look.missing else Tone.GOOD
    shown = [column for column in look.columns if look.rows]
    return LookShown(
        notice=Notice(text, tone),
        columns=tuple(LookColumn(c.name, c.type, c.column) for c in look.columns),
        missing=look.missing,
        headers=tuple(column.name for column in shown)[: len(look.rows[0]) if look.rows else 0],
        rows=look.rows,
        files=tuple(LookFile(f.name, f.size, f.modified) for f in look.files),
        notes=look.notes,
    )


def alarms_waiting(platform: Platform, actor: Actor, language: str) -> tuple[Waiting, ...]:
    """Give the alarms of sources that `actor` looks after, for the first page of the console."""
    return tuple(
        Waiting(
            href=f"/sources/{source.id}",
            what=Text(_ALARMS[alarm.kind][1].msgid, {"source": source.title or source.id}),
            dataset=_dataset_name(platform, source.dataset, language),
            verb=t("See why"),
            since=alarm.since,
            badge=_ALARMS[alarm.kind][0],
            late=alarm.kind is AlarmKind.SILENT,
        )
        for source, alarm in platform.sources.waiting_for(actor)
    )


def _row(platform: Platform, view: SourceView, language: str) -> SourceRow:
    source, run = view.source, view.last_run
    return SourceRow(
        href=f"/sources/{source.id}",
        name=source.title or source.id,
        id=source.id,
        dataset=_dataset_name(platform, source.dataset, language),
        kind=_KINDS[source.kind],
        badge=_badge(view),
        rhythm=_rhythm(view),
        next_due=view.next_due,
        last_at=run.started_at if run else None,
        last=_OUTCOMES[run.outcome] if run else None,
        data_at=view.data_at,
        alarms=tuple(alarm.text for alarm in view.alarms),
    )


def _badge(view: SourceView) -> Badge:
    if view.alarms:
        return _ALARMS[view.alarms[0].kind][0]
    return _IN_USE if view.enabled else _PAUSED


def _facts(
    platform: Platform, view: SourceView, language: str
) -> tuple[tuple[Text, str | Text], ...]:
    names = Names(platform, language)
    facts: list[tuple[Text, str | Text]] = [
        (t("Kind"), _KINDS[view.source.kind]),
        (t("Rhythm"), _rhythm(view)),
        (t("Id"), view.source.id),
        (t("Added by"), names.person(view.added_by)),
        (t("Added at"), moment_text(view.added_at, language)),
    ]
    if view.mark is not None:
        facts.append((t("Mark"), view.mark))
    return tuple(facts)


def _rhythm(view: SourceView) -> Text:
    rhythm = view.source.rhythm
    if isinstance(rhythm, Every):
        return t("every {minutes} minutes", minutes=rhythm.minutes)
    return t("daily at {time}", time=f"{rhythm.hour:02}:{rhythm.minute:02}")


def _run(run: Run, names: Names) -> RunRow:
    problem = () if run.problem is None else (run.problem,)
    return RunRow(
        started_at=run.started_at,
        badge=_OUTCOMES[run.outcome],
        bytes=run.bytes,
        rows=run.rows,
        deliveries=run.deliveries,
        notes=(*problem, *run.notes),
        by=names.person(run.by),
    )


def _dataset_name(platform: Platform, dataset: str, language: str) -> str:
    try:
        return platform.registry.active(dataset).contract.name.in_language(language)
    except ContractUnknown:
        return dataset
