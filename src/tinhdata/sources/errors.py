"""What goes wrong between the platform and a place that data is pulled from.

No words of a server stand in any of these: they may hold a password, an address or a cell's value.
"""

from datetime import timedelta

from tinhdata.kernel import Problem, Text, t


class SourceInvalid(Problem):
    """A definition of a source cannot be used as it is written."""

    code = "source-invalid"


class SourceUnknown(Problem):
    """There is no source with this id, or the actor may not know of it."""

    code = "source-unknown"

    def __init__(self, source: str) -> None:
        super().__init__(
            t("There is no source {source}.", source=source),
            fix=t("Check its id in the list of sources."),
        )


class SourceUnreachable(Problem):
    """The place does not answer now; the pull is tried again by itself."""

    code = "source-unreachable"


class SourcePostponed(SourceUnreachable):
    """The server asks to come back in `seconds`."""

    code = "source-postponed"

    def __init__(self, host: str, seconds: int) -> None:
        super().__init__(
            t("{host} asks us to come back in {seconds} s.", host=host, seconds=seconds),
            fix=t("Nothing has to be done; the next pull waits so long."),
        )
        self.wait = timedelta(seconds=seconds)


class SourceBusy(Problem):
    """Another pull of the same source has not ended."""

    code = "source-busy"

    def __init__(self, source: str) -> None:
        super().__init__(
            t("Another pull of {source} is still under way.", source=source),
            fix=t("Wait until it has ended."),
        )


class SourceChanging(Problem):
    """What was read changed while it was read, so it is read again."""

    code = "source-changing"


class SourceDenied(Problem):
    """The place refuses us: name, password, key, certificate or rights."""

    code = "source-denied"


class SourceUnfit(Problem):
    """The place answers, but not with what the definition says."""

    code = "source-unfit"


class AddressForbidden(Problem):
    """The operator's settings do not let a source reach this address or folder."""

    code = "address-forbidden"


class SecretMissing(Problem):
    """A secret that a source refers to is not there or open to others."""

    code = "secret-missing"


class DriverMissing(Problem):
    """The library that talks to this kind of place is not installed."""

    code = "driver-missing"

    def __init__(self, kind: str, extra: str) -> None:
        super().__init__(
            t("The library for sources of the kind {kind} is not installed.", kind=kind),
            fix=t("Install it with: {command}", command=f"pip install 'tinhdata[{extra}]'"),
        )


PASSING: tuple[type[Problem], ...] = (
    SourceUnreachable,
    SourcePostponed,
    SourceBusy,
    SourceChanging,
)
"""What may be over by itself in a moment."""


def unreachable(place: str, why: Text) -> SourceUnreachable:
    """Say that `place` did not answer and what was noticed."""
    return SourceUnreachable(
        t("{place} does not answer: {why}", place=place, why=why),
        fix=t("Check address, port and network; the pull is tried again by itself."),
    )
