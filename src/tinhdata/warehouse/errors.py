"""What can go wrong with tables and releases, said so that a person can act."""

from tinhdata.kernel import Problem, Refused, t


class DoorClosed(Refused):
    """The permit shown does not open this door: another action, dataset or column."""

    code = "door-closed"


class NoRelease(Problem):
    """The dataset has no release, or none at the moment asked for."""

    code = "no-release"


class ReleaseNotFound(Problem):
    """There is no release with this id."""

    code = "release-not-found"


class ReleaseWithdrawn(Problem):
    """The release was withdrawn; only its tombstone is left to see."""

    code = "release-withdrawn"


class AlreadyWithdrawn(Problem):
    """The release was withdrawn before."""

    code = "already-withdrawn"


class WriterBusy(Problem):
    """Another writer holds the dataset's lock for longer than the caller wants to wait."""

    code = "writer-busy"


class BaseMoved(Problem):
    """The table has a newer release than the one the change was worked out against."""

    code = "base-moved"


class FileLost(Problem):
    """A staged or released file is not there, or is not the one that was written."""

    code = "file-lost"


class CountsWrong(Problem):
    """Rows handed in, rows stored and rows counted do not add up; nothing was released."""

    code = "counts-wrong"


class ColumnTypeChanged(Problem):
    """Rows that stay hold a column in another type than the contract now says."""

    code = "column-type-changed"


class TableNotPlain(Problem):
    """The table holds delete files, which only a foreign writer can have put there."""

    code = "table-not-plain"


class StorePathUnfit(Problem):
    """The folder's name holds characters that file patterns and addresses give a meaning."""

    code = "store-path-unfit"


class UnknownColumn(Problem):
    """A query names a column that the release does not have or the permit does not show."""

    code = "unknown-column"


class FilterUnfit(Problem):
    """A filter's value or operator does not fit the column's type."""

    code = "filter-unfit"


class PageUnfit(Problem):
    """Offset or limit lie outside what one page may be."""

    code = "page-unfit"


class ReadTooLong(Problem):
    """A query took longer than one reader may."""

    code = "read-too-long"


class ReadersBusy(Problem):
    """All readers are at work and none became free in time."""

    code = "readers-busy"


class ReadAbandoned(Problem):
    """Whoever asked has gone, so the answer was not worked out."""

    code = "read-abandoned"


class CursorUnfit(Problem):
    """A cursor is no cursor, or one of another question or release."""

    code = "cursor-unfit"


class GroupsUnfit(Problem):
    """Groups are asked for by columns or measures that cannot be had."""

    code = "groups-unfit"


class SqlRefused(Problem):
    """A question in SQL uses a form, a function or a name that is not offered."""

    code = "sql-refused"


class SqlTableUnknown(Problem):
    """A question in SQL asks a table that is no open dataset."""

    code = "sql-table-unknown"


class SqlUnfit(Problem):
    """A question in SQL is allowed, and yet does not fit the columns and types there are."""

    code = "sql-unfit"


class SqlTooLarge(Problem):
    """Working out a question, or its answer, needs more memory than one may use."""

    code = "sql-too-large"


def io_problem(error: Exception) -> Problem:
    """Say what the engine could not do with a file: write for want of room, or read."""
    if "Could not write" in str(error):
        return ReadersBusy(
            t("The disk has no room left to work the answer out."),
            fix=t("Tell the operator to make room; nothing is damaged."),
        )
    return FileLost(
        t("A file of the release cannot be read."),
        fix=t("Tell the operator: the store has to be checked against the backup."),
    )
