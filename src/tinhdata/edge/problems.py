"""Problems as answers: one table from code to HTTP status, and the problem document (RFC 9457)."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi.responses import JSONResponse

from tinhdata.access import SignInPaused
from tinhdata.contracts import ContractInvalid
from tinhdata.edge.errors import BudgetSpent
from tinhdata.edge.language import say
from tinhdata.kernel import JSON, Problem, Text, new_id, t

PROBLEM_JSON = "application/problem+json"

STATUSES: Mapping[str, int] = MappingProxyType(
    {
        "problem": 400,
        # who may
        "refused": 403,
        "sign-in-needed": 401,
        "sign-in-refused": 401,
        # what people tell and follow
        "feedback-invalid": 422,
        "feedback-unknown": 404,
        "feedback-closed": 409,
        "feedback-too-many": 429,
        "recipient-invalid": 422,
        "mail-not-configured": 503,
        "sign-in-paused": 429,
        "budget-spent": 429,
        "source-key-invalid": 401,
        "csrf-missing": 403,
        "door-closed": 403,
        "raw-door-closed": 403,
        "contract-second-person": 403,
        "host-unknown": 400,
        # what is asked for
        "page-not-found": 404,
        "method-not-allowed": 405,
        "access-not-found": 404,
        "no-such-record": 404,
        "no-such-element": 404,
        "dictionary-missing": 404,
        "no-such-dataset": 404,
        "no-such-delivery": 404,
        "no-release": 404,
        "release-not-found": 404,
        "release-withdrawn": 410,
        "bytes-not-found": 404,
        "quarantine-unknown": 404,
        "contract-unknown": 404,
        "work-not-found": 404,
        "filter-invalid": 400,
        "filter-unfit": 400,
        "unknown-column": 400,
        "page-unfit": 400,
        "cursor-unfit": 400,
        "groups-unfit": 400,
        "request-invalid": 422,
        "sql-refused": 400,
        "sql-table-unknown": 400,
        "sql-unfit": 400,
        "sql-too-large": 400,
        "not-for-excel": 422,
        "not-on-map": 422,
        # what is sent
        "upload-missing": 422,
        "body-too-large": 413,
        "file-too-large": 413,
        "file-empty": 422,
        "file-refused": 422,
        "mends-unreadable": 422,
        "contract-invalid": 422,
        "schema-unreadable": 422,
        "contract-unfit": 422,
        "account-invalid": 422,
        "reason-missing": 422,
        "nothing-to-do": 422,
        "unit-table": 422,
        "outside-work-calendar": 422,
        "source-unknown": 404,
        "source-invalid": 422,
        "source-unfit": 422,
        "source-denied": 422,
        "address-forbidden": 422,
        "secret-missing": 422,
        "driver-missing": 422,
        "register-unknown": 404,
        "terms-unknown": 404,
        "form-unknown": 404,
        "page-beyond": 404,
        "rows-not-open": 404,
        "harvest-unknown": 404,
        "no-such-entry": 404,
        "harvest-invalid": 422,
        "harvest-unfit": 422,
        "harvest-changing": 409,
        # what stands in the way
        "source-busy": 409,
        "source-changing": 409,
        "source-unreachable": 503,
        "source-postponed": 503,
        "login-taken": 409,
        "not-now": 409,
        "later-releases": 409,
        "already-withdrawn": 409,
        "base-moved": 409,
        "column-type-changed": 409,
        "contract-version-taken": 409,
        "contract-overtaken": 409,
        "contract-version-too-low": 409,
        "contract-wrong-state": 409,
        "contract-signature-missing": 409,
        "quarantine-decision-impossible": 409,
        "writer-busy": 503,
        "readers-busy": 503,
        "read-abandoned": 503,
        "read-too-long": 503,
        "no-room": 507,
        "store-full": 507,
        # what is broken here
        "internal": 500,
        "check-failed": 500,
        "counts-disagree": 500,
        "counts-wrong": 500,
        "file-lost": 500,
        "journal-broken": 500,
        "pack-invalid": 500,
        "quarantine-equation-broken": 500,
        "sample-failed": 500,
        "sample-unusable": 500,
        "schema-too-new": 500,
        "store-path-unfit": 500,
        "table-not-plain": 500,
    }
)
"""The one place where a code becomes a status; a test holds that every problem has its row."""

TITLES: Mapping[int, Text] = MappingProxyType(
    {
        400: t("The request cannot be answered like this"),
        401: t("Please sign in"),
        403: t("This is not open to you"),
        404: t("Not found"),
        405: t("Not in this way"),
        409: t("Not possible at the moment"),
        410: t("No longer served"),
        413: t("Too large"),
        422: t("Something is missing or does not fit"),
        429: t("Please wait a moment"),
        500: t("Something went wrong on our side"),
        503: t("Busy at the moment"),
        507: t("No room left"),
    }
)
_RETRY_SECONDS = 5
_RETRY_TOMORROW = 24 * 3600
"""What is counted by the day is free again on the next."""


class Broken(Problem):
    """Something nobody foresaw; the number leads the operator to the log line."""

    code = "internal"

    def __init__(self) -> None:
        super().__init__(
            t("The platform could not do this; nothing that you sent before is lost."),
            fix=t("Try again in a moment. If it happens again, tell the operator the number."),
        )


def new_incident() -> str:
    """Make the number under which something unforeseen is logged and reported."""
    return new_id("inc")


def status_of(problem: Problem) -> int:
    """Give the HTTP status of `problem`, 400 for a code that is in no table."""
    return STATUSES.get(problem.code, 400)


def title_of(status: int) -> Text:
    """Say in a few words what `status` means to a reader."""
    return TITLES.get(status) or TITLES[400 if status < 500 else 500]


def headers_of(problem: Problem) -> dict[str, str]:
    """Give the headers that go with a problem: when to try again, how to sign in."""
    status = status_of(problem)
    if isinstance(problem, SignInPaused | BudgetSpent):
        return {"Retry-After": str(problem.seconds)}
    if status == 429:
        return {"Retry-After": str(_RETRY_TOMORROW)}
    if status == 503:
        return {"Retry-After": str(_RETRY_SECONDS)}
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="tinhdata"'}
    return {}


def problem_document(
    problem: Problem, language: str, incident: str | None = None
) -> dict[str, JSON]:
    """Give the problem document: type, title, status, detail, and our code, fix and place."""
    status = status_of(problem)
    document: dict[str, JSON] = {
        "type": f"urn:tinhdata:problem:{problem.code}",
        "title": say(title_of(status), language),
        "status": status,
        "detail": say(problem.text, language),
        "code": problem.code,
    }
    if problem.fix is not None:
        document["fix"] = say(problem.fix, language)
    if problem.where is not None:
        document["where"] = problem.where
    if incident is not None:
        document["incident"] = incident
    if isinstance(problem, ContractInvalid):
        document["findings"] = [
            {
                "where": finding.where,
                "detail": say(finding.text, language),
                **({"fix": say(finding.fix, language)} if finding.fix else {}),
            }
            for finding in problem.findings
        ]
    return document


def problem_response(problem: Problem, language: str, incident: str | None = None) -> JSONResponse:
    """Answer a program with the problem document."""
    return JSONResponse(
        problem_document(problem, language, incident),
        status_of(problem),
        headers=headers_of(problem) | {"Content-Language": language},
        media_type=PROBLEM_JSON,
    )
