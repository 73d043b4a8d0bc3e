"""Whether the description of a dataset meets a condition in Lucene's syntax. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tinhdata.api.ckan.lucene import (
    And,
    Between,
    Everything,
    Exists,
    LuceneUnfit,
    Node,
    Not,
    Or,
    Term,
    fields,
)
from tinhdata.vietnam import fold

EXACT = frozenset(
    {"id", "name", "organization", "owner_org", "groups", "tags", "res_format", "license_id",
     "dataset_type", "type", "state", "capacity", "private", "site_id", "entity_type", "version",
     "res_type", "author", "maintainer", "url", "isopen"}
)  # fmt: skip
"""Fields whose values are compared whole, without regard to case."""
TEXTS = frozenset({"title", "notes", "text", "res_name", "res_description", "title_string"})
"""Fields in which words are looked for, without regard to case and diacritics."""
DATES = frozenset({"metadata_created", "metadata_modified"})
_EXTRAS = "extras_"


@dataclass(frozen=True, slots=True)
class Document:
    """What can be searched of a dataset: values, texts (folded here), moments (UTC)."""

    values: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]
    moments: Mapping[str, datetime]


def require_known(node: Node, now: datetime) -> None:
    """Raise LuceneUnfit where a condition names a field that there is not, or no moment."""
    for name in sorted(fields(node)):
        if name not in EXACT | TEXTS | DATES and not name.startswith(_EXTRAS):
            raise LuceneUnfit(f"undefined field {name[:40]}")
    _require_moments(node, now)


def _require_moments(node: Node, now: datetime) -> None:
    match node:
        case Not():
            _require_moments(node.node, now)
        case And() | Or():
            for each in node.nodes:
                _require_moments(each, now)
        case Term() if node.field in DATES:
            _moment(node.text, now)
        case Between() if node.field in DATES:
            for end in (node.low, node.high):
                if end is not None:
                    _moment(end, now)
        case _:
            pass


def matches(node: Node, document: Document, now: datetime) -> bool:
    """Say whether `document` meets `node`; raises LuceneUnfit for a moment that is none."""
    match node:
        case Everything():
            return True
        case Not():
            return not matches(node.node, document, now)
        case And():
            return all(matches(each, document, now) for each in node.nodes)
        case Or():
            return any(matches(each, document, now) for each in node.nodes)
        case Exists():
            return _exists(node.field, document)
        case Between():
            return _between(node, document, now)
        case Term():
            return _holds(node, document, now)


def _exists(field: str, document: Document) -> bool:
    if field in DATES:
        return field in document.moments
    if field in TEXTS:
        return bool(document.texts.get(field))
    return any(document.values.get(field, ()))


def _holds(term: Term, document: Document, now: datetime) -> bool:
    field = term.field or "text"
    if field in DATES:
        moment = _moment(term.text, now)
        return document.moments.get(field) == moment
    if field in TEXTS:
        return _in_text(term, document.texts.get(field, ""))
    wanted = term.text.casefold()
    values = [value.casefold() for value in document.values.get(field, ())]
    if term.is_prefix:
        return any(value.startswith(wanted) for value in values)
    return wanted in values


def _in_text(term: Term, text: str) -> bool:
    """Look for words as whole words; those of a phrase must stand side by side."""
    wanted = " ".join(_WORD.findall(fold(term.text)))
    if not wanted:
        return True
    around = f" {' '.join(_WORD.findall(text))} "
    return f" {wanted}" in around if term.is_prefix else f" {wanted} " in around


_WORD = re.compile(r"\w+")


def _between(node: Between, document: Document, now: datetime) -> bool:
    field = node.field or ""
    if field in DATES:
        moment = document.moments.get(field)
        low = None if node.low is None else _moment(node.low, now)
        high = None if node.high is None else _moment(node.high, now)
        return moment is not None and _lies(
            (low is None or moment > low or (node.has_low and moment == low)),
            (high is None or moment < high or (node.has_high and moment == high)),
        )
    low_text, high_text = (None if end is None else end.casefold() for end in (node.low, node.high))
    return any(
        _lies(
            low_text is None or value > low_text or (node.has_low and value == low_text),
            high_text is None or value < high_text or (node.has_high and value == high_text),
        )
        for value in (each.casefold() for each in document.values.get(field, ()))
    )


def _lies(is_above: bool, is_below: bool) -> bool:
    return is_above and is_below


_NOW = re.compile(
    r"NOW(?:(?P<sign>[+-])(?P<count>\d{1,5})(?P<unit>[A-Z]+))?(?:/(?P<floor>[A-Z]+))?"
)
_DAYS = {"DAY": 1, "WEEK": 7, "MONTH": 30, "YEAR": 365}
_SECONDS = {"HOUR": 3_600, "MINUTE": 60, "SECOND": 1}


def _moment(text: str, now: datetime) -> datetime:
    """Read a moment as Solr does: ISO in UTC, a day, a year, or NOW with a distance."""
    if text.startswith("NOW"):
        return _from_now(text, now)
    try:
        if re.fullmatch(r"\d{4}", text):
            return datetime(int(text), 1, 1, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise LuceneUnfit(f"Invalid Date String: '{text[:40]}'") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_now(text: str, now: datetime) -> datetime:
    found = _NOW.fullmatch(text)
    unit = (found["unit"] or "DAY").removesuffix("S") if found else ""
    if found is None or unit not in _DAYS.keys() | _SECONDS.keys():
        raise LuceneUnfit(f"Invalid Date String: '{text[:40]}'")
    count = int(found["count"] or 0)
    seconds = _DAYS.get(unit, 0) * 86_400 + _SECONDS.get(unit, 0)
    try:
        moment = now + timedelta(seconds=seconds) * (-count if found["sign"] == "-" else count)
    except OverflowError as error:
        raise LuceneUnfit(f"Invalid Date String: '{text[:40]}'") from error
    if found["floor"] in {"DAY", "DAYS"}:
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment
