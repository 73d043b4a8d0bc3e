"""Units of measure as Vietnamese and English tables print them: `nghìn tấn`, `Thous. ha`, `tạ/ha`.

Factors are exact. Local units whose size differs by region (sào, mẫu) have no factor to others.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from tinhdata.vietnam.text import fold, tidy


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit: what it measures, how many of the smallest unit of that it is, and its text."""

    dimension: str
    factor: Decimal
    text: str


class Measured(NamedTuple):
    """A header without its unit, and the unit."""

    rest: str
    measure: Measure


_LONGEST = 60
_MOST_PLACES = 11
"""Decimal places, and digits before them, of a factor that is used without asking."""

_MULTIPLIERS: Mapping[str, int] = {
    **dict.fromkeys(("nghin ty", "ngan ty", "trillion", "trillions"), 10**12),
    **dict.fromkeys(("ty", "ti", "billion", "billions", "bill", "bil", "bn"), 10**9),
    **dict.fromkeys(("trieu", "tr", "million", "millions", "mill", "mil", "mn"), 10**6),
    **dict.fromkeys(("nghin", "ngan", "thousand", "thousands", "thous", "ths"), 10**3),
    **dict.fromkeys(("tram", "hundred"), 100),
}
_ONLY_BEFORE_UNITS = frozenset({"ty", "ti", "tr", "tram", "mil", "bil", "hundred"})
"""Multipliers that begin other words, too (tỷ lệ, tỷ trọng), so that no unknown noun follows."""

_WORD_MULTIPLIER = re.compile(
    rf"(?:in )?({'|'.join(sorted(_MULTIPLIERS, key=len, reverse=True))})(?:\.|\b)\s*(?:of )?"
)
_ROUND = re.compile(r"(10{1,9}|1(?:[.,]000){1,3})\s*(?![\d.,])")


def _table(*rows: tuple[str, str, str]) -> dict[str, tuple[str, Decimal]]:
    """Read rows of dimension, factor and the words of a unit, separated by `|`."""
    return {
        word: (dimension, Decimal(factor))
        for dimension, factor, words in rows
        for word in words.split("|")
    }


_UNITS = _table(
    ("money:vnd", "1", "dong|dongs|vnd|dong viet nam|viet nam dong|vn dong"),
    ("money:vnd", "1000000", "trd"),
    ("money:usd", "1", "usd|$|us$|do la my|dollar|dollars|us dollars|do la"),
    ("money:eur", "1", "eur|euro|euros"),
    ("mass", "1", "mg|miligam"),
    ("mass", "0.001", "μg|ug|mcg"),
    ("mass", "1000", "g|gam|gram|grams"),
    ("mass", "1000000", "kg|kilogam|ki-lo-gam|kilogram|kilograms"),
    ("mass", "10000000", "yen"),
    ("mass", "100000000", "ta|quintal|quintals"),
    ("mass", "1000000000", "tan|ton|tons|tonne|tonnes|metric ton|metric tons"),
    ("area", "1", "m2|met vuong|square meter|square meters|sq.m|sqm"),
    ("area", "10000", "ha|hec ta|hecta|hec-ta|hectare|hectares|has"),
    ("area", "1000000", "km2|ki lo met vuong|square km|sq.km|sqkm|sq km"),
    ("count:sao", "1", "sao"),
    ("count:mau", "1", "mau"),
    ("length", "1", "mm|milimet"),
    ("length", "10", "cm|xentimet"),
    ("length", "100", "dm"),
    ("length", "1000", "m|met|meter|meters"),
    ("length", "1000000", "km|kilomet|ki lo met|kilometer|kilometers"),
    ("volume", "1", "ml"),
    ("volume", "1000", "l|lit|liter|liters|litre|litres"),
    ("volume", "1000000", "m3|met khoi|khoi|cubic meter|cubic meters|cu.m"),
    ("energy", "1", "wh"),
    ("energy", "1000", "kwh|kw.h"),
    ("energy", "1000000", "mwh"),
    ("energy", "1000000000", "gwh"),
    ("energy", "1000000000000", "twh"),
    ("power", "1", "w"),
    ("power", "1000", "kw"),
    ("power", "1000000", "mw"),
    ("power", "1000000000", "gw"),
    ("share", "10", "%|phan tram|percent|per cent"),
    ("share", "1", "‰|phan nghin|per mille"),
    ("temperature", "1", "°c|oc|do c|degree c"),
    ("time:year", "1", "nam|year"),
    ("time:month", "1", "thang|month"),
    ("time:day", "1", "ngay|day"),
    ("time:hour", "1", "gio|hour|h"),
    ("time:second", "1", "s|giay"),
    ("freight", "1", "tan.km|tan km|tan-km|tons.km|ton.km|ton-km|tons-km"),
    ("travel", "1", "nguoi.km|nguoi km|luot khach.km|hanh khach.km|hk.km|luot nguoi.km"),
    ("travel", "1", "persons.km|pers.km|passengers.km|passenger.km|passenger-km"),
    ("count:head", "1", "con|head|heads|dau con"),
    ("count:person", "1", "nguoi|pers|person|persons|people|nhan khau|lao dong|worker|workers"),
    ("count:pupil", "1", "hoc sinh|hs|pupil|pupils|student|students|sinh vien"),
    ("count:household", "1", "ho|household|households|ho gia dinh"),
    ("count:visit", "1", "luot|luot nguoi|luot khach|visit|visits|arrivals|passengers|hanh khach"),
    ("count:case", "1", "vu|case|cases|ca"),
    ("count:bed", "1", "giuong|bed|beds|giuong benh"),
    ("count:dossier", "1", "ho so|dossier|dossiers"),
    ("count:piece", "1", "cai|chiec|piece|pieces|unit|units"),
    ("count:school", "1", "truong|school|schools"),
    ("count:class", "1", "lop|class|classes"),
    ("count:copy", "1", "ban|cuon|copy|copies|quyen"),
    ("count:enterprise", "1", "doanh nghiep|enterprise|enterprises"),
    ("count:place", "1", "co so|establishment|establishments"),
)
_NOUN = re.compile(r"[a-z]+(?: [a-z]+){0,2}\Z")
_DONG = re.compile(r"(?<![^\W\d_])[đĐ₫](?![^\W\d_])")


