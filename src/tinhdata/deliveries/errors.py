"""What can go wrong in the life of a delivery."""

from tinhdata.kernel import Problem


class NoSuchDelivery(Problem):
    """There is no delivery with this id."""

    code = "no-such-delivery"


class NoSuchDataset(Problem):
    """No active contract declares this dataset."""

    code = "no-such-dataset"


class NotNow(Problem):
    """The delivery is in a state in which this cannot be done."""

    code = "not-now"


class NothingToDo(Problem):
    """The verb was given nothing that it could act on."""

    code = "nothing-to-do"


class ReasonMissing(Problem):
    """A decision that must be justified came without its reason."""

    code = "reason-missing"


class CountsDisagree(Problem):
    """An equation of the accounting does not hold; the delivery is stopped, nothing is lost."""

    code = "counts-disagree"


class LaterReleases(Problem):
    """A release cannot be withdrawn alone, because later ones hold its rows."""

    code = "later-releases"


class SampleFailed(Problem):
    """A sample of a pack does not pass the checks of its own contract."""

    code = "sample-failed"
