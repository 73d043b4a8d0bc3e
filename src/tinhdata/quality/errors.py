"""What can go wrong while rows are checked, held and mended."""

from tinhdata.kernel import Problem


class CheckFailed(Problem):
    """The rules of a contract could not be run over the rows of a delivery."""

    code = "check-failed"


class QuarantineUnknown(Problem):
    """There is no such delivery, item or column in quarantine."""

    code = "quarantine-unknown"


class DecisionImpossible(Problem):
    """The item cannot take this decision, or it has another one already."""

    code = "quarantine-decision-impossible"


class MendsUnreadable(Problem):
    """The workbook with mended rows does not fit the rows that were sent out for mending."""

    code = "mends-unreadable"


class EquationBroken(Problem):
    """The counts of quarantine do not add up: something was lost or counted twice."""

    code = "quarantine-equation-broken"
