"""ASCII names for columns and datasets from Vietnamese words, and what a header says besides.

Pure. Words are folded as everywhere (`đ` is `d`, marks go); names keep the order of the words.
"""

import re
from collections.abc import Iterable, Sequence

from tinhdata.contracts.model import SYSTEM_COLUMNS
from tinhdata.vietnam import find_measure, is_syllable, match_key, tidy

LONGEST_NAME = 48
LONGEST_ID = 60

_RESERVED = frozenset(
    {
        "all", "alter", "analyse", "analyze", "and", "any", "array", "as", "asc",
        "asymmetric", "at", "between", "both", "by", "case", "cast", "check", "collate",
        "column", "constraint", "create", "cross", "current", "date", "day", "default",
        "deferrable", "delete", "desc", "describe", "distinct", "do", "drop", "else",
        "end", "except", "exists", "false", "fetch", "first", "for", "foreign", "from",
        "full", "glob", "grant", "group", "having", "hour", "if", "ilike", "in", "inner",
        "insert", "intersect", "interval", "into", "is", "isnull", "join", "key", "last",
        "lateral", "leading", "left", "like", "limit", "natural", "no", "not", "notnull",
        "null", "of", "off", "offset", "on", "only", "or", "order", "outer", "over",
        "pivot", "placing", "primary", "qualify", "references", "returning", "right",
        "row", "rows", "sample", "select", "set", "show", "similar", "some", "start",
        "summarize", "symmetric", "table", "then", "time", "timestamp", "to", "trailing",
        "true", "union", "unique", "unpivot", "update", "user", "using", "values",
        "variadic", "view", "when", "where", "window", "with", "within", "year", "month",
        "second", "minute",
    }
)  # fmt: skip
"""Words that an SQL engine reads as its own; a column with such a name always needs quotes."""

_YEAR = re.compile(r"(?:19|20)\d\d")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ENGLISH = frozenset(
    {
        "account", "address", "age", "agriculture", "amount", "area", "average", "balance",
        "bed", "bill", "book", "budget", "building", "bus", "business", "capacity", "capital",
        "category", "cattle", "change", "city", "class", "code", "commune", "company",
        "consumption", "cost", "count", "country", "course", "crop", "customer", "cycle",
        "damage", "date", "day", "death", "density", "department", "depth", "description",
        "detail", "device", "direction", "district", "document", "domain", "education",
        "electricity", "email", "employee", "energy", "enterprise", "event", "expenditure",
        "export", "factor", "farm", "fee", "female", "field", "file", "fishery", "flow",
        "forest", "forestry", "form", "from", "full", "gas", "gender", "general", "goods",
        "grade", "grant", "gross", "group", "growth", "health", "height", "hospital", "hour",
        "house", "household", "humidity", "id", "import", "income", "index", "indicator",
        "industry", "item", "job", "key", "kind", "label", "land", "language", "latitude",
        "length", "level", "library", "license", "line", "list", "location", "longitude",
        "lower", "main", "male", "market", "material", "maximum", "mean", "measure", "member",
        "method", "minimum", "mobile", "model", "month", "name", "national", "natural", "note",
        "number", "object", "of", "office", "order", "output", "owner", "paid", "park",
        "passenger", "payment", "people", "per", "percent", "period", "person", "phone",
        "place", "plan", "planted", "point", "pollutant", "pond", "population", "position",
        "post", "power", "precipitation", "pressure", "price", "primary", "procedure",
        "product", "production", "project", "property", "province", "public", "pupil",
        "quality", "quantity", "quarter", "rain", "rainfall", "rank", "rate", "ratio",
        "region", "registered", "report", "result", "revenue", "river", "road", "room", "sale",
        "salary", "sample", "school", "score", "secondary", "sector", "sensor", "serial",
        "sex", "signal", "size", "skill", "source", "speed", "staff", "start", "state",
        "station", "status", "street", "student", "sum", "surface", "system", "target", "tax",
        "teacher", "temperature", "term", "the", "threshold", "time", "title", "total", "town",
        "trade", "type", "unit", "updated", "upper", "use", "user", "value", "vehicle",
        "volume", "waste", "water", "weight", "width", "worker", "year", "yield", "zone", "by",
        "and", "in", "to",
    }
)  # fmt: skip
"""Words of English headers, in the singular."""

_DATED = re.compile(r"[-_ .]*(?:(?:19|20)[0-9]{2}[-_.]?[0-9]{2}[-_.]?[0-9]{2})$")


def folded_name(text: str, longest: int = LONGEST_NAME, join: str = "_") -> str:
    """Give `text` as small letters a-z and digits joined by `join`, cut after whole words."""
    words = re.findall(r"[a-z0-9]+", match_key(text))
    kept: list[str] = []
    for word in words:
        if kept and len(join.join((*kept, word))) > longest:
            break
        kept.append(word[:longest])
    return join.join(kept)


def column_name(header: str) -> str:
    """Give an ASCII name for the column called `header`, never a reserved word of SQL."""
    name = folded_name(_CAMEL.sub(" ", header) if header.isascii() else header)
    if not name:
        return "cot"
    if name[0].isdigit():
        name = f"nam_{name}" if _YEAR.match(name) else f"so_{name}"
    return f"cot_{name}" if name in _RESERVED or name in SYSTEM_COLUMNS else name


def unique_names(headers: Iterable[str]) -> tuple[str, ...]:
    """Give a name for each of `headers`; the second of equal ones ends in `_2`, and so on."""
    taken: set[str] = set()
    names = []
    for header in headers:
        base = name = column_name(header)
        number = 2
        while name in taken:
            name = f"{base}_{number}"
            number += 1
        taken.add(name)
        names.append(name)
    return tuple(names)


def dataset_id(text: str) -> str:
    """Give the slug of a dataset called `text`; `bo-du-lieu` where nothing of it is left."""
    return folded_name(text, LONGEST_ID, "-") or "bo-du-lieu"


def without_day(stem: str) -> str:
    """Give the name of a file without the day of its export: `danh-sach 2025-07-17`."""
    return _DATED.sub("", stem) or stem


def table_name(slug: str) -> str:
    """Give the name of the table of the dataset `slug`."""
    name = slug.replace("-", "_")
    return name if name[:1].isalpha() else f"bang_{name}"


def split_unit(header: str) -> tuple[str, str | None]:
    """Take the unit in parentheses or behind the last comma off a header: `Diện tích (km²)`.

    Only what is known as a unit goes; `(ước tính)` stays part of the name.
    """
    measured = find_measure(header)
    if measured is None or not match_key(measured.rest):
        return tidy(header), None
    return measured.rest, measured.measure.text


def is_english(header: str) -> bool:
    """Say whether a header is English: ASCII, few Vietnamese syllables, and a word that is known.

    `dientich` is no English, and neither is `PM10`.
    """
    if not header.isascii():
        return False
    words = [word.lower() for word in _WORD.findall(header) if len(word) > 1]
    foreign = [word for word in words if not is_syllable(word) or word in _ENGLISH]
    return any(word.rstrip("s") in _ENGLISH for word in words) and len(foreign) * 2 > len(words)


def repeated_positions(labels: Sequence[str]) -> tuple[int | None, ...]:
    """Say for each label the how-manieth of its equals it is, None where it stands once."""
    keys = [match_key(label) for label in labels]
    return tuple(
        keys[: at + 1].count(key) if keys.count(key) > 1 else None for at, key in enumerate(keys)
    )
