"""The SQL that cuts declared marks (Prel., (*)) off cells, and multiplies numbers of other units.

Pure: it writes SQL and runs none. Marks are compared without accents and case, one at each end of a
cell; one that ends in a letter is none where letters go on. Multiplying is exact.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeAlias
from unicodedata import combining, normalize

from tinhdata.contracts.model import Column, Contract, LogicalType, Marks
from tinhdata.kernel import quote_literal

_Saying: TypeAlias = "Callable[[Marks], Iterator[tuple[str, str]]]"
"""Gives, per mark, SQL for its length or its meaning."""


def fold_sql(clean: str) -> str:
    """Write `clean` without accents and case, letter for letter."""
    return f"lower(strip_accents(translate({clean}, 'đĐ', 'dd')))"


def cut_sql(marks: Marks, clean: str, folded: str) -> str:
    """Write the cell without the marks at its ends, NULL where nothing is left."""
    first, last = _first(marks, folded, _lengths), _last(marks, folded, _lengths)
    cut = f"substr({clean}, {first} + 1, length({clean}) - {first} - {last})"
    marked = _is_marked(marks, clean, folded)
    return f"CASE WHEN {marked} THEN nullif(trim({cut}), '') ELSE {clean} END"


def meaning_sql(contract: Contract, into: Column, own: str, layers: Callable[[int], str]) -> str:
    """Write what marks of other columns say in `into`: its own text, what they mean, the default.

    `layers` names the folded cell of the column at a place of the contract.
    """
    said, default = [], None
    for index, column in enumerate(contract.columns):
        if column.marks is not None and column.marks.into == into.name:
            folded = layers(index)
            first = _first(column.marks, folded, _meanings)
            said += [first, f"nullif({_last(column.marks, folded, _meanings)}, {first})"]
            default = default or column.marks.default
    if not said:
        return own
    ending = f", {quote_literal(default)}" if default else ""
    return f"coalesce({own}, nullif(concat_ws('; ', {', '.join(said)}), ''){ending})"


def scaled_sql(column: Column, plain: str, scale: Decimal) -> str:
    """Write the number `plain`, a text in the platform's form, times `scale`."""
    places = max(-int(scale.as_tuple().exponent), 0)
    digits = max(len(scale.as_tuple().digits), places) + 1
    factor = f"CAST({quote_literal(format(scale, 'f'))} AS DECIMAL({digits}, {places}))"
    exact = f"try_cast({plain} AS DECIMAL(38, 12)) * {factor}"
    double = f"try_cast({plain} AS DOUBLE) * {format(scale, 'f')}::DOUBLE"
    text = _text_sql if column.logical_type is not LogicalType.INTEGER else _whole_text_sql
    return (
        f"CASE WHEN regexp_matches({plain}, '^-?[0-9]{{0,15}}([.][0-9]{{1,12}}0*)?$') "
        f"THEN {text(exact)} WHEN length({plain}) <= 40 THEN {text(double)} END"
    )


def _text_sql(number: str) -> str:
    return f"CAST({number} AS VARCHAR)"


def _whole_text_sql(number: str) -> str:
    """Write `number`, whole where it nearly is.

    17.078000000000003 thousand is how a spreadsheet computes 17,078.
    """
    near = f"abs({number} - round({number}, 0)) <= 1e-9 * greatest(1, abs({number}))"
    whole = f"try_cast(round({number}, 0) AS DECIMAL(38, 0))"
    # Texts, because the engine gives both branches of a CASE the places of one of them.
    return f"CASE WHEN {near} THEN {_text_sql(whole)} ELSE {_text_sql(number)} END"


def _is_marked(marks: Marks, clean: str, folded: str) -> str:
    # Letters that fold to more or fewer than one would shift the places; such a cell stays.
    found = " OR ".join(
        condition
        for mark, _ in _ordered(marks)
        for condition in (_begins(mark, folded), _ends(mark, folded, "0"))
    )
    return f"length({folded}) = length({clean}) AND ({found})"


def _ordered(marks: Marks) -> tuple[tuple[str, str], ...]:
    """Give the marks folded, with their meanings, the longest first."""
    pairs = ((_folded(mark), meaning) for mark, meaning in marks.values)
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _folded(mark: str) -> str:
    """Fold `mark` as `fold_sql` folds a cell: signs such as ² stay what they are."""
    letters = (c for c in normalize("NFD", mark.strip()) if not combining(c))
    return normalize("NFC", "".join(letters)).lower().translate(_D)


_D = str.maketrans("đĐ", "dd")


def _first(marks: Marks, folded: str, said: _Saying) -> str:
    """Write what `said` gives for the mark at the beginning."""
    branches = " ".join(f"WHEN {_begins(mark, folded)} THEN {text}" for mark, text in said(marks))
    return f"CASE {branches} {_otherwise(said)} END"


def _last(marks: Marks, folded: str, said: _Saying) -> str:
    """Write what `said` gives for the mark at the end, behind the one at the beginning."""
    first = _first(marks, folded, _lengths)
    branches = " ".join(
        f"WHEN {_ends(mark, folded, first)} THEN {text}" for mark, text in said(marks)
    )
    return f"CASE {branches} {_otherwise(said)} END"


def _lengths(marks: Marks) -> Iterator[tuple[str, str]]:
    return ((mark, str(len(mark))) for mark, _ in _ordered(marks))


def _meanings(marks: Marks) -> Iterator[tuple[str, str]]:
    return ((mark, quote_literal(meaning)) for mark, meaning in _ordered(marks))


def _otherwise(said: _Saying) -> str:
    return "ELSE 0" if said is _lengths else "ELSE CAST(NULL AS VARCHAR)"


def _begins(mark: str, folded: str) -> str:
    condition = f"starts_with({folded}, {quote_literal(mark)})"
    if mark[-1:].isalpha():
        condition += f" AND NOT regexp_matches(substr({folded}, {len(mark) + 1}, 1), '[a-z]')"
    return f"({condition})"


def _ends(mark: str, folded: str, first: str) -> str:
    condition = (
        f"suffix({folded}, {quote_literal(mark)}) AND length({folded}) >= {len(mark)} + {first}"
    )
    if mark[:1].isalpha():
        before = f"substr({folded}, length({folded}) - {len(mark)}, 1)"
        condition += f" AND NOT regexp_matches({before}, '[a-z]')"
    return f"({condition})"
