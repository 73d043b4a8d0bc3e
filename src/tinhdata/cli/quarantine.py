"""`tinhdata quarantine`: rows that wait, as a list or workbook, and what becomes of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.cli.deliver import finished, report
from tinhdata.cli.desk import Desk, at_desk
from tinhdata.cli.errors import FileMissing
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.reports import DeliveryReport
from tinhdata.cli.telling import read_settings, telling
from tinhdata.deliveries import Delivery, State
from tinhdata.kernel import Text, t
from tinhdata.quality import STATE_NAMES, ItemQuery, ItemState, QuarantinedItem

PAGE = 50


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why an item waits."""

    rule: str
    columns: tuple[str, ...]
    text: Text
    fix: Text | None


@dataclass(frozen=True, slots=True)
class Item:
    """A row or line that waits or waited; `place` is where a person finds it.

    `first` and `last` are lines of the delivery, counted over all its sheets or files.
    """

    item: int
    kind: str
    state: str
    first: int
    last: int
    place: str
    cells: dict[str, str | None]
    raw: str | None
    reasons: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class ItemList:
    """A page of the items of a delivery."""

    delivery: str
    total: int
    offset: int
    items: tuple[Item, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK, also where rows wait: the list is what was asked for."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write each item with its reasons and how to mend it."""
        if not self.items:
            out.line(t("No row of this delivery is in this state."))
            return
        for item in self.items:
            state = out.say(STATE_NAMES[ItemState(item.state)])
            out.line(
                t(
                    "Item {item}, line {line}, {state}",
                    item=item.item,
                    line=item.place,
                    state=state,
                ),
                "bold",
            )
            for why in item.reasons:
                fix = f" {out.say(why.fix)}" if why.fix else ""
                out.line(f"  {out.say(why.text)}{fix}")
        shown = self.offset + len(self.items)
        out.line()
        out.line(t("{shown} of {total} items shown.", shown=shown, total=self.total))


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook with rows that wait, and every reason."""

    delivery: str
    file: Path
    rows: int

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write how many rows went where."""
        text = t("{rows} rows written to {file}.", rows=self.rows, file=str(self.file))
        out.line(text)


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of mended rows: cells taken over, items that pass now and that still fail.

    `correction` is the new delivery that publishes them, where the first one is published already;
    before that they are published together with it.
    """

    delivery: str
    cells: int
    passing: tuple[int, ...]
    failing: dict[int, tuple[Why, ...]]
    correction: DeliveryReport | None

    @property
    def exit(self) -> ExitCode:
        """Give WAITING while mended items fail."""
        if self.correction is not None:
            return self.correction.exit
        return ExitCode.WAITING if self.failing else ExitCode.OK

    def show(self, out: Out) -> None:
        """Write what passes, what fails and why, and what happens next."""
        if self.cells:
            out.line(t("{cells} cells taken from the workbook.", cells=self.cells))
        out.line(
            t(
                "{passing} mended rows pass now, {failing} still fail.",
                passing=len(self.passing),
                failing=len(self.failing),
            ),
            "bold",
        )
        for item, reasons in self.failing.items():
            for why in reasons:
                out.line(t("  Item {item}: {reason}", item=item, reason=why.text), "red")
        if self.correction is not None:
            out.line()
            self.correction.show(out)
        elif self.passing:
            out.line(t("They are published together with the delivery."), "green")


app = typer.Typer(
    help=str(t("Rows that wait: list, export, waive, try again.")), no_args_is_help=True
)


@app.command("list", help=str(t("List the rows of a delivery that wait, with every reason.")))
def list_items(
    delivery: Annotated[str, typer.Argument(help=str(t("Identifier of the delivery: dlv_...")))],
    login: As = None,
    state: Annotated[
        ItemState | None, typer.Option(help=str(t("Only items in this state.")))
    ] = ItemState.OPEN,
    rule: Annotated[str | None, typer.Option(help=str(t("Only items of this rule.")))] = None,
    offset: Annotated[int, typer.Option(min=0, help=str(t("How many to pass over.")))] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=str(t("How many to show.")))] = PAGE,
    json: AsJSON = False,
) -> None:
    """List items of one state, open ones by default."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        query = ItemQuery(states=_states(state), rule=rule, offset=offset, limit=limit)
        page = desk.platform.deliveries.items(desk.actor, delivery, query, out.language)
        items = tuple(_item(item) for item in page.items)
        out.tell(ItemList(delivery, page.total, page.offset, items))


@app.command(help=str(t("Write the rows that wait into a workbook, to be mended in Excel.")))
def export(
    delivery: Annotated[str, typer.Argument(help=str(t("Identifier of the delivery: dlv_...")))],
    file: Annotated[Path, typer.Argument(help=str(t("The workbook to write: a .xlsx file.")))],
    login: As = None,
    rule: Annotated[str | None, typer.Option(help=str(t("Only items of this rule.")))] = None,
    json: AsJSON = False,
) -> None:
    """Write the open items of a delivery as a workbook."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        if not file.resolve().parent.is_dir():
            raise FileMissing(
                t("The folder {folder} is not there.", folder=str(file.parent)),
                fix=t("Make it, or name another file."),
            )
        query = ItemQuery(states=frozenset({ItemState.OPEN}), rule=rule)
        rows = desk.platform.deliveries.export(
            desk.actor, delivery, query, file, out.say, out.language
        )
        out.tell(Exported(delivery, file, rows))


@app.command(help=str(t("Publish rows although they fail rules, with reason and legal basis.")))
def waive(
    delivery: Annotated[str, typer.Argument(help=str(t("Identifier of the delivery: dlv_...")))],
    items: Annotated[
        list[int], typer.Option("--item", help=str(t("Number of an item; may be given again.")))
    ],
    reason: Annotated[str, typer.Option(help=str(t("Why the rows are right as they are.")))],
    legal_basis: Annotated[
        str, typer.Option(help=str(t("The legal text that the decision rests on.")))
    ],
    login: As = None,
    json: AsJSON = False,
) -> None:
    """Waive the rules for items of a published delivery; the rows are published at once."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        child = desk.platform.deliveries.waive(
            desk.actor, delivery, tuple(items), reason, legal_basis
        )
        out.tell(report(desk, finished(out, desk, child)))


