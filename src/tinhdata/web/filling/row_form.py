"""Fills the page on which the rows of a small dataset are entered by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Column, Contract, DeliveryMode, LogicalType, PeriodUnit
from tinhdata.edge.row_forms import (
    UNTICKED,
    TypedRow,
    fixed_cells,
    newest_periods,
    period_filter,
    typed,
)
from tinhdata.edge.rows import open_one
from tinhdata.edge.templates import codes_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.quality import Reason
from tinhdata.warehouse import Filter, Query, Sort
from tinhdata.web.contexts.row_form import FormCell, FormColumn, FormPeriod, FormRow, RowForm
from tinhdata.web.contexts.shell import Choice, FormState
from tinhdata.web.filling.desk_wizard import MOST_ROWS, SEND, replaces, steps, template_href
from tinhdata.web.filling.words import label_of

_MOST_OPTIONS = 300
_LONG_TEXT = 200
_NEW_ROWS = 3
_MOST_PERIODS = 24
_KINDS: Mapping[LogicalType, str] = {
    LogicalType.NUMBER: "number",
    LogicalType.INTEGER: "whole",
    LogicalType.DATE: "date",
    LogicalType.TIMESTAMP: "moment",
}
_PERIOD_KINDS = {PeriodUnit.DAY: "date", PeriodUnit.MONTH: "month", PeriodUnit.YEAR: "number"}


@dataclass(frozen=True, slots=True)
class Begun:
    """Rows that a form begins with, and what is said about where they come from."""

    rows: tuple[TypedRow, ...]
    text: Text
    too_many: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a check said of the rows: problems by the number of the row, and what stops all."""

    problems: Mapping[int, tuple[Reason, ...]]
    stops: Text | None = None


def begun(
    platform: Platform, actor: Actor, contract: Contract, language: str, period: str | None
) -> Begun:
    """Give the rows that are published, of one period where there are periods, for changing them.

    Empty where nothing is published, or where not every cell may be shown as it is.
    """
    if contract.mode is DeliveryMode.UPSERT:
        text = t("Rows that you enter are added, or change those with the same key.")
        return Begun(blank_rows(contract, 0, _NEW_ROWS), text)
    release = platform.warehouse.current(contract.id)
    if release is None:
        return Begun(blank_rows(contract, 0, _NEW_ROWS), t("No rows are published yet."))
    try:
        opened = open_one(platform, actor, release, "rows to be changed in a form")
    except Problem:
        return Begun(blank_rows(contract, 0, _NEW_ROWS), _UNSEEN)
    if opened.permit.columns is not None or opened.permit.masks:
        return Begun(blank_rows(contract, 0, _NEW_ROWS), _UNSEEN)
    own = {column.id: column.name for column in opened.contract.columns}
    names = {column.name: own[column.id] for column in contract.columns if column.id in own}
    filters: tuple[Filter, ...] = ()
    if period is not None and opened.contract.period is not None:
        column = opened.contract.column(opened.contract.period.column)
        filters = (period_filter(opened.contract.period, column, period),)
    query = Query(
        columns=tuple(names.values()),
        filters=filters,
        sort=tuple(Sort(key) for key in opened.contract.key),
        limit=MOST_ROWS,
    )
    page = platform.warehouse.read(opened.permit, release.id, query)
    if page.total > MOST_ROWS:
        return Begun((), t("There are too many rows."), page.total)
    rows = tuple(
        TypedRow(
            number,
            {
                name: typed(value, contract.column(name), language)
                for name, value in zip(names, row, strict=True)
            },
        )
        for number, row in enumerate(page.rows)
    )
    text = t("The rows of release no. {number}.", number=release.number)
    if not rows:
        rows, text = blank_rows(contract, 0, _NEW_ROWS), t("This period has no rows yet.")
    return Begun(rows, text)


_UNSEEN = t(
    "You may not see every cell of what is published, so the form begins empty. What you send "
    "takes the place of those rows."
)


def blank_rows(contract: Contract, first: int, count: int) -> tuple[TypedRow, ...]:
    """Give empty rows with numbers from `first` on."""
    return tuple(
        TypedRow(number, {column.name: _nothing(column) for column in contract.columns})
        for number in range(first, first + count)
    )


