"""Rows of a small dataset entered by hand: a file is made of them, and it is delivered as any."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from tinhdata.contracts import Contract, LogicalType
from tinhdata.edge.problems import status_of
from tinhdata.edge.row_forms import (
    TICKED,
    UNTICKED,
    TypedFile,
    TypedRow,
    file_of,
    fixed_cells,
    is_in_period,
    period_given,
    reading_of,
)
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.intake import FileRefused
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.landing import FileEmpty, FileTooLarge, StoreFull
from tinhdata.quality import CheckFailed, Reason
from tinhdata.web.contexts.row_form import RowForm
from tinhdata.web.contexts.shell import FormState, Notice, Tone
from tinhdata.web.filling.desk_wizard import MOST_ROWS
from tinhdata.web.filling.row_form import Begun, Judged, begun, blank_rows, row_form
from tinhdata.web.posted import Form, Posted, acting, reading, said
from tinhdata.web.shell import page, redirect

router = APIRouter(include_in_schema=False)

_MOST_ADDED = 50
_NO_PERIOD = t("Say for which period the rows are.")
_NO_ROW = t("Fill in at least one row.")
_OUTSIDE = t("This does not lie in the period chosen above.")


@router.get("/deliveries/new/{dataset}/rows")
def enter(request: Request, dataset: str) -> HTMLResponse:
    """Show the published rows in a form, of one period where the dataset has periods."""
    visit, platform = reading(request), platform_of(request)
    contract = platform.deliveries.require_deliverable(visit.actor, dataset).contract
    asked = request.query_params.get("period", "")
    period = period_given(contract, asked)
    if contract.period is not None and period is None:
        errors = {"period": _NO_PERIOD} if asked else {}
        shown = row_form(
            platform, contract, visit.language, (), form=FormState({"period": asked}, errors)
        )
        return page(request, shown, 422 if asked else 200)
    found = begun(platform, visit.actor, contract, visit.language, period)
    return page(request, _form_of(request, visit, contract, found, period))


@router.post("/deliveries/new/{dataset}/rows")
def fill_in(request: Request, dataset: str, form: Form) -> Response:
    """Add or take away rows, check them, or send them; what was typed is never lost."""
    visit, platform = acting(request, form), platform_of(request)
    contract = platform.deliveries.require_deliverable(visit.actor, dataset).contract
    period = period_given(contract, form.get("period"))
    if contract.period is not None and period is None:
        shown = row_form(
            platform, contract, visit.language, (), form=FormState({}, {"period": _NO_PERIOD})
        )
        return page(request, shown, 422)
    return _Filling(request, visit, contract, period, form).answer()


class _Filling:
    """One sending of the form of rows."""

    def __init__(
        self,
        request: Request,
        visit: Visit,
        contract: Contract,
        period: str | None,
        form: Posted,
    ) -> None:
        self._request = request
        self._platform = platform_of(request)
        self._visit = visit
        self._contract = contract
        self._period = period
        self._form = form
        self._rows = _typed_rows(form, contract)

    def answer(self) -> Response:
        verb, _, which = self._form.get("do").partition(".")
        match verb:
            case "add":
                return self._again(rows=self._longer(which))
            case "remove":
                return self._again(rows=[row for row in self._rows if str(row.number) != which])
            case "send":
                return self._send(anyway=which == "anyway")
            case _:
                return self._checked()

    def _longer(self, count: str) -> list[TypedRow]:
        first = max((row.number for row in self._rows), default=-1) + 1
        wanted = min(int(count) if count.isdecimal() else 1, _MOST_ADDED)
        room = max(MOST_ROWS - len(self._rows), 0)
        return [*self._rows, *blank_rows(self._contract, first, min(wanted, room))]

    def _checked(self) -> Response:
        if (wrong := self._unfit()) is not None:
            return self._again(status=422, problem=wrong)
        judged, problem = self._judge()
        return self._again(judged=judged, problem=problem, status=422 if problem else 200)

    def _send(self, *, anyway: bool) -> Response:
        if (wrong := self._unfit()) is not None:
            return self._again(status=422, problem=wrong)
        if not anyway:
            judged, problem = self._judge()
            if problem is not None or judged.problems or judged.stops:
                return self._again(judged=judged, problem=problem, status=422)
        dataset = self._contract.id
        try:
            received = self._platform.deliveries.receive(
                self._visit.actor,
                dataset,
                [self._file().data],
                self._name(),
                source="form",
                choice=reading_of(self._contract),
            )
        except (FileEmpty, FileTooLarge, StoreFull) as problem:
            return self._again(status=status_of(problem), problem=said(problem))
        path = f"/deliveries/{received.delivery.id}"
        if received.is_new:
            return redirect(path)
        return redirect(
            path, Notice(t("These very rows were sent before; here they are."), Tone.CALM)
        )

    def _unfit(self) -> Text | None:
        if not any(not row.is_blank for row in self._rows):
            return _NO_ROW
        if len(self._rows) > MOST_ROWS:
            return t("At most {most} rows are entered by hand; send a file.", most=MOST_ROWS)
        return None

    def _judge(self) -> tuple[Judged, Text | None]:
        """Have the rows checked as their delivery will be; say what keeps them from being read."""
        typed = self._file()
        try:
            found = self._platform.deliveries.look_over(
                self._visit.actor,
                self._contract.id,
                typed.data,
                self._name(),
                reading_of(self._contract),
                self._visit.language,
            )
        except (FileRefused, CheckFailed) as problem:
            return Judged({}), said(problem)
        problems = {
            typed.begins[line]: reasons
            for line, reasons in found.failing.items()
            if line in typed.begins
        }
        return Judged(self._with_outside(problems), found.stops), None

    def _with_outside(
        self, problems: Mapping[int, tuple[Reason, ...]]
    ) -> Mapping[int, tuple[Reason, ...]]:
        """Add the rows whose moment lies in another period: they would replace that one, too."""
        together = dict(problems)
        if self._contract.period is not None:
            column = self._contract.period.column
            for row in self._rows:
                if not is_in_period(self._contract, self._period, row):
                    outside = Reason("period", (column,), _OUTSIDE)
                    together[row.number] = (*together.get(row.number, ()), outside)
        return together

    def _file(self) -> TypedFile:
        fixed = fixed_cells(self._contract, self._period)
        return file_of(self._contract, self._rows, self._visit.language, fixed)

    def _name(self) -> str:
        about = self._period or local_day(self._platform.clock.now()).isoformat()
        plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in about)
        return f"{self._contract.id}-{plain}.csv"

    def _again(
        self,
        *,
        rows: list[TypedRow] | None = None,
        judged: Judged | None = None,
        problem: Text | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        shown = row_form(
            self._platform,
            self._contract,
            self._visit.language,
            self._rows if rows is None else rows,
            period=self._period,
            judged=judged,
            form=FormState({}, {"": problem} if problem else {}),
        )
        return page(self._request, shown, status)


def _form_of(
    request: Request, visit: Visit, contract: Contract, found: Begun, period: str | None
) -> RowForm:
    return row_form(
        platform_of(request),
        contract,
        visit.language,
        found.rows,
        period=period,
        text=found.text,
        too_many=found.too_many,
    )


def _typed_rows(form: Posted, contract: Contract) -> list[TypedRow]:
    """Give the rows of the form in their order, each known by a field of its own."""
    numbers = [int(each) for each in form.all("row") if each.isdecimal()]
    ticks = {
        column.name
        for column in contract.columns
        if column.logical_type is LogicalType.BOOLEAN and column.required
    }
    rows = []
    for number in dict.fromkeys(numbers):
        cells = {column.name: form.get(f"c.{number}.{column.name}") for column in contract.columns}
        # A box that is not ticked is not sent at all.
        ticked = {name: TICKED if cells[name] else UNTICKED for name in ticks}
        rows.append(TypedRow(number, {**cells, **ticked}))
    return rows
