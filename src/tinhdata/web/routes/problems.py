"""The rows of a delivery that wait: seen, mended here or in Excel, checked again, returned."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.background import BackgroundTask

from tinhdata.deliveries import Delivery, NothingToDo, NotNow, ReasonMissing, State, Verb
from tinhdata.edge.language import say
from tinhdata.edge.problems import status_of
from tinhdata.edge.uploads import temporary_folder
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.quality import (
    DecisionImpossible,
    ItemQuery,
    ItemState,
    MendsUnreadable,
    QuarantinedItem,
    QuarantineUnknown,
)
from tinhdata.web.contexts.shell import FormState, Notice, Tone
from tinhdata.web.filling.addresses import page_number
from tinhdata.web.filling.desk_items import Showing, held_items, mends_of
from tinhdata.web.filling.desk_problems import problems
from tinhdata.web.posted import Form, acting, reading, said
from tinhdata.web.routes.deliveries import told
from tinhdata.web.shell import is_htmx, local_path, page, part, redirect

router = APIRouter(include_in_schema=False)

ItemNumber = Annotated[int, InPath(ge=1, le=1_000_000_000)]
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/deliveries/{delivery_id}/problems")
def waiting(request: Request, delivery_id: str, rule: str = "", checked: str = "") -> Response:
    """Show the rows to mend."""
    visit, platform = reading(request), platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    if delivery.report is None:
        return redirect(f"/deliveries/{delivery.id}")
    shown = problems(
        platform,
        visit.actor,
        delivery,
        visit.language,
        rule=rule,
        number=page_number(request.query_params.get("page")),
        checked=checked == "1",
    )
    return page(request, shown)


@router.post("/deliveries/{delivery_id}/items/{number}")
def mend(
    request: Request, delivery_id: str, number: ItemNumber, form: Form, among: str = ""
) -> Response:
    """Keep what was typed into the cells of one row."""
    visit, platform = acting(request, form), platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    item, wrong, changed = _item(request, visit, delivery, number), None, 0
    try:
        mends = mends_of(form.starting("cell."), item)
        changed = platform.deliveries.mend(visit.actor, delivery.id, mends) if mends else 0
    except (DecisionImpossible, NotNow, QuarantineUnknown) as problem:
        wrong = said(problem)
    if is_htmx(request):
        return _part(request, visit, delivery, number, among == "1", wrong)
    back = _came_from(request, f"/deliveries/{delivery.id}/problems")
    if wrong is not None:
        return redirect(back, Notice(wrong, Tone.WARN))
    return redirect(back, Notice(_saved(changed)))


@router.post("/deliveries/{delivery_id}/recheck")
def recheck(request: Request, delivery_id: str, form: Form) -> Response:
    """Check the mended rows: those of a published delivery become a correction of it."""
    visit, deliveries = acting(request, form), platform_of(request).deliveries
    delivery = deliveries.get(visit.actor, delivery_id)
    mended = deliveries.mended(visit.actor, delivery.id, visit.language)
    if delivery.state is State.RELEASED and mended.passing:
        child = deliveries.correct(visit.actor, delivery.id, mended.passing)
        return redirect(f"/deliveries/{child.id}", Notice(CORRECTING, Tone.CALM))
    path = f"/deliveries/{delivery.id}/problems"
    return redirect(f"{path}?checked=1", rechecked(len(mended.passing), len(mended.failing)))


@router.post("/deliveries/{delivery_id}/return-rows")
def return_rows(request: Request, delivery_id: str, form: Form) -> Response:
    """Return the rows that still wait; those that are fine go on."""
    visit, platform = acting(request, form), platform_of(request)
    try:
        count = platform.deliveries.return_items(
            visit.actor, delivery_id, (), form.text("rows_reason")
        )
    except ReasonMissing as problem:
        return _again(request, visit, delivery_id, form.again(rows_reason=said(problem)), problem)
    except NotNow as problem:
        return told(f"/deliveries/{delivery_id}", problem)
    done = Notice(t("Rows returned to the unit: {count}.", count=count), Tone.CALM)
    return redirect(f"/deliveries/{delivery_id}/problems", done)


@router.get("/deliveries/{delivery_id}/rows-to-mend.xlsx")
def export(
    request: Request, delivery_id: str, rule: str = "", column: str = "", state: str = ""
) -> Response:
    """Give just the rows that wait, with every reason, as a workbook."""
    visit = reading(request)
    platform_of(request).deliveries.get(visit.actor, delivery_id)
    folder = temporary_folder(request)
    path = Path(folder.name) / "rows.xlsx"
    wanted = ItemState(state) if state in set(ItemState) else ItemState.OPEN
    query = ItemQuery(states=frozenset({wanted}), rule=rule or None, column=column or None)
    try:
        platform_of(request).deliveries.export(
            visit.actor,
            delivery_id,
            query,
            path,
            lambda text: say(text, visit.language),
            visit.language,
        )
    except Problem:
        folder.cleanup()
        raise
    name = say(t("rows-to-mend"), visit.language)
    return FileResponse(
        path,
        media_type=_WORKBOOK,
        filename=f"{name}-{delivery_id[-8:]}.xlsx",
        background=BackgroundTask(folder.cleanup),
    )


@router.post("/deliveries/{delivery_id}/mended")
def upload(request: Request, delivery_id: str, form: Form) -> Response:
    """Take the cells that were changed in an exported workbook."""
    visit, platform, sent = acting(request, form), platform_of(request), form.files.get("file")
    if sent is None:
        missing = FormState(errors={"file": t("Choose the corrected workbook first.")})
        return _again(request, visit, delivery_id, missing, None)
    with temporary_folder(request) as folder:
        path = Path(folder) / "mended.xlsx"
        with path.open("wb") as file:
            file.writelines(form.chunks("file"))
        try:
            count = platform.deliveries.upload_mends(visit.actor, delivery_id, path)
        except (MendsUnreadable, DecisionImpossible) as problem:
            state = FormState(errors={"file": said(problem)})
            return _again(request, visit, delivery_id, state, problem)
        except (NotNow, NothingToDo) as problem:
            return told(f"/deliveries/{delivery_id}", problem)
    return redirect(f"/deliveries/{delivery_id}/problems?checked=1", Notice(_saved(count)))


CORRECTING = t("The mended rows are a correction of their own. They are checked now.")
"""Said where rows of a published delivery go on by themselves."""


def rechecked(passing: int, failing: int) -> Notice:
    """Say how the mended rows stand now."""
    if not passing and not failing:
        return Notice(t("No row has been mended yet. Change a cell and save it first."), Tone.CALM)
    if not failing:
        return Notice(t("Mended rows that pass now: {passing}.", passing=passing))
    said_both = t(
        "Mended rows that pass now: {passing}. Rows with something left to mend: {failing}.",
        passing=passing,
        failing=failing,
    )
    return Notice(said_both, Tone.WARN)


def _saved(cells: int) -> Text:
    if not cells:
        return t("Nothing was changed.")
    return t("Cells saved: {count}.", count=cells)


def _item(request: Request, visit: Visit, delivery: Delivery, number: int) -> QuarantinedItem:
    query = ItemQuery(items=frozenset({number}), limit=1)
    deliveries = platform_of(request).deliveries
    found = deliveries.items(visit.actor, delivery.id, query, visit.language).items
    if not found:
        raise QuarantineUnknown(t("This delivery has no row with the number {row}.", row=number))
    return found[0]


def _part(
    request: Request,
    visit: Visit,
    delivery: Delivery,
    number: int,
    among: bool,
    wrong: Text | None,
) -> HTMLResponse:
    platform = platform_of(request)
    contract = platform.registry.by_hash(delivery.contract_hash).contract
    may = Verb.MEND in platform.deliveries.may(visit.actor, delivery)
    errors = {} if wrong is None else {number: wrong}
    showing = Showing(
        platform, delivery, contract, visit.language, may, among_others=among, errors=errors
    )
    (held,) = held_items([_item(request, visit, delivery, number)], showing)
    mended = None if among else len(platform.quarantine.mended(delivery.id))
    return part(request, "parts/mended_item.html", item=held, tick=among, mended=mended)


def _again(
    request: Request, visit: Visit, delivery_id: str, state: FormState, problem: Problem | None
) -> HTMLResponse:
    platform = platform_of(request)
    delivery = platform.deliveries.get(visit.actor, delivery_id)
    shown = problems(platform, visit.actor, delivery, visit.language, form=state)
    return page(request, shown, status_of(problem) if problem else 422)


def _came_from(request: Request, default: str) -> str:
    """Give the page of ours that the form stood on."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.url.netloc:
        return default
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, default)
