"""What the page shows on which the rows of a small dataset are entered by hand."""

from dataclasses import dataclass, field
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.desk import Step
from tinhdata.web.contexts.shell import Choice, Context, FormState


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of the form: how its cells are typed, and what may stand there."""

    name: str
    label: str
    required: bool
    kind: str
    """text, long, number, whole, date, moment, choice, tick."""
    unit: str | None = None
    hint: str | None = None
    options: tuple[Choice, ...] = ()
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell with what was typed and what is wrong with it."""

    value: str
    problems: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of the form; `number` names its fields, `place` is where it stands (1-based)."""

    number: int
    place: int
    cells: tuple[FormCell, ...]
    problems: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class FormPeriod:
    """The period whose rows are entered, in a dataset that is appended to."""

    label: str
    value: str
    kind: str
    """date, month, number or text: how it is typed."""
    known: tuple[Choice, ...] = ()
    """Periods that are published already."""


@dataclass(frozen=True, slots=True)
class RowForm(Context):
    """The rows of a dataset as an editable table; sending them makes a delivery."""

    template: ClassVar[str] = "deliver/rows.html"
    steps: tuple[Step, ...]
    dataset: str
    action: str
    send_href: str
    template_href: str
    replaces: Text
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]
    most: int
    period: FormPeriod | None = None
    asks_period: bool = False
    """Whether the period has to be chosen before there are rows."""
    begun: Text | None = None
    """Where the rows come from, or why there are none."""
    too_many: int | None = None
    """How many rows there are, where that is more than can be entered by hand."""
    checked: bool = False
    failing: int = 0
    """Rows that would wait in quarantine."""
    stops: Text | None = None
    form: FormState = field(default_factory=FormState)

    @property
    def failing_rows(self) -> tuple[FormRow, ...]:
        """Give the first rows that have something to mend, for going there."""
        found = [r for r in self.rows if r.problems or any(c.problems for c in r.cells)]
        return tuple(found[:20])

    @property
    def blank(self) -> FormRow:
        """Give an empty row, from which scripts make new ones."""
        return FormRow(-1, 0, tuple(FormCell("") for _ in self.columns))
