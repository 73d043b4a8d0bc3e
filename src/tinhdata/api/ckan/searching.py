"""package_search: words go to the catalogue's search, all other conditions are met here."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from tinhdata.access import ANONYMOUS
from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.identities import name_of
from tinhdata.api.ckan.lucene import (
    And,
    LuceneUnfit,
    Node,
    parse,
    without_words,
    words,
)
from tinhdata.api.ckan.matching import EXACT, Document, matches, require_known
from tinhdata.api.ckan.packages import API, FORMATS, package
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.problems import search_unfit
from tinhdata.api.ckan.shelf import Shelf
from tinhdata.catalogue import MOST_HITS, CatalogueQuery, DatasetRecord
from tinhdata.contracts import Bilingual
from tinhdata.kernel import JSON
from tinhdata.vietnam import fold

MOST_ROWS = 1_000
_ROWS = 10
_FACET_ITEMS = 50
_MOST_ITEMS = 10_000
_MOST_FACETS = 20
_MOST_SORTS = 5
_KNOWN = frozenset(
    {"q", "fq", "fq_list", "rows", "start", "sort", "facet", "facet.field", "facet.limit",
     "facet.mincount", "fl", "qf", "defType", "bf", "boost", "tie", "mm", "df", "q.op", "wt",
     "include_drafts", "include_private", "include_deleted", "use_default_schema", "facet_field",
     "facet_limit", "facet_mincount"}
)  # fmt: skip
_UNDATED = datetime(1, 1, 1, tzinfo=UTC)


def package_search(shelf: Shelf, params: Params) -> JSON:
    """Find packages by CKAN's searching syntax."""
    unknown = sorted(name for name in params if name not in _KNOWN and not name.startswith("ext_"))
    if unknown:
        raise search_unfit(f"Invalid search parameters: {unknown}")
    rows = read.whole(params, "rows", _ROWS, MOST_ROWS)
    start = read.whole(params, "start", 0, 2**31)
    sort = read.text(params, "sort") or "score desc, metadata_modified desc"
    found = find(shelf, read.text(params, "q"), _filters(params), sort)
    shown = [package(shelf, record) for record in found[start : start + rows]]
    facets = _facets(shelf, params, found)
    return {
        "count": len(found),
        "sort": sort,
        "facets": {field: dict(counts) for field, counts in facets.items()},
        "results": [_only(each, read.listed(params, "fl")) for each in shown],
        "search_facets": {
            field: {
                "title": field,
                "items": [
                    {"name": name, "display_name": _display(shelf, field, name), "count": count}
                    for name, count in counts
                ],
            }
            for field, counts in facets.items()
        },
    }


def package_autocomplete(shelf: Shelf, params: Params) -> JSON:
    """Suggest packages for the beginning of a title or name."""
    wanted = read.text(params, "q")
    limit = read.whole(params, "limit", 10, 100)
    page = shelf.platform.catalogue.find(CatalogueQuery(wanted, limit=limit), ANONYMOUS)
    found: list[JSON] = []
    for hit in page.hits:
        name, title = hit.record.dataset, shelf.say(hit.record.name)
        by_name = fold(wanted) in fold(name) and fold(wanted) not in fold(title)
        said = {"match_field": "name" if by_name else "title"}
        found.append(
            {"name": name, "title": title, **said, "match_displayed": name if by_name else title}
        )
    return found


def find(shelf: Shelf, text: str, filters: Sequence[str], sort: str) -> tuple[DatasetRecord, ...]:
    """Find the records that meet a question and all filters, in order; raises search_unfit."""
    now = shelf.platform.clock.now()
    asked = _read(text, is_lenient=True)
    conditions = And((without_words(asked), *(_read(each) for each in filters)))
    try:
        require_known(conditions, now)
    except LuceneUnfit as error:
        raise search_unfit(str(error)) from error
    candidates = _by_words(shelf, " ".join(words(asked)))
    found = [record for record in candidates if matches(conditions, document(shelf, record), now)]
    return tuple(_sorted(shelf, found, sort))