@lru_cache(maxsize=10_000)
def parse_measure(text: str) -> Measure | None:
    """Read `text` as a unit, None where it is none that is known.

    `nghìn` or `1000` before a unit counts, also before a noun that is not known; `a/b` is a unit
    where both are. A number alone is no unit.
    """
    shown = tidy(text).strip(" .:;()[]")
    if not shown or len(shown) > _LONGEST:
        return None
    if "ngân" in shown.lower():  # ngân hàng is no thousand (ngàn)
        return None
    key = fold(_DONG.sub("dong", shown)).strip(" .")
    top, *below = [part.strip(" .") for part in key.split("/")]
    measure = _simple(top)
    for part in below:
        other = _simple(part)
        if measure is None or other is None:
            return None
        ratio = measure[1] / other[1]
        measure = (f"{measure[0]}/{other[0]}", ratio)
    return None if measure is None else Measure(measure[0], measure[1], shown)


def _simple(key: str) -> tuple[str, Decimal] | None:
    """Read a unit without a slash: a multiplier if there is one, and what is multiplied."""
    if key in _UNITS:
        return _UNITS[key]
    if found := _WORD_MULTIPLIER.match(key):
        times = _MULTIPLIERS[found[1]]
    elif found := _ROUND.match(key):
        times = int(re.sub(r"[.,]", "", found[1]))
    else:
        return None
    noun = key[found.end() :].strip(" .")
    if noun in _UNITS:
        dimension, factor = _UNITS[noun]
        return dimension, factor * times
    is_word = found.re is _WORD_MULTIPLIER
    if is_word and noun and found[1] in _ONLY_BEFORE_UNITS:
        return None
    if _NOUN.match(noun) or (is_word and not noun):
        return f"count:{noun}", Decimal(times)
    return None


def conversion(source: Measure, target: Measure) -> Decimal | None:
    """Give by what values in `source` are multiplied to be in `target`, exactly.

    None where they do not measure the same, or the factor is no short decimal number.
    """
    if not _alike(source.dimension, target.dimension):
        return None
    factor = source.factor / target.factor
    if factor * target.factor != source.factor:
        return None
    places = -int(factor.normalize().as_tuple().exponent)
    if places > _MOST_PLACES or factor.adjusted() >= _MOST_PLACES - 1:
        return None
    return Decimal(format(factor.normalize(), "f"))


def _alike(one: str, other: str) -> bool:
    bare = "count:"
    return one == other or (bare in (one, other) and one.startswith(bare) == other.startswith(bare))


def is_same_kind(one: Measure, other: Measure) -> bool:
    """Say whether both measure the same kind of thing: two areas, two amounts of money, two counts.

    Money of two countries is one kind, though it cannot be turned into each other.
    """
    return one.dimension.partition(":")[0] == other.dimension.partition(":")[0]


