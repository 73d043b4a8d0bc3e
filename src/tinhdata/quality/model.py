"""The frozen nouns of checking: rules, plans, limits, results and measures. Nothing here runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from tinhdata.contracts.model import Contract, Dimension, NumberForm, Relation, Severity
from tinhdata.kernel import JSON, JSONObject, Text
from tinhdata.vietnam import DateOrder

BITS_PER_WORD = 63
"""Bits used of one BIGINT of a mask; the sign bit stays free."""

DEFAULT_MEMORY_MB = 350
DEFAULT_THREADS = 2


class Scope(StrEnum):
    """What a rule looks at: one row, many rows, another dataset, or the delivery as a whole."""

    ROW = "row"
    SET = "set"
    REFERENCE = "reference"
    BATCH = "batch"


class RuleKind(StrEnum):
    """What a rule asks; the first part of its id, and what its messages are chosen by."""

    REQUIRED = "required"
    TYPE = "type"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    MIN_LENGTH = "min-length"
    MAX_LENGTH = "max-length"
    PATTERN = "pattern"
    ALLOWED = "allowed"
    SEMANTIC = "semantic"
    GEOMETRY_KIND = "geometry-kind"
    VERTICES = "vertices"
    WITHIN = "within"
    VALID_GEOMETRY = "valid-geometry"
    ROW = "row"
    KEY = "key"
    UNIQUE = "unique"
    EXISTING_KEY = "existing-key"
    EXISTING_UNIQUE = "existing-unique"
    REFERENCE = "reference"
    DUPLICATE = "duplicate"
    NOISE = "noise"
    BATCH = "batch"


class Step(StrEnum):
    """A way in which a cell is standardised before it is judged; each is counted per column."""

    NFC = "nfc"
    """Letters and marks written apart (NFD) are joined."""
    INVISIBLE = "invisible"
    """Characters without a width are taken out."""
    CONTROLS = "controls"
    """Control characters are taken out."""
    SPACES = "spaces"
    """Blanks at the ends, runs of blanks and special blanks become single blanks inside."""
    MISSING = "missing"
    """A word that the contract declares as missing becomes an empty cell."""
    FORM = "form"
    """A number, date or yes/no in another writing becomes the platform's own."""
    CODE = "code"
    """A telephone number, plate or code in another writing becomes that of its kind."""
    MARK = "mark"
    """A mark that the contract declares is cut off; its meaning goes to a column of its own."""
    UNIT = "unit"
    """A number in another unit of the same kind is multiplied into the dataset's."""
    GEOMETRY = "geometry"
    """A geometry becomes the platform's own WKT: two dimensions, 7 decimals, sets where asked."""


NOISE_STEPS = frozenset({Step.NFC, Step.INVISIBLE, Step.CONTROLS, Step.SPACES})
"""Steps that clean what nobody meant to write; a row that needs one is not clean."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, compiled. `expression` is SQL over the typed columns, true for a row that fails.

    Set and reference rules have no expression of one row; `expression` then says in SQL which
    values fail. `bit` is the place in the mask, None for rules on the whole delivery.
    """

    id: str
    kind: RuleKind
    source: str
    """The place in the contract that asks for it."""
    scope: Scope
    dimension: Dimension
    severity: Severity
    columns: tuple[str, ...]
    message: Text
    expression: str
    bit: int | None = None
    waivable: bool = False
    """Whether a person may release a row that fails it; a cell that cannot be stored never is."""


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """A contract compiled into rules, ready to run over any delivery."""

    contract: Contract
    contract_hash: str
    rules: tuple[Rule, ...]

    def rule(self, rule_id: str) -> Rule:
        """Give the rule called `rule_id`; raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    @property
    def masked(self) -> tuple[Rule, ...]:
        """Give the rules that have a bit in the mask, in the order of their bits."""
        return tuple(rule for rule in self.rules if rule.bit is not None)

    @property
    def words(self) -> int:
        """Say how many BIGINT words the mask has."""
        return -(-len(self.masked) // BITS_PER_WORD) or 1


@dataclass(frozen=True, slots=True)
class ReferenceValues:
    """The pinned release that the values of a column must stand in; `name` is its dataset's.

    `may_be_named` says whether its values may be suggested to whoever mends a row.
    """

    relation: Relation
    release_id: str
    name: str = ""
    may_be_named: bool = True


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What a check needs to know beyond rows and contract.

    `references` maps a column to the rows it refers to; a column without one is not measured.
    `existing` are the rows of the table that stay beside the new ones; their keys may not come
    again; of a dataset with periods all rows may be handed in, those of the periods that the
    delivery releases are then left out. `history` are the row counts of the last releases, for
    rules on change. `number_forms` and `date_orders` say per column how this file writes numbers
    and dates, where reading found out. `rejects` is the file of source units that never became
    rows. `scales` says by what the numbers of a column are multiplied, where the file has another
    unit. `waived` are records that a person releases although they fail rules. `is_batch` is false
    for corrections: a few mended rows replace no period and are not judged by the rules on whole
    deliveries. `start_record` is added to the record numbers of the rows.
    """

    delivery: str
    references: Mapping[str, ReferenceValues] = field(default_factory=lambda: MappingProxyType({}))
    existing: Relation | None = None
    since: str = ""
    """Where rows are changed by key: what came with this delivery or later is not overwritten."""
    history: tuple[int, ...] = ()
    start_record: int = 0
    number_forms: Mapping[str, NumberForm] = field(default_factory=lambda: MappingProxyType({}))
    date_orders: Mapping[str, DateOrder] = field(default_factory=lambda: MappingProxyType({}))
    scales: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    rejects: Path | None = None
    waived: frozenset[int] = frozenset()
    is_batch: bool = True


