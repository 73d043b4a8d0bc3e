"""Why one may rely on the rows: the promise kept or not, six dimensions, failed checks, gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tinhdata.contracts import Dimension
from tinhdata.deliveries import CheckReport
from tinhdata.dictionary import cycle_words
from tinhdata.kernel import Refused, Text, t
from tinhdata.quality import RuleResult
from tinhdata.warehouse import ColumnStatistics
from tinhdata.web.contexts.about import FailedRule, Fullness, Trait, Trust
from tinhdata.web.contexts.portal import Measure
from tinhdata.web.contexts.shell import Tone
from tinhdata.web.filling.dataset import Subject, delivered, share
from tinhdata.web.filling.quality import failed_rows, measure_of, report_of, rule_line
from tinhdata.web.filling.words import label_of

_RULES = 3
_SAMPLES = 3
_GAPS = 8
_MEASURED = (Dimension.ACCURATE, Dimension.COMPLETE, Dimension.CLEAN)


def trust_of(subject: Subject, statistics: Mapping[str, ColumnStatistics]) -> Trust:
    """Give what the last check, the promise and the cells say about the release."""
    reader, release = subject.reader, delivered(subject)
    refused: Text | None = None
    try:
        report = report_of(subject, release)
    except Refused as problem:
        report, refused = None, problem.text
    fresh = reader.freshness(subject.record)
    promised = cycle_words(subject.record.update_cycle)
    gaps = _fullness(subject, statistics)
    return Trust(
        promise=_promise(promised, fresh.is_late),
        promise_tone=Tone.CALM if promised is None else Tone.LATE if fresh.is_late else Tone.GOOD,
        due=fresh.due,
        updated=subject.release.published_at if subject.release else None,
        traits=_traits(subject, report),
        failed=_failed(subject, report.rules if report else ()),
        rules=len(report.rules) if report else 0,
        checked_at=release.published_at if release and report else None,
        waiting=reader.platform.quarantine.counts(dataset=subject.id).open,
        fullness=gaps[:_GAPS],
        full_columns=len(statistics) - len(gaps),
        quality_href=subject.address("quality"),
        refused=refused,
    )


def _promise(promised: Text | None, is_late: bool) -> Text:
    if promised is None:
        return t("The contract promises no update.")
    if is_late:
        return t("Promised: updated {often}. It is overdue.", often=promised)
    return t("Promised: updated {often}. It is on time.", often=promised)


def _traits(subject: Subject, report: CheckReport | None) -> tuple[Trait, ...]:
    """Give the six dimensions of good data; those that are not measured say so."""
    found = [Trait(measure_of(report, dimension)) for dimension in _MEASURED]
    return (*found, _live(subject), _consistent(subject), _shared())


def _live(subject: Subject) -> Trait:
    fresh = subject.reader.freshness(subject.record)
    label, meaning = t("Live"), t("The rows are updated as often as the contract promises.")
    plain = Measure(label, meaning, None, None)
    if fresh.due is None:
        return Trait(replace(plain, why_not=t("The contract promises no update.")))
    if fresh.is_late:
        return Trait(plain, t("late"), Tone.LATE)
    return Trait(plain, t("on time"), Tone.GOOD)


def _consistent(subject: Subject) -> Trait:
    """Measure how many columns mean what an element of the shared dictionary means."""
    reader, columns = subject.reader, subject.contract.columns
    linked = reader.platform.dictionary.elements_of(reader.actor, subject.id)
    label = t("Consistent")
    if not linked:
        why = t("No column is linked to the shared data dictionary yet.")
        return Trait(Measure(label, why, None, None, why))
    count = sum(1 for column in columns if column.id in linked)
    meaning = t("Columns that hold an element of the shared data dictionary.")
    return Trait(Measure(label, meaning, count, len(columns)))


def _shared() -> Trait:
    why = t("It is measured once agencies draw the data through services of the platform.")
    return Trait(Measure(t("Used in common"), why, None, None, why))


def _failed(subject: Subject, results: Sequence[RuleResult]) -> tuple[FailedRule, ...]:
    """Give the rules that most rows failed, with a few rows for readers who may see them."""
    telling = sorted((r for r in results if r.failed), key=lambda r: -(r.failed or 0))
    release = delivered(subject)
    return tuple(
        FailedRule(
            rule_line(subject, result),
            failed_rows(subject, release, result, _SAMPLES)[0] if release else (),
        )
        for result in telling[:_RULES]
    )


def _fullness(subject: Subject, statistics: Mapping[str, ColumnStatistics]) -> tuple[Fullness, ...]:
    """Give the columns with empty cells, the emptiest first."""
    language = subject.reader.language
    gaps = [
        (held.empty / held.rows, column, held)
        for column in subject.columns
        if (held := statistics.get(column.name)) is not None and held.rows and held.empty
    ]
    return tuple(
        Fullness(
            label_of(column, language),
            column.name,
            held.rows - held.empty,
            held.rows,
            share(held.rows - held.empty, held.rows, language),
        )
        for _, column, held in sorted(gaps, key=lambda gap: -gap[0])
    )
