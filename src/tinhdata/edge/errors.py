"""What only the edges refuse: a filter in an address, a form without its token, a bad key."""

from tinhdata.access import SignInNeeded
from tinhdata.kernel import Problem, Refused, t


class FilterInvalid(Problem):
    """An address asks for a column, a value, an order or a page that there is not."""

    code = "filter-invalid"


class CsrfMissing(Refused):
    """A change came without the token of the session it claims to belong to."""

    code = "csrf-missing"

    def __init__(self) -> None:
        super().__init__(
            t("The form does not belong to this session any more."),
            fix=t("Open the page again, then send the form once more."),
        )


class NobodySignedIn(SignInNeeded):
    """A change, a large body or a personal list was asked for by nobody in particular."""

    def __init__(self) -> None:
        super().__init__(
            t("This needs a person who is signed in."),
            fix=t("Sign in with an account of the agency concerned."),
        )


class SourceKeyInvalid(Problem):
    """The source key is not known, was revoked, or its time is over."""

    code = "source-key-invalid"

    def __init__(self) -> None:
        super().__init__(
            t("The source key is not valid."),
            fix=t("Check whether it is complete; ask the operator for a new one if it has ended."),
        )


class UploadMissing(Problem):
    """A request that must bring a file brought none."""

    code = "upload-missing"

    def __init__(self) -> None:
        super().__init__(
            t("No file came with the request."),
            fix=t("Choose a file, or send its bytes as the body of the request."),
        )


class BodyTooLarge(Problem):
    """A request brings more bytes than it may."""

    code = "body-too-large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            t("The request is larger than {size} MiB.", size=max(limit >> 20, 1)),
            fix=t("Send a smaller file, or split it into several deliveries by period."),
        )


class RequestInvalid(Problem):
    """A request does not have the form that the description of the interface gives."""

    code = "request-invalid"


class NotForExcel(Problem):
    """The answer does not fit into a workbook as it is."""

    code = "not-for-excel"


class NotOnMap(Problem):
    """Rows without a place were asked for as a layer of a map."""

    code = "not-on-map"


class PageNotFound(Problem):
    """There is nothing at this address."""

    code = "page-not-found"

    def __init__(self) -> None:
        super().__init__(
            t("There is nothing at this address."),
            fix=t("Check the address, or start from the first page and search from there."),
        )


class MethodWrong(Problem):
    """The address exists, but not for this method."""

    code = "method-not-allowed"

    def __init__(self) -> None:
        super().__init__(
            t("This address cannot be used in this way."),
            fix=t("The description of the interface says which methods it has."),
        )


class BudgetSpent(Problem):
    """An address or a key has asked more than its budget; `seconds` says when to come again."""

    code = "budget-spent"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            t("More was asked from your address or with your key than the portal grants at once."),
            fix=t(
                "Ask again in {seconds} seconds. Take the whole file instead of many small pages.",
                seconds=seconds,
            ),
        )
        self.seconds = seconds


class HostUnknown(Problem):
    """A request names another host than the one the platform is reached under."""

    code = "host-unknown"

    def __init__(self) -> None:
        super().__init__(
            t("The platform is not reached under this host name."),
            fix=t("Use the address that your agency was given."),
        )
