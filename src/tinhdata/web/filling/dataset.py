"""A dataset as one of its pages shows it: which release, under which contract, to whom."""

from dataclasses import dataclass
from datetime import date, datetime

from starlette.datastructures import QueryParams

from tinhdata.catalogue import Area, DatasetRecord
from tinhdata.contracts import AccessLevel, Column, Contract
from tinhdata.edge.language import day_text, number
from tinhdata.edge.rows import Opened, open_one, release_of, visible_columns
from tinhdata.edge.showing import shown
from tinhdata.feedback import PUBLIC, Kind
from tinhdata.kernel import Refused, Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.quality import Batch, QuarantineUnknown
from tinhdata.warehouse import NoRelease, Release, ReleaseKind, Value
from tinhdata.web.contexts.portal import DatasetHead
from tinhdata.web.contexts.shell import Badge, Tab, Tone
from tinhdata.web.filling.addresses import dataset_path, with_query
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.standards import linked_data
from tinhdata.web.filling.statistics import uses_lately
from tinhdata.web.filling.words import AREAS, badges, licence_name

PURPOSE = "portal"
PINS = ("release", "as_of")
"""Parameters that say which release is read."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The dataset of a page. `opened` is there where the reader may see rows of `release`."""

    reader: Reader
    record: DatasetRecord
    contract: Contract
    contract_hash: str
    release: Release | None
    opened: Opened | None
    refused: Text | None
    pins: QueryParams

    @property
    def id(self) -> str:
        """Give the id of the dataset."""
        return self.record.dataset

    @property
    def name(self) -> str:
        """Give the name of the dataset in the reader's language."""
        return self.contract.name.in_language(self.reader.language)

    def address(self, *parts: str | int) -> str:
        """Give the address of a page of this dataset that reads the same release."""
        return with_query(self.path(*parts), self.pins.multi_items())

    def path(self, *parts: str | int) -> str:
        """Give the address of a page of this dataset, whichever release it reads."""
        return dataset_path(self.id, *parts)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Give the columns that the reader may see; all of them where no rows are read."""
        return visible_columns(self.opened) if self.opened else self.contract.columns

    @property
    def is_current(self) -> bool:
        """Say whether the release read is the current one."""
        last = self.record.release
        return self.release is not None and last is not None and last.id == self.release.id


def subject(reader: Reader, dataset: str, params: QueryParams) -> Subject:
    """Open the dataset at the release that `params` name, else at the current one.

    Raises NoSuchRecord, FilterInvalid, and where a release was asked for NoRelease,
    ReleaseNotFound or ReleaseWithdrawn. A reader who may not see the rows gets the reason.
    """
    platform = reader.platform
    record = platform.catalogue.record(dataset, reader.actor)
    pins = QueryParams([(name, params[name]) for name in PINS if params.get(name)])
    release = _release(reader, dataset, pins)
    if release is None:
        registered = platform.registry.by_hash(record.contract_hash)
        return Subject(reader, record, registered.contract, registered.hash, None, None, None, pins)
    own = platform.registry.by_hash(release.contract_hash)
    opened: Opened | None = None
    refused: Text | None = None
    try:
        opened = open_one(platform, reader.actor, release, PURPOSE)
    except Refused as problem:
        refused = _why_refused(problem)
    return Subject(reader, record, own.contract, own.hash, release, opened, refused, pins)


def _release(reader: Reader, dataset: str, pins: QueryParams) -> Release | None:
    """Find the release that is read; None where the dataset has none at all."""
    try:
        return release_of(reader.platform, dataset, pins)
    except NoRelease:
        if pins:
            raise
        return None


def head(subject: Subject, part: str, *, is_whole: bool = True) -> DatasetHead:
    """Give what stands above all parts of the dataset's pages; `part` is the current one.

    A page that is not the `is_whole` one of its part is no second description for search engines.
    """
    reader, release, record = subject.reader, subject.release, subject.record
    fresh = reader.freshness(record)
    return DatasetHead(
        id=subject.id,
        name=subject.name,
        agency=reader.agency_name(record.agency),
        agency_href=f"/agencies/{record.agency}",
        badges=_head_badges(subject, badges(record, fresh)),
        tabs=_tabs(subject, part),
        rows=release.rows if release else None,
        columns=len(subject.contract.columns),
        release=release.number if release else None,
        published=release.published_at if release else None,
        period=_period(subject),
        licence=licence_name(reader.platform.pack, subject.contract.licence, reader.language),
        contract_version=subject.contract.version,
        passed=_passed(subject),
        simulated=subject.contract.simulated,
        as_of=_as_of(subject.pins.get("as_of")),
        deliver_href=_deliver_href(subject),
        may_follow=record.access_level is AccessLevel.OPEN,
        area=_area(subject),
        linked=linked_data(reader, subject.id) if is_whole and not part else None,
        licence_href=_licence_href(subject),
        uses=uses_lately(reader, subject.id),
    )


def _licence_href(subject: Subject) -> str | None:
    """Give where the terms of the dataset are written out."""
    licences = subject.reader.platform.standards.portal.licences
    found = licences.get(subject.contract.licence or "")
    return found.address if found else None


def delivered(subject: Subject) -> Release | None:
    """Give the release of the whole delivery that the release read stands on, past corrections."""
    release, warehouse = subject.release, subject.reader.platform.warehouse
    while release is not None and release.kind is ReleaseKind.CORRECTION:
        release = warehouse.get(release.base_id) if release.base_id else None
    return release


def batch_of(subject: Subject) -> Batch | None:
    """Give where the rows of the last delivery went, None where nothing was delivered."""
    release = delivered(subject)
    if release is None:
        return None
    try:
        return subject.reader.platform.quarantine.batch(release.delivery_id)
    except QuarantineUnknown:
        return None


def share(part: int, whole: int, language: str) -> str:
    """Write a share that says 100 % only of everything."""
    exact = 100 * part / whole
    return f"{number(round(min(exact, 99.9) if part < whole else exact, 1), language)} %"


def _why_refused(problem: Refused) -> Text:
    if problem.fix is None:
        return problem.text
    return Text("{reason} {fix}", {"reason": problem.text, "fix": problem.fix})


def _head_badges(subject: Subject, marks: tuple[Badge, ...]) -> tuple[Badge, ...]:
    release = subject.release
    fresh = subject.reader.freshness(subject.record)
    if fresh.due is not None and not fresh.is_late:
        marks = (*marks, Badge(t("On time"), Tone.GOOD))
    if release is None or subject.is_current:
        return marks
    said = t("Release no. {number}, replaced since", number=str(release.number))
    return (*marks, Badge(said, Tone.CALM, "archive-x"))


def _tabs(subject: Subject, part: str) -> tuple[Tab, ...]:
    count = len(subject.reader.platform.warehouse.releases(subject.id))
    parts = (
        ("", t("Data"), None),
        ("dictionary", t("Dictionary"), len(subject.contract.columns)),
        ("quality", t("Quality"), None),
        ("releases", t("Releases"), count or None),
        ("downloads", t("Downloads"), None),
        ("discussion", t("Discussion"), _public_items(subject)),
    )
    return tuple(
        Tab(label, subject.address(*([name] if name else [])), name == part, number_of)
        for name, label, number_of in parts
    )


def _public_items(subject: Subject) -> int | None:
    feedback = subject.reader.platform.feedback
    kinds = (Kind.REPORT, Kind.QUESTION)
    return feedback.count(kinds=kinds, dataset=subject.id, states=tuple(PUBLIC)) or None


def _period(subject: Subject) -> str | None:
    """Give the first and last period of the rows, of datasets that have periods."""
    period, opened = subject.contract.period, subject.opened
    if period is None or opened is None:
        return None
    statistics = subject.reader.platform.warehouse.statistics(opened.permit, opened.release.id)
    for column in statistics:
        if column.column.name == period.column and column.rows > column.empty:
            ends = (column.minimum, column.maximum)
            return " – ".join(dict.fromkeys(_period_end(subject, end) for end in ends))
    return None


def _period_end(subject: Subject, value: Value) -> str:
    language, period = subject.reader.language, subject.contract.period
    if isinstance(value, date):
        return day_text(value, language)
    column = subject.contract.column(period.column) if period else subject.contract.columns[0]
    return shown(value, column, language) or ""


def _area(subject: Subject) -> Text:
    """Say how closely the rows say where something is, in the order of the catalogue."""
    return AREAS[next(iter(subject.record.areas), Area.PROVINCE)]


def _passed(subject: Subject) -> str | None:
    batch = batch_of(subject)
    if batch is None or not batch.made:
        return None
    return share(batch.released, batch.made, subject.reader.language)


def _as_of(value: str | None) -> date | None:
    """Read what was asked for; what cannot be read was refused when the release was opened."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return local_day(moment) if moment.tzinfo else moment.date()


def _deliver_href(subject: Subject) -> str | None:
    reader = subject.reader
    if not reader.actor.roles:
        return None
    datasets = {each.dataset for each in reader.platform.deliveries.deliverable(reader.actor)}
    return f"/deliveries/new/{subject.id}" if subject.id in datasets else None
