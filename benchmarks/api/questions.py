"""What is asked: the same question for each server, with values drawn anew, none of them twice."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from benchmarks.api import table
from tinhdata.vietnam import fold

T = TypeVar("T")

_DATASETTE_GROUPS = (
    "SELECT linh_vuc, trang_thai, count(*), sum(phi) FROM rows WHERE so_trang >= {pages} "
    "GROUP BY 1, 2 ORDER BY 1, 2"
)


@dataclass(frozen=True)
class Question:
    """One question as each server is asked; an empty path where it cannot answer."""

    ours: str
    datasette: str = ""
    postgres: str = ""
    plain: str = ""
    """Datasette's path without its suggestions of facets."""


class Questions:
    """Draws questions over a table of so many rows."""

    def __init__(self, rows: int) -> None:
        self._random = random.Random(time.time_ns())
        self._rows = rows
        self._units = table.unit_names()
        self._drawn: set[object] = set()
        self._numbers: dict[int, set[int]] = {}

    def filtered(self) -> Question:
        """Draw a page of one of the three kinds."""
        return self._random.choice((self.by_place, self.by_state, self.by_field))()

    def by_place(self) -> Question:
        """Draw a commune and a first day: what the declared filter key is made for."""
        unit, day = self._once(lambda r: (r.choice(self._units)[0], self._day(r)))
        return self._page(
            {"f.ma_xa.is": unit, "f.ngay_nop.from": day}, {"ma_xa": unit, "ngay_nop__gte": day}
        )

    def by_state(self) -> Question:
        """Draw a state and a least fee: many rows, far apart."""
        state, fee = self._once(lambda r: (r.choice(table.STATES), str(r.randrange(900_000))))
        return self._page(
            {"f.trang_thai.is": state, "f.phi.from": fee}, {"trang_thai": state, "phi__gte": fee}
        )

    def by_field(self) -> Question:
        """Draw a field, a first day and a greatest number of pages."""
        field, day, pages = self._once(
            lambda r: (r.choice(table.FIELDS), self._day(r), str(r.randrange(1000)))
        )
        return self._page(
            {"f.linh_vuc.is": field, "f.ngay_nop.from": day, "f.so_trang.to": pages},
            {"linh_vuc": field, "ngay_nop__gte": day, "so_trang__lte": pages},
        )

    def sorted_by(self, column: str, descending: bool) -> Question:
        """Give the first page in the order of a column; `least` makes each one new."""
        sign, way = ("-", "_sort_desc") if descending else ("", "_sort")
        least = str(self.number(40))
        return self._page(
            {"sort": f"{sign}{column}", "f.so_trang.from": least},
            {way: column, "so_trang__gte": least},
        )

    def searched(self) -> Question:
        """Draw words, spelled with marks, without, or in capitals."""

        def draw(r: random.Random) -> str:
            name = f"{r.choice(table.FAMILY)} {r.choice(table.MIDDLE)} {r.choice(table.GIVEN)}"
            street = f"{r.choice(table.STREETS)} {r.randrange(1, 900)}"
            found = r.choice((name, street, f"{r.choice(table.GIVEN)} {r.choice(self._units)[1]}"))
            return r.choice((found, found.upper(), fold(found), found.lower()))

        words = self._once(draw)
        return self._page({"q": words}, {"_search": words})

    def grouped(self) -> Question:
        """Draw groups by two columns over rows of at least so many pages."""
        pages = str(self.number(1_000))
        asked = {"by": "linh_vuc,trang_thai", "measure": "count,sum:phi", "f.so_trang.from": pages}
        sql = _DATASETTE_GROUPS.format(pages=pages)
        return Question(
            f"/groups?{urlencode(asked)}",
            f".json?{urlencode({'sql': sql})}",
            f"/groups?{urlencode({'v': pages})}",
            f".json?{urlencode({'sql': sql})}",
        )

    def row(self) -> Question:
        """Draw the key of one row."""
        key = f"HS{self.number(self._rows):09}"
        one = self._page({"f.ma_ho_so.is": key}, {"ma_ho_so": key})
        return Question(one.ours, one.datasette, f"/row?{urlencode({'v': key})}", one.plain)

    def page_at(self, page: int) -> Question:
        """Give a page by its number in the default order."""
        return Question(f"/rows?page={page}", postgres=f"/page?v={(page - 1) * 100}")

    def near(self, page: int, width: int) -> int:
        """Draw the number of a page at most `width` pages after `page`."""
        return page + self.number(width)

    def number(self, below: int) -> int:
        """Draw a number, the same again only when all have been drawn."""
        drawn = self._numbers.setdefault(below, set())
        if len(drawn) >= below:
            drawn.clear()
        while (value := self._random.randrange(below)) in drawn:
            pass
        drawn.add(value)
        return value

    def _page(self, ours: dict[str, str], theirs: dict[str, str]) -> Question:
        quiet = {"_nosuggest": "1", "_nofacet": "1"}
        return Question(
            f"/rows?{urlencode(ours)}",
            f"/rows.json?{urlencode({'_size': '100', **theirs})}",
            plain=f"/rows.json?{urlencode({'_size': '100', **quiet, **theirs})}",
        )

    def _day(self, r: random.Random) -> str:
        return f"{r.choice((2023, 2024))}-{r.randrange(1, 13):02}-{r.randrange(1, 29):02}"

    def _once(self, draw: Callable[[random.Random], T]) -> T:
        while (value := draw(self._random)) in self._drawn:
            pass
        self._drawn.add(value)
        return value
