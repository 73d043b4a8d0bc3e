"""Finding the unit of today that a name, a code or an old address means, or saying who must decide.

Never guesses: a name that fits several units, and a former unit that was split, go to a person.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.places import (
    COMMUNE_LEVEL,
    DISTRICT_LEVEL,
    PROVINCE_LEVEL,
    PlaceName,
    UnitKind,
    parse_place,
    split_address,
)
from tinhdata.vietnam.reading import Unreadable, quoted
from tinhdata.vietnam.units import Predecessor, Unit


class FoundBy(StrEnum):
    """What in the text led to the unit."""

    CODE = "code"
    NAME = "name"
    FORMER_CODE = "former-code"
    FORMER_NAME = "former-name"


@dataclass(frozen=True, slots=True)
class Found:
    """The one unit a text means; `former` is the old unit it names, if it names one."""

    unit: Unit
    by: FoundBy
    former: Predecessor | None = None


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Several units are possible, or a part of the former unit went elsewhere; a person decides."""

    candidates: tuple[Unit, ...]
    reason: Text


UnitAnswer = Found | NeedsPerson | Unreadable


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a name: a unit of today, or a former one and where it went."""

    unit: Unit
    place: PlaceName
    former: Predecessor | None = None


_COUNTRY = {"viet nam", "vietnam", "vn"}

# The order of trust: the same letters before letters without diacritics, the same kind before
# another (communes became wards, towns became cities, and people keep the old word).
_TIERS: tuple[tuple[Callable[[PlaceName], str], bool], ...] = (
    (lambda place: place.spelling, True),
    (lambda place: place.spelling, False),
    (lambda place: place.folded, True),
    (lambda place: place.folded, False),
    (lambda place: place.loose, False),
)


class UnitIndex:
    """A table of units, indexed once, that answers names, codes and addresses in bulk."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = tuple(units)
        self._by_name: dict[str, list[_Reading]] = defaultdict(list)
        self._by_former_name: dict[str, list[_Reading]] = defaultdict(list)
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        self._by_former_code: dict[str, list[_Reading]] = defaultdict(list)
        for unit in self._units:
            self._add(unit)
        self._provinces = {parse_place(unit.province).folded for unit in self._units}
        self._former_provinces = {parse_place(u.former_province).folded for u in self._units}
        self._districts = {
            parse_place(name).folded for unit in self._units for name in unit.former_districts
        }

    def _add(self, unit: Unit) -> None:
        self._by_code[unit.code].append(unit)
        place = unit.place
        self._by_name[place.loose].append(_Reading(unit, place))
        for former in unit.predecessors:
            reading = _Reading(unit, former.place, former)
            self._by_former_name[reading.place.loose].append(reading)
            self._by_former_code[former.code].append(reading)

    @property
    def units(self) -> tuple[Unit, ...]:
        """Give the units of the table."""
        return self._units

    def by_code(self, code: str, on: date | None = None) -> UnitAnswer:
        """Find the unit a code means; `on` is the day the code was written.

        Codes were handed on: a unit of today may bear the code of one of its predecessors, and a
        predecessor that was split may have lent it to another. Without `on` a code of today is
        taken as such. Before the units of today existed (`on`), the code is that of a predecessor.
        Lost zeros in front are put back (`9001` is `09001`).
        """
        written = code.strip().removesuffix(".0")
        if not (written.isascii() and written.isdigit()):
            return Unreadable(t("“{code}” is not the code of a unit.", code=quoted(code)))
        written = written.zfill(max(map(len, self._by_code), default=0))
        today = [u for u in self._by_code.get(written, []) if on is None or u.is_valid_on(on)]
        if today:
            return _decide_units(today, FoundBy.CODE, code)
        former = [
            r
            for r in self._by_former_code.get(written, [])
            if on is None or on < r.unit.effective_from
        ]
        if former:
            return _decide_former(former, FoundBy.FORMER_CODE, code)
        return Unreadable(t("There is no unit with the code {code}.", code=quoted(written)))

    def by_name(self, name: str, on: date | None = None) -> UnitAnswer:
        """Find the unit a name means; neither its kind nor its diacritics need be written.

        A name of today is taken as such before a former one; `on`, the day the name was written,
        excludes what did not exist. An address of several parts is for `by_address`.
        """
        return self._find(name, parse_place(name), _Surroundings(), on)

    def by_address(self, address: str, on: date | None = None) -> UnitAnswer:
        """Find the unit of today in which an address lies, old three-level addresses included.

        The commune is the last part with a commune's word, or the last part that names one. A
        district in the address means that former units are meant, whatever `on` says; so does a
        province that is no more. House, road and village are passed over.
        """
        places = tuple(p for p in split_address(address) if p.folded not in _COUNTRY)
        position = self._commune_position(places)
        if position is None:
            return Unreadable(
                t("“{address}” names no commune or ward of the table.", address=quoted(address))
            )
        surroundings = self._surroundings(places[position + 1 :])
        if surroundings.other_province is not None:
            return Unreadable(
                t(
                    "“{address}” lies in {province}, which is not in the table.",
                    address=quoted(address),
                    province=quoted(surroundings.other_province),
                )
            )
        return self._find(address, places[position], surroundings, on)

    def _commune_position(self, places: tuple[PlaceName, ...]) -> int | None:
        """Say which part of an address names the commune."""
        for position in reversed(range(len(places))):
            if places[position].kind in COMMUNE_LEVEL:
                return position
        for position in reversed(range(len(places))):
            place = places[position]
            if place.kind is None and not self._is_larger(place, position, len(places)):
                known = self._by_name.get(place.loose) or self._by_former_name.get(place.loose)
                if known:
                    return position
        return None

    def _is_larger(self, place: PlaceName, position: int, count: int) -> bool:
        """Say whether an unmarked part of a longer address is its province or district."""
        if position == 0:
            return False
        if position == count - 1 and place.folded in self._provinces | self._former_provinces:
            return True
        return place.folded in self._districts

    def _surroundings(self, places: tuple[PlaceName, ...]) -> "_Surroundings":
        """Read district and province from the parts that follow the commune."""
        provinces = self._provinces | self._former_provinces
        result = _Surroundings()
        for position, place in enumerate(places):
            is_last = position == len(places) - 1
            if self._names_district(place, is_last=is_last):
                result.district = place
            elif place.folded in provinces and place.kind in {None, *PROVINCE_LEVEL}:
                result.province = place.folded
            elif place.kind is UnitKind.PROVINCE or is_last:
                result.other_province = place.name
        result.is_former = result.district is not None or (
            result.province is not None and result.province not in self._provinces
        )
        return result

    def _names_district(self, place: PlaceName, *, is_last: bool) -> bool:
        """Tell a district from a province: the name of one province is often that of its city."""
        if place.kind in DISTRICT_LEVEL - PROVINCE_LEVEL:
            return True
        if place.folded not in self._districts or place.kind is UnitKind.PROVINCE:
            return False
        if place.kind is UnitKind.CITY:
            return True
        is_province = place.folded in self._provinces | self._former_provinces
        return not (is_province and is_last)

    def _find(
        self, text: str, place: PlaceName, around: "_Surroundings", on: date | None
    ) -> UnitAnswer:
        if not place.folded:
            return Unreadable(t("There is no name of a unit here."))
        today = [] if around.is_former else self._today(place, around, on)
        if today:
            return _decide_units([r.unit for r in today], FoundBy.NAME, text)
        former = self._former(place, around, on)
        if former:
            return _decide_former(former, FoundBy.FORMER_NAME, text)
        late = self._today(place, around, on) if around.is_former else []
        if late:
            return _decide_units([r.unit for r in late], FoundBy.NAME, text)
        return Unreadable(
            t(
                "The table has no unit “{text}”, neither today's nor a former one.",
                text=quoted(text),
            )
        )

    def _today(self, place: PlaceName, around: "_Surroundings", on: date | None) -> list[_Reading]:
        readings = [
            reading
            for reading in self._by_name.get(place.loose, [])
            if (on is None or reading.unit.is_valid_on(on)) and around.fits(reading)
        ]
        return _best(place, readings)

    def _former(self, place: PlaceName, around: "_Surroundings", on: date | None) -> list[_Reading]:
        readings = [
            reading
            for reading in self._by_former_name.get(place.loose, [])
            if (on is None or around.is_former or on < reading.unit.effective_from)
            and around.fits(reading)
        ]
        return _best(place, readings)


