"""What goes wrong with the journal."""

from tinhdata.kernel import Problem


class EventInvalid(ValueError):
    """Code tried to journal what its owner never declared: the program's fault, not a user's."""


class JournalBroken(Problem):
    """The stored journal is not what was written: something was altered, lost or put in."""

    code = "journal-broken"
