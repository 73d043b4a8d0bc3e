"""Administrative units and the former units they were made from; reading a table of them.

Works over any table of units that is handed in; which units a province has is a pack's fact.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tinhdata.kernel import Problem, t
from tinhdata.vietnam.places import PlaceName, parse_place
from tinhdata.vietnam.text import tidy


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A former unit that went into a unit of today; `is_partly` if only a part of it did.

    `district` is the former district where the table knows it.
    """

    code: str
    name: str
    is_partly: bool = False
    district: str | None = None

    @property
    def place(self) -> PlaceName:
        """Give the name taken apart into kind and name."""
        return parse_place(self.name)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of today: its code, its name with the kind in front, and where it came from.

    `former_districts` are those any of its predecessors lay in, `former_province` the province.
    `effective_to` is the last day of a unit that is no more.
    """

    code: str
    name: str
    province_code: str
    province: str
    former_province: str
    former_districts: tuple[str, ...]
    predecessors: tuple[Predecessor, ...]
    effective_from: date
    effective_to: date | None = None

    @property
    def place(self) -> PlaceName:
        """Give the name taken apart into kind and name."""
        return parse_place(self.name)

    def is_valid_on(self, day: date) -> bool:
        """Say whether the unit exists on `day`."""
        return self.effective_from <= day and (
            self.effective_to is None or day <= self.effective_to
        )


class UnitTableProblem(Problem):
    """A row of a table of units cannot be read."""

    code = "unit-table"


_PREDECESSOR = re.compile(r"(?P<code>[0-9]{2,5})\s+(?P<name>[^*]+?)\s*(?P<partly>\*)?")


def parse_predecessors(text: str) -> tuple[Predecessor, ...]:
    """Read a list such as `99001 Phường Gia Sàng*; 99004 Phường Hương Sơn`; `*` means partly.

    Raises UnitTableProblem for an entry without code or name.
    """
    found = []
    for entry in filter(None, (piece.strip() for piece in text.split(";"))):
        match = _PREDECESSOR.fullmatch(tidy(entry))
        if match is None:
            raise UnitTableProblem(
                t("“{entry}” is not a code, a name and perhaps an asterisk.", entry=entry)
            )
        found.append(Predecessor(match["code"], match["name"], bool(match["partly"])))
    return tuple(found)


def units_from_rows(
    rows: Iterable[Mapping[str, str]], *, province_code: str = "", province: str = ""
) -> tuple[Unit, ...]:
    """Read a table of units as `csv.DictReader` gives it.

    Columns: `code`, `name`, `former_province`, `former_districts` (semicolons between),
    `effective_from`, perhaps `effective_to` (ISO days), and one whose name begins with
    `predecessors`; see `parse_predecessors`. A table of several provinces has `province_code` and
    `province_name` as well; where they are absent the two arguments hold. Others are passed over.
    Raises UnitTableProblem for a missing column or value, with the number of the row.
    """
    whole = {"province_code": province_code, "province_name": province}
    return tuple(_unit(number, {**whole, **row}) for number, row in enumerate(rows, start=1))


def _unit(number: int, row: Mapping[str, str]) -> Unit:
    where = f"row {number}"
    column = next((name for name in row if name.startswith("predecessors")), "predecessors")
    try:
        return Unit(
            code=row["code"].strip(),
            name=tidy(row["name"]),
            province_code=row["province_code"].strip(),
            province=tidy(row["province_name"]),
            former_province=tidy(row["former_province"]),
            former_districts=tuple(
                tidy(name) for name in row["former_districts"].split(";") if name.strip()
            ),
            predecessors=parse_predecessors(row[column]),
            effective_from=date.fromisoformat(row["effective_from"].strip()),
            effective_to=_day_or_none(row.get("effective_to", "")),
        )
    except KeyError as missing:
        raise UnitTableProblem(
            t("The table of units has no column {column}.", column=str(missing.args[0])),
            where=where,
        ) from None
    except ValueError as wrong:
        raise UnitTableProblem(
            t("A day in the table of units is wrong: {reason}.", reason=str(wrong)), where=where
        ) from None


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None
