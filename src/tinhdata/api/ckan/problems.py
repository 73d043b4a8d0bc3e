"""What CKAN's clients are told when something cannot be done: in their own kinds and statuses."""

from collections.abc import Mapping, Sequence

from tinhdata.edge.language import say
from tinhdata.edge.problems import headers_of, status_of
from tinhdata.kernel import JSON, Problem


class CkanProblem(Exception):
    """An answer that says no: `error` stands in the envelope, under `status`."""

    def __init__(
        self, status: int, error: Mapping[str, JSON], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(str(error.get("message") or error))
        self.status = status
        self.error = error
        self.headers = dict(headers or {})


class BadRequest(Exception):
    """A request that no action can be found in; answered with a bare sentence and 400."""


def not_found(message: str = "Not found") -> CkanProblem:
    """Say that there is no such thing, or none that anyone may know of."""
    return CkanProblem(404, {"__type": "Not Found Error", "message": message})


def not_allowed(message: str) -> CkanProblem:
    """Say that nobody may do this here."""
    return CkanProblem(403, {"__type": "Authorization Error", "message": message})


def invalid(fields: Mapping[str, Sequence[str]]) -> CkanProblem:
    """Say which parameters do not fit, and why."""
    said: dict[str, JSON] = {name: list(messages) for name, messages in fields.items()}
    return CkanProblem(409, {**said, "__type": "Validation Error"})


def search_unfit(message: str) -> CkanProblem:
    """Say that the question of a search cannot be read."""
    message = f'Search Query is invalid: "{message}"'
    return CkanProblem(400, {"__type": "Search Query Error", "message": message})


_WORDS = {404: "Not Found Error", 410: "Not Found Error", 403: "Authorization Error"}


def of_problem(problem: Problem, language: str, field: str) -> CkanProblem:
    """Give a problem of ours in CKAN's words; `field` is the parameter that it is about."""
    status = status_of(problem)
    said = " ".join(say(text, language) for text in (problem.text, problem.fix) if text is not None)
    if status in _WORDS:
        kind = 404 if status == 410 else status
        return CkanProblem(kind, {"__type": _WORDS[status], "message": said})
    if status == 401:
        return not_allowed(f"Access denied: {said}")
    if status in {429, 503}:
        error = {"__type": "Service Unavailable", "message": said}
        return CkanProblem(status, error, headers_of(problem))
    if status >= 500:
        return CkanProblem(500, {"__type": "Internal Server Error", "message": said})
    return invalid({field: [said]})
