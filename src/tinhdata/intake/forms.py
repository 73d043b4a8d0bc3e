"""How the numbers and dates of a column are written in one file, from the values themselves. Pure.

What a single value means is known to `vietnam`; here the contract helps where values do not decide.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice

from tinhdata.contracts import Column, Contract, LogicalType, NumberForm
from tinhdata.vietnam import DateOrder, Unreadable, find_date_order, find_number_form, parse_number
from tinhdata.vietnam import NumberForm as WrittenForm

_MOST_VALUES = 50_000
"""Different values looked at per column; more evidence does not change an answer."""

_PLAIN_DECIMAL = re.compile(r"\s*-?(?:\d{4,}|\d{0,3})\.(?:\d{1,2}|\d{4,})\s*")
_THOUSANDS = re.compile(r"\s*-?[1-9]\d{0,2}([.,])\d{3}\s*")
_DATED = re.compile(r"\s*\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}")


class ColumnForms:
    """Gathers from the cells of a file how its number and date columns are written."""

    def __init__(self, contract: Contract) -> None:
        self._columns = contract.columns
        self._numbers = {
            at: _NumberEvidence(column)
            for at, column in enumerate(contract.columns)
            if column.logical_type in {LogicalType.NUMBER, LogicalType.INTEGER}
            and column.number_form is NumberForm.AUTO
        }
        self._dates: dict[int, dict[str, None]] = {
            at: {}
            for at, column in enumerate(contract.columns)
            if column.logical_type in {LogicalType.DATE, LogicalType.TIMESTAMP}
            and not column.date_formats
        }

    @property
    def number_places(self) -> tuple[int, ...]:
        """Give the places (in the contract's order) of the number columns that are looked at."""
        return tuple(self._numbers)

    @property
    def date_places(self) -> tuple[int, ...]:
        """Give the places of the date columns that are looked at."""
        return tuple(self._dates)

    def see_number(self, at: int, text: str) -> None:
        """Look at one cell of the number column at `at`."""
        self._numbers[at].see(text)

    def see_typed(self, at: int) -> None:
        """Note that the number column at `at` holds a fraction that the workbook stores as one."""
        self._numbers[at].is_typed = True

    def settle_typed(self, forms: Mapping[str, NumberForm]) -> None:
        """Count the stored fractions as they are written, before texts of other parts are seen."""
        for at, seen in self._numbers.items():
            if seen.is_typed and forms.get(self._columns[at].name) is not NumberForm.VIETNAMESE:
                seen.count(WrittenForm.ENGLISH)

    def see_dates(self, at: int, values: Sequence[str | None]) -> None:
        """Look at many cells of the column at `at`, if it is one of dates."""
        if (seen := self._dates.get(at)) is not None and len(seen) < _MOST_VALUES:
            seen.update((v, None) for v in values if v is not None and _DATED.match(v))

    def see_column(self, at: int, values: Sequence[str | None]) -> None:
        """Look at many cells of the column at `at`."""
        if (evidence := self._numbers.get(at)) is not None:
            for value in values:
                if value is not None and ("." in value or "," in value):
                    evidence.see(value)
        else:
            self.see_dates(at, values)

    def number_forms(self) -> Mapping[str, NumberForm]:
        """Give the form of each number column whose values decide it."""
        forms = {self._columns[at].name: seen.form() for at, seen in self._numbers.items()}
        return {name: form for name, form in forms.items() if form is not None}

    def undecided(self) -> tuple[str, ...]:
        """Name the number columns whose values can be read in two ways."""
        return tuple(
            self._columns[at].name for at, seen in self._numbers.items() if seen.is_undecided()
        )

    def contradictory(self) -> tuple[str, ...]:
        """Name the number columns that hold both forms."""
        return tuple(
            self._columns[at].name for at, seen in self._numbers.items() if seen.is_mixed()
        )

    def date_orders(self) -> Mapping[str, DateOrder]:
        """Give the order of day and month of each date column whose values decide it."""
        orders = {
            self._columns[at].name: find_date_order(islice(texts, _MOST_VALUES)).order
            for at, texts in self._dates.items()
        }
        return {name: order for name, order in orders.items() if order is not None}


class _NumberEvidence:
    def __init__(self, column: Column) -> None:
        self._column = column
        self._vietnamese = self._english = self._undecided = 0
        self._seen: set[str] = set()
        self.is_typed = False

    def see(self, text: str) -> None:
        """Count one value for the form in which alone it can be read."""
        if _PLAIN_DECIMAL.fullmatch(text):
            self._english += 1
            return
        if text in self._seen or len(self._seen) >= _MOST_VALUES:
            return
        self._seen.add(text)
        finding = find_number_form((text,))
        self._vietnamese += finding.vietnamese
        self._english += finding.english
        if finding.undecided:
            self._by_contract(text)

    def _by_contract(self, text: str) -> None:
        """Let the column decide: 1.234 is no integer unless the dot separates thousands."""
        separator = _THOUSANDS.fullmatch(text)
        grouped = WrittenForm.VIETNAMESE if separator and separator[1] == "." else None
        if separator and separator[1] == ",":
            grouped = WrittenForm.ENGLISH
        if grouped is None:
            self._undecided += 1
            return
        decimal = (
            WrittenForm.ENGLISH if grouped is WrittenForm.VIETNAMESE else WrittenForm.VIETNAMESE
        )
        fits_grouped = self._fits(text, grouped)
        fits_decimal = self._may_have_three_decimals() and self._fits(text, decimal)
        if fits_grouped == fits_decimal:
            self._undecided += 1
        else:
            self.count(grouped if fits_grouped else decimal)

    def count(self, form: WrittenForm) -> None:
        """Count one value that can be read in `form` alone."""
        if form is WrittenForm.VIETNAMESE:
            self._vietnamese += 1
        else:
            self._english += 1

    def _may_have_three_decimals(self) -> bool:
        if self._column.logical_type is LogicalType.INTEGER:
            return False
        return self._column.decimals is None or self._column.decimals >= 3

    def _fits(self, text: str, form: WrittenForm) -> bool:
        """Say whether the value read in `form` lies in the range of the contract."""
        number = parse_number(text, form)
        if isinstance(number, Unreadable):
            return False
        low, high = self._column.minimum, self._column.maximum
        if isinstance(low, int | Decimal) and number.value < low:
            return False
        return not (isinstance(high, int | Decimal) and number.value > high)

    def is_mixed(self) -> bool:
        return self._vietnamese > 0 and self._english > 0

    def is_undecided(self) -> bool:
        return self._undecided > 0 and not self._vietnamese and not self._english

    def form(self) -> NumberForm | None:
        if self.is_mixed() or self.is_undecided():
            return None
        if not (self._vietnamese or self._english):
            return NumberForm.ENGLISH if self.is_typed else None
        return NumberForm.VIETNAMESE if self._vietnamese else NumberForm.ENGLISH
