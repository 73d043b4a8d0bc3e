"""The first page, the pages of agencies and the register of databases."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tinhdata.access import AgencyKind
from tinhdata.catalogue import CatalogueQuery, DatabaseKind, FacetName, Sorting
from tinhdata.kernel import t
from tinhdata.vietnam import fold
from tinhdata.warehouse import ReleaseState
from tinhdata.web.contexts.portal import (
    AgencyLine,
    AgencyList,
    AgencyPage,
    ContactLine,
    DatabaseGroup,
    DatabaseLine,
    DatabaseList,
    Figure,
    Home,
)
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.listing import OVERDUE, Found, Wish, narrowed
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.registers import certainty_badge
from tinhdata.web.filling.words import DATABASE_KINDS

_FRESH = 5
_LATE = 6
_EXAMPLES = 3
_RECENT = timedelta(days=30)


def home(reader: Reader) -> Home:
    """Give the first page: figures, what is new, what is late, sectors, searches to try."""
    newest = _newest_first(reader.all)
    late = sorted(
        (each for each in reader.all if each.freshness.is_late),
        key=lambda each: -each.freshness.days_late,
    )
    return Home(
        figures=_figures(reader, newest),
        fresh=tuple(each.line() for each in newest[:_FRESH]),
        late=tuple(each.line() for each in late[:_LATE]),
        sectors=_sectors(reader.all),
        examples=_examples(reader, newest),
    )


def agency_list(reader: Reader) -> AgencyList:
    """Give the agencies that have datasets, those with most datasets first."""
    lines: dict[AgencyKind, list[AgencyLine]] = {kind: [] for kind in AgencyKind}
    for code, agency in reader.agencies.items():
        if own := _of_agency(reader.all, code):
            lines[agency.kind].append(
                AgencyLine(
                    code,
                    agency.name.in_language(reader.language),
                    len(own),
                    _rows(own),
                    sum(each.freshness.is_late for each in own),
                    any(each.freshness.due is not None for each in own),
                )
            )
    with_data = sum(map(len, lines.values()))
    return AgencyList(
        provincial=_most_first(lines[AgencyKind.PROVINCIAL]),
        communes=_most_first(lines[AgencyKind.COMMUNE]),
        without_data=len(reader.agencies) - with_data,
    )


def agency_page(reader: Reader, code: str) -> AgencyPage:
    """Give an agency and its datasets; raises AccessNotFound."""
    agency = reader.platform.access.agency(code)
    own = _of_agency(reader.all, code)
    late = sum(each.freshness.is_late for each in own)
    here = {FacetName.AGENCY: code}
    return AgencyPage(
        code=code,
        name=agency.name.in_language(reader.language),
        parent=reader.agency_name(agency.parent) if agency.parent else None,
        contact=agency.contact,
        lines=tuple(each.line() for each in own),
        figures=(
            Figure(len(own), t("datasets"), narrowed(here)),
            Figure(_rows(own), t("published rows"), narrowed(here)),
            Figure(late, t("overdue datasets"), narrowed({**here, **OVERDUE})),
        ),
        point=_point(reader, code),
    )


def _point(reader: Reader, code: str) -> ContactLine | None:
    """Give the contact point of an agency, marked where it is made up."""
    point = reader.platform.registers.contact(code)
    if point is None:
        return None
    position = point.position.in_language(reader.language)
    badge = certainty_badge(point.certainty)
    return ContactLine(point.name, position, point.email, point.phone, badge)


def database_list(reader: Reader) -> DatabaseList:
    """Give the register of databases, with the datasets that each holds."""
    groups = []
    for kind in DatabaseKind:
        title, meaning = DATABASE_KINDS[kind]
        lines = [
            DatabaseLine(
                id=entry.id,
                name=entry.name.in_language(reader.language),
                purpose=entry.purpose.in_language(reader.language),
                agency=reader.agency_name(entry.agency),
                agency_href=f"/agencies/{entry.agency}",
                href=narrowed({FacetName.DATABASE: entry.id}),
                datasets=len(own),
                rows=_rows(own),
            )
            for entry in reader.databases.values()
            if entry.kind is kind
            for own in [[each for each in reader.all if each.record.database == entry.id]]
        ]
        groups.append(DatabaseGroup(title, meaning, tuple(lines)))
    return DatabaseList(tuple(group for group in groups if group.lines))


def _newest_first(found: Iterable[Found]) -> list[Found]:
    dated = [(each.record.release.at, each) for each in found if each.record.release]
    return [each for _at, each in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _figures(reader: Reader, released: Sequence[Found]) -> tuple[Figure, ...]:
    return (
        Figure(len(released), t("published datasets"), "/datasets"),
        Figure(_rows(released), t("published rows"), "/datasets"),
        Figure(
            len({each.record.agency for each in released}), t("agencies with data"), "/agencies"
        ),
        Figure(
            _recent_releases(reader, released),
            t("updates in the last 30 days"),
            Wish(sort=Sorting.UPDATED).address(),
        ),
    )


def _recent_releases(reader: Reader, released: Iterable[Found]) -> int:
    """Count the releases of the last 30 days that still stand."""
    since = reader.platform.clock.now() - _RECENT
    return sum(
        release.published_at >= since and release.state is not ReleaseState.WITHDRAWN
        for each in released
        if each.record.release and each.record.release.at >= since
        for release in reader.platform.warehouse.releases(each.record.dataset)
    )


def _sectors(found: Iterable[Found]) -> tuple[Choice, ...]:
    names: dict[str, tuple[str, int]] = {}
    for each in found:
        _name, count = names.get(each.record.sector, ("", 0))
        names[each.record.sector] = (each.sector, count + 1)
    return tuple(
        Choice(sector, name, count=count, href=narrowed({FacetName.TOPIC: sector}))
        for sector, (name, count) in sorted(names.items(), key=lambda item: item[1][0])
    )


def _examples(reader: Reader, found: Iterable[Found]) -> tuple[Choice, ...]:
    """Give searches to try that do find something: a tag each from datasets of several sectors."""
    tried: dict[str, Choice] = {}
    sectors: set[str] = set()
    for each in found:
        if each.record.sector in sectors:
            continue
        contract = reader.platform.registry.by_hash(each.record.contract_hash).contract
        for tag in contract.tags:
            words = _as_written(tag.split("-"), contract.name.vi)
            if words not in tried and reader.find(CatalogueQuery(words, limit=0)).total:
                tried[words] = Choice(words, words, href=Wish(q=words).address())
                sectors.add(each.record.sector)
                break
        if len(tried) == _EXAMPLES:
            break
    return tuple(tried.values())


def _as_written(plain: Sequence[str], name: str) -> str:
    """Give the words of a tag with the diacritics that they have in the name of their dataset."""
    words = name.replace("(", " ").replace(")", " ").replace(",", " ").split()
    for at in range(len(words) - len(plain) + 1):
        part = words[at : at + len(plain)]
        if [fold(word) for word in part] == list(plain):
            return " ".join(part).lower()
    return " ".join(plain)


def _of_agency(found: Iterable[Found], code: str) -> list[Found]:
    return [each for each in found if each.record.agency == code]


def _rows(found: Iterable[Found]) -> int:
    return sum(each.record.release.rows for each in found if each.record.release)


def _most_first(lines: Iterable[AgencyLine]) -> tuple[AgencyLine, ...]:
    return tuple(sorted(lines, key=lambda line: (-line.datasets, line.code)))