def row_form(
    platform: Platform,
    contract: Contract,
    language: str,
    rows: Sequence[TypedRow],
    *,
    period: str | None = None,
    text: Text | None = None,
    too_many: int | None = None,
    judged: Judged | None = None,
    form: FormState | None = None,
) -> RowForm:
    """Give the page with `rows`, and with what is wrong where they were judged."""
    path = f"/deliveries/new/{contract.id}"
    fixed = fixed_cells(contract, period)
    columns = [column for column in contract.columns if column.name not in fixed]
    problems = judged.problems if judged else {}
    return RowForm(
        steps=steps(SEND, contract.id),
        dataset=contract.name.in_language(language),
        action=f"{path}/rows",
        send_href=path,
        template_href=template_href(contract.id),
        replaces=replaces(contract),
        columns=tuple(_column(platform, column, language, rows) for column in columns),
        rows=tuple(
            _row(row, place, columns, problems.get(row.number, ()))
            for place, row in enumerate(rows, 1)
        ),
        most=MOST_ROWS,
        period=_period(platform, contract, language, period),
        asks_period=contract.period is not None and period is None,
        begun=text,
        too_many=too_many,
        checked=judged is not None,
        failing=len(problems),
        stops=judged.stops if judged else None,
        form=form or FormState(),
    )


def _row(
    row: TypedRow, place: int, columns: Sequence[Column], reasons: Sequence[Reason]
) -> FormRow:
    names = {column.name for column in columns}
    at: dict[str, list[Text]] = {}
    whole: list[Text] = []
    for reason in reasons:
        said = _at_place(reason.text, place)
        if reason.fix is not None:
            said = Text("{text} {fix}", {"text": said, "fix": _at_place(reason.fix, place)})
        if reason.column in names:
            at.setdefault(str(reason.column), []).append(said)
        else:
            whole.append(said)
    return FormRow(
        number=row.number,
        place=place,
        cells=tuple(
            FormCell(row.cells.get(column.name, ""), tuple(at.get(column.name, ())))
            for column in columns
        ),
        problems=tuple(whole),
    )


def _at_place(text: Text, place: int) -> Text:
    """Name the row where a sentence names the line of the file that is made of the rows."""
    if "line" not in text.params:
        return text
    return Text(text.msgid, {**text.params, "line": str(place)})


def _column(
    platform: Platform, column: Column, language: str, rows: Sequence[TypedRow]
) -> FormColumn:
    codes = codes_of(platform, column, language, _MOST_OPTIONS)
    options = [
        Choice(code, code if label in ("", code) else f"{code} – {label}") for code, label in codes
    ]
    if not options and 0 < len(column.allowed) <= _MOST_OPTIONS:
        options = [Choice(value, value) for value in column.allowed]
    kind = _kind(column, bool(options))
    if kind == "choice":
        options = options or [Choice("true", t("yes")), Choice("false", t("no"))]
        known = {option.value for option in options}
        # What stands in a row already stays choosable, also where the list has moved on.
        typed_too = dict.fromkeys(row.cells.get(column.name, "") for row in rows)
        options += [Choice(value, value) for value in typed_too if value and value not in known]
    return FormColumn(
        name=column.name,
        label=label_of(column, language),
        required=column.required,
        kind=kind,
        unit=column.unit,
        hint=column.description.in_language(language) or None,
        options=tuple(options) if kind == "choice" else (),
        longest=column.max_length,
    )


def _kind(column: Column, has_options: bool) -> str:
    if column.logical_type is LogicalType.BOOLEAN:
        return "tick" if column.required else "choice"
    if has_options:
        return "choice"
    if column.geometry is not None or (column.max_length or 0) > _LONG_TEXT:
        return "long"
    return _KINDS.get(column.logical_type, "text")


def _nothing(column: Column) -> str:
    ticked = column.logical_type is LogicalType.BOOLEAN and column.required
    return UNTICKED if ticked else ""


def _period(
    platform: Platform, contract: Contract, language: str, period: str | None
) -> FormPeriod | None:
    if contract.period is None:
        return None
    column = contract.column(contract.period.column)
    return FormPeriod(
        label=label_of(column, language),
        value=period or "",
        kind=_PERIOD_KINDS.get(contract.period.unit, "text"),
        known=tuple(
            Choice(each, each, each == period) for each in _known_periods(platform, contract)
        ),
    )


def _known_periods(platform: Platform, contract: Contract) -> tuple[str, ...]:
    """Give the newest periods that the current release names; no row is read for it."""
    release = platform.warehouse.current(contract.id)
    if release is None:
        return ()
    found = [file.period for file in platform.warehouse.files(release.id)]
    return newest_periods(found, PeriodUnit.VALUE, _MOST_PERIODS)
