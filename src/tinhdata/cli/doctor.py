"""`tinhdata doctor`: looks at everything that is stored, and says how to mend what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from tinhdata.cli.desk import demand_store, opened
from tinhdata.cli.examining import Check, after_opening, before_opening
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.kernel import Problem, t
from tinhdata.settings import Settings


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at; `ok` says that no fault was found."""

    ok: bool
    checks: tuple[Check, ...]

    @property
    def exit(self) -> ExitCode:
        """Give DAMAGED where a fault was found."""
        return ExitCode.OK if self.ok else ExitCode.DAMAGED

    def show(self, out: Out) -> None:
        """Write one line for each thing, and below a fault how to mend it."""
        for check in self.checks:
            mark, style = ("✓", "") if check.ok else ("✗", "bold red")
            out.line(f"{mark} {check.name}: {out.say(check.text)}", style)
            if check.fix is not None:
                out.line(f"    {out.say(check.fix)}")
        faults = sum(not check.ok for check in self.checks)
        out.line()
        if faults:
            out.line(t("Faults found: {faults}.", faults=faults), "bold red")
        else:
            out.line(t("Everything is in order."), "bold green")


def doctor(json: AsJSON = False) -> None:
    """Look at the store, its databases and all that they name."""
    settings = read_settings()
    with telling(settings, is_json=json) as out:
        demand_store(settings)
        checks = tuple(_checks(settings))
        out.tell(Diagnosis(all(check.ok for check in checks), checks))


def _checks(settings: Settings) -> Iterator[Check]:
    before = tuple(before_opening(settings))
    yield from before
    if any(not check.ok for check in before if check.name == "metadata-database"):
        return
    try:
        with opened(settings) as platform:
            yield from after_opening(platform)
    except Problem as problem:
        yield Check("platform", False, problem.text, problem.fix)
    except sa.exc.SQLAlchemyError as error:
        text = t("The platform cannot be opened ({kind}).", kind=type(error).__name__)
        yield Check("platform", False, text, t("The log says more; check the databases first."))
