"""Vehicle plates: cars, motorcycles, the army, foreign missions, in one written form.

The colour of a plate is not in its characters; who knows it may hand it in. Reasons never repeat
the plate, and the object hides it from `repr`: a plate is personal data (NĐ 356/2025, Điều 3).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.plate_tables import (
    BLUE_LETTERS,
    FOREIGN_SERIES,
    PLATE_PLACES,
    SERIES_LETTERS,
    SPECIAL_CAR_SERIES,
)
from tinhdata.vietnam.reading import Unreadable


class PlateKind(StrEnum):
    """What a plate is fixed to, or whose it is."""

    CAR = "car"
    MOTORCYCLE = "motorcycle"
    MILITARY = "military"
    FOREIGN = "foreign"
    """Missions, international bodies and foreigners (NG, QT, CV, NN)."""


class PlateColour(StrEnum):
    """The ground of a plate: white private, yellow for hire, blue of the State, red of the army."""

    WHITE = "white"
    YELLOW = "yellow"
    BLUE = "blue"
    RED = "red"


@dataclass(frozen=True, slots=True)
class VehiclePlate:
    """A plate taken apart.

    `place` is the number of the place of issue (`20`), empty on plates of the army; `series` the
    letters (`A`, `B1`, `LD`, `NG`); `number` the digits without a dot (`12345`, or `1234` of
    before 2010); `country` the three digits of a foreign plate.
    """

    kind: PlateKind
    place: str
    series: str
    number: str = field(repr=False)
    country: str | None = field(default=None, repr=False)
    colour: PlateColour | None = None

    def __str__(self) -> str:
        """Give the one written form: `20A-123.45`, `20-B1 123.45`, `TM-12-34`, `80-011-NG-01`."""
        number = self.number
        if self.kind is PlateKind.FOREIGN:
            return f"{self.place}-{self.country}-{self.series}-{number}"
        if self.kind is PlateKind.MILITARY:
            return f"{self.series}-{number[:2]}-{number[2:]}"
        if len(number) == _DIGITS_NOW:
            number = f"{number[:3]}.{number[3:]}"
        if self.kind is PlateKind.CAR:
            return f"{self.place}{self.series}-{number}"
        return f"{self.place}-{self.series} {number}"

    @property
    def place_name(self) -> str | None:
        """Give the province, as of before 1/7/2025, or the central bodies; None for the army."""
        return PLATE_PLACES.get(self.place)

    @property
    def is_old_form(self) -> bool:
        """Say whether the number has four digits, as plates of before 2010 do."""
        return self.kind in (PlateKind.CAR, PlateKind.MOTORCYCLE) and len(self.number) == 4

    @property
    def masked(self) -> str:
        """Give the plate with its number hidden, for pages: `20A-•••.••`."""
        text = str(self)
        shown = text.index(self.series) + len(self.series)
        return text[:shown] + re.sub("[0-9]", "•", text[shown:])


_DIGITS_NOW = 5
_SEPARATORS = re.compile(r"[\s.\-_/\u00a0\u202f\u2013]+")
_L = f"[{SERIES_LETTERS}]"
_SPECIAL = "|".join(sorted(SPECIAL_CAR_SERIES, key=len, reverse=True))
_CAR = re.compile(rf"([0-9]{{2}})({_SPECIAL}|{_L})([0-9]{{4,5}})")
_MOTORCYCLE = re.compile(rf"([0-9]{{2}})(MĐ[0-9]|{_L}[0-9]|{_L}{{2}})([0-9]{{4,5}})")
_MILITARY = re.compile(rf"([{SERIES_LETTERS}Q]{{2}})([0-9]{{4}})")
_FOREIGN_WORDS = "|".join(sorted(FOREIGN_SERIES))
_FOREIGN = re.compile(
    rf"([0-9]{{2}})(?:([0-9]{{3}})({_FOREIGN_WORDS})|({_FOREIGN_WORDS})([0-9]{{3}}))([0-9]{{2,3}})"
)
_SPLIT_CAR = re.compile(rf"^[0-9]{{2}}[\s.-]*(?:{_SPECIAL}|{_L})[\s.-]+[0-9.]+$")
_SPLIT_MOTORCYCLE = re.compile(r"^[0-9]{2}[\s.-]*[A-ZĐ][0-9][\s.-]+[0-9.]+$")


def parse_plate(
    text: str, kind: PlateKind | None = None, colour: PlateColour | None = None
) -> VehiclePlate | Unreadable:
    """Read a plate however it was typed: `20a12345`, `20A 123.45`, `20-B1 123.45`, `TM 12-34`.

    Eight characters without a sign between series and number (`20B12345`) fit a car of today and a
    motorcycle of before 2010; they are read as a car unless `kind` says otherwise. `colour` is what
    the register or the picture says: red is the army's alone, and a blue plate has one of eleven
    letters. Plates of police forces are those of a province or of 80.
    """
    written = text.strip().upper()
    joined = _SEPARATORS.sub("", written)
    plate = _read(written, joined, kind)
    if plate is None:
        return Unreadable(_not_a_plate(joined))
    if kind is not None and plate.kind is not kind:
        return Unreadable(
            t("This is the plate of another kind of vehicle ({kind}).", kind=plate.kind)
        )
    if plate.kind is not PlateKind.MILITARY and plate.place not in PLATE_PLACES:
        return Unreadable(t("No plates begin with {place}.", place=plate.place))
    return _coloured(plate, colour)


def is_two_plates(text: str) -> bool:
    """Say whether `text` fits a car of today and a motorcycle of before 2010, as `20B12345` does.

    A sign between series and number tells them apart.
    """
    written = text.strip().upper()
    joined = _SEPARATORS.sub("", written)
    fits_both = bool(_CAR.fullmatch(joined) and _MOTORCYCLE.fullmatch(joined))
    return fits_both and not (_SPLIT_CAR.match(written) or _SPLIT_MOTORCYCLE.match(written))


def _read(written: str, joined: str, kind: PlateKind | None) -> VehiclePlate | None:
    if match := _MILITARY.fullmatch(joined):
        return VehiclePlate(PlateKind.MILITARY, "", match[1], match[2], colour=PlateColour.RED)
    if match := _FOREIGN.fullmatch(joined):
        country, series = match[2] or match[5], match[3] or match[4]
        return VehiclePlate(PlateKind.FOREIGN, match[1], series, match[6], country)
    is_motorcycle = kind is PlateKind.MOTORCYCLE or (
        kind is None and _SPLIT_MOTORCYCLE.match(written) is not None
    )
    patterns = [(PlateKind.CAR, _CAR), (PlateKind.MOTORCYCLE, _MOTORCYCLE)]
    for found, pattern in reversed(patterns) if is_motorcycle else patterns:
        if match := pattern.fullmatch(joined):
            return VehiclePlate(found, match[1], match[2], match[3])
    return None


def _coloured(plate: VehiclePlate, colour: PlateColour | None) -> VehiclePlate | Unreadable:
    if colour is None:
        return plate
    is_red = plate.kind is PlateKind.MILITARY
    if is_red != (colour is PlateColour.RED):
        return Unreadable(t("Red plates are the army's alone, and the army has no others."))
    if colour is PlateColour.BLUE and plate.series[0] not in BLUE_LETTERS:
        return Unreadable(
            t("A blue plate has one of the letters {letters}.", letters=" ".join(BLUE_LETTERS))
        )
    return VehiclePlate(plate.kind, plate.place, plate.series, plate.number, plate.country, colour)


def _not_a_plate(joined: str) -> Text:
    if not joined:
        return t("There is no vehicle plate here: the text is empty.")
    if re.search(r"[0-9]{2}[IJOQW]", joined):
        return t("The letters I, J, O, Q and W stand on no plate; is it a 1 or a 0?")
    return t("This is not a vehicle plate; one looks like 20A-123.45 or 20-B1 123.45.")
