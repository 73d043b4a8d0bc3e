"""Checks the rows of one delivery against a plan: an engine of its own, bounded, tidied away.

Memory stays within the limit handed in; the engine spills beside the files.
"""

import shutil
from pathlib import Path

import duckdb

from tinhdata.contracts.model import TableSpec
from tinhdata.kernel import t
from tinhdata.kernel.progress import Report
from tinhdata.quality.errors import CheckFailed
from tinhdata.quality.model import CheckContext, CheckPlan, CheckResult, Limits
from tinhdata.quality.scan import Scan

_PASSING = ("staged.parquet", "judged.parquet", "sorted.parquet")
"""Files that a check needs only while it runs."""


def check(
    plan: CheckPlan,
    rows: Path,
    spec: TableSpec,
    context: CheckContext,
    out_dir: Path,
    limits: Limits = Limits(),  # noqa: B008  # frozen, so one value serves all calls
    report: Report = lambda _progress: None,
    *,
    writes_good: bool = True,
) -> CheckResult:
    """Check the rows in the Parquet file `rows`, as intake wrote it, against `plan`.

    Writes into the folder `out_dir`: the good rows as files of the table `spec`, one per period
    where the contract has periods; the rows and units that wait with their reasons; the rows that
    only repeat others. All are on the disk when this returns. Who only asks what would wait leaves
    the good rows unwritten with `writes_good`. Raises CheckFailed when a rule cannot
    be run at all.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    spill = out_dir / "spill"
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{limits.memory_mb}MiB",
            "threads": limits.threads,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        scan = Scan(connection, plan, rows, spec, context, out_dir, limits, report)
        return scan.run(writes_good=writes_good)
    except duckdb.OutOfMemoryException as error:
        raise CheckFailed(
            t("The rows need more memory than the {limit} MiB allowed.", limit=limits.memory_mb),
            fix=t("Raise the memory limit in the settings, or deliver the file in parts."),
        ) from error
    except duckdb.IOException as error:
        raise CheckFailed(
            t("The disk did not take or give what a check needs beside the rows."),
            fix=t("Tell the operator to make room and to look at the disk, then try again."),
        ) from error
    except duckdb.Error as error:
        raise CheckFailed(
            t("The rules of this contract could not be run ({cause}).", cause=_cause(error)),
            fix=t("Look at the conditions of the contract; the rows themselves are kept."),
        ) from error
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)
        for name in _PASSING:
            (out_dir / name).unlink(missing_ok=True)


def _cause(error: duckdb.Error) -> str:
    """Give the engine's words where they are about names; its kind where they may hold a cell."""
    about_names = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
    if isinstance(error, about_names):
        return str(error).partition("\n")[0]
    return type(error).__name__