_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_TAIL = re.compile(r"(.*\S)(?:\s*,\s*|\s+[-–]\s+|\s*/\s*)([^,/(]+(?:/[^,/(]+)?)")
_LABEL = re.compile(r"(?:đơn vị(?: tính)?|đ\.?v\.?t\.?|units?)\s*[:：]\s*(.+)", re.IGNORECASE)
_BARE_LABEL = re.compile(r"(?:đơn vị tính|đ\.?v\.?t\.?)\s+(.+)", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def find_measure(header: str) -> Measured | None:
    """Find the unit in a header, in brackets or behind a comma, dash or slash at its end."""
    text = tidy(header)
    if not text or len(text) > 300 or parse_measure(text) is not None:
        return None
    for found in reversed(list(_BRACKETED.finditer(text))):
        inner = _unlabelled(found[1] or found[2] or "")
        if (measure := parse_measure(inner)) is not None:
            rest = tidy(text[: found.start()] + " " + text[found.end() :])
            return Measured(rest, measure) if rest else None
    behind = _TAIL.fullmatch(text)
    if behind is None:
        return None
    tail = _unlabelled(behind[2])
    measure = parse_measure(tail) if len(tail.strip(" .")) > 1 or tail.strip() in "%‰" else None
    return None if measure is None else Measured(behind[1].strip(), measure)


def _unlabelled(text: str) -> str:
    found = _LABEL.fullmatch(text.strip()) or _BARE_LABEL.fullmatch(text.strip())
    return found[1] if found else text


def title_measures(line: str) -> tuple[Measure, ...]:
    """Find the units that a line above a table names: `Đơn vị tính: Triệu đồng`, `(Thous. ha)`.

    A line may name several (`ha, tấn`) and say each in two languages (`Tỷ đồng - Bill. dongs`).
    Without the word unit, only what cannot be anything else is taken: a multiple, money, a share.
    """
    text = tidy(line)
    if not text or len(text) > 300:
        return ()
    labelled = _LABEL.search(text) or _BARE_LABEL.search(text)
    if labelled:
        return tuple(_named(labelled[1].strip(" .()")))
    inner = [found[1] or found[2] or "" for found in _BRACKETED.finditer(text)]
    found_all = [measure for piece in (text, *inner) for measure in _named(piece)]
    return tuple(m for m in dict.fromkeys(found_all) if _is_telling(m))


def _named(text: str) -> Iterator[Measure]:
    """Give the units that `text` is a list of; none where a part of it is something else."""
    for split in (None, r"\s+[-–]\s+|\s+/\s+", r"\s*[,;]\s*|\s+(?:và|and)\s+"):
        parts = [text] if split is None else re.split(split, text)
        measures = [parse_measure(part) for part in parts]
        if all(measure is not None for measure in measures):
            yield from (measure for measure in measures if measure is not None)
            return


def _is_telling(measure: Measure) -> bool:
    kind = measure.dimension.partition(":")[0]
    if kind == "count":
        return measure.factor != 1
    return not kind.startswith("time") and len(measure.text) > 1


_OFTEN_USED: Mapping[str, tuple[str, ...]] = {
    "money:vnd": ("đồng", "nghìn đồng", "triệu đồng", "tỷ đồng", "nghìn tỷ đồng"),
    "area": ("m²", "ha", "nghìn ha", "km²"),
    "mass": ("kg", "tạ", "tấn", "nghìn tấn"),
    "volume": ("lít", "m³", "nghìn m³", "triệu m³"),
    "length": ("m", "km"),
    "energy": ("kWh", "MWh", "GWh", "triệu kWh"),
    "power": ("kW", "MW"),
    "share": ("%", "‰"),
    "mass/area": ("kg/ha", "tạ/ha", "tấn/ha"),
}


def often_used(unit: str) -> tuple[str, ...]:
    """Give the units in which values of `unit` often come and that can be turned into it."""
    target = parse_measure(unit)
    if target is None:
        return ()
    texts = _OFTEN_USED.get(target.dimension, ())
    if target.dimension.startswith("count:") and "/" not in target.dimension:
        noun = _bare_noun(target.text)
        texts = (noun, *(f"{times} {noun}" for times in ("nghìn", "triệu")))
    return tuple(
        text
        for text in texts
        if (measure := parse_measure(text)) is not None
        and conversion(measure, target) not in (None, Decimal(1))
    )


def _bare_noun(text: str) -> str:
    """Give what is counted without its multiplier."""
    for multiplier in ("nghìn", "ngàn", "triệu", "1000", "1.000"):
        text = text.removeprefix(multiplier).strip()
    return text
