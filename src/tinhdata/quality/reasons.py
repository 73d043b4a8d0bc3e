"""From a row's mask to its reasons, for many rows: what was said once is not worked out again."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.contracts.model import Column, Severity
from tinhdata.kernel import Text
from tinhdata.quality.codes import is_read
from tinhdata.quality.geometry_messages import GEOMETRY_KINDS
from tinhdata.quality.messages import explain
from tinhdata.quality.model import BITS_PER_WORD, CheckPlan, Reason, Rule, RuleKind
from tinhdata.vietnam import fold

_RAISING = (Severity.ERROR, Severity.CRITICAL)
_COMPARED = 3_000
"""Up to how many permitted values a cell is compared letter by letter to find a near one."""
_CACHED = 50_000


@dataclass(frozen=True, slots=True)
class Explained:
    """The reasons of one row, ready to be stored."""

    reasons: str
    rules: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Failed:
    """What a mask means: few masks are those of many rows."""

    rules: tuple[Rule, ...]
    ids: tuple[str, ...]
    columns: tuple[str, ...]


class Explainer:
    """Says for rows of one delivery why they wait.

    `permitted` gives, by reference rule, the values that may stand in its column, and `sources`
    the name of the dataset that holds them.
    """

    def __init__(
        self, plan: CheckPlan, permitted: Mapping[str, Sequence[str]], sources: Mapping[str, str]
    ) -> None:
        self._plan = plan
        self._rules = tuple(rule for rule in plan.masked if rule.severity in _RAISING)
        self._kinds = {rule.id: self._kind(rule) for rule in self._rules}
        self._places = {column: at for at, column in enumerate(plan.contract.column_names)}
        self._permitted = permitted
        self._sources = sources
        self._near: dict[str, Near] = {}
        self._said: dict[tuple[str, str | None], str] = {}
        self._failed: dict[tuple[int, ...], _Failed] = {}

    def row(self, words: Sequence[int], cells: Sequence[str | None]) -> Explained:
        """Give the reasons of the row with the mask `words` and the raw `cells`."""
        mask = tuple(words)
        if (failed := self._failed.get(mask)) is None:
            failed = self._failed[mask] = self._of_mask(mask)
        reasons = ",".join([self._reason(rule, cells) for rule in failed.rules])
        return Explained(f"[{reasons}]", failed.ids, failed.columns)

    def unit(self, code: str, params: str) -> Explained:
        """Give the reason of a source unit that never became a row, as reading found it."""
        reason = Reason(code, (), Text.from_json(json.loads(params)))
        return Explained(f"[{_dump(reason)}]", (code,), ())

    def _of_mask(self, words: Sequence[int]) -> "_Failed":
        rules = tuple(rule for rule in self._rules if _is_set(words, rule))
        columns = dict.fromkeys(column for rule in rules for column in rule.columns)
        return _Failed(rules, tuple(rule.id for rule in rules), tuple(columns))

    def _reason(self, rule: Rule, cells: Sequence[str | None]) -> str:
        cell = cells[self._places[rule.columns[0]]] if len(rule.columns) == 1 else None
        column, is_by_cell, is_geometry = self._kinds[rule.id]
        if is_geometry:
            # Each geometry has its own place in its reason, and may be long: nothing to remember.
            return _dump(Reason(rule.id, rule.columns, *explain(rule, column, cell, None)))
        asked = (rule.id, cell if is_by_cell else None)
        if (said := self._said.get(asked)) is None:
            if len(self._said) > _CACHED:
                self._said.clear()
            text, fix = explain(
                rule, column, cell, self._hint(rule, column, cell), self._sources.get(rule.id, "")
            )
            said = self._said[asked] = _dump(Reason(rule.id, rule.columns, text, fix))
        return said

    def _kind(self, rule: Rule) -> tuple[Column | None, bool, bool]:
        """Give the column of `rule`, and whether its reason hangs on the cell, or a geometry."""
        column = self._column(rule)
        is_code = rule.kind is RuleKind.PATTERN and column is not None and is_read(column)
        is_geometry = (
            column is not None and column.geometry is not None and rule.kind in _OF_GEOMETRY
        )
        return column, rule.kind in _BY_CELL or is_code, is_geometry

    def _column(self, rule: Rule) -> Column | None:
        is_single = len(rule.columns) == 1 and rule.kind not in _OF_ROWS
        return self._plan.contract.column(rule.columns[0]) if is_single else None

    def _hint(self, rule: Rule, column: Column | None, cell: str | None) -> str | None:
        if cell is None or column is None:
            return None
        if rule.kind not in (RuleKind.ALLOWED, RuleKind.REFERENCE):
            return None
        if rule.id not in self._near:
            is_list = rule.kind is RuleKind.ALLOWED
            self._near[rule.id] = Near(
                column.allowed if is_list else self._permitted.get(rule.id, ())
            )
        return self._near[rule.id].to(cell)


_BY_CELL = frozenset({RuleKind.TYPE, RuleKind.ALLOWED, RuleKind.REFERENCE})
_OF_GEOMETRY = GEOMETRY_KINDS | {RuleKind.TYPE}
_OF_ROWS = frozenset({RuleKind.ROW, RuleKind.KEY, RuleKind.EXISTING_KEY})


class Near:
    """Finds the permitted value that a cell was meant to be, where there is exactly one."""

    def __init__(self, values: Sequence[str]) -> None:
        self._by_form: dict[str, set[str]] = {}
        for value in values:
            for form in _forms(value):
                self._by_form.setdefault(form, set()).add(value)
        self._folded: Mapping[str, str] = {fold(value): value for value in values[: _COMPARED + 1]}

    def to(self, cell: str) -> str | None:
        """Give the permitted value near `cell`: the same without marks and case, or nearly so."""
        for form in _forms(cell):
            if found := self._by_form.get(form):
                return next(iter(found)) if len(found) == 1 else None
        if len(self._folded) > _COMPARED or not (folded := fold(cell)) or _is_code(folded):
            return None
        close = difflib.get_close_matches(folded, self._folded, n=1, cutoff=0.82)
        return self._folded[close[0]] if close else None


def _forms(value: str) -> tuple[str, ...]:
    folded = fold(value)
    bare = folded.removesuffix(".0").lstrip("0")
    # 5443 and 05443 are one code to a spreadsheet, which drops zeros at the front.
    return (folded, f"0{bare}") if bare.isdigit() else (folded,)


def _is_code(folded: str) -> bool:
    # One digit off is another code, not a slip that could be guessed.
    return any(letter.isdigit() for letter in folded)


def _is_set(words: Sequence[int], rule: Rule) -> bool:
    bit = rule.bit or 0
    return bool(words[bit // BITS_PER_WORD] >> (bit % BITS_PER_WORD) & 1)


def _dump(reason: Reason) -> str:
    return json.dumps(reason.to_json(), ensure_ascii=False, separators=(",", ":"))
