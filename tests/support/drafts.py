"""A sample file drafted, finished as a person would, and delivered through what was drafted."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from tests.data.expectations import REAL_FILES
from tinhdata.contracts import (
    Contract,
    DraftContract,
    DraftWishes,
    KnownKey,
    LoadedContract,
    Severity,
    TableColumn,
    TableSpec,
    load_contract,
    sql_type,
)
from tinhdata.edge.language import say
from tinhdata.intake import Staged, draft, read, understand
from tinhdata.kernel import Text
from tinhdata.quality import CheckContext, CheckResult, Limits, check, compile_checks

REAL = REAL_FILES


def vietnamese(text: Text) -> str:
    return say(text, "vi")


def drafted(
    path: Path, wishes: DraftWishes | None = None, known: Sequence[KnownKey] = ()
) -> DraftContract:
    return draft(path, path.name, vietnamese, wishes, known)


def finished(written: DraftContract) -> LoadedContract:
    """Fill in what only a person knows; what is then left is a mistake of the draft."""
    text = written.yaml
    text = text.replace("status: draft", "status: active")
    text = text.replace("domain: can-dien", "domain: linh-vuc")
    text = text.replace('"urn:can-dien"', '"urn:vn:luat:60/2024/QH15"')
    text = re.sub(r"value: CẦN ĐIỀN", "value: A99.1", text)
    text = re.sub(r'"CẦN ĐIỀN[^"]*"', '"Để thử."', text)
    loaded = load_contract(text.encode(), "finished.yaml")
    assert [f for f in loaded.findings if f.severity is not Severity.INFO] == []
    return loaded


@dataclass(frozen=True)
class Delivered:
    """What became of a file under a contract."""

    staged: Staged
    result: CheckResult

    @property
    def lost_percent(self) -> float:
        """Give the share of true rows that were not released, rejected lines among them."""
        rejected = self.staged.account.rejected_units
        return 100 * (self.result.quarantined + rejected) / max(self.result.made + rejected, 1)

    @property
    def reasons(self) -> dict[str, int]:
        """Give the rules that failed, with how often."""
        found = Counter({each.rule: each.failed for each in self.result.rules if each.failed})
        return dict(found.most_common())

    def rows(self) -> list[dict[str, object]]:
        """Read the released rows."""
        return [row for file in self.result.good for row in pq.read_table(file.path).to_pylist()]


def deliver(path: Path, loaded: LoadedContract, folder: Path) -> Delivered:
    """Read and check the file at `path` as a delivery of the dataset."""
    contract = loaded.contract
    understood = understand(path, path.name, contract)
    assert understood.refusal is None, understood.refusal
    assert understood.is_ready, (understood.questions, understood.unmatched_columns)
    staged = read(path, contract, understood, folder / "staged")
    assert staged.account.is_balanced
    context = CheckContext(
        delivery="dlv_1",
        number_forms=staged.number_forms,
        date_orders=staged.date_orders,
        scales=understood.scales,
        rejects=staged.rejects.path,
    )
    plan = compile_checks(contract, loaded.hash)
    limits = Limits(memory_mb=400, threads=1)
    result = check(plan, staged.rows.path, spec_of(contract), context, folder / "out", limits)
    return Delivered(staged, result)


def spec_of(contract: Contract) -> TableSpec:
    system = (
        TableColumn("_delivery", "VARCHAR", 1),
        TableColumn("_record", "BIGINT", 2),
        TableColumn("_warnings", "VARCHAR", 3),
    )
    own = tuple(
        TableColumn(each.name, sql_type(each), number)
        for number, each in enumerate(contract.columns, 10)
    )
    return TableSpec(contract.id, (*system, *own), ())
