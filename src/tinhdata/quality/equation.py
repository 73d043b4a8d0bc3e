"""The equation of quarantine: each item in exactly one state, each row accounted for. Pure."""

from tinhdata.kernel import Text, t
from tinhdata.quality.errors import EquationBroken
from tinhdata.quality.holding import Batch, Fault, QuarantineCounts


def faults_of(
    batch: Batch,
    counts: QuarantineCounts,
    stored: int | None,
    last_decided: int,
    without_release: int,
    waived_units: int,
) -> tuple[Fault, ...]:
    """Say what does not hold for `batch`.

    `stored` is the number of items in its file, None where the file is missing or changed;
    `last_decided` the largest item number that has a decision; `without_release` how many
    corrected or waived items name no release; `waived_units` how many rejected units were waived.
    """
    found: list[Text] = []
    if stored is None:
        found.append(t("The quarantine file is missing or was changed."))
    elif stored != batch.items:
        found.append(
            t(
                "The file holds {stored} items, recorded are {items}.",
                stored=stored,
                items=batch.items,
            )
        )
    if batch.made != batch.released + batch.rows + batch.linked:
        found.append(
            t(
                "Of {made} rows, {released} were released, {rows} held and {linked} linked.",
                made=batch.made,
                released=batch.released,
                rows=batch.rows,
                linked=batch.linked,
            )
        )
    if counts.total != batch.items or counts.open < 0 or last_decided > batch.items:
        found.append(
            t("The states count {total} of {items} items.", total=counts.total, items=batch.items)
        )
    if without_release:
        found.append(t("{items} corrected or waived items name no release.", items=without_release))
    if waived_units:
        found.append(t("{items} lines were waived that never became rows.", items=waived_units))
    return tuple(Fault(batch.delivery, text) for text in found)


def demand_no_faults(faults: tuple[Fault, ...]) -> None:
    """Raise EquationBroken with the first of `faults`, if there is one."""
    if faults:
        raise EquationBroken(
            faults[0].text,
            fix=t("Restore the quarantine files from the backup and run the check again."),
            where=faults[0].delivery,
        )
