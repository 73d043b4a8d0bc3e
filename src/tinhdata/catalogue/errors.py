"""What can go wrong when something is looked up in the catalogue."""

from tinhdata.kernel import Problem


class NoSuchRecord(Problem):
    """The catalogue holds no such dataset or database, or not for this reader."""

    code = "no-such-record"
