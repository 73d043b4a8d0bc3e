"""What the change of one column means for readers, for senders, and for the people in the data."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TypeAlias

from tinhdata.contracts.changes import Bump, Change, Verdict
from tinhdata.contracts.model import Bound, Classification, Column, GeometrySpec, sql_type
from tinhdata.kernel import Text, t

_CLOSENESS = (Classification.PUBLIC, Classification.INTERNAL, Classification.RESTRICTED)
_MASK_STRENGTH = {None: 0, "year": 1, "last-four": 1, "first-letters": 1, "token": 2, "hide": 3}

_Step: TypeAlias = "Callable[[Column, Column], Iterator[Change]]"


def called(column: Column) -> str:
    """Give a column as people know it: by its label, not by its id."""
    return f"“{column.label.vi}”"


def new_column(column: Column) -> Change:
    """Say what a column that was not there before means."""
    text = t("The column {column} is new.", column=called(column))
    producer = Verdict.BREAK if column.required else Verdict.OK
    return Change(
        "column-added",
        text,
        column.name,
        producer=producer,
        # Collecting more about people is not forbidden, but somebody has to look at it.
        privacy=Verdict.WARN if column.personal else Verdict.OK,
        at_least=Bump.MINOR,
    )


def compare_column(old: Column, new: Column) -> Iterator[Change]:
    """Give every change of a column that is in both contracts."""
    for step in _STEPS:
        yield from step(old, new)


def _shape(old: Column, new: Column) -> Iterator[Change]:
    if old.id != new.id:
        text = t("{column} has a new id: rows that stay are empty in it.", column=called(new))
        yield Change("column-replaced", text, new.name, consumer=Verdict.BREAK)
    if old.name != new.name:
        text = t("The column {old} is now called {new}.", old=old.name, new=new.name)
        yield Change("column-renamed", text, new.name, consumer=Verdict.BREAK)
    if sql_type(old) != sql_type(new):
        text = t("{column} is now stored as {type}.", column=called(new), type=sql_type(new))
        yield Change("type-changed", text, new.name, consumer=Verdict.BREAK)
    if old.unit != new.unit:
        text = t("{column} is now measured in {unit}.", column=called(new), unit=new.unit or "-")
        yield Change("unit-changed", text, new.name, consumer=Verdict.BREAK)
    if old.filterable and not new.filterable:
        text = t("{column} can no longer be filtered by.", column=called(new))
        yield Change("filter-removed", text, new.name, consumer=Verdict.BREAK)
    elif old.filterable != new.filterable:
        text = t("{column} can now be filtered by.", column=called(new))
        yield Change("filter-added", text, new.name, at_least=Bump.MINOR)


def _geometry(old: Column, new: Column) -> Iterator[Change]:
    before, after = old.geometry, new.geometry
    if before == after:
        return
    if before is None or after is None:
        text = t("{column} means something else: {new}.", column=called(new), new="geometry")
        yield Change(
            "geometry-changed", text, new.name, consumer=Verdict.BREAK, producer=Verdict.BREAK
        )
        return
    if set(before.types) - set(after.types) or not _covers(after, before):
        text = t("{column} takes fewer geometries: kinds, area or size.", column=called(new))
        yield Change("geometry-tightened", text, new.name, producer=Verdict.BREAK)
    if set(after.types) - set(before.types) or not _covers(before, after):
        text = t("{column} takes more geometries: kinds, area or size.", column=called(new))
        yield Change("geometry-widened", text, new.name, consumer=Verdict.WARN)


def _covers(outer: GeometrySpec, inner: GeometrySpec) -> bool:
    """Say whether whatever lies in the box and size of `inner` lies in those of `outer`."""
    (west, south, east, north), box = outer.within, inner.within
    in_box = west <= box[0] and south <= box[1] and box[2] <= east and box[3] <= north
    return in_box and inner.max_vertices <= outer.max_vertices


def _presence(old: Column, new: Column) -> Iterator[Change]:
    if old.required and not new.required:
        text = t("{column} may now be empty.", column=called(new))
        yield Change("now-optional", text, new.name, consumer=Verdict.BREAK)
    elif new.required and not old.required:
        text = t("{column} may no longer be empty.", column=called(new))
        yield Change("now-required", text, new.name, producer=Verdict.BREAK)
    if old.unique and not new.unique:
        text = t("Values of {column} may now repeat.", column=called(new))
        yield Change("now-repeatable", text, new.name, consumer=Verdict.BREAK)
    elif new.unique and not old.unique:
        text = t("Values of {column} may no longer repeat.", column=called(new))
        yield Change("now-unique", text, new.name, producer=Verdict.BREAK)


def _reference(old: Column, new: Column) -> Iterator[Change]:
    if old.reference == new.reference:
        return
    text = t("{column} refers to something else.", column=called(new))
    yield Change(
        "reference-changed",
        text,
        new.name,
        # Readers join along it; a first reference only binds those who send.
        consumer=Verdict.BREAK if old.reference else Verdict.OK,
        producer=Verdict.BREAK if new.reference else Verdict.OK,
    )


def _ranges(old: Column, new: Column) -> Iterator[Change]:
    if _is_narrower(new, old):
        text = t("{column} takes fewer values: its range is narrower.", column=called(new))
        yield Change("range-tightened", text, new.name, producer=Verdict.BREAK)
    if _is_narrower(old, new):
        text = t("{column} takes more values: its range is wider.", column=called(new))
        yield Change("range-widened", text, new.name, consumer=Verdict.WARN)


def _is_narrower(one: Column, other: Column) -> bool:
    """Say whether some end of the ranges of `one` lies further in than that of `other`."""
    return (
        _is_bound_more(one.minimum, other.minimum, _is_less(other.minimum, one.minimum))
        or _is_bound_more(one.maximum, other.maximum, _is_less(one.maximum, other.maximum))
        or _is_bound_more(
            one.min_length, other.min_length, _is_less(other.min_length, one.min_length)
        )
        or _is_bound_more(
            one.max_length, other.max_length, _is_less(one.max_length, other.max_length)
        )
    )


def _is_bound_more(one: Bound | None, other: Bound | None, is_inside: bool) -> bool:
    return one is not None and (other is None or is_inside)


def _is_less(one: Bound | None, other: Bound | None) -> bool:
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one < other
    # Dates and moments in ISO form sort as texts; another type is a changed type and said there.
    return type(one) is type(other) and str(one) < str(other)


def _values(old: Column, new: Column) -> Iterator[Change]:
    before, after = set(old.allowed), set(new.allowed)
    if before != after:
        if after and (not before or before - after):
            text = t("{column} no longer takes some values of its list.", column=called(new))
            yield Change("values-narrowed", text, new.name, producer=Verdict.BREAK)
        if before and (not after or after - before):
            text = t("{column} takes more values of its list.", column=called(new))
            yield Change("values-widened", text, new.name, consumer=Verdict.WARN)
    if old.pattern == new.pattern:
        return
    if new.pattern is None:
        text = t("{column} is no longer bound to a pattern.", column=called(new))
        yield Change("pattern-removed", text, new.name, consumer=Verdict.WARN)
    else:
        # Whether one pattern is narrower than another cannot be told in general.
        text = t("{column} is bound to another pattern.", column=called(new))
        yield Change(
            "pattern-changed",
            text,
            new.name,
            consumer=Verdict.WARN if old.pattern else Verdict.OK,
            producer=Verdict.BREAK,
        )


def _privacy(old: Column, new: Column) -> Iterator[Change]:
    if _CLOSENESS.index(new.classification) < _CLOSENESS.index(old.classification):
        yield _blocked(
            "classification-lowered", t("{column} is kept less closely.", column=called(new)), new
        )
    elif new.classification != old.classification:
        text = t("{column} is kept more closely.", column=called(new))
        yield Change("classification-raised", text, new.name, consumer=Verdict.WARN)
    if old.personal and new.personal != old.personal and new.personal != "sensitive":
        text = t("{column} no longer counts as the same kind of personal data.", column=called(new))
        yield _blocked("personal-removed", text, new)
    elif old.personal != new.personal:
        text = t("{column} now counts as personal data.", column=called(new))
        yield Change("personal-added", text, new.name, consumer=Verdict.WARN)
    strength, before = _MASK_STRENGTH.get(new.mask, 0), _MASK_STRENGTH.get(old.mask, 0)
    if strength < before:
        yield _blocked("mask-removed", t("{column} is masked less.", column=called(new)), new)
    elif old.mask != new.mask:
        text = t("{column} is masked in another way.", column=called(new))
        yield Change("mask-changed", text, new.name, consumer=Verdict.BREAK)
    if new.in_open_data and not old.in_open_data:
        yield _blocked(
            "open-data-widened", t("{column} now goes into open data.", column=called(new)), new
        )
    elif old.in_open_data and not new.in_open_data:
        text = t("{column} no longer goes into open data.", column=called(new))
        yield Change("open-data-narrowed", text, new.name, consumer=Verdict.BREAK)


def _blocked(kind: str, text: Text, column: Column) -> Change:
    return Change(kind, text, column.name, privacy=Verdict.BLOCK)


def _reading(old: Column, new: Column) -> Iterator[Change]:
    if set(old.missing_values) - set(new.missing_values):
        text = t("{column} takes fewer words for empty.", column=called(new))
        yield Change("missing-values-narrowed", text, new.name, producer=Verdict.BREAK)
    if set(new.missing_values) - set(old.missing_values):
        text = t("{column} takes more words for empty.", column=called(new))
        yield Change("missing-values-widened", text, new.name, consumer=Verdict.WARN)
    if _recognition(old) != _recognition(new):
        text = t("{column} is read from files in another way.", column=called(new))
        yield Change("reading-changed", text, new.name, producer=Verdict.WARN)
    if old.semantic_type != new.semantic_type:
        text = t(
            "{column} means something else: {new}.",
            column=called(new),
            new=new.semantic_type or "-",
        )
        yield Change(
            "meaning-changed", text, new.name, consumer=Verdict.WARN, producer=Verdict.WARN
        )
    if (old.label, old.description) != (new.label, new.description):
        text = t("{column} is described anew.", column=called(new))
        yield Change("text-changed", text, new.name, at_least=Bump.PATCH)


def _recognition(column: Column) -> tuple[object, ...]:
    return (
        column.synonyms,
        column.position,
        column.number_form,
        column.date_formats,
        column.marks,
    )


_STEPS: tuple[_Step, ...] = (
    _shape,
    _geometry,
    _presence,
    _reference,
    _ranges,
    _values,
    _privacy,
    _reading,
)
