"""Why a file as a whole cannot be read. Single lines that cannot are rejected, not refused."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from tinhdata.kernel import Problem, Text, t


class FileRefused(Problem):
    """The file cannot be read as a delivery of the dataset.

    `reason` is a stable word for programs, such as `password` or `not-a-table`.
    """

    code = "file-refused"

    def __init__(self, reason: str, text: Text, fix: Text) -> None:
        super().__init__(text, fix=fix)
        self.reason = reason


class NoRoom(Problem):
    """The disk is full: nothing is said of the file, which can be read again once there is room."""

    code = "no-room"

    def __init__(self) -> None:
        super().__init__(
            t("The disk of the platform has no room left to read the file."),
            fix=t("Tell the operator; nothing is wrong with the file, which can be read again."),
        )


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Raise NoRoom for what goes wrong within because the disk is full.

    A reader takes that for a damaged file, but names it as the cause of the refusal.
    """
    try:
        yield
    except (FileRefused, OSError) as error:
        if _is_full(error):
            raise NoRoom from error
        raise


def _is_full(error: BaseException) -> bool:
    """Say whether a full disk stands behind `error`."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return True
        cause = cause.__cause__
    return False


def damaged() -> FileRefused:
    """Say that a workbook cannot be opened."""
    return FileRefused(
        "damaged",
        t("The workbook is damaged and cannot be opened."),
        t("Open it in Excel, save it under a new name and send that file."),
    )


def locked() -> FileRefused:
    """Say that a workbook needs a password."""
    return FileRefused(
        "password",
        t("The workbook is protected with a password, so it cannot be read."),
        t(
            "Open it in Excel, remove the password (File, Info, Protect Workbook) and send it "
            "again."
        ),
    )