def document(shelf: Shelf, record: DatasetRecord) -> Document:
    """Give what can be searched of a record, made once for each state that it is in."""
    agency = shelf.agencies.get(record.agency)
    sector = shelf.portal.sectors.get(record.sector)
    return _document(
        record,
        shelf.package_id(record.dataset),
        shelf.organization(record.agency).id,
        agency.name if agency else Bilingual(record.agency),
        sector.name if sector else Bilingual(record.sector),
    )


@lru_cache(maxsize=30_000)
def _document(
    record: DatasetRecord,
    package_id: str,
    organization_id: str,
    agency: Bilingual,
    sector: Bilingual,
) -> Document:
    title = f"{record.name.vi} {record.name.en or ''}"
    notes = f"{record.description.vi} {record.description.en or ''}"
    around = f"{agency.vi} {agency.en or ''} {sector.vi} {sector.en or ''}"
    forms = [*record.formats, API] if record.formats else []
    organization = name_of(record.agency)
    modified = record.changed_at or (record.release.at if record.release else None)
    made = record.registered_at or modified
    moments = {"metadata_created": made, "metadata_modified": modified}
    values = {
        "id": (package_id,),
        "name": (record.dataset,),
        "organization": (organization, organization_id),
        "owner_org": (organization_id, organization),
        "groups": (record.sector,),
        "tags": record.tags,
        "res_format": tuple(FORMATS.get(form, form.upper()) for form in forms),
        "license_id": (record.licence,) if record.licence else (),
        "dataset_type": ("dataset",),
        "type": ("dataset",),
        "state": ("active",),
        "capacity": ("public",),
        "private": ("false",),
        "version": (record.contract_version,),
        "extras_access_level": (record.access_level.value,),
        "extras_database": (record.database,) if record.database else (),
        "extras_frequency": (record.update_cycle,) if record.update_cycle else (),
        "extras_simulated": ("true" if record.simulated else "false",),
        "extras_quality": (record.quality.value,),
    }
    text = f"{title} {notes} {record.dataset} {' '.join(record.tags)} {around}"
    return Document(
        values=values,
        texts={
            "title": fold(title),
            "title_string": fold(record.name.vi),
            "notes": fold(notes),
            "text": fold(text),
            "res_name": fold(f"{title} {' '.join(values['res_format'])}"),
        },
        moments={name: at for name, at in moments.items() if at is not None},
    )


def _filters(params: Params) -> list[str]:
    value = params.get("fq")
    filters = (
        [str(each) for each in value] if isinstance(value, list) else [read.text(params, "fq")]
    )
    listed = params.get("fq_list")
    if isinstance(listed, list):
        filters += [str(each) for each in listed]
    elif listed:
        filters.append(str(listed))
    return [each for each in filters if each.strip()]


def _read(text: str, *, is_lenient: bool = False) -> Node:
    """Read a question; where `is_lenient`, one that names no field is taken as plain words."""
    try:
        return parse(text)
    except LuceneUnfit as error:
        if is_lenient and ":" not in text:
            plain = "".join(letter if letter.isalnum() else " " for letter in text[:300])
            return parse(" ".join(word for word in plain.split() if word not in _OPERATORS))
        raise search_unfit(str(error)) from error


_OPERATORS = {"AND", "OR", "NOT"}


def _by_words(shelf: Shelf, text: str) -> Iterator[DatasetRecord]:
    """Give the records that the words find, best first; all of them where there are no words."""
    if not text.strip():
        yield from shelf.records
        return
    start, total = 0, 1
    while start < total:
        query = CatalogueQuery(text, offset=start, limit=MOST_HITS)
        page = shelf.platform.catalogue.find(query, ANONYMOUS)
        if page.suggestion is not None:
            # What similar words would find is for people to look at; a program asked for these.
            return
        yield from (hit.record for hit in page.hits)
        start, total = start + MOST_HITS, page.total


