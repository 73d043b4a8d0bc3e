"""How a delivery is shown to programs: state, account, findings, what was understood."""

from datetime import datetime

from pydantic import BaseModel, Field

from tinhdata.contracts import Dimension, Severity
from tinhdata.deliveries import (
    CheckReport,
    Delivery,
    Kind,
    Remembered,
    State,
    Step,
    Verb,
    state_name,
)
from tinhdata.edge.language import say
from tinhdata.intake import Understanding
from tinhdata.kernel import Text
from tinhdata.quality import Step as Standardising
from tinhdata.work import WorkStatus


class UnitsOut(BaseModel):
    """Lines of the file: units = structural + record_units + rejected + dropped."""

    units: int
    structural: int = Field(description="Titles, headers, totals, blank lines, foot notes.")
    record_units: int
    rejected: int
    dropped: int
    records: int
    spread: int | None = Field(
        description="Of a wide table: records x unpivoted columns; rows made = spread - empty."
    )
    empty: int = Field(description="Cells of a wide table without a value, which made no row.")


class RowsOut(BaseModel):
    """Rows: made = released + quarantined + linked + waiting."""

    made: int
    released: int
    quarantined: int
    linked: int = Field(description="Repeated rows that were linked to their first.")
    waiting: int = Field(description="Good rows that are not published yet.")


class ChangeOut(BaseModel):
    """What publishing changes in the table, in rows by key."""

    base: int
    rows: int
    inserted: int
    deleted: int
    updated: int
    unchanged: int


class MeasureOut(BaseModel):
    """A measure as rows that pass of rows that were judged; none where it was not measured."""

    dimension: Dimension
    numerator: int | None
    denominator: int | None
    rules: list[str]
    not_measured: list[str] = Field(description="Rules that could not be measured.")


class RuleOut(BaseModel):
    """How one rule of the contract ended."""

    rule: str
    dimension: Dimension
    severity: Severity
    columns: list[str]
    message: str
    applicable: int | None
    failed: int | None
    not_measured: str | None


class FindingOut(BaseModel):
    """What there is to say about the delivery as a whole."""

    rule: str
    severity: Severity
    text: str


class StandardisedOut(BaseModel):
    """In how many rows a step put the cell of a column into another writing."""

    column: str
    step: Standardising
    rows: int


class ReportOut(BaseModel):
    """What the check found, and the SQL by which it was computed."""

    measures: list[MeasureOut]
    rules: list[RuleOut]
    findings: list[FindingOut]
    standardised: list[StandardisedOut]
    notes: list[str]
    sql: str
    sql_hash: str
    engine: str

    @classmethod
    def of(cls, report: CheckReport, language: str) -> "ReportOut":
        """Give a report with its texts in `language`."""
        return cls(
            measures=[
                MeasureOut(
                    dimension=m.dimension,
                    numerator=m.numerator,
                    denominator=m.denominator,
                    rules=list(m.rules),
                    not_measured=list(m.missing),
                )
                for m in report.measures
            ],
            rules=[
                RuleOut(
                    rule=r.rule,
                    dimension=r.dimension,
                    severity=r.severity,
                    columns=list(r.columns),
                    message=say(r.message, language),
                    applicable=r.applicable,
                    failed=r.failed,
                    not_measured=_said(r.not_measured, language),
                )
                for r in report.rules
            ],
            findings=[
                FindingOut(rule=f.rule, severity=f.severity, text=say(f.text, language))
                for f in report.findings
            ],
            standardised=[
                StandardisedOut(column=each.column, step=each.step, rows=each.rows)
                for each in report.standardised
            ],
            notes=[say(note, language) for note in report.notes],
            sql=report.sql,
            sql_hash=report.sql_hash,
            engine=report.engine,
        )


class MatchOut(BaseModel):
    """A column of the dataset and the column of the file (from 0) that holds it."""

    column: str
    index: int
    header: str
    how: str


class PartOut(BaseModel):
    """A sheet or file of a delivery, and which units are its own (0 until they are read)."""

    name: str
    first_unit: int
    units: int


