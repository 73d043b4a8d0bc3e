"""What feedback refuses."""

from tinhdata.kernel import Problem


class ItemInvalid(Problem):
    """Something of what was sent is missing, too long or does not belong there."""

    code = "feedback-invalid"


class ItemUnknown(Problem):
    """There is no such report, request, reuse or follow."""

    code = "feedback-unknown"


class ItemClosed(Problem):
    """The item was answered already."""

    code = "feedback-closed"


class TooManyItems(Problem):
    """One visitor sent as much as is taken in a day."""

    code = "feedback-too-many"
