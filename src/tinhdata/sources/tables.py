"""A pull from a table of a database: what changed since the mark, as one file, one delivery.

A delivery replaces the whole table or the periods that it holds, so what is pulled is always whole
groups of rows: the table, or each period that may not be as it was. Nothing is appended, so nothing
can come twice; and the mark moves in the transaction that writes the delivery, so nothing is passed
over.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from tinhdata.contracts import DeliveryMode, LogicalType, NumberForm
from tinhdata.db import Tx
from tinhdata.deliveries import NoSuchDelivery, Received, State
from tinhdata.intake import Matched, ReadingChoice
from tinhdata.kernel import Progress, t
from tinhdata.sources import rules, store
from tinhdata.sources.drivers.database import SeenTable, Snapshot, snapshot
from tinhdata.sources.drivers.kinds import SERVERS
from tinhdata.sources.drivers.selecting import Grouping, Selection
from tinhdata.sources.errors import SourceUnfit
from tinhdata.sources.matching import Layout, layout_of
from tinhdata.sources.model import (
    Alarm,
    AlarmKind,
    DatabasePlace,
    Mode,
    Source,
    TableMark,
)
from tinhdata.sources.parts import Job, SourceParts, end_alarm, raise_alarm
from tinhdata.sources.rules import Pulled, SchemaChange
from tinhdata.sources.spool import chunks, size_of
from tinhdata.sources.values import Spooled, write_rows

_STAGE = "pulling"
_PUBLISHED = frozenset({State.RELEASED, State.UNCHANGED})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a look at the table says must be pulled."""

    groups: frozenset[str] | None
    """None: all rows."""
    doubtful: frozenset[str]
    """Groups of which some must be different for a delivery to be worth making."""


def pull_table(job: Job, place: DatabasePlace) -> None:
    """Pull what changed, if anything did; raises the Problems of `errors` and of receiving."""
    _adopt_candidate(job)
    before = job.stored.mark
    path = job.folder.rows()
    # Taken before the snapshot: what is committed meanwhile must not count as looked at.
    at = job.parts.clock.now()
    try:
        with opened(job.parts, job.source, place) as view:
            schema = view.columns()
            called = before.called if before else {}
            names = [name for name, _type in schema]
            layout = layout_of(job.contract, names, job.source.columns, called)
            change = rules.schema_change(before, schema) if before else None
            selection = selection_of(job, place, layout)
            seen = _seen(view, selection, job, before)
            is_other = before is None or before.used != layout.columns
            is_other = is_other or (change is not None and change.breaks)
            wanted = _wanted(job, before, seen, is_other=is_other)
            if wanted is None:
                return
            spooled = _spool(job, view, selection, layout, seen, wanted, path)
        content = spooled.content
        contract = job.registered.hash
        pulled = Pulled(schema, layout.columns, contract, seen.top, seen.groups, content, at)
        _deliver(job, layout, path, spooled, pulled, change, wanted)
    finally:
        path.unlink(missing_ok=True)


def opened(
    parts: SourceParts, source: Source, place: DatabasePlace
) -> AbstractContextManager[Snapshot]:
    """Open one view of the source with the secret that its definition refers to."""
    password = parts.secrets.open(place.password) if place.password else None
    return snapshot(SERVERS[source.kind], place, password)


def selection_of(job: Job, place: DatabasePlace, layout: Layout) -> Selection:
    """Say what is read: columns, groups, mark and order; raises SourceUnfit without the period."""
    contract, source = job.contract, job.source
    if not layout.columns:
        raise SourceUnfit(
            t("The source has none of the columns that the definition names."),
            fix=t("Look at the source with “Try the connection” and correct mark or columns."),
        )
    period = contract.period if contract.mode is DeliveryMode.APPEND else None
    column = layout.source_of(period.column) if period else None
    if period is not None and column is None and source.mode is Mode.SINCE:
        raise SourceUnfit(
            t(
                "No column of the source is the period of the dataset ({column}).",
                column=contract.column(period.column).label.vi,
            ),
            fix=t("Say in columns which one it is."),
        )
    key = [layout.matched[name] for name in contract.key if name in layout.matched]
    return Selection(
        place=place,
        columns=layout.columns,
        grouping=Grouping.of(period, column),
        mark=source.mark,
        key=tuple(key or layout.columns),
    )


def _seen(view: Snapshot, selection: Selection, job: Job, before: TableMark | None) -> SeenTable:
    top = before.top if before else None
    bound = rules.bound_below(top, job.source.overlap) if top else None
    return view.seen(selection, bound)


def _wanted(
    job: Job, before: TableMark | None, seen: SeenTable, *, is_other: bool
) -> _Wanted | None:
    """Say what must be pulled; None where nothing can have changed."""
    if not seen.groups:
        job.note(t("The source holds no rows."))
        return None
    everything = frozenset(seen.groups)
    if before is None or is_other or before.contract != job.registered.hash:
        return _Wanted(None, frozenset())
    if gone := rules.vanished_groups(before, seen.groups):
        job.note(
            t(
                "The source no longer has rows of these periods: {periods}. What was published of "
                "them stays until someone withdraws it.",
                periods=", ".join(gone[:20]),
            )
        )
    if job.source.mode is Mode.WHOLE:
        return _Wanted(None, everything)
    span = rules.overlap_of(seen.top, job.source.overlap)
    doubtful = rules.suspects(before, seen.groups, span)
    if not doubtful:
        return None
    waiting = _unpublished(job, before)
    return _Wanted(rules.with_unpublished(before, seen.groups, doubtful, waiting), doubtful)