class WideColumnOut(BaseModel):
    """A column of a wide table (from 0): which column takes its values, what its header says."""

    index: int
    header: str
    column: str
    places: dict[str, str]


class UnitOut(BaseModel):
    """The unit in which the file gives a column; no factor where a person must say what it is."""

    column: str
    unit: str
    place: str
    factor: str | None


class CrsOut(BaseModel):
    """A coordinate system that would put a layer where its dataset lies."""

    key: str = Field(description="To be chosen as `crs`.")
    name: str
    meridian: str = Field(description="The central meridian, such as 106°30′.")
    inside: int = Field(description="Percent of the features that would then lie in the area.")


class UnderstandingOut(BaseModel):
    """How the file was read: sheet, header, encoding, which column is which."""

    kind: str | None
    sheet: str | None
    sheets: list[str]
    parts: list[PartOut] = Field(description="What is read, one after the other.")
    filled: dict[str, str] = Field(description="Columns that get the name of their part.")
    encoding: str | None
    crs: str | None = Field(description="The coordinate system by which a layer is read.")
    crs_candidates: list[CrsOut] = Field(description="Those that fit, likeliest first.")
    delimiter: str | None
    first_header_row: int | None
    header_rows: int | None
    mapping: list[MatchOut]
    wide: list[WideColumnOut] = Field(description="Columns of a wide table that give the rows.")
    units: list[UnitOut]
    unmatched_headers: list[str]
    unmatched_columns: list[str]
    questions: list[str] = Field(description="What a person must say before it can be read.")
    notes: list[str]
    refusal: str | None
    refusal_fix: str | None

    @classmethod
    def of(cls, understood: Understanding, language: str) -> "UnderstandingOut":
        """Give what was understood with its texts in `language`."""
        header, refusal = understood.header, understood.refusal
        return cls(
            kind=understood.kind.value if understood.kind else None,
            sheet=understood.sheet,
            sheets=[sheet.name for sheet in understood.sheets],
            parts=_parts(understood),
            filled=dict(understood.filled),
            encoding=understood.encoding.key if understood.encoding else None,
            crs=understood.crs,
            crs_candidates=[
                CrsOut(key=c.key, name=c.name, meridian=c.meridian, inside=c.inside)
                for c in understood.crs_candidates
            ],
            delimiter=understood.delimiter,
            first_header_row=header.first_row if header else None,
            header_rows=header.rows if header else None,
            mapping=[
                MatchOut(column=m.column, index=m.index, header=m.header, how=m.how.value)
                for m in understood.mapping
            ],
            wide=[
                WideColumnOut(
                    index=w.index, header=w.header, column=w.column, places=dict(w.places)
                )
                for w in understood.wide
            ],
            units=[
                UnitOut(
                    column=u.column,
                    unit=u.unit,
                    place=u.place.value,
                    factor=None if u.factor is None else format(u.factor, "f"),
                )
                for u in understood.units
            ],
            unmatched_headers=[name for _, name in understood.unmatched_headers],
            unmatched_columns=list(understood.unmatched_columns),
            questions=[question.value for question in understood.questions],
            notes=[say(note, language) for note in understood.notes],
            refusal=_said(refusal.text if refusal else None, language),
            refusal_fix=_said(refusal.fix if refusal else None, language),
        )


class ReadAsOut(BaseModel):
    """The delivery for which a way of reading was chosen, and when."""

    delivery: str
    chosen_at: datetime


class ProgressOut(BaseModel):
    """How far the work on it has come; `total` is 0 where that is not known."""

    state: str
    stage: str | None
    done: int
    total: int
    attempts: int


class DeliveryLineOut(BaseModel):
    """A delivery in a list."""

    id: str
    dataset: str
    kind: Kind
    state: State
    filename: str | None
    size: int
    received_at: datetime
    changed_at: datetime
    rows: RowsOut
    release: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryLineOut":
        """Give a delivery as a line of a list."""
        return cls(
            id=delivery.id,
            dataset=delivery.dataset,
            kind=delivery.kind,
            state=delivery.state,
            filename=delivery.filename,
            size=delivery.size,
            received_at=delivery.received_at,
            changed_at=delivery.changed_at,
            rows=_rows(delivery),
            release=delivery.release,
        )


