"""What the command line says about a delivery: understood, accounted for, failing, changing."""

from collections.abc import Iterator
from dataclasses import dataclass

from tinhdata.cli.exits import ExitCode
from tinhdata.cli.output import Out
from tinhdata.deliveries import Change, Delivery, Rows, State, Units, state_name
from tinhdata.intake import Question, Understanding
from tinhdata.kernel import Text, t
from tinhdata.quality import RuleShare


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the contract and the header of the file that holds it."""

    column: str
    header: str
    how: str


@dataclass(frozen=True, slots=True)
class Understood:
    """How the file was read."""

    kind: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    parts: tuple[str, ...]
    header_row: int | None
    matched: tuple[Match, ...]
    unmatched_headers: tuple[str, ...]
    unmatched_columns: tuple[str, ...]
    questions: tuple[str, ...]
    systems: tuple[str, ...]
    """Coordinate systems that put most features of a layer where they belong, best first."""
    notes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many items wait because of a rule, and what it asks (null: the line was unreadable)."""

    rule: str
    text: Text | None
    items: int


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """Where a delivery stands, what was understood, what waits, and what publishing changes.

    `change` and `rows` count rows, `units` lines of the file; `shares` says per rule how many items
    wait in quarantine because of it (null where the person may not look).
    """

    delivery: str
    dataset: str
    kind: str
    state: str
    is_new: bool
    filename: str | None
    sha256: str | None
    release: str | None
    parent: str | None
    problem: Text | None
    fix: Text | None
    understood: Understood | None
    units: Units | None
    rows: Rows
    change: Change | None
    shares: tuple[Share, ...] | None

    @property
    def exit(self) -> ExitCode:
        """Say how the command ends for the state and the rows that wait."""
        state = State(self.state)
        if state in _EXITS:
            return _EXITS[state]
        rejected = self.units.rejected if self.units else 0
        return ExitCode.WAITING if self.rows.quarantined or rejected else ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the report in the order in which an officer reads it."""
        state = State(self.state)
        title = t(
            "Delivery {delivery} for {dataset}: {state}",
            delivery=self.delivery,
            dataset=self.dataset,
            state=state_name(state),
        )
        out.line(title, "bold")
        if not self.is_new:
            out.line(t("The same file was sent before; this is that delivery."))
        if self.problem is not None:
            out.line(self.problem, "red")
        if self.fix is not None:
            out.line(self.fix)
        if self.understood is not None:
            _show_understood(out, self.understood)
        if self.units is not None or self.rows.made:
            _show_rows(out, self)
        if self.shares:
            _show_shares(out, self.shares)
        if self.change is not None:
            _show_change(out, self.change, is_done=state is State.RELEASED)
        for text in _next_steps(self):
            out.line(text, "green")


_EXITS = {
    State.REFUSED: ExitCode.INVALID,
    State.CHOOSING: ExitCode.INVALID,
    State.HELD: ExitCode.WAITING,
    State.FAILED: ExitCode.UNEXPECTED,
    State.RETURNED: ExitCode.CONFLICT,
    State.WITHDRAWN: ExitCode.CONFLICT,
    State.SUPERSEDED: ExitCode.CONFLICT,
}


def report_of(
    delivery: Delivery, shares: tuple[RuleShare, ...] | None, *, is_new: bool = True
) -> DeliveryReport:
    """Give what is said about `delivery`."""
    understanding = delivery.understanding
    return DeliveryReport(
        delivery=delivery.id,
        dataset=delivery.dataset,
        kind=delivery.kind.value,
        state=delivery.state.value,
        is_new=is_new,
        filename=delivery.filename,
        sha256=delivery.sha256,
        release=delivery.release,
        parent=delivery.parent,
        problem=delivery.problem,
        fix=_fix(delivery),
        understood=None if understanding is None else _understood(understanding),
        units=delivery.units,
        rows=delivery.rows,
        change=delivery.change,
        shares=None if shares is None else _shares(delivery, shares),
    )


def _fix(delivery: Delivery) -> Text | None:
    """Say what would help where the file could not be read."""
    refusal = delivery.understanding.refusal if delivery.understanding else None
    return refusal.fix if refusal is not None and delivery.state is State.REFUSED else None


def _shares(delivery: Delivery, shares: tuple[RuleShare, ...]) -> tuple[Share, ...]:
    rules = delivery.report.rules if delivery.report else ()
    texts = {result.rule: result.message for result in rules}
    return tuple(Share(share.rule, texts.get(share.rule), share.items) for share in shares)


def _show_shares(out: Out, shares: tuple[Share, ...]) -> None:
    out.line()
    heads = (t("Why rows wait"), "", t("Items"))
    rows = [(s.rule, out.say(s.text) if s.text else "", out.number(s.items)) for s in shares]
    out.table(heads, rows, 1)


def _understood(found: Understanding) -> Understood:
    return Understood(
        kind=found.kind.value if found.kind else None,
        encoding=found.encoding.key if found.encoding else None,
        delimiter=found.delimiter,
        sheet=found.sheet,
        parts=tuple(piece.part for piece in found.pieces),
        header_row=found.header.first_row if found.header else None,
        matched=tuple(Match(m.column, m.header, m.how.value) for m in found.mapping),
        unmatched_headers=tuple(header for _index, header in found.unmatched_headers),
        unmatched_columns=found.unmatched_columns,
        questions=tuple(question.value for question in found.questions),
        systems=tuple(seen.key for seen in found.crs_candidates),
        notes=found.notes,
    )


def _show_understood(out: Out, found: Understood) -> None:
    out.line()
    out.line(t("Understood"), "bold")
    delimiters = {"\t": "TAB"}
    pairs = (
        (t("Kind of file"), found.kind),
        (t("Sheet"), found.sheet),
        (t("Parts"), ", ".join(found.parts)),
        (t("Encoding"), found.encoding),
        (t("Delimiter"), delimiters.get(found.delimiter or "", found.delimiter)),
        (t("Header in row"), None if found.header_row is None else str(found.header_row)),
        (t("Columns matched"), _columns(found)),
        (t("Headers not used"), ", ".join(found.unmatched_headers)),
        (t("Columns not in the file"), ", ".join(found.unmatched_columns)),
    )
    out.fields([(name, value) for name, value in pairs if value])
    for note in found.notes:
        out.line(f"  {out.say(note)}")


def _columns(found: Understood) -> str:
    return f"{len(found.matched)}/{len(found.matched) + len(found.unmatched_columns)}"


def _show_rows(out: Out, report: DeliveryReport) -> None:
    out.line()
    out.line(t("Rows"), "bold")
    rows, units = report.rows, report.units
    pairs = [
        (t("Made"), rows.made),
        (t("Passed, not yet published"), rows.waiting),
        (t("Published"), rows.released),
        (t("In quarantine"), rows.quarantined),
        (t("Repeated"), rows.linked),
        (t("Lines that could not be read"), units.rejected if units else 0),
    ]
    shown = [(name, out.number(count)) for name, count in pairs if count or name.msgid == "Made"]
    out.fields(shown)


def _show_change(out: Out, change: Change, *, is_done: bool) -> None:
    out.line()
    out.line(t("What publishing changed") if is_done else t("What publishing would change"), "bold")
    out.line(
        t(
            "  {base} rows before, {inserted} new, {updated} changed, {deleted} gone: {rows} rows.",
            base=change.base,
            inserted=change.inserted,
            updated=change.updated,
            deleted=change.deleted,
            rows=change.rows,
        )
    )


def _next_steps(report: DeliveryReport) -> Iterator[Text]:
    match State(report.state):
        case State.CHECKED:
            yield t("Publish it: the same command with --publish, or on the delivery's page.")
        case State.HELD:
            yield t("An approver may publish it with a reason: --publish --reason.")
        case State.AWAITING:
            yield t("A second person approves it on the page of approvals.")
        case State.CHOOSING:
            yield from _how_to_choose(report)
        case State.UNCHANGED if report.release:
            yield t(
                "Nothing is new: release {release} holds these rows and stays as it is.",
                release=report.release,
            )
        case State.RELEASED if report.release:
            yield t("Published as release {release}.", release=report.release)
        case State.RECEIVED | State.CHECKING | State.PUBLISHING:
            yield t("Work on it goes on in the worker; the delivery's page shows how far it is.")
        case _:
            pass
    if report.rows.quarantined or (report.units and report.units.rejected):
        yield t("Rows that wait: tinhdata quarantine list {delivery}", delivery=report.delivery)


def _how_to_choose(report: DeliveryReport) -> Iterator[Text]:
    """Say which options answer what the platform could not tell alone."""
    found = report.understood
    questions = found.questions if found else ()
    if Question.CRS.value in questions and found is not None:
        yield t(
            "Say in which coordinate system the layer is: --crs {systems}",
            systems=" | ".join(found.systems) or "EPSG:…",
        )
    if Question.MAPPING.value in questions and found is not None:
        yield t(
            "Columns that every row needs were not found: {columns}. Name them: "
            "--map column=header.",
            columns=", ".join(found.unmatched_columns),
        )
    if Question.SHEET.value in questions:
        yield t("Say which sheet or file to read: --sheet.")
    yield t("All of it can be said on the delivery's page, too.")
