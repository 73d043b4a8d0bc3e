"""Which sheets of a workbook (lists of a document) are read. Pure.

A person's word goes before the contract's, that before the best fit; equal ones are a question.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tinhdata.contracts import Contract
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.model import Question, ReadingChoice, SheetSeen
from tinhdata.intake.naming import some_of
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold


@dataclass(frozen=True, slots=True)
class ChosenSheets:
    """The sheets to read, at least one, in the order of the file."""

    names: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    notes: tuple[Text, ...] = ()


def choose_sheets(
    seen: Sequence[SheetSeen],
    fitting: Mapping[str, tuple[int, bool]],
    contract: Contract,
    choice: ReadingChoice,
    *,
    takes_equal: bool,
) -> ChosenSheets:
    """Choose among `seen`; `fitting` says how well each header fits, and whether data follows.

    `takes_equal` reads all sheets that fit equally well instead of asking. Raises FileRefused where
    a person chose a sheet that is not there.
    """
    wanted = choice.sheets or ((choice.sheet,) if choice.sheet is not None else ())
    if wanted:
        return ChosenSheets(_in_order(seen, _required(wanted, fitting)))
    layout = contract.layout
    if layout.all_sheets:
        fits = [sheet.name for sheet in seen if fitting[sheet.name][0] > 0]
        if fits:
            return ChosenSheets(tuple(fits), notes=tuple(_left_out(seen, fits)))
    notes: list[Text] = []
    named = (*layout.sheets, *((layout.sheet,) if layout.sheet is not None else ()))
    if named:
        found = [name for name in fitting if fold(name) in set(map(fold, named))]
        notes += _absent(named, found)
        if found:
            return ChosenSheets(_in_order(seen, found), notes=tuple(notes) if layout.sheets else ())
    best = _best(seen, fitting)
    if len(best) > 1 and not takes_equal:
        return ChosenSheets(best[:1], (Question.SHEET,), tuple(notes))
    return ChosenSheets(best, notes=tuple(notes))


def _best(seen: Sequence[SheetSeen], fitting: Mapping[str, tuple[int, bool]]) -> tuple[str, ...]:
    """Give the sheets that fit best; the largest one where none fits."""

    def rank(sheet: SheetSeen) -> tuple[int, bool, bool]:
        return (*fitting[sheet.name], not sheet.hidden)

    best = max(map(rank, seen))
    if best[0] == 0:
        largest = max(seen, key=lambda sheet: (not sheet.hidden, sheet.rows * sheet.columns))
        return (largest.name,)
    return tuple(sheet.name for sheet in seen if rank(sheet) == best)


def _required(wanted: Sequence[str], there: Mapping[str, tuple[int, bool]]) -> Sequence[str]:
    for name in wanted:
        if name not in there:
            raise FileRefused(
                "no-such-sheet",
                t("The workbook has no sheet “{sheet}” with anything on it.", sheet=name),
                t("Choose one of the sheets listed."),
            )
    return wanted


def _in_order(seen: Sequence[SheetSeen], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sheet.name for sheet in seen if sheet.name in set(names))


def _absent(named: Sequence[str], found: Sequence[str]) -> Iterator[Text]:
    there = set(map(fold, found))
    for name in named:
        if fold(name) not in there:
            yield (
                t("The workbook has no sheet “{sheet}” as declared.", sheet=name)
                if found
                else t(
                    "The workbook has no sheet “{sheet}” as declared; the best one was taken.",
                    sheet=name,
                )
            )


def _left_out(seen: Sequence[SheetSeen], read: Sequence[str]) -> Iterator[Text]:
    others = [sheet.name for sheet in seen if sheet.name not in set(read)]
    if others:
        yield t(
            "{count} sheets without a column of the dataset are not read: {names}.",
            count=len(others),
            names=some_of(others),
        )