class DeliveryOut(DeliveryLineOut):
    """A delivery with its account, what was understood and what the check found."""

    state_name: str
    sha256: str | None
    contract_hash: str
    source: str
    note: str | None
    parent: str | None = Field(description="For a correction: the delivery whose rows it mends.")
    units: UnitsOut | None
    change: ChangeOut | None
    understanding: UnderstandingOut | None
    report: ReportOut | None
    periods: list[str]
    problem: str | None
    progress: ProgressOut | None
    may: list[Verb] = Field(description="What you can do with it now.")
    read_as: ReadAsOut | None = Field(
        description="The earlier delivery whose choice of reading was used again."
    )

    @classmethod
    def full(
        cls,
        delivery: Delivery,
        work: WorkStatus | None,
        may: frozenset[Verb],
        language: str,
        before: Remembered | None = None,
    ) -> "DeliveryOut":
        """Give everything that a reader of the delivery may know."""
        line = DeliveryLineOut.of(delivery)
        return cls(
            **line.model_dump(),
            state_name=say(state_name(delivery.state), language),
            sha256=delivery.sha256,
            contract_hash=delivery.contract_hash,
            source=delivery.source,
            note=delivery.note,
            parent=delivery.parent,
            units=_units(delivery),
            change=_change(delivery),
            understanding=delivery.understanding
            and UnderstandingOut.of(delivery.understanding, language),
            report=delivery.report and ReportOut.of(delivery.report, language),
            periods=list(delivery.periods),
            problem=_said(delivery.problem, language),
            progress=work and _progress(work),
            may=sorted(may),
            read_as=before and ReadAsOut(delivery=before.delivery, chosen_at=before.chosen_at),
        )


class StepOut(BaseModel):
    """A line of a delivery's history; people stay unnamed."""

    state: State
    state_name: str
    at: datetime
    by: str = Field(description="person, key or system.")
    text: str | None

    @classmethod
    def of(cls, step: Step, language: str) -> "StepOut":
        """Give a step with its text in `language`."""
        return cls(
            state=step.state,
            state_name=say(state_name(step.state), language),
            at=step.at,
            by=_who(step.actor),
            text=_said(step.text, language),
        )


def _who(actor: str) -> str:
    kind = actor.partition("_")[0]
    return {"per": "person", "key": "key"}.get(kind, "system")


def _parts(understood: Understanding) -> list[PartOut]:
    if understood.parts:
        return [
            PartOut(name=part.name, first_unit=part.first_unit, units=part.units)
            for part in understood.parts
        ]
    tables = [table for table in understood.tables if table.part]
    return [PartOut(name=table.part, first_unit=0, units=0) for table in tables]


def _said(text: Text | None, language: str) -> str | None:
    return None if text is None else say(text, language)


def _rows(delivery: Delivery) -> RowsOut:
    rows = delivery.rows
    return RowsOut(
        made=rows.made,
        released=rows.released,
        quarantined=rows.quarantined,
        linked=rows.linked,
        waiting=rows.waiting,
    )


def _units(delivery: Delivery) -> UnitsOut | None:
    units = delivery.units
    if units is None:
        return None
    return UnitsOut(
        units=units.units,
        structural=units.structural,
        record_units=units.record_units,
        rejected=units.rejected,
        dropped=units.dropped,
        records=units.records,
        spread=units.spread,
        empty=units.empty,
    )


def _change(delivery: Delivery) -> ChangeOut | None:
    change = delivery.change
    if change is None:
        return None
    return ChangeOut(
        base=change.base,
        rows=change.rows,
        inserted=change.inserted,
        deleted=change.deleted,
        updated=change.updated,
        unchanged=change.unchanged,
    )


def _progress(work: WorkStatus) -> ProgressOut:
    progress = work.progress
    return ProgressOut(
        state=work.state.value,
        stage=progress.stage if progress else None,
        done=progress.done if progress else 0,
        total=progress.total if progress else 0,
        attempts=work.attempts,
    )
