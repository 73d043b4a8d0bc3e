"""What only the command line can run into."""

from pathlib import Path

from tinhdata.kernel import Problem, t


class FileMissing(Problem):
    """A file or folder named on the command line is not there."""

    code = "file-missing"


class NoStore(Problem):
    """There is no store yet where the settings say it lies."""

    code = "no-store"


class PortTaken(Problem):
    """Another program listens at the address, or this one may not."""

    code = "port-taken"


class DatabaseAway(Problem):
    """The metadata or catalog database does not answer, or refuses the user it is asked as."""

    code = "database-away"

    def __init__(self, kind: str) -> None:
        super().__init__(
            t("A database does not answer ({kind}).", kind=kind),
            fix=t("Check that it runs, its address and the password; tinhdata doctor says more."),
        )


class InputMissing(Problem):
    """The command needs something that was neither given nor could be asked for."""

    code = "input-missing"


class NotComparable(Problem):
    """Two contracts that do not declare the same dataset."""

    code = "contracts-not-comparable"


class OutputThere(Problem):
    """A file that a command would write is there already."""

    code = "output-there"

    def __init__(self, path: Path) -> None:
        super().__init__(
            t("The file {file} is there already and was left as it is.", file=str(path)),
            fix=t("Name another file, or move that one away."),
        )
