"""Why a file as a whole cannot be read. Single lines that cannot are rejected, not refused."""

from tinhdata.kernel import Problem, Text, t


class FileRefused(Problem):
    """The file cannot be read as a delivery of the dataset.

    `reason` is a stable word for programs, such as `password` or `not-a-table`.
    """

    code = "file-refused"

    def __init__(self, reason: str, text: Text, fix: Text) -> None:
        super().__init__(text, fix=fix)
        self.reason = reason


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