@dataclass(slots=True)
class _Surroundings:
    """What an address says around the commune."""

    district: PlaceName | None = None
    province: str | None = None
    other_province: str | None = None
    is_former: bool = False

    def fits(self, reading: _Reading) -> bool:
        """Say whether a reading lies in the district and province that are named."""
        unit = reading.unit
        if self.province is not None:
            names = {unit.former_province} if self.is_former else {unit.province}
            if reading.former is not None:
                names |= {unit.former_province, unit.province}
            if self.province not in {parse_place(name).folded for name in names}:
                return False
        if self.district is None:
            return True
        districts = unit.former_districts
        if reading.former is not None and reading.former.district is not None:
            districts = (reading.former.district,)
        return any(parse_place(name).loose == self.district.loose for name in districts)


def _best(place: PlaceName, readings: list[_Reading]) -> list[_Reading]:
    """Keep the readings of the first tier that has any."""
    for key, needs_kind in _TIERS:
        wanted = key(place)
        kept = [
            reading
            for reading in readings
            if key(reading.place) == wanted
            and (not needs_kind or place.kind is None or reading.place.kind is place.kind)
        ]
        if kept:
            return kept
    return []


def _decide_units(units: list[Unit], by: FoundBy, text: str) -> Found | NeedsPerson:
    if len(units) == 1:
        return Found(units[0], by)
    return NeedsPerson(
        tuple(units),
        t(
            "“{text}” can be any of {count} units. Choose one, or add kind, district or province.",
            text=quoted(text),
            count=len(units),
        ),
    )


def _decide_former(readings: list[_Reading], by: FoundBy, text: str) -> Found | NeedsPerson:
    units = tuple(dict.fromkeys(reading.unit for reading in readings))
    codes = {reading.former.code for reading in readings if reading.former is not None}
    split = [r.former for r in readings if r.former is not None and r.former.is_partly]
    if len(units) == 1 and not split:
        return Found(units[0], by, readings[0].former if len(codes) == 1 else None)
    if len(codes) > 1 or not split:
        return NeedsPerson(
            units,
            t(
                "“{text}” can be any of {count} former units. Add kind or district.",
                text=quoted(text),
                count=len(codes),
            ),
        )
    if len(units) == 1:
        return NeedsPerson(
            units,
            t(
                "Only a part of {former} went to {unit}; where the rest went is not in the table. "
                "Decide by village or road.",
                former=split[0].name,
                unit=units[0].name,
            ),
        )
    return NeedsPerson(
        units,
        t(
            "{former} was split between {units}. Decide by village or road.",
            former=split[0].name,
            units=", ".join(unit.name for unit in units),
        ),
    )