@dataclass(frozen=True, slots=True)
class Writing:
    """How one column of one file is written, as far as reading found out."""

    number_form: NumberForm | None = None
    date_order: DateOrder | None = None
    scale: Decimal | None = None
    """By what each number is multiplied, where the file has another unit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one check may use.

    Up to `kept_rows` rows their values are kept in a file while the check runs; of more rows they
    are read anew where they are needed.
    """

    memory_mb: int = DEFAULT_MEMORY_MB
    threads: int = DEFAULT_THREADS
    kept_rows: int = 100_000


@dataclass(frozen=True, slots=True)
class GoodFile:
    """Rows that passed, as one Parquet file of the stored table; `period` where there is one."""

    path: Path
    rows: int
    period: str | None = None


@dataclass(frozen=True, slots=True)
class HeldFile:
    """Rows and source units that wait, with every reason, as one immutable Parquet file."""

    path: Path
    rows: int
    units: int

    @property
    def items(self) -> int:
        """Say how many items wait."""
        return self.rows + self.units


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How one rule ended: `failed` of `applicable` rows, or why it was not measured."""

    rule: str
    kind: RuleKind
    dimension: Dimension
    severity: Severity
    columns: tuple[str, ...]
    message: Text
    expression: str
    applicable: int | None
    failed: int | None
    not_measured: Text | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A dimension as rows that pass of rows that were judged; both None where not measured.

    `rules` are the measured rules it stands on, `missing` those without data.
    """

    dimension: Dimension
    numerator: int | None
    denominator: int | None
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Say whether there is a figure at all."""
        return self.denominator is not None


@dataclass(frozen=True, slots=True)
class Standardised:
    """In how many rows a step changed the cell of a column."""

    column: str
    step: Step
    rows: int


@dataclass(frozen=True, slots=True)
class BatchFinding:
    """What a rule on the whole delivery, or a finding about it, has to say."""

    rule: str
    severity: Severity
    text: Text


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of the rows of a delivery: made = released + quarantined + linked."""

    delivery: str
    contract_hash: str
    made: int
    released: int
    quarantined: int
    linked: int
    rejected_units: int
    rules: tuple[RuleResult, ...]
    measures: tuple[Measure, ...]
    standardised: tuple[Standardised, ...]
    good: tuple[GoodFile, ...]
    quarantine: HeldFile | None
    linked_file: Path | None
    findings: tuple[BatchFinding, ...]
    held: Text | None
    references: Mapping[str, str]
    """Which release each reference was checked against."""
    sql: str
    sql_hash: str
    engine: str

    def rule(self, rule_id: str) -> RuleResult:
        """Give the result of the rule called `rule_id`; raises KeyError."""
        for result in self.rules:
            if result.rule == rule_id:
                return result
        raise KeyError(rule_id)

    def measure(self, dimension: Dimension) -> Measure:
        """Give the measure of `dimension`."""
        return next(measure for measure in self.measures if measure.dimension == dimension)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item waits: which rule, at which cells, in words, and how to mend it.

    Stored, its texts lack the places `{line}`, `{column}`, `{value}` and `{message}`: they are
    filled when the reason is shown, from cells that the reader may see and in her language.
    """

    rule: str
    columns: tuple[str, ...]
    text: Text
    fix: Text | None = None

    @property
    def column(self) -> str | None:
        """Give the one column that the reason is about, None where it is about several."""
        return self.columns[0] if len(self.columns) == 1 else None

    def to_json(self) -> JSONObject:
        """Give the reason as it is stored beside the item."""
        return {
            "rule": self.rule,
            "column": self.column,
            "columns": list(self.columns),
            "text": self.text.to_json(),
            "fix": None if self.fix is None else self.fix.to_json(),
        }

    @classmethod
    def from_json(cls, value: JSON) -> "Reason":
        """Read what `to_json` wrote; raises ValueError on anything else."""
        columns = value.get("columns") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(columns, list):
            raise ValueError("not a stored reason")
        fix = value.get("fix")
        return cls(
            rule=str(value.get("rule")),
            columns=tuple(str(column) for column in columns),
            text=Text.from_json(value.get("text")),
            fix=None if fix is None else Text.from_json(fix),
        )
