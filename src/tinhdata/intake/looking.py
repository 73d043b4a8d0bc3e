"""Shows the cells of a file to the forms of its columns, of whole columns only those that tell.

`forms` judges text by text; what cannot change its answer is left out here by the engine.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tinhdata.intake.forms import ColumnForms

_ISO = "^[0-9]{4}-"
"""How dates begin that are no evidence of the order of day and month."""

_PLAIN_DECIMAL = r"^-?([0-9]{4,}|[0-9]{0,3})\.([0-9]{1,2}|[0-9]{4,})$"
"""Numbers that all tell the same: their dot is a decimal point."""


class Looking:
    """Shows cells to `forms`; numbers only where the file gives them as text."""

    def __init__(self, forms: ColumnForms, *, numbers_too: bool) -> None:
        self._forms = forms
        self._numbers = frozenset(forms.number_places if numbers_too else ())
        self._dates = frozenset(forms.date_places)
        self._see = forms.see_column if numbers_too else forms.see_dates

    def texts(self, at: int, texts: Sequence[str | None]) -> None:
        """Show the cells of the column at `at`."""
        self._see(at, texts)

    def column(self, at: int, texts: pa.StringArray) -> None:
        """Show the cells of the column at `at`, those of many lines."""
        if at in self._numbers:
            has_sign = pc.or_(pc.match_substring(texts, "."), pc.match_substring(texts, ","))
            separated = texts.filter(has_sign)
            if len(separated):
                self._separated(at, separated)
        elif at in self._dates:
            texts = pc.unique(texts)
            dated = texts.filter(pc.invert(pc.match_substring_regex(texts, _ISO)))
            self._see(at, dated.to_pylist())

    def _separated(self, at: int, texts: pa.StringArray) -> None:
        """Show numbers with a separator; of those that all tell the same, one is enough."""
        plain = pc.match_substring_regex(texts, _PLAIN_DECIMAL)
        self._see(at, texts.filter(plain).slice(0, 1).to_pylist())
        self._see(at, pc.unique(texts.filter(pc.invert(plain))).to_pylist())
