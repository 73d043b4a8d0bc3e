"""Pure decisions about single lines: blank, total, foot note, dropped.

Never swallows a data row: where a line could be data it is read as data, and every line passed over
is shown.
"""

import re
from collections.abc import Sequence

from tinhdata.contracts import Contract, DropRule, LogicalType
from tinhdata.vietnam import fold, tidy

_FORMULA = r"\s*[:.]?\s*(?:\(.*\)|=.*)?\s*[:.]?"
_TOTAL = re.compile(rf"(?:tổng(?: số| cộng)?|cộng(?: dồn)?){_FORMULA}")
_TOTAL_PLAIN = re.compile(rf"(?:tong so|tong cong|grand total|sub-?total|total){_FORMULA}")
_TOTAL_STARTS = frozenset("tTcCgGsS")
_NOTE_WORDS = (
    *("ghi chu", "chu thich", "nguon", "nguon so lieu", "note", "notes", "source", "sources"),
    *("nguoi lap", "nguoi lap bieu", "nguoi kiem tra", "lap bieu", "nguoi ky", "noi nhan"),
    *("thu truong", "thu truong don vi", "ke toan truong", "giam doc", "chu tich", "tm.", "kt."),
    *("thu truong co quan", "nguoi bao cao", "xac nhan", "xac nhan cua don vi"),
)
_NOTE = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(_NOTE_WORDS, key=len, reverse=True)))})\s*(?::.*|\(.*)?"
)
_SIGNED = re.compile(r"(?:.{1,60},\s*)?ngay\s+[\d. …]+\s*thang\s+[\d. …]+\s*nam\s+[\d. …]+.*")
_STARRED = re.compile(r"\(?\*+\)?\s*\S.*|\((?:ky|ky,? .*)\)")
_WORD = re.compile(r"[^\W\d_]{2,}")


def first_text(cells: Sequence[str]) -> tuple[int, str]:
    """Give the first cell that is not blank and its place; (-1, "") in a blank line."""
    for index, cell in enumerate(cells):
        if cell and not cell.isspace():
            return index, cell
    return -1, ""


def is_blank(cells: Sequence[str]) -> bool:
    """Say whether the line has nothing in any cell."""
    return all(not cell or cell.isspace() for cell in cells)


class LineRules:
    """What the lines of one contract's files are, by their first cell that holds something.

    `words` are the columns of the file (0-based) that hold text in this contract.
    """

    def __init__(self, contract: Contract, indexes: Sequence[int | None]) -> None:
        self._totals = tuple(fold(text) for text in contract.layout.totals if text.strip())
        self._notes = tuple(fold(text) for text in contract.layout.notes if text.strip())
        starts = {text[:1] for text in (*self._totals, *self._notes)}
        self._starts = starts
        pairs = tuple(zip(contract.columns, indexes, strict=True))
        self._words = tuple(
            index
            for column, index in pairs
            if index is not None and column.logical_type is LogicalType.STRING
        )
        needed = {column.name for column in contract.columns if column.required} | set(contract.key)
        self.needed = tuple(
            index for column, index in pairs if index is not None and column.name in needed
        )
        """Columns of the file (0-based) that every row fills."""

    def is_suspect(self, first: str) -> bool:
        """Say whether a text that begins with the letter `first` may name a total or a note."""
        if first in _TOTAL_STARTS or first.isspace():
            return True
        folded = fold(first)
        return not folded or folded[0] in self._starts

    def names_no_row(self, first: str) -> bool:
        """Say whether a line whose first text is `first` may be a total or a declared note."""
        if first.lstrip()[:1] in _TOTAL_STARTS and self._is_sum(first):
            return True
        return self._declared(first, self._totals) or self._declared(first, self._notes)

    def is_total(self, cells: Sequence[str]) -> bool:
        """Say whether the line sums up others.

        Its first text is one the contract names (by its beginning), or is wholly a word for a sum:
        tổng, tổng số, tổng cộng, cộng, total. The latter only where no other text column holds
        words, so that a company called Total stays a row. Cộng needs its mark: Công is a name.
        """
        at, cell = first_text(cells)
        if cell.lstrip()[:1] in _TOTAL_STARTS and self._is_sum(cell):
            return not any(
                index != at and index < len(cells) and _WORD.search(cells[index])
                for index in self._words
            )
        return self._declared(cell, self._totals)

    def _is_sum(self, cell: str) -> bool:
        text = tidy(cell).lower()
        if text.isascii():
            return _TOTAL_PLAIN.fullmatch(text) is not None
        return _TOTAL.fullmatch(text) is not None

    def is_declared_note(self, cells: Sequence[str]) -> bool:
        """Say whether the line begins with a text that the contract lists among its notes."""
        return self._declared(first_text(cells)[1], self._notes)

    def _declared(self, cell: str, beginnings: tuple[str, ...]) -> bool:
        if not beginnings or not cell:
            return False
        head = fold(cell[:200])
        return head[:1] in self._starts and head.startswith(beginnings)

    def begins_notes(self, cells: Sequence[str], width: int) -> bool:
        """Say whether a foot note or a block of signatures may begin here.

        Whether it does is known only at the end: a row of data after it means that it did not.
        """
        if not self.is_sparse(cells, width):
            return False
        text = fold(first_text(cells)[1][:300])
        return any(pattern.fullmatch(text) for pattern in (_NOTE, _SIGNED, _STARRED))

    def is_sparse(self, cells: Sequence[str], width: int) -> bool:
        """Say whether so few cells are filled that the line need not be a row of data."""
        if len(cells) > max(1, width // 2) and "" not in cells:  # nearly every line of data
            return False
        filled = sum(1 for cell in cells if cell and not cell.isspace())
        if filled >= 2 and self.needed and all(self._has(cells, at) for at in self.needed):
            return False
        return filled <= max(1, width // 2)

    def _has(self, cells: Sequence[str], index: int) -> bool:
        return index < len(cells) and bool(cells[index].strip())


class DropRules:
    """Which records are dropped because the contract says so."""

    def __init__(self, contract: Contract) -> None:
        places = {column.name: at for at, column in enumerate(contract.columns)}
        self._rules: tuple[tuple[int, frozenset[str], DropRule], ...] = tuple(
            (places[rule.column], frozenset(fold(value) for value in rule.values), rule)
            for rule in contract.layout.drop
            if rule.column in places
        )

    def by_column(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """Give each column that may have a record dropped, with the folded cells that do."""
        return tuple((at, values) for at, values, _rule in self._rules)

    def dropping(self, cells: Sequence[str | None]) -> DropRule | None:
        """Give the rule, if any, that drops the record with `cells` in the contract's order."""
        for at, values, rule in self._rules:
            if fold(cells[at] or "") in values:
                return rule
        return None