@app.command(help=str(t("Check mended rows again; take over the cells of a corrected workbook.")))
def retry(
    delivery: Annotated[str, typer.Argument(help=str(t("Identifier of the delivery: dlv_...")))],
    workbook: Annotated[
        Path | None,
        typer.Argument(help=str(t("A workbook made by export, with its cells mended."))),
    ] = None,
    login: As = None,
    publish: Annotated[
        bool, typer.Option("--publish", help=str(t("Publish what passes, or ask for approval.")))
    ] = False,
    json: AsJSON = False,
) -> None:
    """Try mended rows again; after a release, send those that pass as a correction."""
    settings = read_settings()
    with telling(settings, is_json=json) as out, at_desk(settings, login) as desk:
        cells = 0
        if workbook is not None:
            cells = _take(desk, delivery, workbook)
        deliveries = desk.platform.deliveries
        looked = deliveries.mended(desk.actor, delivery)
        failing = {
            item: tuple(Why(r.rule, r.columns, r.text, r.fix) for r in reasons)
            for item, reasons in looked.failing.items()
        }
        correction = None
        if looked.passing and deliveries.get(desk.actor, delivery).state is State.RELEASED:
            child = _correct(out, desk, delivery, looked.passing, publish=publish)
            correction = report(desk, child)
        out.tell(Retried(delivery, cells, looked.passing, failing, correction))


def _take(desk: Desk, delivery: str, workbook: Path) -> int:
    if not workbook.is_file():
        raise FileMissing(
            t("The file {file} cannot be read.", file=str(workbook)),
            fix=t("Check its name and whether you may read it."),
        )
    return desk.platform.deliveries.upload_mends(desk.actor, delivery, workbook)


def _correct(
    out: Out, desk: Desk, delivery: str, items: tuple[int, ...], *, publish: bool
) -> Delivery:
    child = desk.platform.deliveries.correct(desk.actor, delivery, items)
    child = finished(out, desk, child)
    if publish and child.state is State.CHECKED:
        child = desk.platform.deliveries.publish(desk.actor, child.id)
        child = finished(out, desk, child)
    return child


def _states(state: ItemState | None) -> frozenset[ItemState]:
    return frozenset() if state is None else frozenset({state})


def _item(item: QuarantinedItem) -> Item:
    return Item(
        item=item.item,
        kind=item.kind.value,
        state=item.state.value,
        first=item.first,
        last=item.last,
        place=str(item.place),
        cells={column: item.current(column) for column in item.cells},
        raw=item.raw,
        reasons=tuple(Why(r.rule, r.columns, r.text, r.fix) for r in item.reasons),
    )
