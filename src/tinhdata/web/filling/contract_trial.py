"""Fills what is shown of a dry run: how far it is, or what a contract would make of the rows."""

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Severity
from tinhdata.deliveries import ColumnOutcome, DryRun, DryRunState, Outcome, RuleOutcome
from tinhdata.kernel import Problem, Text, t
from tinhdata.web.contexts.contracts import Trial, TriedColumn, TriedRule
from tinhdata.web.contexts.shell import Tone
from tinhdata.web.filling.dataset import share
from tinhdata.web.filling.desk_words import file_name
from tinhdata.work import WorkNotFound

_MOST_RULES = 12
_STAGES = {
    "reading": t("The file is read"),
    "check": t("The rows are checked"),
    "compare": t("The result is compared with the last check"),
    "waiting": t("Rows that wait are looked at"),
}


def trial_of(platform: Platform, actor: Actor, run: DryRun, language: str) -> Trial:
    """Give a dry run as it stands."""
    trial = Trial(
        id=run.id,
        at=run.finished_at or run.asked_at,
        rows_of=_rows_of(platform, actor, run),
        stage=_stage(platform, run) if run.state is DryRunState.RUNNING else None,
        refresh=f"/contracts/dry-runs/{run.id}/part",
        problem=run.problem,
    )
    return trial if run.outcome is None else _with(trial, run.outcome, language)


def _with(trial: Trial, outcome: Outcome, language: str) -> Trial:
    waits = outcome.newly_held or outcome.stops
    return Trial(
        id=trial.id,
        at=trial.at,
        rows_of=trial.rows_of,
        stage=None,
        refresh=trial.refresh,
        headline=t(
            "Would release {released} rows, newly hold {held}, newly release {freed}.",
            released=outcome.released,
            held=outcome.newly_held,
            freed=outcome.newly_released,
        ),
        tone=Tone.BAD if outcome.stops else Tone.WARN if waits else Tone.GOOD,
        stops=outcome.stops,
        elsewhere=_elsewhere(outcome),
        rules=tuple(_rule(rule, language) for rule in outcome.rules[:_MOST_RULES]),
        columns=tuple(
            _column(column, language) for column in outcome.columns if _is_telling(column)
        ),
    )


def _elsewhere(outcome: Outcome) -> Text | None:
    if not outcome.open_items.waiting:
        return None
    return t(
        "Of {waiting} rows of other deliveries that wait, {passing} would pass.",
        waiting=outcome.open_items.waiting,
        passing=outcome.open_items.passing,
    )


def _rule(rule: RuleOutcome, language: str) -> TriedRule:
    label = rule.message
    if rule.severity in (Severity.WARNING, Severity.INFO):
        label = t("{message} (only marked)", message=rule.message)
    return TriedRule(
        label=label,
        failed=rule.failed,
        before=rule.before,
        samples=tuple(sample.in_language(language) for sample in rule.samples),
    )


def _is_telling(column: ColumnOutcome) -> bool:
    return column.rows > 0 and (not column.is_found or column.is_new or column.empty > 0)


def _column(column: ColumnOutcome, language: str) -> TriedColumn:
    note = None
    if not column.is_found:
        note = t("The file has no such column.")
        if column.required:
            note = t("The file has no such column, and it must be filled.")
    elif column.is_new:
        note = t("new column")
    return TriedColumn(
        label=column.label.in_language(language),
        share=share(column.empty, column.rows, language),
        note=note,
    )


def _stage(platform: Platform, run: DryRun) -> Text:
    stage = ""
    if run.work is not None:
        try:
            progress = platform.work.status(run.work).progress
            stage = progress.stage if progress else ""
        except WorkNotFound:
            stage = ""
    return _STAGES.get(stage, t("The dry run waits for its turn"))


def _rows_of(platform: Platform, actor: Actor, run: DryRun) -> str | Text:
    if run.delivery is None:
        return t("the published rows")
    try:
        return file_name(platform.deliveries.get(actor, run.delivery))
    except Problem:
        return t("the newest delivery")
