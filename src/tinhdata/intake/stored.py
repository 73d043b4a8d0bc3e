"""Understandings and choices as JSON, so that a page can show them and work can take them up.

What is read back equals what was written. A value that is no such JSON raises ValueError.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from tinhdata.contracts import NumberForm
from tinhdata.intake.model import (
    ColumnMatch,
    CrsSeen,
    EncodingSeen,
    FileKind,
    HeaderPlace,
    Matched,
    Part,
    Question,
    ReadingChoice,
    Refusal,
    SheetSeen,
    Understanding,
    UnitPlace,
    UnitSeen,
    WideColumn,
)
from tinhdata.kernel import JSON, JSONObject, Text
from tinhdata.vietnam import DateOrder, LegacyEncoding

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")


def choice_to_json(choice: ReadingChoice) -> JSONObject:
    """Give `choice` as JSON."""
    return {
        "sheet": choice.sheet,
        "sheets": list(choice.sheets),
        "encoding": choice.encoding,
        "crs": choice.crs,
        "delimiter": choice.delimiter,
        "first_header_row": choice.first_header_row,
        "header_rows": choice.header_rows,
        "mapping": dict(choice.mapping),
        "headers": list(choice.headers),
        "number_forms": {name: form.value for name, form in choice.number_forms.items()},
        "totals_are_data": choice.totals_are_data,
        "left_out": list(choice.left_out),
        "units": dict(choice.units),
    }


def choice_from_json(value: JSON) -> ReadingChoice:
    """Read what `choice_to_json` wrote; absent keys mean: not chosen."""
    given = _object(value)
    return ReadingChoice(
        sheet=_optional(given.get("sheet"), _text),
        sheets=_texts(given.get("sheets") or ()),
        encoding=_optional(given.get("encoding"), _text),
        crs=_optional(given.get("crs"), _text),
        delimiter=_optional(given.get("delimiter"), _text),
        first_header_row=_optional(given.get("first_header_row"), _whole),
        header_rows=_optional(given.get("header_rows"), _whole),
        mapping={
            name: _optional(index, _whole)
            for name, index in _object(given.get("mapping") or {}).items()
        },
        headers=_texts(given.get("headers") or ()),
        number_forms=_enums(given.get("number_forms") or {}, NumberForm),
        totals_are_data=given.get("totals_are_data") is True,
        left_out=tuple(map(_whole, _list(given.get("left_out") or []))),
        units={name: _text(unit) for name, unit in _object(given.get("units") or {}).items()},
    )


def understanding_to_json(understanding: Understanding) -> JSONObject:
    """Give `understanding` as JSON."""
    u = understanding
    return {
        "kind": u.kind.value if u.kind else None,
        "filename": u.filename,
        "header": _header_json(u.header),
        "mapping": [[m.column, m.index, m.header, m.how.value] for m in u.mapping],
        "unmatched_headers": [[index, name] for index, name in u.unmatched_headers],
        "unmatched_columns": list(u.unmatched_columns),
        "encoding": _encoding_json(u.encoding) if u.encoding else None,
        "other_encodings": [_encoding_json(seen) for seen in u.other_encodings],
        "delimiter": u.delimiter,
        "sheet": u.sheet,
        "sheets": [[s.name, s.rows, s.columns, s.hidden, s.matched] for s in u.sheets],
        "cell_encoding": u.cell_encoding.value if u.cell_encoding else None,
        "crs": u.crs,
        "crs_name": u.crs_name,
        "crs_candidates": [[c.key, c.name, c.meridian, c.inside] for c in u.crs_candidates],
        "part": u.part,
        "filled": dict(u.filled),
        "pieces": [understanding_to_json(piece) for piece in u.pieces],
        "parts": [[part.name, part.first_unit, part.units] for part in u.parts],
        "least_cells": u.least_cells,
        "number_forms": {name: form.value for name, form in u.number_forms.items()},
        "date_orders": {name: order.value for name, order in u.date_orders.items()},
        "undecided_numbers": list(u.undecided_numbers),
        "chosen_forms": {name: form.value for name, form in u.chosen_forms.items()},
        "totals_are_data": u.totals_are_data,
        "wide": [_wide_json(column) for column in u.wide],
        "left_out": [[index, header] for index, header in u.left_out],
        "units": [_unit_json(unit) for unit in u.units],
        "preview": [list(cells) for cells in u.preview],
        "notes": [note.to_json() for note in u.notes],
        "questions": [question.value for question in u.questions],
        "refusal": _refusal_json(u.refusal),
    }


def understanding_from_json(value: JSON) -> Understanding:
    """Read what `understanding_to_json` wrote."""
    given = _object(value)
    return Understanding(
        kind=_optional(given.get("kind"), FileKind),
        filename=_text(given.get("filename")),
        header=_optional(given.get("header"), _header),
        mapping=tuple(_match(item) for item in _list(given.get("mapping"))),
        unmatched_headers=tuple(
            (_whole(index), _text(name))
            for index, name in map(_list, _list(given.get("unmatched_headers")))
        ),
        unmatched_columns=_texts(given.get("unmatched_columns")),
        encoding=_optional(given.get("encoding"), _encoding),
        other_encodings=tuple(map(_encoding, _list(given.get("other_encodings")))),
        delimiter=_optional(given.get("delimiter"), _text),
        sheet=_optional(given.get("sheet"), _text),
        sheets=tuple(map(_sheet, _list(given.get("sheets")))),
        cell_encoding=_optional(given.get("cell_encoding"), LegacyEncoding),
        crs=_optional(given.get("crs"), _text),
        crs_name=_text(given.get("crs_name") or ""),
        crs_candidates=tuple(map(_crs, _list(given.get("crs_candidates") or ()))),
        part=_text(given.get("part") or ""),
        filled={name: _text(text) for name, text in _object(given.get("filled") or {}).items()},
        pieces=tuple(map(understanding_from_json, _list(given.get("pieces") or ()))),
        parts=tuple(map(_part, _list(given.get("parts") or ()))),
        least_cells=_whole(given.get("least_cells")),
        number_forms=_enums(given.get("number_forms"), NumberForm),
        date_orders=_enums(given.get("date_orders"), DateOrder),
        undecided_numbers=_texts(given.get("undecided_numbers")),
        chosen_forms=_enums(given.get("chosen_forms"), NumberForm),
        totals_are_data=given.get("totals_are_data") is True,
        wide=tuple(map(_wide, _list(given.get("wide") or []))),
        left_out=tuple(
            (_whole(index), _text(header))
            for index, header in map(_list, _list(given.get("left_out") or []))
        ),
        units=tuple(map(_unit, _list(given.get("units") or []))),
        preview=tuple(
            tuple(_optional(cell, _text) for cell in _list(cells))
            for cells in _list(given.get("preview"))
        ),
        notes=tuple(map(Text.from_json, _list(given.get("notes")))),
        questions=tuple(Question(_text(item)) for item in _list(given.get("questions"))),
        refusal=_optional(given.get("refusal"), _refusal),
    )


def _header_json(header: HeaderPlace | None) -> JSON:
    if header is None:
        return None
    return {"first_row": header.first_row, "rows": header.rows, "names": list(header.names)}


def _header(value: JSON) -> HeaderPlace:
    given = _object(value)
    return HeaderPlace(
        _whole(given.get("first_row")), _whole(given.get("rows")), _texts(given.get("names"))
    )


def _match(value: JSON) -> ColumnMatch:
    column, index, header, how = _list(value)
    return ColumnMatch(_text(column), _whole(index), _text(header), Matched(_text(how)))


def _wide_json(column: WideColumn) -> JSON:
    return [column.index, column.header, column.column, [list(pair) for pair in column.places]]


def _wide(value: JSON) -> WideColumn:
    index, header, column, places = _list(value)
    pairs = tuple((_text(name), _text(text)) for name, text in map(_list, _list(places)))
    return WideColumn(_whole(index), _text(header), _text(column), pairs)


def _unit_json(unit: UnitSeen) -> JSON:
    factor = None if unit.factor is None else format(unit.factor, "f")
    return [unit.column, unit.unit, unit.place.value, factor]


def _unit(value: JSON) -> UnitSeen:
    column, unit, place, factor = _list(value)
    times = None if factor is None else Decimal(_text(factor))
    return UnitSeen(_text(column), _text(unit), UnitPlace(_text(place)), times)


def _encoding_json(seen: EncodingSeen) -> JSON:
    return [seen.name, seen.legacy.value if seen.legacy else None, seen.sample]


def _encoding(value: JSON) -> EncodingSeen:
    name, legacy, sample = _list(value)
    return EncodingSeen(_text(name), _optional(legacy, LegacyEncoding), _text(sample))


def _sheet(value: JSON) -> SheetSeen:
    name, rows, columns, hidden, matched = _list(value)
    return SheetSeen(_text(name), _whole(rows), _whole(columns), hidden is True, _whole(matched))


def _crs(value: JSON) -> CrsSeen:
    key, name, meridian, inside = _list(value)
    return CrsSeen(_text(key), _text(name), _text(meridian), _whole(inside))


def _part(value: JSON) -> Part:
    name, first_unit, units = _list(value)
    return Part(_text(name), _whole(first_unit), _whole(units))


def _refusal_json(refusal: Refusal | None) -> JSON:
    if refusal is None:
        return None
    return {
        "reason": refusal.reason,
        "text": refusal.text.to_json(),
        "fix": refusal.fix.to_json(),
    }


def _refusal(value: JSON) -> Refusal:
    given = _object(value)
    return Refusal(
        _text(given.get("reason")),
        Text.from_json(given.get("text")),
        Text.from_json(given.get("fix")),
    )


def _optional(value: JSON, read: Callable[[str], _T] | Callable[[JSON], _T]) -> _T | None:
    return None if value is None else read(value)  # type: ignore[arg-type]  # enums check the value


def _enums(value: JSON, kind: type[_E]) -> dict[str, _E]:
    return {name: kind(_text(item)) for name, item in _object(value).items()}


def _object(value: JSON) -> Mapping[str, JSON]:
    if not isinstance(value, Mapping):
        raise ValueError("not a stored understanding")
    return value


def _list(value: JSON) -> Sequence[JSON]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError("not a stored understanding")
    return value


def _texts(value: JSON) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))


def _text(value: JSON) -> str:
    if not isinstance(value, str):
        raise ValueError("not a stored understanding")
    return value


def _whole(value: JSON) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("not a stored understanding")
    return value
