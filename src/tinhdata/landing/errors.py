"""What can go wrong when bytes arrive or are asked for."""

from tinhdata.kernel import Problem, Refused


class FileTooLarge(Problem):
    """More bytes came than one file may have."""

    code = "file-too-large"


class FileEmpty(Problem):
    """No byte came."""

    code = "file-empty"


class StoreFull(Problem):
    """The disk has no room left for the file."""

    code = "store-full"


class BytesNotFound(Problem):
    """There are no bytes with this hash, or they are not of this dataset."""

    code = "bytes-not-found"


class RawDoorClosed(Refused):
    """The permit shown is not for reading raw bytes."""

    code = "raw-door-closed"
