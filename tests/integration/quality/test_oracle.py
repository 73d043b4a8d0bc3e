"""The scan against an oracle in plain Python that knows nothing of SQL, over generated rows."""

import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.quality.builders import (
    DATE,
    INTEGER,
    Cell,
    column,
    contract,
    good_rows,
    held_rows,
    relation,
    run,
)
from tinhdata.contracts.model import (
    Bilingual,
    Dimension,
    DuplicatePolicy,
    Reference,
    RowRule,
    Severity,
)
from tinhdata.kernel import sha256_hex
from tinhdata.quality import CheckContext, CheckResult, ReferenceValues

UNITS = ("05443", "05446", "05449")
EXISTING = ("k9", "k8")
RULE = RowRule(
    "cuoi-tuan",
    "so IS NULL OR loai IS NULL OR loai <> 'Nam' OR so < 50",
    Severity.ERROR,
    Dimension.ACCURATE,
    Bilingual("Nam thì dưới 50."),
    ("so", "loai"),
)
CONTRACT = replace(
    contract(
        [
            column("ma", pattern="k[0-9]"),
            column("so", INTEGER, minimum=0, maximum=99),
            column("ngay", DATE, required=True),
            column("loai", allowed=("Nam", "Nữ")),
            column("the", unique=True, max_length=2),
            replace(column("xa"), reference=Reference("don-vi", "ma")),
        ],
        ("ma",),
    ),
    row_rules=(RULE,),
    missing_values=("..",),
)

Row = tuple[Cell, Cell, Cell, Cell, Cell, Cell]
ROW: st.SearchStrategy[Row] = st.tuples(
    st.sampled_from(["k1", "k2", "k3", "k4 ", "k5", "k9", "K1", None, ".."]),
    st.sampled_from(["1", "0", "01", "60", "-1", "100", "1.0", "1,5", "x", None, " "]),
    st.sampled_from(["01/01/2025", "2025-01-01", "31/02/2025", "1/1/25", None, ".."]),
    st.sampled_from(["Nam", "Nam ", "nam", "Nữ", "Nu\u031b\u0303", None]),
    st.sampled_from(["t1", "t2", "t3", "t4", "t5", "dài", None, None]),
    st.sampled_from([*UNITS, "5443", None]),
)
SOUND: st.SearchStrategy[Row] = st.tuples(
    st.sampled_from(["k1", "k2", "k3"]),
    st.just("1"),
    st.just("01/01/2025"),
    st.just("Nữ"),
    st.sampled_from(["t1", "t2", None]),
    st.just(UNITS[0]),
)


@st.composite
def some_rows(draw: st.DrawFn) -> list[Row]:
    """Draw rows of all kinds, some of them more than once."""
    rows = draw(st.lists(st.one_of(ROW, SOUND), max_size=12))
    if rows:
        rows += draw(st.lists(st.sampled_from(rows), max_size=4))
    return rows


ROWS: st.SearchStrategy[list[Row]] = some_rows()


@dataclass
class Read:
    """A row as the oracle reads it."""

    record: int
    values: tuple[object, ...]
    failed: set[str] = field(default_factory=set)


def clean(cell: Cell) -> Cell:
    text = " ".join(unicodedata.normalize("NFC", cell or "").split())
    return None if text in ("", "..") else text


def read_number(text: str) -> int | None:
    match = re.fullmatch(r"(-?[0-9]+)(?:[.,]0+)?", text)
    return int(match.group(1)) if match else None


def read_date(text: str) -> date | None:
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    parts = tuple(reversed(found.groups())) if found else tuple(text.split("-"))
    if len(parts) != 3 or len(parts[0]) != 4:
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def read_row(record: int, row: Row) -> Read:
    """Type one row and judge it alone."""
    key, number, day, kind, tag, unit = (clean(cell) for cell in row)
    failed = set()
    so = None if number is None else read_number(number)
    ngay = None if day is None else read_date(day)
    checks = {
        "required:ma": key is None,
        "pattern:ma": key is not None and re.fullmatch("k[0-9]", key) is None,
        "type:so": number is not None and so is None,
        "minimum:so": so is not None and so < 0,
        "maximum:so": so is not None and so > 99,
        "required:ngay": day is None,
        "type:ngay": day is not None and ngay is None,
        "allowed:loai": kind is not None and kind not in ("Nam", "Nữ"),
        "max-length:the": tag is not None and len(tag) > 2,
        "reference:xa": unit is not None and unit not in UNITS,
        "existing-key": key in EXISTING,
        "row:cuoi-tuan": so is not None and kind == "Nam" and so >= 50,
    }
    failed = {rule for rule, is_failing in checks.items() if is_failing}
    return Read(record, (key, so, ngay, kind, tag, unit), failed)