_Key = Callable[[Shelf, DatasetRecord], str | int | datetime]
_SORTS: Mapping[str, _Key] = {
    "id": lambda shelf, record: shelf.package_id(record.dataset),
    "name": lambda _shelf, record: record.dataset,
    "title": lambda shelf, record: fold(shelf.say(record.name)),
    "title_string": lambda shelf, record: fold(shelf.say(record.name)),
    "metadata_created": lambda _shelf, record: record.registered_at or _UNDATED,
    "metadata_modified": lambda _shelf, record: record.changed_at or _UNDATED,
    "num_resources": lambda _shelf, record: len(record.formats),
    "organization": lambda _shelf, record: record.agency,
    "license_id": lambda _shelf, record: record.licence or "",
}
"""What packages can be sorted by, besides the score, which is the order they are found in."""


def _sorted(shelf: Shelf, found: list[DatasetRecord], sort: str) -> list[DatasetRecord]:
    parts = [part.strip() for part in sort.split(",") if part.strip()]
    if len(parts) > _MOST_SORTS:
        raise search_unfit("Too many fields to sort by")
    fields = [_sort_of(part) for part in parts]
    # The first field weighs most, so it comes last; sorting keeps the order of equal ones.
    scored = next((at for at, (field, _) in enumerate(fields) if field == "score"), len(fields))
    for field, descending in reversed(fields[:scored]):
        key = _SORTS[field]
        found = sorted(found, key=lambda record: key(shelf, record), reverse=descending)
    return found


def _sort_of(part: str) -> tuple[str, bool]:
    field, _, way = part.partition(" ")
    if (field != "score" and field not in _SORTS) or way.strip().lower() not in {"", "asc", "desc"}:
        raise search_unfit(f"Can't determine a Sort Order (asc or desc) in sort spec '{part[:40]}'")
    return field, way.strip().lower() == "desc"


def _facets(
    shelf: Shelf, params: Params, found: Sequence[DatasetRecord]
) -> dict[str, list[tuple[str, int]]]:
    fields = read.listed(params, "facet.field") or read.listed(params, "facet_field")
    if not fields or not read.yes(params, "facet", default=True):
        return {}
    if len(fields) > _MOST_FACETS:
        raise search_unfit("Too many facets")
    most = _limit(params)
    least = read.whole(params, "facet.mincount", 1, 2**31)
    counted: dict[str, list[tuple[str, int]]] = {}
    for field in dict.fromkeys(fields):
        counts: Counter[str] = Counter()
        for record in found:
            counts.update(_values(shelf, record, field))
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        counted[field] = [(name, count) for name, count in ranked if count >= least][:most]
    return counted


def _limit(params: Params) -> int:
    if read.text(params, "facet.limit").strip() == "-1":
        return _MOST_ITEMS
    return read.whole(params, "facet.limit", _FACET_ITEMS, _MOST_ITEMS)


def _values(shelf: Shelf, record: DatasetRecord, field: str) -> tuple[str, ...]:
    values = document(shelf, record).values
    if field not in EXACT and not field.startswith("extras_"):
        raise search_unfit(f"undefined field: {field[:40]}")
    # Organizations can be searched by id, too, but are counted once.
    found = values.get(field, ())
    return found[:1] if field in {"organization", "owner_org"} else found


def _display(shelf: Shelf, field: str, name: str) -> str:
    kinds = {"organization": shelf.organizations, "groups": shelf.groups}.get(field, ())
    licence = shelf.portal.licences.get(name) if field == "license_id" else None
    if licence is not None:
        return shelf.say(licence.name)
    return next((each.title for each in kinds if each.name == name), name)


def _only(found: Mapping[str, JSON], fields: Sequence[str]) -> Mapping[str, JSON]:
    """Give the fields that were asked for, all of them where none were named."""
    names = {part for field in fields for part in field.split()}
    if not names or "*" in names:
        return found
    return {name: value for name, value in found.items() if name in names}
