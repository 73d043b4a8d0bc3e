"""What goes wrong with durable work."""

from tinhdata.kernel import Problem, t


class WorkNotFound(Problem):
    """There is no such piece of work, or it was finished long ago and swept."""

    code = "work-not-found"

    def __init__(self, item: str) -> None:
        super().__init__(
            t("There is no piece of work {item}.", item=item),
            fix=t("Check the number, or look at the delivery's history instead."),
        )


class LeaseLost(Exception):
    """Another worker has taken the piece over; whoever gets this stops and writes nothing more.

    Not a Problem, so that a handler which turns Problems into states cannot swallow it.
    """