def _unpublished(job: Job, mark: TableMark) -> frozenset[str]:
    """Give the deliveries of the mark that are not published (any more)."""
    named = {group.delivery for group in mark.groups.values()}
    return frozenset(each for each in named if not _is_published(job, each))


def _is_published(job: Job, delivery: str) -> bool:
    try:
        return job.parts.deliveries.get(job.actor, delivery).state in _PUBLISHED
    except NoSuchDelivery:
        return False


def _spool(
    job: Job,
    view: Snapshot,
    selection: Selection,
    layout: Layout,
    seen: SeenTable,
    wanted: _Wanted,
    path: Path,
) -> Spooled:
    groups = None
    if wanted.groups is not None:
        groups = tuple(seen.values[name] for name in sorted(wanted.groups))
    total = sum(
        group.count
        for name, group in seen.groups.items()
        if wanted.groups is None or name in wanted.groups
    )
    spooled = Spooled()
    limit = job.parts.size_limit
    with path.open("wb") as file:
        rows = view.rows(selection, groups)
        for spooled in write_rows(file, layout.header, rows, layout.forms):
            job.context.report(Progress(_STAGE, spooled.rows, total))
            if file.tell() > limit:
                raise too_large(limit)
    return spooled


def too_large(limit: int) -> SourceUnfit:
    """Say that a pull brings more than one delivery may have."""
    return SourceUnfit(
        t("The source brings more than {limit} MB at once.", limit=limit // (1 << 20)),
        fix=t("Split it, pull it by periods, or ask the operator for a larger limit."),
    )


def _deliver(
    job: Job,
    layout: Layout,
    path: Path,
    spooled: Spooled,
    pulled: Pulled,
    change: SchemaChange | None,
    wanted: _Wanted,
) -> None:
    before, source, parts = job.stored.mark, job.source, job.parts
    if wanted.doubtful and rules.is_same_content(before, wanted.doubtful, spooled.content):
        with parts.db.transaction() as tx:
            job.context.guard(tx)
            store.move_mark(tx, source.id, rules.moved_mark(before, pulled, None), None)
            end_alarm(parts, tx, source, AlarmKind.CHANGED)
        return
    breaks = change if change is not None and change.breaks else None
    if change is not None:
        job.note(change.text())

    def after(tx: Tx, received: Received) -> None:
        mark = rules.moved_mark(before, pulled, received.delivery.id)
        if breaks is None:
            store.move_mark(tx, source.id, mark, None)
            end_alarm(parts, tx, source, AlarmKind.CHANGED)
            return
        # The mark waits until a person has published what came in another form.
        store.move_mark(tx, source.id, before, mark)
        alarm = Alarm(source.id, AlarmKind.CHANGED, parts.clock.now(), breaks.text())
        raise_alarm(parts, tx, source, alarm)

    parts.deliveries.receive(
        job.actor,
        source.dataset,
        chunks(path),
        f"{source.id}.csv",
        source=source.actor_id,
        choice=_choice(job, layout, spooled),
        alongside=job.alongside(after, size_of(path), spooled.rows),
    )


def _choice(job: Job, layout: Layout, spooled: Spooled) -> ReadingChoice:
    """Say how the file is read: we wrote it, so nothing of its form has to be guessed."""
    called = {name: column for column, name in layout.matched.items()}
    forms: Mapping[str, NumberForm] = {
        called[name]: NumberForm.ENGLISH
        for at, name in enumerate(layout.columns)
        if at in spooled.numeric
        and name in called
        and job.contract.column(called[name]).logical_type is LogicalType.NUMBER
        and layout.forms[at] is NumberForm.AUTO
    }
    return ReadingChoice(
        delimiter=",",
        first_header_row=1,
        header_rows=1,
        number_forms=forms,
        totals_are_data=True,
    )


def _adopt_candidate(job: Job) -> None:
    """Let the mark of changed columns count, where its delivery was published meanwhile."""
    candidate = job.stored.candidate
    if candidate is None or not _is_published(job, candidate.delivery):
        return
    candidate = replace(candidate, called=_called(job, candidate))
    with job.parts.db.transaction() as tx:
        job.context.guard(tx)
        store.move_mark(tx, job.source.id, candidate, None)
        end_alarm(job.parts, tx, job.source, AlarmKind.CHANGED)
    job.stored = job.stored.with_mark(candidate)


def _called(job: Job, candidate: TableMark) -> Mapping[str, str]:
    """Give which columns a person named for the delivery of `candidate`, and those named before.

    So the question that a renamed column raised is asked once.
    """
    understanding = job.parts.deliveries.get(job.actor, candidate.delivery).understanding
    matches = () if understanding is None else understanding.mapping
    chosen = {each.column: each.header for each in matches if each.how is Matched.CHOSEN}
    present = {name for name, _type in candidate.schema}
    named = {**candidate.called, **chosen}
    return {column: name for column, name in named.items() if name in present}