def judge(
    rows: Sequence[Row], policy: DuplicatePolicy
) -> tuple[dict[int, set[str]], dict[int, int]]:
    """Give the failed rules of each held row, and the first row of each linked one."""
    reads = [read_row(number, row) for number, row in enumerate(rows, 1)]
    # The references and keys that stay are looked at after linking, so they are no part of this.
    alone = {r.record: frozenset(r.failed - {"reference:xa", "existing-key"}) for r in reads}
    same = {r.record: (r.values, alone[r.record]) for r in reads}
    by_key: dict[object, list[Read]] = {}
    for read in reads:
        if read.values[0] is not None:
            by_key.setdefault(read.values[0], []).append(read)
    links: dict[int, int] = {}
    for group in by_key.values():
        if len(group) < 2:
            continue
        if policy is DuplicatePolicy.QUARANTINE or len({same[r.record] for r in group}) > 1:
            for read in group:
                read.failed.add("key")
        elif not alone[group[0].record]:
            links |= {read.record: group[0].record for read in group[1:]}
    used = Counter(r.values[4] for r in reads if r.values[4] is not None and r.record not in links)
    for read in reads:
        if used[read.values[4]] > 1:
            read.failed.add("unique:the")
    held = {read.record: read.failed for read in reads if read.failed}
    return held, {record: first for record, first in links.items() if record not in held}


def scan(folder: Path, rows: Sequence[Row], policy: DuplicatePolicy) -> CheckResult:
    folder.mkdir(parents=True, exist_ok=True)
    units = relation(folder / "units.parquet", {"ma": UNITS})
    existing = relation(folder / "existing.parquet", {"ma": EXISTING})
    context = CheckContext(
        "dlv_1", references={"xa": ReferenceValues(units, "rel_1")}, existing=existing
    )
    return run(folder, replace(CONTRACT, duplicates=policy), rows, context, sort_by=("loai", "so"))


@given(rows=ROWS, policy=st.sampled_from(DuplicatePolicy))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_scan_and_the_oracle_agree_on_every_row_and_rule(
    rows: list[Row], policy: DuplicatePolicy
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = scan(Path(folder), rows, policy)
        held, links = judge(rows, policy)
        stored = held_rows(result)
        found = {row["_record"]: set(json.loads(json.dumps(row["_rules"]))) for row in stored}
        assert found == held
        assert result.made == len(rows) == result.released + result.quarantined + result.linked
        assert (result.quarantined, result.linked) == (len(held), len(links))
        released = {row["_record"] for row in good_rows(result)}
        assert released == set(range(1, len(rows) + 1)) - set(held) - set(links)
        counts = Counter(rule for failed in held.values() for rule in failed)
        measured = {r.rule: r.failed for r in result.rules if r.rule not in ("noise", "duplicate")}
        assert {rule: failed for rule, failed in measured.items() if failed} == dict(counts)
        for row in stored:
            reasons = json.loads(str(row["_reasons"]))
            assert [reason["rule"] for reason in reasons] == row["_rules"] != []
            assert all(reason["fix"] is not None for reason in reasons)


@given(rows=ROWS.filter(bool))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_checking_again_gives_the_same_bytes(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = scan(Path(folder) / "a", rows, DuplicatePolicy.LINK)
        again = scan(Path(folder) / "b", rows, DuplicatePolicy.LINK)
        assert [sha256_hex(file.path.read_bytes()) for file in first.good] == [
            sha256_hex(file.path.read_bytes()) for file in again.good
        ]
        assert (first.quarantine is None) == (again.quarantine is None)
        if first.quarantine and again.quarantine:
            assert first.quarantine.path.read_bytes() == again.quarantine.path.read_bytes()
